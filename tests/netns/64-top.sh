#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vnftrace top in lines: of known traffic the intervals add up to what the kernel counted, and RTT
# and losses are those of the page of the device; a device that is new, gone or attached anew has no
# rate; what was attached for its life goes with it; and no escape sequence is sent where none
# belongs. 65-top-screen.sh has the terminal.
#
#	[vnftt1] vnftt-a 198.18.4.1/30 === 198.18.4.2/30 vnftt-b [vnftt2]
# Runs in PID, mount and network namespaces of its own: what is attached elsewhere is not listed.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
if [ -z "${TOP_INSIDE:-}" ]; then
	export TOP_INSIDE=1 VNFTRACE VNFT_TESTS
	exec unshare --pid --fork --kill-child --mount --net --propagation private --mount-proc \
		"$0" "$@"
fi
mount -t tmpfs tmpfs /run && mkdir /run/netns && mount -t bpf bpf /sys/fs/bpf
tmp=$(mktemp -d)
sleeper='' top=''
cleanup() {
	[ -z "$sleeper$top" ] || kill $sleeper $top 2>/dev/null
	"$VNFTRACE" detach --all >/dev/null 2>&1
	remove_pair vnftt
	rm -rf "$tmp"
}
trap cleanup EXIT
if ! make_pair vnftt; then
	skip "no network namespaces here" "vnftrace top"
	exit 0
fi
# Nobody but this test sends anything.
for ns in vnftt1 vnftt2; do
	ip netns exec $ns sysctl -qw net.ipv6.conf.all.disable_ipv6=1
done
in1() { ip netns exec vnftt1 "$@"; }
quiet() { "$@" >/dev/null 2>&1; }
echoes() { quiet in1 ping -q -c "$1" -i "$2" 198.18.4.2; }
kernel() { in1 ip -s -j link show vnftt-a | jq ".[0].stats64.$1"; }
# A line for each interval; of one device with -s: slurped.
in_top() { jq -es "$2" "$1" >/dev/null; }
lines_of() { [ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]; }
begin_top() {	# FILE WORD...: -j in the background, after its first interval
	local file=$1
	shift
	"$VNFTRACE" top -j "$@" >"$file" 2>"$tmp/err" &
	top=$!
	wait_for 10 lines_of "$file" 1 || not_ok "top $*: no interval: $(cat "$tmp/err")"
}
end_top() {	# WHAT: by SIGTERM
	local code
	kill -TERM $top
	wait $top
	code=$?
	top=
	check "$1 ends with 0 on SIGTERM" [ $code = 0 ]
}

# --- nothing is attached
exits 0 "nothing attached" to "$tmp/out" "$VNFTRACE" top -c 1 -i 100ms
check "how to attach is said in one line" \
	[ "$(grep -c 'nothing is attached: .vnftrace attach DEV., or .vnftrace top DEV.' \
		"$tmp/out")" = 1 ]
exits 0 "nothing attached, as JSON" to "$tmp/out" "$VNFTRACE" top -j -n 2 -i 100ms
check "-n is --count: two objects without devices" in_top "$tmp/out" \
	'length == 2 and all(.[]; .event == "interval" and .devices == []) and
	 .[1].number == 2 and .[1].time_ns > .[0].time_ns and
	 (.[1].realtime_ns - .[0].realtime_ns) > 50000000'

# --- known traffic
exits 0 "attach" quiet "$VNFTRACE" attach vnftt1/vnftt-a
begin_top "$tmp/known" -i 300ms
rx=$(kernel rx.packets) tx=$(kernel tx.packets)
bytes=$(kernel tx.bytes)
echoes 250 0.004
sleep 0.7
end_top "top of known traffic"
rx=$(($(kernel rx.packets) - rx)) tx=$(($(kernel tx.packets) - tx))
bytes=$(($(kernel tx.bytes) - bytes))
json_is "the intervals add up to the kernel's own counters, in and out and bytes" \
	"$rx $tx $bytes" <(jq -s '[.[].devices[0]] | {
		rx: map(.in.packets) | add, tx: map(.out.packets) | add,
		bytes: map(.out.frame_bytes) | add }' "$tmp/known") .rx .tx .bytes
