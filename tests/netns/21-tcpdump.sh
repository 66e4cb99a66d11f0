#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vnftrace and tcpdump (ns stamps) on the same device at the same time, at a rate where tcpdump
# drops nothing: the same packets, and the same times between them (pcap_compare.c). Answers come
# from a kernel's own stack.
#
#	[vnfttd-a-PID] vnfttd0 198.18.8.1/30 ---- veth ---- vnfttd1 198.18.8.2/30 [vnfttd-b-PID]
#	 probe, record, tcpdump                              the kernel answers
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
if ! command -v tcpdump >/dev/null; then
	skip "tcpdump is not installed" "the same packets and times as tcpdump"
	finish
fi
a=vnfttd-a-$$ b=vnfttd-b-$$ mac=02:00:00:00:08:02
tmp=$(mktemp -d)
pids=""
stop() {
	for p in $pids; do kill "$p" 2>/dev/null; done
	pids=""
}
clean() {
	stop
	ip netns delete $a 2>/dev/null
	ip netns delete $b 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT

ip netns add $a && ip netns add $b || exit 1
ip -n $a link add vnfttd0 type veth peer name vnfttd1 address $mac netns $b
ip -n $a addr add 198.18.8.1/30 dev vnfttd0
ip -n $b addr add 198.18.8.2/30 dev vnfttd1
ip -n $a link set vnfttd0 up
ip -n $b link set vnfttd1 up
ip -n $a neigh replace 198.18.8.2 lladdr $mac dev vnfttd0 nud permanent
ip netns exec $b sysctl -qw net.ipv4.icmp_ratelimit=0

packets=20000	# of two probes, requests and answers
gone() { ! kill -0 "$1" 2>/dev/null; }
record() {	# HOOK: everything below, seen twice
	local recorder dumper
	stop
	rm -f "$tmp/ready" "$tmp/records"
	: >"$tmp/tcpdump"
	ip netns exec $a "$VNFTRACE" record vnfttd0 --hook "$1" -o "$tmp/records" \
		--ready-file "$tmp/ready" >"$tmp/out" 2>&1 &
	recorder=$!
	ip netns exec $a tcpdump -i vnfttd0 -Z root -n -B 16384 --time-stamp-precision=nano \
		-c $packets -w "$tmp/pcap" 'icmp or tcp' 2>"$tmp/tcpdump" &
	dumper=$!
	pids="$recorder $dumper"
	wait_for 20 test -e "$tmp/ready" && wait_for 20 grep -q listening "$tmp/tcpdump" || return 9
	ip netns exec $a "$VNFTRACE" probe icmp 198.18.8.2 --no-observe --rate 2000 -c 5000 \
		>"$tmp/probe" &&
		ip netns exec $a "$VNFTRACE" probe syn 198.18.8.2 --no-observe --rate 2000 -c 5000 \
			>>"$tmp/probe" || return 8
	# tcpdump gets its packets in blocks, the last after a second: it ends by itself when it has
	# all.
	wait_for 5 gone "$dumper" || kill -INT "$dumper"
	kill -INT "$recorder"
	wait "$recorder" || return 7
	wait "$dumper"
	pids=""
	grep -q '^0 packets dropped by kernel' "$tmp/tcpdump" || return 6
}

for hook in tcx clsact; do
	for try in 1 2 3; do
		record $hook
		code=$?
		if [ $code -eq 0 ]; then
			"$VNFT_TESTS/netns/pcap_compare" "$tmp/records" "$tmp/pcap" >"$tmp/numbers"
			code=$?
			echo "# $hook, attempt $try: $(cat "$tmp/numbers")"
		fi
		# 1: noise moved the times; 6: tcpdump itself dropped, so it is no witness.
		[ $code -eq 1 ] || [ $code -eq 6 ] || break
	done
	check "$hook: the packets and times of tcpdump" test $code -eq 0
done
# A packet that only one of them has must be found.
head -c $(($(stat -c %s "$tmp/records") - 704)) "$tmp/records" >"$tmp/short"
exits 2 "a missing record is found" "$VNFT_TESTS/netns/pcap_compare" "$tmp/short" "$tmp/pcap"
finish
