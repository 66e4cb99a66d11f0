#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vnftrace path: the hops of a round trip add up to it, and it is as long as the kernel's own time
# stamps of the same echoes say (tests/netns/stamped_ping.c). A reader that holds each frame for an
# exact time shows in the hop of the guest, and in no other.
#
#		[vnftph-PID-a]                                  [vnftph-PID-b]
#	veth	vnftph0 198.18.30.1/30 ------------------------ vnftph0 198.18.30.2/30
#	bridge	vnftphb 198.18.30.5/30 - port vnftph1 --------- vnftph1 198.18.30.6/30
#	tap	vnftph2 198.18.30.9/30 -- relay (a VMM) -- tap vnftph2 198.18.30.10/30
#	tap	vnftph3 198.18.30.13/30 -- holder 198.18.30.14
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
a=vnftph-$$-a b=vnftph-$$-b tmp=$(mktemp -d)
relay="" holder="" follower=""
clean() {
	for p in $relay $holder $follower; do kill "$p" 2>/dev/null; done
	ip netns delete $a 2>/dev/null
	ip netns delete $b 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT
in_a() { ip netns exec $a "$@"; }

for ns in $a $b; do
	ip netns add $ns || exit 1
	ip netns exec $ns sysctl -qw net.ipv6.conf.default.disable_ipv6=1
	ip -n $ns link set lo up
done
for i in 0 1; do
	ip -n $a link add vnftph$i type veth peer name vnftph$i netns $b || exit 1
	ip -n $b addr add 198.18.30.$((2 + 4 * i))/30 dev vnftph$i
	ip -n $b link set vnftph$i up
	ip -n $a link set vnftph$i up
done
ip -n $a addr add 198.18.30.1/30 dev vnftph0
ip -n $a link add vnftphb type bridge
ip -n $a link set vnftph1 master vnftphb
ip -n $a addr add 198.18.30.5/30 dev vnftphb
ip -n $a link set vnftphb up
for ns in $a $b; do
	ip -n $ns tuntap add vnftph2 mode tap
	ip -n $ns link set vnftph2 txqueuelen 10000 up
done
ip -n $a addr add 198.18.30.9/30 dev vnftph2
ip -n $b addr add 198.18.30.10/30 dev vnftph2
ip -n $a tuntap add vnftph3 mode tap
ip -n $a link set vnftph3 up
ip -n $a addr add 198.18.30.13/30 dev vnftph3
ip -n $a neigh replace 198.18.30.14 lladdr 02:00:00:00:30:14 dev vnftph3 nud permanent
"$VNFT_TESTS/netns/relay" $a vnftph2 $b vnftph2 plain 2>"$tmp/relay" &
relay=$!
reached() { in_a ping -q -c 1 -W 1 "$1" >/dev/null 2>&1; }
for address in 2 6 10; do
	wait_for 10 reached 198.18.30.$address || not_ok "198.18.30.$address answers"
done

# The page of DEV... in $tmp/page while COMMAND runs; what that says in $tmp/said.
echo_only="--only echo-request,echo-reply"
follow() {	# WHAT DEV... -- COMMAND...
	local what=$1 code=0 devices=()
	shift
	while [ "$1" != -- ]; do devices+=("$1"); shift; done
	shift
	rm -f "$tmp/ready"
	# shellcheck disable=SC2086 # an option and its value, or nothing
	"$VNFTRACE" path "${devices[@]}" -t 60s -j $only --ready-file "$tmp/ready" \
		>"$tmp/page" 2>"$tmp/err" &
	follower=$!
	wait_for 10 test -e "$tmp/ready" || cat "$tmp/err"
	"$@" >"$tmp/said" 2>&1 || not_ok "$what: the traffic: $(cat "$tmp/said")"
	sleep 0.2
	kill -TERM $follower
	wait $follower || code=$?
	follower=""
	[ $code = 0 ] || { not_ok "$what: path: exit $code"; cat "$tmp/err"; return 1; }
}
trips='.trips[] | select(.pairing == "echo" and .request == "to guest")'
# What the hops of the round trips add up to, and the round trips themselves.
sums() { jq -r "$trips | ([.hops[].sum_ns] | add) == .sum_ns" "$tmp/page"; }
# Two durations are the same: to 2 %, or to half a microsecond. In between lie what is left of our
# program behind its stamp, and an skb that the kernel makes for its own.
same() {	# GOT WANT
	awk -v got="$1" -v want="$2" 'BEGIN {
		apart = got > want ? got - want : want - got
		exit !(want > 0 && (apart <= want * 0.02 || apart <= 500))
	}'
}
compare() {	# WHAT ADDRESS DEV...
	local what=$1 address=$2 n p50 rest got tries
	shift 2
	for tries in 1 2 3; do
		follow "$what" "$@" -- in_a "$VNFT_TESTS/netns/stamped_ping" "$address" 3000 100 ||
			return
		read -r n p50 rest <"$tmp/said"
		got=$(jq -r "$trips | .driver.p50_ns" "$tmp/page")
		echo "# $what, try $tries: kernel's stamps $p50 ns, hops $got ns, $n echoes"
		! same "$got" "$p50" || break
	done
	check "$what: as long as the kernel's own stamps say: $got, $p50 ns" same "$got" "$p50"
	check "$what: the hops add up to the round trips, to the ns" [ "$(sums)" = true ]
	json_true "$what: nothing lost" "$tmp/page" '.valid and .lost_records == 0'
	json_true "$what: all of $n were followed" "$tmp/page" \
		"$trips | .n >= $n and .not_followed * 1000 <= .n"
}
only=$echo_only
compare veth 198.18.30.2 $a/vnftph0 $b/vnftph0
json_is "both ends are one link" "1 $b/vnftph0" "$tmp/page" '.links | length' '.links[0].far_end'
compare "bridge and veth" 198.18.30.6 $a/vnftph1
json_is "the other end is found by itself" "$b/vnftph1" "$tmp/page" '.links[0].far_end'
compare "tap and relay" 198.18.30.10 $a/vnftph2 $b/vnftph2
json_is "two taps are two links" 2 "$tmp/page" '.links | length'
json_true "what the one tap's guest took, the other saw as a request from its guest" "$tmp/page" \
	'[.trips[] | .request + " " + (.n > 2990 | tostring)] | sort ==
		["from guest true", "to guest true"]'

