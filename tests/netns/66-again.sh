#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Pages again and again: `status --watch`, and `report --follow` of a record file that grows by
# pieces that are no whole records. In a pipe, as JSON, and on a terminal.
#
#	[vnftw1] vnftw-a 198.18.4.1/30 === 198.18.4.2/30 vnftw-b [vnftw2]
# Runs in PID, mount and network namespaces of its own: what is attached elsewhere is not listed.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
if [ -z "${AGAIN_INSIDE:-}" ]; then
	export AGAIN_INSIDE=1 VNFTRACE VNFT_TESTS
	exec unshare --pid --fork --kill-child --mount --net --propagation private --mount-proc \
		"$0" "$@"
fi
mount -t tmpfs tmpfs /run && mkdir /run/netns && mount -t bpf bpf /sys/fs/bpf
tmp=$(mktemp -d)
cleanup() {
	"$VNFTRACE" detach --all >/dev/null 2>&1
	remove_pair vnftw
	rm -rf "$tmp"
}
trap cleanup EXIT
if ! make_pair vnftw; then
	skip "no network namespaces here" "pages again and again"
	exit 0
fi
quiet() { "$@" >/dev/null 2>&1; }
echoes() { quiet ip netns exec vnftw1 ping -q -c "$1" -i 0.002 198.18.4.2; }
export TERM=xterm LC_ALL=C.UTF-8
unset NO_COLOR
# What a command that runs until SIGTERM has printed, and that it ends with 0.
for_a_while() {	# SECONDS FILE WORD...
	local seconds=$1 file=$2 pid code
	shift 2
	"$VNFTRACE" "$@" >"$file" 2>"$tmp/err" &
	pid=$!
	sleep "$seconds"
	kill -TERM $pid
	wait $pid
	code=$?
	check "$*: ends with 0 on SIGTERM" [ $code = 0 ]
}
holds() { jq -es "$@" >/dev/null; }	# FILTER FILE...
said() { grep -qx "$1" "$tmp/said"; }
on_terminal() {	# WORD...: steps on standard input
	mkdir -p "$tmp/shown"
	tests/netns/on-terminal 80 24 "$tmp/shown" "$VNFTRACE" "$@" >"$tmp/said" 2>&1 ||
		not_ok "on a terminal: $(cat "$tmp/said")"
	check "$1: it ended with 0" said "exit 0"
	check "$1: the terminal is as before" said "settings same"
}

# --- status --watch
for_a_while 1 "$tmp/pages" status --watch 200ms
check "without a device each page says how to attach" \
	[ "$(grep -c 'nothing is attached' "$tmp/pages")" -ge 3 ]
quiet "$VNFTRACE" attach vnftw1/vnftw-a
for_a_while 1 "$tmp/pages" status --watch 200ms
check "the page is printed several times" \
	[ "$(grep -c '^vnftw1/vnftw-a .* counting ' "$tmp/pages")" -ge 3 ]
check "without an escape sequence" [ "$(grep -c $'\e' "$tmp/pages")" = 0 ]
{ sleep 0.6 && echoes 5; } &
for_a_while 1.2 "$tmp/pages" status --watch 200ms -j
wait
check "as JSON an object a line, whose counters grow" holds \
	'length >= 3 and all(.[]; .event == "status" and (.attached | length) == 1) and
	 .[0].attached[0].in.classes["echo-reply"] == null and
	 .[-1].attached[0].in.classes["echo-reply"] == 5 and .[-1].time_ns > .[0].time_ns' \
	"$tmp/pages"
on_terminal status --watch 200ms <<-'END'
	wait counting
	wait lines 1-
	keys q
	end
END
check "status: what was on the screen is shown again" grep -q $'\e\\[?1049l' "$tmp/shown/raw"

# --- report --follow
"$VNFTRACE" record vnftw1/vnftw-a -o "$tmp/whole" -t 1s >/dev/null 2>&1 &
sleep 0.3
echoes 100
wait
"$VNFTRACE" report "$tmp/whole" -j >"$tmp/page"
bytes=$(stat -c %s "$tmp/whole")
# A manifest and half a record; more, of which no piece ends with a record; the end.
head -c 96 "$tmp/whole" >"$tmp/grows"
"$VNFTRACE" report --follow "$tmp/grows" -j >"$tmp/pages" 2>"$tmp/err" &
follower=$!
pages() { [ "$(wc -l <"$tmp/pages")" -ge "$1" ]; }
check "half a record is waited for" wait_for 10 pages 1
for ((at = 97, page = 2; at < bytes; at += 4567, page++)); do
	tail -c +$at "$tmp/whole" | head -c 4567 >>"$tmp/grows"
	[ $((at + 4567)) -gt "$bytes" ] || wait_for 10 pages $page
done
wait $follower
code=$?
check "it ends with 0 when the file is finished: $(cat "$tmp/err")" [ $code = 0 ]
check "each page has more records" holds 'length >= 3 and [.[].file.records] as $n |
	$n == ($n | sort | unique) and .[0].file.records == 1 and
	all(.[:-1][]; .event == "report" and .file.finished == false)' "$tmp/pages"
check "and the last is the page of the whole file" holds \
	'.[0][-1] as $last | .[1][0] as $page | $last.file.finished and
	 ($last | del(.event, .time_ns, .file.file)) == ($page | del(.file.file))' \
	<(jq -s . "$tmp/pages") <(jq -s . "$tmp/page")
cp "$tmp/whole" "$tmp/copy"
head -c 1000 "$tmp/whole" >"$tmp/cut"
for_a_while 1 "$tmp/pages" report --follow "$tmp/cut"
check "one that does not grow is shown once" [ "$(grep -c '^records in the file' \
	"$tmp/pages")" = 1 ]
exits 0 "a file that is finished" to "$tmp/pages" "$VNFTRACE" report --follow "$tmp/copy"
on_terminal report --follow "$tmp/cut" <<-'END'
	wait records in the file
	keys q
	end
END
on_terminal report --follow "$tmp/copy" <<<end
check "the last page stays to be seen" grep -q 'records in the file' \
	<(sed 's/.*\x1b\[?1049l//' "$tmp/shown/raw")
exits 2 "not with --packets" to "$tmp/out" "$VNFTRACE" report --follow -p "$tmp/copy"
finish
