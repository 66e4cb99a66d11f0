#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which answers count. An instance refuses connections to its workload's port at once and lets its
# closed port answer 800 ms later: the first RST is the closed port's. Its idle memory is read some
# time after that RST, not after the launch. Its first ARP passes the bridge before its device is
# attached, and is seen there.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth (born in the launch) --- [instance 198.18.0.2]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	# BRIDGE ADDR PEER MAC
	set -e
	dev=vnftlate$$
	. "$INSTANCE"
	instance_begin
	instance_device $dev "$2" "$4"
	inside iptables -A INPUT -p tcp --dport 9 -j DROP
	ip link set $dev master "$1" up
	sleep 0.8
	inside iptables -F INPUT
	inside busybox nc -ll -p 5201 -e true &
	wait $pid
END
chmod +x "$tmp/instance"
cat >"$tmp/late.conf" <<-END
	driver = exec
	virtualization = container
	topology = veth
	command = $tmp/instance @BRIDGE@ @ADDR@ @PEER@ @MAC@
	timeout_s = 10
END
exits 0 "bench of an instance that refuses its workload's port first" \
	"$VNFTRACE" bench -T "$tmp/late.conf" -r 1 --no-rtt --no-throughput --settle 1500ms \
	-o "$tmp/r"
phase() {	# NAME: in ms
	jq -r --arg name "$1" '.rows[0].instantiation.phases[] | select(.name == $name) |
		.median_ns // 0 | . / 1000000 | floor' "$tmp/r/results.json"
}
echo "# first frame after $(phase frame) ms, ARP $(phase arp) ms, RST $(phase rst) ms"
check "the first RST is the closed port's" [ "$(phase rst)" -ge 700 ]
check "the first ARP was seen" [ "$(phase arp)" -gt 0 -a "$(phase arp)" -lt 700 ]
check "memory was read when it had settled, from its first RST on" \
	jq -e '.rows[0].runs == 1 and .rows[0].memory.tool_bytes > 0' "$tmp/r/results.json"
exits 0 "report finds the same first RST in the records, of a type that it cannot load" \
	"$VNFTRACE" report "$tmp/r"
"$VNFTRACE" report "$tmp/r/records" -p -j >"$tmp/packets.json"
stop=$(jq '[.. | objects | select(.name? == "stop") | .time_ns] | first' "$tmp/packets.json")
rst=$(jq '[.. | objects | select(.name? == "rst") | .time_ns] | first' "$tmp/packets.json")
echo "# from the first RST to the teardown: $(((stop - rst) / 1000000)) ms"
check "that is 1500 ms after it" [ "$rst" != null -a $((stop - rst)) -ge 1500000000 ]
VNFT_CACHE=$tmp/none "$VNFTRACE" types -j >"$tmp/types.json"
check "what a type lacks does not begin with the type's name" jq -e '[.types[] | .name as $n |
	select(.missing // "" | startswith($n + ":"))] == [] and
	any(.types[]; .missing)' "$tmp/types.json"
{
	cat "$tmp/late.conf"
	printf 'append = '
	printf 'y%.0s' {1..400}
	echo END
} >"$tmp/long.conf"
check "types shows a long value whole" grep -q 'yyyEND$' < <("$VNFTRACE" types "$tmp/long.conf")
check "nothing is left" wait_for 5 nothing_left
finish