# --- a reader that holds each frame
hold() {	# KIND NETNS DEV NS ADDRESS PATH-DEV: medians in $tmp/NS: what was held, and hops
	local n p50 rest
	"$VNFT_TESTS/netns/holder" "$1" "$2" "$3" "$4" >"$tmp/holder" 2>&1 &
	holder=$!
	wait_for 10 reached "$5"
	follow "$1 held for $4 ns" "$6" -- in_a ping -q -c 500 -i 0.002 "$5" || return
	kill -TERM $holder
	wait $holder
	holder=""
	read -r n p50 rest <"$tmp/holder"
	echo "held $p50" >"$tmp/$4"
	jq -r "$trips"' | .hops[] | ("\(.way)/\(.from)/\(.to)" | gsub(" "; "_")) + " \(.p50_ns)"' \
		"$tmp/page" >>"$tmp/$4"
}
# A hop's median grew by what the reader held longer, or not at all: to 5 us + 1 %.
grew() {	# WHAT: says it of each hop
	awk -v what="$1" '
		FNR == NR { before[$1] = $2; next }
		{ grew[$1] = $2 - before[$1] }
		END {
			room = 5000 + grew["held"] / 100
			for (hop in grew) {
				if (hop == "held")
					continue
				want = hop ~ /^guest\// ? grew["held"] : 0
				apart = grew[hop] - want
				if (apart < 0)
					apart = -apart
				good = apart <= room
				printf "%s - %s: %s grew by %d ns of %d\n", good ? "ok" : "not ok",
					what, hop, grew[hop], want
				bad += !good
				guests += want > 0
			}
			if (guests != 1)
				print "not ok - " what ": the guest has one hop: " guests + 0
			exit bad || guests != 1
		}' "$tmp/0" "$tmp/500000" >"$tmp/grew"
}
# Where others take the reader its CPU away, once more: what it held it measures, and not that.
truth() {	# KIND NETNS DEV ADDRESS PATH-DEV
	local tries
	for tries in 1 2 3; do
		hold "$1" "$2" "$3" 0 "$4" "$5"
		hold "$1" "$2" "$3" 500000 "$4" "$5"
		! grew "$1" || break
		echo "# $1, try $tries: $(grep -m 1 '^not ok' "$tmp/grew")"
	done
	cat "$tmp/grew"
	! grep -q '^not ok' "$tmp/grew" || failed=1
}
truth tap $a vnftph3 198.18.30.14 $a/vnftph3
ip netns exec $b sysctl -qw net.ipv4.icmp_echo_ignore_all=1
truth veth $b vnftph0 198.18.30.2 $a/vnftph0
ip netns exec $b sysctl -qw net.ipv4.icmp_echo_ignore_all=0

