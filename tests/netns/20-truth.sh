#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Truth: a responder on a tap answers after exact delays and logs what it did; vnftrace's records
# are matched with that log packet by packet. What is compared, and how closely: truth_compare.c.
#
#	[netns vnfttr-PID]  responder, asker --- packet socket --- vnfttr0 (tap, tcx or clsact)
#	                                                              |
#	                    responder, answerer --------------- /dev/net/tun
#
# A missing, invented or impossibly stamped packet fails at once. Quantiles that noise of the host
# moved are measured again, 3 times at most. $TRUTH_SECONDS: length of each measurement (default 2).
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
if [ "$(nproc)" -lt 2 ]; then
	skip "one CPU: asker and busy-polling responder need one each" \
		"records as the responder's log"
	finish
fi
ns=vnfttr-$$ dev=vnfttr0 seconds=${TRUTH_SECONDS:-2}
tmp=$(mktemp -d)
recorder=""
clean() {
	[ -z "$recorder" ] || kill "$recorder" 2>/dev/null
	ip netns delete "$ns" 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT

ip netns add "$ns" || exit 1
ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip -n "$ns" tuntap add "$dev" mode tap
ip -n "$ns" link set "$dev" address 02:00:00:00:07:01 up

# HOOK KIND DELAY_NS COUNT INTERVAL_NS: one recording of one responder; its log and records in $tmp.
measure() {
	local code=0
	rm -f "$tmp/ready" "$tmp/records" "$tmp/log"
	ip netns exec "$ns" "$VNFTRACE" record "$dev" --hook "$1" -o "$tmp/records" \
		--ready-file "$tmp/ready" >"$tmp/out" 2>&1 &
	recorder=$!
	wait_for 20 test -e "$tmp/ready" || { cat "$tmp/out"; return 9; }
	ip netns exec "$ns" "$VNFT_TESTS/netns/responder" "$dev" "$tmp/log" "$2" "$3" "$4" "$5" ||
		code=7
	kill -INT "$recorder"
	wait "$recorder" || { cat "$tmp/out"; code=8; }
	recorder=""
	return $code
}

truth() {	# HOOK KIND DELAY_NS RATE
	local what="$1: $2 after $3 ns at $4/s" code=1 try
	for try in 1 2 3; do
		measure "$1" "$2" "$3" $(($4 * seconds)) $((1000000000 / $4))
		code=$?
		[ $code -eq 0 ] || break
		"$VNFT_TESTS/netns/truth_compare" "$tmp/records" "$tmp/log" >"$tmp/numbers"
		code=$?
		echo "# $what, attempt $try: $(cat "$tmp/numbers")"
		[ $code -eq 1 ] || break
	done
	if [ $code -eq 0 ]; then
		ok "$what: as the responder's log"
	else
		not_ok "$what: code $code"
	fi
}

for delay in 0 5000000; do
	truth tcx echo $delay 20000
done
for delay in 50000 500000 random; do
	truth tcx echo $delay 10000
done
for delay in 0 500000 random; do
	truth tcx rst $delay 10000
done
truth tcx synack 50000 10000
truth clsact echo 0 20000
truth clsact echo 5000000 20000
truth clsact rst 500000 10000

# The same comparison must go red when answers are stamped 20 us late, and when a record is missing.
exits 2 "answers stamped 20 us late are found" \
	"$VNFT_TESTS/netns/truth_compare" "$tmp/records" "$tmp/log" 20000 2>/dev/null
exits 2 "answers stamped 20 us early are found" \
	"$VNFT_TESTS/netns/truth_compare" "$tmp/records" "$tmp/log" -20000 2>/dev/null
head -c $(($(stat -c %s "$tmp/records") / 128 * 64)) "$tmp/records" >"$tmp/half"
exits 2 "missing records are found" \
	"$VNFT_TESTS/netns/truth_compare" "$tmp/half" "$tmp/log" 2>/dev/null

# What the hooks aggregate in the kernel is what they record: a persistent attachment, recorded for
# once, its histogram read by report. Buckets are at most 1/64 wide, so 1 % it is; no retry, they
# are the same packets.
ip netns exec "$ns" "$VNFTRACE" attach "$dev" >"$tmp/attach" || not_ok "attach"
if measure auto echo random 20000 100000; then
	"$VNFT_TESTS/netns/truth_compare" "$tmp/records" "$tmp/log" >"$tmp/numbers"
	check "an attached device is recorded whole" test $? -lt 2
	ip netns exec "$ns" "$VNFTRACE" report --dev "$dev" -j >"$tmp/page.json"
	from_records=$(sed 's/.*p99; hooks \([0-9./]*\).*/\1/' "$tmp/numbers")
	in_kernel=$(jq -r '.pairings[] | select(.pairing == "echo" and .request == "out") |
		"\(.n) \(.p50_ns / 1e3)/\(.p90_ns / 1e3)/\(.p99_ns / 1e3)"' "$tmp/page.json")
	echo "# p50/p90/p99 us from records $from_records, n and the same in the kernel $in_kernel"
	check "the histogram in the kernel has all 20000 and is within 1 % of the records" awk \
		-v a="$from_records" -v b="$in_kernel" 'BEGIN {
			split(b, n, " "); split(a, x, "/"); split(n[2], y, "/")
			for (i = 1; i <= 3; i++)
				if (!(x[i] > 0) || (y[i] - x[i]) ^ 2 > (x[i] / 100) ^ 2) exit 1
			exit n[1] != 20000
		}'
else
	not_ok "recording an attached device"
fi
ip netns exec "$ns" "$VNFTRACE" detach "$dev" >"$tmp/detach" || not_ok "detach"
finish