check "which were what was sent" [ "$rx $tx" = "250 250" ]
check "each rate is packets by the device's own time" in_top "$tmp/known" \
	'all(.[].devices[0]; (.in.rate_pps - .in.packets * 1e9 / .span_ns) | fabs < 0.002)'
check "several intervals had some" in_top "$tmp/known" \
	'[.[].devices[0] | select(.in.packets > 0)] | length >= 3'
check "and their replies are all of them" in_top "$tmp/known" \
	'[.[].devices[0].round_trips[]? | select(.pairing == "echo" and .request == "out").n] |
		add == 250'

# --- the RTT of an interval that has all there was
exits 0 "detach" quiet "$VNFTRACE" detach vnftt1/vnftt-a
exits 0 "attach again" quiet "$VNFTRACE" attach vnftt1/vnftt-a
"$VNFTRACE" top -j -c 1 -i 3s >"$tmp/rtt" &
top=$!
sleep 0.8
echoes 200 0.004
wait $top
top=
"$VNFTRACE" report --dev vnftt1/vnftt-a -j >"$tmp/page"
of_page=$(json "$tmp/page" '.pairings[0] | .n, .p50_ns, .p99_ns')
json_is "n, p50 and p99 are those of the device's page" "$of_page" <(jq '.devices[0].rtt' \
	"$tmp/rtt") .n .p50_ns .p99_ns
check "of 200 replies" [ "${of_page%% *}" = 200 ]
"$VNFTRACE" top -j -c 1 -i 200ms >"$tmp/idle"
check "an interval without replies has no RTT, and says why" in_top "$tmp/idle" \
	'.[0].devices[0].rtt | .n == 0 and .p50_ns == null and (.p50_ns_why | length > 0)'

# --- new, attached anew, gone
begin_top "$tmp/change" -i 1500ms
quiet "$VNFTRACE" detach vnftt1/vnftt-a
quiet "$VNFTRACE" attach vnftt1/vnftt-a
quiet "$VNFTRACE" attach vnftt2/vnftt-b
echoes 20 0.002
wait_for 10 lines_of "$tmp/change" 3
quiet "$VNFTRACE" detach vnftt2/vnftt-b
wait_for 10 lines_of "$tmp/change" 5
end_top "top of changes"
changes() {	# DEVICE: of each interval
	jq -r --arg d "$1" '.devices | map(select(.device == $d).change)[0] // "-"' \
		"$tmp/change" | head -n 5 | paste -sd ' '
}
check "detached and attached in one interval: restarted, then steady: $(changes vnftt-a)" \
	[ "$(changes vnftt-a)" = "steady restarted steady steady steady" ]
check "new, steady, gone, and not there: $(changes vnftt-b)" \
	[ "$(changes vnftt-b)" = "- new steady gone -" ]
check "none of these has a number, and each has a reason" in_top "$tmp/change" \
	'all(.[].devices[] | select(.change != "steady"); .in.packets == null and
	     .in.rate_pps == null and .rtt == null and .lost == null and
	     (.in.rate_pps_why | length) > 0)'
check "no number is negative, no rate beyond what was sent" in_top "$tmp/change" \
	'all(.[].devices[] | (.in, .out) | .packets, .rate_pps, .frame_bytes | numbers;
	     . >= 0 and . < 100000)'

# --- the instance: a process at the other end
ip netns exec vnftt2 sleep 1000 &
sleeper=$!
is_sleeping() { [ "$(cat /proc/$sleeper/comm)" = sleep ]; }
wait_for 5 is_sleeping
"$VNFTRACE" top -j -c 1 -i 200ms >"$tmp/who"
json_is "the process at the other end of a veth is named" "process sleep $sleeper" \
	<(jq '.devices[0].instance' "$tmp/who") .kind .name .pid
