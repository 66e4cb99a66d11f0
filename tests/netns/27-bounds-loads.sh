#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The truth lies within the bound that stands beside a round trip and a rate. An instance answers
# echoes after a delay of its own and stamps itself what each took (ready.c); a sender stamps itself
# the first and the last chunk of a stream (steady.c).
#
#	[vnft-ID]  tap 198.18.0.1/30 --- /dev/net/tun --- ready, 198.18.0.2
#	[vnftbd-a]  steady, vnftbd0 198.18.8.1/30 --- veth --- vnftbd1 198.18.8.2/30  [vnftbd-b]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
a=vnftbd-a-$$ b=vnftbd-b-$$
clean() {
	ip netns delete $a 2>/dev/null
	ip netns delete $b 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT
before=$(leftovers)
# Do [VALUE - BELOW, VALUE + ABOVE] and [LEAST, MOST] meet?
meet() {	# VALUE BELOW ABOVE LEAST MOST
	awk -v v="$1" -v b="$2" -v a="$3" -v l="$4" -v m="$5" \
		'BEGIN { exit !(m > 0 && v - b <= m && v + a >= l) }'
}
apart() { ! meet "$@"; }

# Round trips, of both loads together: the log has one mean.
needed=0
for delay in 50000 500000; do
	cat >"$tmp/echo.conf" <<-END
		driver = exec
		virtualization = container
		topology = tap
		command = $VNFT_TESTS/netns/ready @DEV@ $tmp/echo.log drop $delay
		port = none
		timeout_s = 10
	END
	rm -rf "$tmp/echo.log" "$tmp/r"
	"$VNFTRACE" bench -T "$tmp/echo.conf" -r 1 --no-memory --no-throughput --no-reference \
		--stimulus user --echoes 500 --echo-interval 1ms -o "$tmp/r" >"$tmp/out" ||
		not_ok "bench"
	read -r n least most < <(sed -n 's/^echo //p' "$tmp/echo.log")
	mean='([.[] | .mean_ns * .n] | add) / ([.[] | .n] | add)'
	bounds='(map(.mean_bound_ns[0]) | max), (map(.mean_bound_ns[1]) | max)'
	read -r device below above < <(json "$tmp/r/results.json" \
		".rows[0].rtt | [.flood, .fixed] | $mean, $bounds")
	read -r sender sender_below sender_above way < <(json "$tmp/r/results.json" \
		".rows[0].rtt | [.flood.sender, .fixed.sender] | $mean, $bounds,
		(map(.mean_bound_parts_ns.sender_way[0]) | max)")
	echo "# delay $delay: $n echoes took $least to $most ns; device $device -$below +$above," \
		"sender $sender -$sender_below +$sender_above"
	check "$delay ns: the RTT at the device is within its bound" \
		meet "$device" "$below" "$above" "$least" "$most"
	check "and that at the sender" \
		meet "$sender" "$sender_below" "$sender_above" "$least" "$most"
	# A busy host makes the truth itself wide: not at each delay.
	apart "$sender" $((sender_below - way)) "$sender_above" "$least" "$most" && needed=1
done
check "without what the sender saw beyond the device it is not" [ $needed = 1 ]

# A rate.
ip netns add $a && ip netns add $b || exit 1
ip -n $a link add vnftbd0 type veth peer name vnftbd1 netns $b
ip -n $a addr add 198.18.8.1/30 dev vnftbd0
ip -n $b addr add 198.18.8.2/30 dev vnftbd1
ip -n $a link set vnftbd0 up
ip -n $b link set vnftbd1 up
needed=0
for stream in 1 2 3 4 5 6; do
	ip netns exec $a "$VNFTRACE" attach vnftbd0 >"$tmp/out" || not_ok "attach"
	read -r bytes least most < <(ip netns exec $a "$VNFT_TESTS/netns/steady" $b 198.18.8.2)
	ip netns exec $a "$VNFTRACE" report --dev vnftbd0 -j >"$tmp/page.json"
	read -r got bps below above tick < <(json "$tmp/page.json" '.counters[] |
		select(.dir == "out") | .stream_bytes, .stream_bps, .stream_bound_bps[0],
		.stream_bound_bps[1], .stream_bound_parts_bps.end_tick[1]')
	ip netns exec $a "$VNFTRACE" detach vnftbd0 >"$tmp/out" || not_ok "detach"
	# A rate is the higher the shorter the stream.
	low=$((bytes * 8000000000 / most)) high=$((bytes * 8000000000 / least))
	echo "# stream $stream: $low to $high bit/s; hook $bps -$below +$above," \
		"of that a tick $tick"
	check "stream $stream: the hook's rate of $bytes bytes is within its bound" \
		meet "$([ "$got" = "$bytes" ] && echo "$bps")" "$below" "$above" "$low" "$high"
	apart "$bps" "$below" $((above - tick)) "$low" "$high" && needed=1
done
check "without the tick of its end a rate is not" [ $needed = 1 ]
ip netns delete $a
ip netns delete $b
check "nothing is left" wait_for 5 nothing_left
finish
