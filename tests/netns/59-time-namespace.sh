#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a time namespace, whose clock is a hundred seconds from the host's, bench and probe give the
# same numbers: userspace stamps are of the clock that the hooks stamp with.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth (born in the launch) --- [instance 198.18.0.2]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if ! unshare --time --monotonic 100 --fork true 2>/dev/null; then
	skip "this kernel has no time namespaces" "bench in a time namespace"
	finish
fi
cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	# BRIDGE ADDR MAC
	set -e
	dev=vnfttime$$
	. "$INSTANCE"
	instance_begin
	instance_device $dev "$2" "$3"
	ip link set $dev master "$1" up
	wait $pid
END
chmod +x "$tmp/instance"
cat >"$tmp/time.conf" <<-END
	driver = exec
	virtualization = container
	topology = veth
	command = $tmp/instance @BRIDGE@ @ADDR@ @MAC@
	port = none
	timeout_s = 10
END
for apart in 100 -100; do
	exits 0 "bench, $apart s apart" unshare --time --monotonic=$apart --fork \
		"$VNFTRACE" bench -T "$tmp/time.conf" -r 1 --no-rtt --no-throughput --no-memory \
		-o "$tmp/r$apart" >"$tmp/out"
	ms=$(jq '.rows[0].instantiation.median_ns // 0 | . / 1000000 | floor' \
		"$tmp/r$apart/results.json")
	check "its instantiation took $ms ms" [ "$ms" -gt 0 -a "$ms" -lt 8000 ]
	# The marks were stamped in userspace, the SYNs by hooks.
	"$VNFTRACE" report "$tmp/r$apart/records" -p -j >"$tmp/packets.json"
	check "t0 lies among the SYNs" jq -e '
		([.. | objects | select(.class? == "syn") | .time_ns]) as $syn |
		([.. | objects | select(.name? == "t0") | .time_ns] | first) as $t0 |
		($syn | min) < $t0 and $t0 < ($syn | max)' "$tmp/packets.json"
done
finish
