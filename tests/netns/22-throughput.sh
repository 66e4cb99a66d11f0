#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Throughput computed from what the hooks count is what iperf3's receiver says, within 1 %, with no
# more retransmissions than its sender's: veth and tap, with and without frames of 64 KB (GSO), both
# directions; and what iperf 2 says. $TRUTH_IPERF_SECONDS: length of each run (default 5).
#
#	[vnfttp-a]                                            [vnfttp-b]
#	vnfttp0 198.18.6.1/30 ------------ veth ------------- vnfttp1 198.18.6.2/30
#	vnfttp2 198.18.6.5/30 --- tap - relay (a VMM) - tap - vnfttp3 198.18.6.6/30
#	client, hooks                                         iperf3 server, iperf 2 server
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
if ! command -v iperf3 >/dev/null; then
	skip "iperf3 is not installed" "throughput as iperf3 says"
	finish
fi
a=vnfttp-a-$$ b=vnfttp-b-$$ seconds=${TRUTH_IPERF_SECONDS:-5}
tmp=$(mktemp -d)
server="" server2="" relay=""
clean() {
	for p in $server $server2 $relay; do kill "$p" 2>/dev/null; done
	ip netns delete $a 2>/dev/null
	ip netns delete $b 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT

ip netns add $a && ip netns add $b || exit 1
ip -n $a link add vnfttp0 type veth peer name vnfttp1 netns $b
ip -n $a tuntap add vnfttp2 mode tap
ip -n $b tuntap add vnfttp3 mode tap
ip -n $a addr add 198.18.6.1/30 dev vnfttp0
ip -n $b addr add 198.18.6.2/30 dev vnfttp1
ip -n $a addr add 198.18.6.5/30 dev vnfttp2
ip -n $b addr add 198.18.6.6/30 dev vnfttp3
for dev in lo vnfttp0 vnfttp2; do ip -n $a link set $dev up; done
for dev in lo vnfttp1 vnfttp3; do ip -n $b link set $dev up; done
# The port is free, because the namespace is new. The server is our child and no daemon.
: >"$tmp/server"
ip netns exec $b iperf3 -s -p 5201 >"$tmp/server" 2>&1 &
server=$!
wait_for 5 grep -q listening "$tmp/server"

compare() {	# WHAT DEV ADDRESS
	local direction
	wait_for 10 ip netns exec $a ping -c 1 -W 1 -q "$3" >/dev/null || not_ok "$1: no way to $3"
	for direction in out in; do
		ip netns exec $a "$VNFT_TESTS/netns/stream" "$2" "$3" 5201 "$seconds" $direction \
			>"$tmp/numbers" 2>&1
		code=$?
		echo "# $1, $direction: $(cat "$tmp/numbers")"
		check "$1, $direction: throughput within 1 % of iperf3's, no retransmission more" \
			test $code -eq 0
	done
}

# iperf 2 for a shorter time: for "in" it sends as long the other way before.
compare2() {	# WHAT DEV ADDRESS
	local direction
	for direction in out in; do
		ip netns exec $a "$VNFT_TESTS/netns/stream" "$2" "$3" 5001 4 $direction iperf2 \
			>"$tmp/numbers" 2>&1
		code=$?
		echo "# $1, $direction: $(cat "$tmp/numbers")"
		check "$1, $direction: throughput within 1 % of what iperf 2 says" test $code -eq 0
	done
}

# GSO "on" leaves the devices as they are born, which is what guests get.
compare "veth, GSO" vnfttp0 198.18.6.2
if command -v iperf >/dev/null; then
	ip netns exec $b iperf -s -p 5001 >"$tmp/server2" 2>&1 &
	server2=$!
	wait_for 5 grep -q listening "$tmp/server2"
	compare2 "iperf 2, veth, GSO" vnfttp0 198.18.6.2
	kill $server2
	server2=""
else
	skip "iperf is not installed" "throughput as iperf 2 says"
fi
ip netns exec $a ethtool -K vnfttp0 tso off gso off gro off >/dev/null
ip netns exec $b ethtool -K vnfttp1 tso off gso off gro off >/dev/null
compare "veth, no GSO" vnfttp0 198.18.6.2
for form in gso plain; do
	"$VNFT_TESTS/netns/relay" $a vnfttp2 $b vnfttp3 $form 2>"$tmp/relay" &
	relay=$!
	compare "tap, $form frames" vnfttp2 198.18.6.6
	kill $relay
	wait $relay 2>/dev/null
	relay=""
done
finish
