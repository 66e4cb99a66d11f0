#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# --stimulus external: SYN and echo come from another machine behind the uplink, here another
# namespace; everything is stamped on this side.
#
#   [vnft-ext] vnftx1 198.18.x.3/29 --- [host] vnftx0 -- bridge -- veth --- [container 198.18.x.2]
#
# needs: image container
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
pids=
cleanup() {
	kill $pids 2>/dev/null
	ip netns del vnft-ext 2>/dev/null
	ip link del vnftx0 2>/dev/null
	rm -rf "$tmp"
}
trap cleanup EXIT
before=$(leftovers)
ip netns add vnft-ext || exit 1
ip link add vnftx0 type veth peer name vnftx1 netns vnft-ext
ip link set vnftx0 up
ip -n vnft-ext link set vnftx1 up

"$VNFTRACE" bench -T container.crun -r 1 --stimulus external --uplink vnftx0 --no-throughput \
	--no-memory --echoes 200 -o "$tmp/r" >"$tmp/out" 2>"$tmp/err" </dev/null &
bench=$!
pids=$bench
check "bench says what the other machine needs" \
	wait_for 20 grep -q '^other machine: address' "$tmp/err"
line=$(grep '^other machine' "$tmp/err")
own=$(sed 's/.*address \([^,]*\),.*/\1/' <<<"$line")
guest=$(sed 's/.*neighbour \([^ ]*\) .*/\1/' <<<"$line")
mac=$(sed 's/.*lladdr \([^,]*\),.*/\1/' <<<"$line")
ip -n vnft-ext addr add "$own" dev vnftx1
ip -n vnft-ext neigh add "$guest" lladdr "$mac" dev vnftx1
ip netns exec vnft-ext "$VNFTRACE" probe syn "$guest" --dev vnftx1 --mac "$mac" --port 9 \
	--interval 2ms --duration 20s --no-observe >"$tmp/syn" 2>&1 &
pids="$pids $!"
ip netns exec vnft-ext "$VNFTRACE" probe syn "$guest" --dev vnftx1 --mac "$mac" --port 5201 \
	--interval 2ms --duration 20s --no-observe >"$tmp/service" 2>&1 &
pids="$pids $!"
ip netns exec vnft-ext ping -q -i 0.005 -w 20 "$guest" >"$tmp/ping" 2>&1 &
pids="$pids $!"
code=0
wait $bench || code=$?
if [ $code = 0 ]; then ok "bench with an external stimulus"; else
	not_ok "bench with an external stimulus: exit $code: $(tail -3 "$tmp/err")"
fi
results=$tmp/r/results.json
json_is "the row is valid" "true []" "$results" .rows[0].valid .rows[0].failed
json_true "instantiation, service and RTT are there" "$results" '.rows[0] |
	.instantiation.median_ns > 0 and .instantiation.slot_ns == null and
	.service_ready.median_ns > 0 and .rtt.flood.n >= 100'
json_is "the manifest says external" external "$results" .manifest.parameters.stimulus
check "the uplink is the user's again" sh -c '! ip -o link show vnftx0 | grep -q master'
cleanup
check "nothing is left" wait_for 5 nothing_left
finish
