#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a machine does beneath a recording: CLOCK_REALTIME is set back and forth by hours, and a CPU
# goes off and on. Each frame is recorded once by each observer, no round trip has the size of a
# step, and the recording says that it is valid.
#
#	[vnftm1]  vnftm-a 198.18.4.1/30 === 198.18.4.2/30 vnftm-b  [vnftm2]
#
# also: 6.1-rt
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
mood=''
cleanup() {
	[ -z "$mood" ] || kill "$mood" 2>/dev/null
	echo 1 >/sys/devices/system/cpu/cpu1/online
	remove_pair vnftm
	rmmod vnftrace 2>/dev/null
	rm -rf "$tmp"
}
trap cleanup EXIT
echo "# kernel $(uname -r)"
check "the module loads" modprobe vnftrace
make_pair vnftm
in1() { ip netns exec vnftm1 "$@"; }

clock() {	# an hour forth, two back, one forth: at the end it is right again
	while :; do
		for step in 3600 -7200 3600; do
			date -s "@$(($(date +%s) + step))" >/dev/null
			echo step >>"$tmp/moods"
			sleep 0.05
		done
	done
}
cpu() {
	while :; do
		for on in 0 1; do
			echo $on >/sys/devices/system/cpu/cpu1/online
			[ "$(cat /sys/devices/system/cpu/cpu1/online)" = $on ] &&
				echo step >>"$tmp/moods"
			sleep 0.05
		done
	done
}
exists() { [ -e "$1" ]; }

recording() {	# MOOD OBSERVER
	local what="$1, $2" count=250
	rm -f "$tmp"/*
	in1 "$VNFTRACE" record vnftm-a --observer "$2" -o "$tmp/records" -j \
		--ready-file "$tmp/ready" -c $((2 * count)) -t 60s >"$tmp/page" 2>"$tmp/err" &
	local recorder=$!
	wait_for 30 exists "$tmp/ready"
	$1 &
	mood=$!
	in1 ping -q -c $count -i 0.01 198.18.4.2 >"$tmp/ping"
	exits 0 "$what: record ends well" wait $recorder
	kill "$mood"
	wait "$mood" 2>/dev/null
	mood=
	check "$what: it happened more than five times" [ "$(wc -l <"$tmp/moods")" -gt 5 ]
	json_is "$what: valid, nothing lost, each frame once" "true 0 $((2 * count))" \
		"$tmp/page" .valid .lost_records .packets
	"$VNFTRACE" report "$tmp/records" -j >"$tmp/report"
	# A stamp of a clock that is set would lie hours from the others.
	json_true "$what: all stamps lie within the recording" "$tmp/report" \
		".file.duration_ns | . > $((count * 9)) * 1000000 and . < 60000000000"
	json_true "$what: every reply met its request, none after a step" "$tmp/report" \
		'[.pairings[] | select(.pairing == "echo")] | length == 1 and
		all(.matched == '$count' and .min_ns > 0 and .max_ns < 10000000000)'
	echo "# $what: round trips of $(json "$tmp/report" .pairings[0].min_ns) to $(
		json "$tmp/report" .pairings[0].max_ns) ns"
}
for mood_of in clock cpu; do
	for observer in bpf module; do
		recording $mood_of $observer
		echo 1 >/sys/devices/system/cpu/cpu1/online
	done
done
finish