kill $sleeper
wait $sleeper 2>/dev/null
sleeper=
exits 0 "detach --all" quiet "$VNFTRACE" detach --all

# --- a DEV that is not attached: for its own life
programs() {	# on the device's hooks, beside those of an attachment of the moment
	quiet "$VNFTRACE" attach vnftt1/vnftt-a
	"$VNFTRACE" status -j | jq '.attached[0].chain | length - 2'
	quiet "$VNFTRACE" detach vnftt1/vnftt-a
}
filters() { in1 tc filter show dev vnftt-a ingress; in1 tc qdisc show dev vnftt-a clsact; }
left() { echo "$(ls /sys/fs/bpf/vnftrace 2>/dev/null) $(ls /run/vnftrace 2>/dev/null)" \
	"$(programs) $(filters)"; }
nothing_of_ours() { [ "$(left)" = "$before" ]; }
before=$(left)
for hook in auto clsact; do
	begin_top "$tmp/own" vnftt1/vnftt-a --hook $hook -i 200ms
	check "--hook $hook: it is watched" [ "$(left)" != "$before" ]
	echoes 30 0.002
	sleep 0.5
	end_top "top DEV, $hook"
	check "--hook $hook: its packets are counted" in_top "$tmp/own" \
		'[.[].devices[0].in.packets] | add == 30'
	check "--hook $hook: nothing is left" nothing_of_ours
	begin_top "$tmp/own" vnftt1/vnftt-a --hook $hook -i 200ms
	kill -KILL $top
	wait $top 2>/dev/null
	top=
	[ $hook = auto ] || exits 0 "after kill -9, with clsact" quiet "$VNFTRACE" detach --all
	check "--hook $hook: nor after kill -9" wait_for 5 nothing_of_ours
done
quiet "$VNFTRACE" attach vnftt1/vnftt-a
begin_top "$tmp/both" vnftt1/vnftt-a -i 200ms
check "an attached DEV is read as it is" in_top "$tmp/both" '.[0].devices[0].id >= 32768'
end_top "top of an attached DEV"
check "and stays attached" in_top <("$VNFTRACE" status -j) '.[0].attached | length == 1'
exits 1 "a DEV that is not there" to "$tmp/out" "$VNFTRACE" top vnftt1/nosuch -c 1
check "is named" grep -q 'vnftt1/nosuch: no such device' "$tmp/out"
exits 2 "a DEV twice" to "$tmp/out" "$VNFTRACE" top vnftt1/vnftt-a vnftt1/vnftt-a -c 1

# --- lines
COLUMNS=80 "$VNFTRACE" top -b -c 1 -i 200ms >"$tmp/lines"
check "a table with a title" grep -q '^device .* pps in' "$tmp/lines"
check "and the device with its namespace" grep -q '^vnftt1/vnftt-a ' "$tmp/lines"
check "no wider than COLUMNS" [ "$(wc -L <"$tmp/lines")" -le 80 ]
check "a pipe gets no escape sequence" [ "$(grep -c $'\e' "$tmp/lines")" = 0 ]
ip -n vnftt2 link set vnftt-b down
ip -n vnftt2 link set vnftt-b name $'t\e[7m\e]0;x\a'
quiet "$VNFTRACE" attach vnftt2/'t\x1b[7m\x1b]0;x\x07'
"$VNFTRACE" top -c 1 -i 200ms >"$tmp/lines"
check "a device named by escape sequences" grep -qF 't\x1b[7m\x1b]0;x\x07' "$tmp/lines"
check "sends none" [ "$(grep -c $'\e' "$tmp/lines")" = 0 ]
quiet "$VNFTRACE" detach --all
exits 1 "output that cannot be written" to "$tmp/out" bash -c '"$0" top -c 2 -i 100ms >/dev/full' \
	"$VNFTRACE"
finish
