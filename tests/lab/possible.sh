#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A machine that may have 64 CPUs and has two, as hypervisors make them: what is kept for each CPU
# is kept for those that can come, and sums are right. The module's rings of 64 CPUs are more than
# an eighth of a small machine's memory, and it says so; this one has enough.
#
#	[vnftp1]  vnftp-a 198.18.4.1/30 === 198.18.4.2/30 vnftp-b  [vnftp2]
#
# boot: --possible 64 --mem 3072
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
cleanup() {
	"$VNFTRACE" detach --all >/dev/null 2>&1
	remove_pair vnftp
	rmmod vnftrace 2>/dev/null
	rm -rf "$tmp"
}
trap cleanup EXIT
echo "# kernel $(uname -r), CPUs possible $(cat /sys/devices/system/cpu/possible)," \
	"online $(cat /sys/devices/system/cpu/online)"
# Kernels from 6.9 on take no CPU for possible that is not there, unless they know their hypervisor,
# which an emulator is not.
if [ "$(cat /sys/devices/system/cpu/possible)" != 0-63 ]; then
	skip "this kernel takes no more CPUs for possible than there are under emulation" "64 CPUs"
	exit 0
fi
ok "64 are possible"
check "the module loads" modprobe vnftrace
make_pair vnftp
in1() { ip netns exec vnftp1 "$@"; }
into() {	# FILE COMMAND...
	local file=$1
	shift
	"$@" >"$file"
}
for observer in bpf module; do
	rm -f "$tmp/ready"
	exits 0 "$observer: attach" into "$tmp/attach" in1 "$VNFTRACE" attach vnftp-a \
		--observer $observer -j
	# Each CPU of the two sends.
	in1 taskset 1 ping -q -c 30 -i 0.01 198.18.4.2 >/dev/null
	in1 taskset 2 ping -q -c 30 -i 0.01 198.18.4.2 >/dev/null
	"$VNFTRACE" status -j >"$tmp/status"
	json_is "$observer: 60 requests out, 60 replies in, all matched" "60 60 60" "$tmp/status" \
		'.attached[0].out.classes["echo-request"]' \
		'.attached[0].in.classes["echo-reply"]' .attached[0].pairings.echo.matched
	in1 "$VNFTRACE" record vnftp-a --observer $observer -o "$tmp/$observer" -j -c 40 -t 30s \
		--ready-file "$tmp/ready" >"$tmp/page" 2>"$tmp/err" &
	recorder=$!
	wait_for 30 test -e "$tmp/ready"
	in1 ping -q -c 25 -i 0.01 198.18.4.2 >/dev/null
	exits 0 "$observer: record" wait $recorder
	sed 's/^/# /' "$tmp/err"
	json_is "$observer: 40 packets, none lost" "true 0 40" "$tmp/page" .valid .lost_records \
		.packets
	exits 0 "$observer: the file is read back" into "$tmp/report" "$VNFTRACE" report -j \
		"$tmp/$observer"
	in1 "$VNFTRACE" detach vnftp-a >/dev/null
done
finish
