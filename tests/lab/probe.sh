#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module's generator beside the thread that sends from userspace, on veth and tap. Every packet
# must leave, be seen and be answered: at 1, 100 and 1,000 a second, by IPv4 and IPv6. How late
# packets left is printed. The IPv4 and the IPv6 sender run at once; kernel and thread take turns.
#
#	[vnftg-a] vnftg0 198.18.5.1/30 === veth === vnftg1 198.18.5.2/30 [vnftg-b]
#	           2001:db8:5::1/64                  2001:db8:5::2/64
#	[vnftg-a] vnftg2 198.18.6.1/30 === relay between two taps === vnftg3 198.18.6.2/30 [vnftg-b]
#	           2001:db8:6::1/64                                    2001:db8:6::2/64
#
# takes: 180 s
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
seconds=${1:-10} fast=1000
# A kernel that checks itself takes a millisecond for a packet. At a higher rate its late answers
# would still come when the next generator waits for its first RST.
case $(uname -r) in *debug*) fast=50 ;; esac
tmp=$(mktemp -d)
relay=''
clean() {
	[ -z "$relay" ] || kill "$relay" 2>/dev/null
	ip netns del vnftg-a 2>/dev/null
	ip netns del vnftg-b 2>/dev/null
	rmmod vnftrace 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT

in_a() { ip netns exec vnftg-a "$@"; }
at() { json "$tmp/${2:-out}" "$1"; }	# FILTER [FILE]: of the last page
probe() { in_a "$VNFTRACE" probe "$@" >"$tmp/out" 2>"$tmp/err"; }
says() { grep -q -e "$1" "$tmp/err"; }
quiet_report() { "$VNFTRACE" report "$1" >"$tmp/report"; }

topology() {
	local n ns i mac
	ip netns add vnftg-a && ip netns add vnftg-b || return 1
	ip -n vnftg-a link add vnftg0 type veth peer name vnftg1 netns vnftg-b
	ip -n vnftg-a tuntap add vnftg2 mode tap
	ip -n vnftg-b tuntap add vnftg3 mode tap
	for i in 0 1 2 3; do
		ns=vnftg-a n=$((i / 2 + 5)) mac=02:00:00:00:0$((i / 2 + 5)):0$((i % 2 + 1))
		[ $((i % 2)) = 0 ] || ns=vnftg-b
		ip -n $ns link set vnftg$i address $mac up
		ip -n $ns addr add 198.18.$n.$((i % 2 + 1))/30 dev vnftg$i
		ip -n $ns addr add 2001:db8:$n::$((i % 2 + 1))/64 dev vnftg$i nodad
	done
	for i in 0 2; do
		n=$((i / 2 + 5))
		for to in 198.18.$n.2 2001:db8:$n::2; do
			ip -n vnftg-a neigh replace $to lladdr 02:00:00:00:0$n:02 dev vnftg$i \
				nud permanent
		done
	done
	"$VNFT_TESTS/netns/relay" vnftg-a vnftg2 vnftg-b vnftg3 plain &
	relay=$!
	wait_for 10 in_a ping -q -c 1 -W 1 198.18.6.2 >/dev/null
}

# Frames that the CPUs' backlogs had no room for: a VM that got no CPU for a while.
dropped() {
	local frames n=0
	while read -r _ frames _; do
		n=$((n + 16#$frames))
	done </proc/net/softnet_stat
	echo $n
}

# Pages in $tmp/NAME: all of @count were sent, seen and answered, and say who sent.
whole() {	# NAME WHO COUNT [relay]
	local sent seen answered who
	sent=$(at .counts.sent "$1") seen=$(at .counts.seen "$1")
	answered=$(at .counts.answered "$1") who=$(at .probe.stimulus "$1")
	[ "$who $sent $seen $answered" = "$2 $3 $3 $3" ] && return
	# A relay in userspace may need more than a second: late answers are said, and no failure.
	[ "${4:-}" = relay ] && [ "$who $sent $seen" = "$2 $3 $3" ] &&
		echo "# $1: the relay brought $answered of $3 answers in time" && return
	# Nor what the kernel says that it dropped behind our hook, while these pages were made.
	[ "$who $sent $seen" = "$2 $3 $3" ] && [ "$answered" -ge $(($3 - drops)) ] &&
		echo "# $1: $answered of $3 answered, the backlog dropped $drops frames" && return
	echo "# $1: by $who: sent $sent, seen $seen, answered $answered of $3: $(cat "$tmp/$1.err")"
	return 1
}
# NAME: how late packets left, and the round trip at the hooks, which the sender must not change
late() {
	local k line=
	for k in p50_ns p99_ns max_ns; do
		line+=" ${k%_ns} $(at .lateness.$k "$1" | awk '{
			if ($1 == "null") print "      -"; else printf "%7.0f", $1 / 1000 }')"
	done
	echo "$line us, round trip p50$(at .rtt[0].p50_ns "$1" |
		awk '{ printf "%7.0f us", $1 / 1000 }')"
}

# One rate on one device: SYNs by IPv4 and echoes by IPv6 at once. The kernel sends first, then the
# thread. At 1/s both send at once, because packets are too few to disturb each other.
rate() {	# DEVICE SUBNET PER_SECOND COUNT [relay]
	local who kind name pids='' bad=0 drops
	drops=$(dropped)
	for who in kernel user; do
		for kind in "syn 198.18.$2.2" "icmp 2001:db8:$2::2"; do
			name=$1-$3-$who-${kind%% *}
			# shellcheck disable=SC2086
			in_a "$VNFTRACE" probe $kind -d "$1" --stimulus $who --rate "$3" \
				-c "$4" -j $([ $who = kernel ] || [ ${kind%% *} = icmp ] ||
					echo --sport 41000) \
				>"$tmp/$name" 2>"$tmp/$name.err" &
			pids+=" $!"
		done
		# shellcheck disable=SC2086
		[ "$3" = 1 ] || wait $pids
	done
	# shellcheck disable=SC2086
	wait $pids
	drops=$(($(dropped) - drops))
	for kind in syn icmp; do
		for who in kernel user; do
			name=$1-$3-$who-$kind
			whole "$name" $who "$4" "${5:-}" || bad=1
			printf '# late: %s %5s/s %-4s %-6s%s\n' "$1" "$3" $kind $who \
				"$(late "$name")"
		done
	done
	local what="$1: $4 SYNs by IPv4 and as many echoes by IPv6 at $3/s, by both senders"
	check "$what: none missing" [ $bad = 0 ]
}

echo "# kernel $(uname -r)"
check "the module loads" modprobe vnftrace
topology || not_ok "namespaces, veth and taps"

exits 0 "auto is the kernel where the module is loaded" probe syn 198.18.5.2 -c 50 -j
check "the page says so" [ "$(at .probe.stimulus)" = kernel ]
exits 0 "IPv6 SYNs and IPv4 echoes too" probe syn 2001:db8:5::2 -c 50 -j
check "all answered" [ "$(at .counts.answered)" = 50 ]
exits 0 "echoes by IPv4" probe icmp 198.18.5.2 -c 50 -s 1400 -j
check "all answered, and nobody received at the sender" \
	[ "$(at .counts.answered) $(at .counts.received)" = "50 null" ]
exits 0 "a second port" probe syn 198.18.5.2 -c 100 --ready-port 10 -j
check "both are closed" [ "$(at .counts.answered_rst)" = 100 ]

rate vnftg0 5 $fast $((fast * seconds))
rate vnftg0 5 $((fast / 10)) $((fast / 10 * seconds))
rate vnftg2 6 $fast $((fast / 5 * seconds)) relay
rate vnftg2 6 $((fast / 10)) $((fast / 50 * seconds))
rate vnftg0 5 1 "$seconds"

# The same packets at both observers' hooks.
for who in bpf module; do
	exits 0 "observer $who" probe icmp 198.18.5.2 -c 500 --rate $((2 * fast)) --observer $who -j
	json_is "$who saw and paired every echo, and says that it was it" "$who 500 500" \
		"$tmp/out" .probe.observer .counts.seen .counts.answered
	exits 0 "observer $who on a tap" probe syn 198.18.6.2 -c 200 --rate $fast --observer $who -j
	check "$who paired every SYN" [ "$(at .counts.seen) $(at .counts.answered)" = "200 200" ]
done

# Until the first RST: the address appears a moment after the first SYN.
ip -n vnftg-b addr del 198.18.5.2/30 dev vnftg1
in_a "$VNFTRACE" probe syn 198.18.5.2 --until-rst -j -o "$tmp/records" >"$tmp/out" 2>"$tmp/err" &
pid=$!
flowing() { [ "$(in_a cat /sys/class/net/vnftg0/statistics/tx_packets)" -ge "$1" ]; }
# A kernel that checks itself takes longer than ten seconds to let our programs in.
check "SYNs leave before anybody answers" \
	wait_for 120 flowing $(($(in_a cat /sys/class/net/vnftg0/statistics/tx_packets) + 50))
ip -n vnftg-b addr add 198.18.5.2/30 dev vnftg1
code=0
wait $pid || code=$?
check "--until-rst ends" [ $code = 0 ]
hooks=$(at .first.first_rst_ns) own=$(at .first.generator_rst_ns)
echo "# first RST: ${hooks} ns by the hooks, ${own} ns by the generator"
near() { [ "$1" -gt 0 ] && [ $(($1 > $2 ? $1 - $2 : $2 - $1)) -lt 100000000 ]; }
check "hooks and generator saw the same RST" near "${hooks:-0}" "${own:-0}"
sent=$(at .counts.sent)
check "the generator stopped itself: $sent SYNs" [ "$sent" -ge 50 -a "$sent" -lt 20000 ]
check "the file with its departures can be read" quiet_report "$tmp/records"
exits 0 "without hooks the generator alone knows" probe syn 198.18.5.2 --until-rst --no-observe -j
check "and says when" [ "$(at .first.generator_rst_ns)" -gt 0 ]

exits 2 "a flood is a thread's" probe icmp 198.18.5.2 --flood --stimulus kernel
exits 2 "busy-waiting is a thread's" probe syn 198.18.5.2 --spin 10us --stimulus kernel
exits 0 "auto takes the thread for a flood" probe icmp 198.18.5.2 --flood -c 50 -j
json_true "and says why" "$tmp/out" '.probe.stimulus_why | test("paced by its replies")'
exits 1 "a device that is down" sh -c "ip -n vnftg-b link set vnftg1 down; \
	exec ip netns exec vnftg-a $VNFTRACE \
	probe syn 198.18.5.2 -c 20 --stimulus kernel >$tmp/out 2>&1"

check "nothing holds the module afterwards" rmmod vnftrace
exits 4 "kernel without the module" probe syn 198.18.6.2 --stimulus kernel
check "names the command" says 'modprobe vnftrace'
exits 4 "the module as observer without the module" probe syn 198.18.6.2 --observer module
exits 0 "auto without it is the thread" probe syn 198.18.6.2 -c 20 -j
json_true "and says why" "$tmp/out" '.probe | .stimulus == "user" and
	(.stimulus_why | length) > 0'
finish