# --- a frame that dies is counted by where it was seen last, and is in no hop
ip -n $a link set vnftph3 txqueuelen 1
"$VNFT_TESTS/netns/holder" tap $a vnftph3 0 >"$tmp/holder" 2>&1 &
holder=$!
wait_for 10 reached 198.18.30.14
kill -STOP $holder
dropped() { ip netns exec $a cat /sys/class/net/vnftph3/statistics/tx_dropped; }
before_dropped=$(dropped)
only="--only udp"
flood() { for _ in {1..50}; do echo x >/dev/udp/198.18.30.14/9; done; }
export -f flood
follow "a reader that stopped" $a/vnftph3 -- in_a bash -c flood
lost=$(($(dropped) - before_dropped))
json_is "50 frames are not followed, and the hops of all frames stay empty" "50 0" "$tmp/page" \
	.frames_not_followed '.frames | length'
check "the tap dropped some of them: $lost" [ "$lost" -gt 0 ]
kill -CONT $holder
kill -TERM $holder
wait $holder
holder=""

# --- any traffic, and a text page
only=""
ip netns exec $b iperf3 -s -1 >"$tmp/server" 2>&1 &
listening() { ip netns exec $b ss -ltn 2>/dev/null | grep -q :5201; }
wait_for 10 listening
follow "a stream" $a/vnftph0 -- in_a iperf3 -c 198.18.30.2 -n 4M
json_true "its segments have hops, and almost all are followed" "$tmp/page" \
	'.frames_followed > 100 and .frames_not_followed * 100 <= .frames_followed and
	 ([.frames[] | select(.way == "to guest").hops[].to] | index("taken"))'
json_true "SYN and SYN-ACK are a round trip" "$tmp/page" \
	'[.trips[] | select(.pairing == "syn-synack")] | length == 1 and .[0].n >= 2'
json_true "each stage has its mechanism, or what would show it" "$tmp/page" \
	'[.stages[] | .by // .shown_by] | length > 8 and all(type == "string")'
json_true "what a stamp takes is measured, or why not is said" "$tmp/page" \
	'(.own_stamp_ns | type == "number" and . > 20 and . < 100000) and
		.own_stamp_rested_ns > .own_stamp_ns / 2 or (.own_stamp_ns_why | type == "string")'
in_a ping -q -i 0.01 198.18.30.2 >/dev/null &
pinging=$!
"$VNFTRACE" path $a/vnftph0 -t 500ms >"$tmp/text" 2>"$tmp/err"
kill $pinging
check "the text page has the hops" grep -qE 'to guest +leaves stack +queued' "$tmp/text"
check "no line is without end" [ "$(wc -L <"$tmp/text")" -lt 180 ]
exits 4 "a bridge is refused" to "$tmp/err" "$VNFTRACE" path $a/vnftphb -t 10ms
check "by its name, with the way out" grep -q "vnftphb.*bridge.*veth, tap or tun" "$tmp/err"
exits 0 "a count ends it" to "$tmp/err" "$VNFTRACE" path $a/vnftph0 -t 10ms -c 1
finish
