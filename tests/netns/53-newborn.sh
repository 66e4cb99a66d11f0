#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A device that is born during the launch loses no packet between its birth and the attach: the
# instance is pinging when its device joins the bridge, and every echo that was answered was seen at
# the device or, before the attach, at the bridge. Its birth is stamped when it is born, not when it
# joins the bridge.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth (born in the launch) --- [instance 198.18.0.2]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

# The instance: a namespace that pings as soon as it can.
cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	# BRIDGE ADDR PEER MAC LOG: its device has a name that nobody gave it, as a vif
	set -e
	dev=vnftborn$$
	set -- $dev "$@"
	. "$INSTANCE"
	instance_begin
	instance_device "$1" "$3" "$5" "$2" "$4"
	inside busybox nc -ll -p 5201 -e true &
	ip link set "$1" up
	inside ping -i 0.001 -c 900 "$4" >"$6.$pid" &
	ping=$!
	# 100 pings at one a millisecond: it joins the bridge long after its birth.
	while [ "$(inside cat /proc/net/dev |
		awk '/eth0/ { print $11 }')" -lt 100 ]; do :; done
	ip link set "$1" master "$2"
	wait $ping
	wait $pid
END
chmod +x "$tmp/instance"
cat >"$tmp/newborn.conf" <<-END
	title = newborn
	driver = exec
	virtualization = container
	topology = veth
	command = $tmp/instance @BRIDGE@ @ADDR@ @PEER@ @MAC@ $tmp/answered
	timeout_s = 10
END
exits 0 "bench of an instance whose device is born in the launch" \
	"$VNFTRACE" bench -T "$tmp/newborn.conf" -r 3 --no-rtt --no-throughput --settle 3s \
	-o "$tmp/r"
"$VNFTRACE" report "$tmp/r/records" --packets -j >"$tmp/packets.json"
for log in "$tmp"/answered.*; do
	sed -nE 's/.*icmp_seq=([0-9]+) ttl.*/\1/p' "$log" | jq -s .
done >"$tmp/echoes.json"
# Groups what was seen by ping's id, which is a run, and counts the devices that saw each echo. A
# log does not hold the id. It belongs to the run that has most of its echoes.
cat >"$tmp/count.jq" <<-'END'
	[$packets[0][] | select(.class == "echo-request" and .dir == "in")] | group_by(.echo_id)
	| map(group_by(.echo_seq) | map({ key: (.[0].echo_seq | tostring),
		value: (map(.dev) | unique | length) }) | from_entries) as $runs
	| ($answered | map(. as $want | [$runs[] as $seen |
		$want | map(select($seen[tostring] == null)) | length]
		| min // ($want | length)) | add) as $missed
	| "\($answered | length) \($answered | map(length) | add) \($missed) \(
		[$runs[][] | select(. == 1)] | length)"
END
read -r runs answered missed early < <(jq -rn --slurpfile packets "$tmp/packets.json" \
	--slurpfile answered "$tmp/echoes.json" -f "$tmp/count.jq")
echo "# $runs runs: $answered echoes answered, $missed not seen, $early seen at the bridge alone"
check "3 runs pinged" [ "$runs" = 3 -a "$answered" -gt 1000 ]
check "every answered echo was seen" [ "$missed" = 0 ]
check "some passed between birth and attach, so that this test tests something" [ "$early" -gt 0 ]
phase_ms() {	# NAME
	json "$tmp/r/results.json" ".rows[0].instantiation.phases[] | select(.name == \"$1\") |
		.median_ns / 1000000 | floor"
}
device=$(phase_ms device) rst=$(phase_ms rst)
echo "# device born after $device ms, first RST through the bridge after $rst ms"
check "the device was born when it was born, not when it joined the bridge" \
	[ $((rst - device)) -ge 80 ]
check "nothing is left" wait_for 5 nothing_left
finish
