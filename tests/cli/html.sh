#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vnftrace report --html: a page that is well formed, runs and fetches nothing, has the numbers that
# report prints, and is written by the rules of every file.
. "$(dirname "$0")/lib.sh"
tree=$here/../..
corpus=$tree/tests/fuzz/corpus/results

mkdir results
# What a bench of launches alone lacks.
jq '.rows[0] |= (.launches = [range(6) as $k | {run: ($k + 1), total_ns: (9000000 + 4 * $k),
		phases: [["exec", 2], ["device", 3], ["frame", 1], ["arp", 3]] |
			map({name: .[0], took_ns: (.[1] * 1000000 + $k)})}] |
	.conditions = [range(6) as $k | .conditions[0] | .run = $k + 1] |
	.endings = .launches | .image = {file_bytes: 10200000, disk_bytes: 10300000} |
	.memory = {tool_bytes: 778000, pss_bytes: 512000, host_delta_bytes: -4096,
		samples_bytes: [range(6) | 776000 + 1000 * .]} |
	.throughput = {workload: "iperf3", rx: {median_bps: null, median_bps_why: "no stream"},
		tx: {median_bps: 12.5e9, ci95_bps: [12.1e9, 12.9e9], tool_bps: 12.6e9,
			samples_bps: [range(6) | 12e9 + . * 2e8]}})' \
	"$corpus/bench" >results/results.json
cp "$corpus/two-rows" two.json
chmod -R a+rX .
says() { grep -qF -e "$1" "$room/err"; }
sound() { python3 "$tree/tests/html-page" "$@"; }
has() { grep -qF -e "$1" "$room/out"; }

# --- every result that there is a sample of, on standard output
for name in "$corpus"/*; do
	cp "$name" sample.json
	run report sample.json
	printed=$code
	run report --html - sample.json
	check "$(basename "$name"): a page, if report can read it" [ "$code" = "$printed" ]
	[ "$code" = 0 ] || continue
	check "$(basename "$name"): well formed, runs nothing, fetches nothing" sound "$room/out"
done

# --- its numbers
for src in results two.json "results two.json"; do
	# shellcheck disable=SC2086 # several results
	run report -j $src
	cp "$room/out" "$room/tree"
	# shellcheck disable=SC2086
	run report $src
	cp "$room/out" "$room/text"
	# shellcheck disable=SC2086
	run report --html - $src
	check "$src: the numbers are those of report, and printed as it prints them" \
		sound "$room/out" "$room/tree" "$room/text"
	# Every cell of the text page, as a cell of a table.
	check "$src: all tables of report" [ "$(grep -c '<summary>\|<h3>' "$room/out")" -ge 10 ]
done
jq '.rows[0].instantiation.median_ns += 7777777' two.json >other.json
run report --html - other.json
if sound "$room/out" "$room/tree" "$room/text" >"$room/faults"; then
	not_ok "another number would be found"
else
	ok "another number would be found"
fi
run report --html - results
check "each run of first RST is a dot that says its number" \
	[ "$(grep -c '<circle.*<title>run [0-9]*: ' "$room/out")" -ge \
	"$(jq '.rows[0].instantiation.samples_ns | length' results/results.json)" ]
check "how to repeat it is told" has '<pre>vnftrace bench</pre>'
check "with the seed" has '<code>--seed 478582436745023</code>'
check "the manifest is folded" has '<details><summary>Manifest of host</summary>'
check "the study stands beside" has 'container.docker</td>'

# --- what results say is text
evil='</title></style><script>alert(1)</script><img src=x onerror=alert(1)>"'"'"'&lt;]]>--><b>'
jq --arg evil "$evil" 'def bad: $evil;
	.manifest.host.hostname = bad | .manifest.command = ["vnftrace", bad, "a\u001b[2J\u202eb"] |
	.manifest.host.kernel_command_line = bad + "\n\u0007\u2028\uffff" |
	.manifest.started = bad |
	.manifest.types = {(bad): {image: bad}} |
	.rows[0] |= (.type = bad | .title = bad | .accel = bad | .disturbed_by = bad |
		.valid = false | .invalid_why = bad | .setup = {x: bad} |
		.failed = [{run: 99, why: bad}] |
		.lost = {(bad): 3} | .missing = [{run: 1, what: bad, why: bad}] |
		.instantiation.phases[0].name = bad | .launches[0].phases[0].name = bad |
		.conditions[0].disturbed = true | .conditions[0].disturbed_by = bad |
		.image.file_bytes = null | .image.file_bytes_why = bad)' results/results.json \
	>evil.json
run report --html - evil.json
check "hostile texts: a page" [ "$code" = 0 ]
check "well formed, and nothing of theirs is in its markup" sound "$room/out"
check "they are shown" has '&lt;/title&gt;&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;'
check "no byte of them talks to a terminal or turns a line" \
	[ -z "$(LC_ALL=C grep -naP '[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80[\xa8-\xae]' "$room/out")" ]
sed 's/<h1>/<h1 onload="alert(1)">/' "$room/out" >"$room/bad"
if sound "$room/bad" >"$room/faults"; then
	not_ok "they would be found in an attribute"
else
	ok "they would be found in an attribute"
fi

# --- a record file
python3 "$tree/tests/fuzz/make-corpus" "$room/corpus" || exit 1
cp "$room/corpus/file/all-kinds" recorded.rec
chmod a+r recorded.rec
run report --html - recorded.rec
check "a record file: its tables as a page" [ "$code" = 0 ]
check "well formed, too" sound "$room/out"
check "with its devices" has '<h3>Devices</h3>'

# --- 20 types of 60 runs
jq '.rows[0] as $row | .rows = [range(20) as $i | $row | .type = "type\($i).kvm" | .runs = 60 |
	.rounds = [range(60) + 1] | .failed = [] | .missing = [] |
	.conditions = [range(60) as $k | .conditions[$k % 6] | .run = $k + 1] |
	.launches = [range(60) as $k | .launches[$k % 6] | .run = $k + 1] |
	.endings = [range(60) as $k | .endings[$k % 6] | .run = $k + 1] |
	.instantiation.samples_ns |= [range(60) as $k | .[$k % 6] + $k] |
	.service_ready.samples_ns |= [range(60) as $k | .[$k % 6] + $k] |
	.teardown.samples_ns |= [range(60) as $k | .[$k % 6] + $k] |
	.rtt.flood.samples_ns |= [range(60) as $k | .[$k % 6] + $k] |
	.throughput.tx.samples_bps |= [range(60) as $k | .[$k % 6] + $k] |
	.throughput.rx.samples_bps |= [range(60) as $k | .[$k % 6] + $k] |
	.memory.samples_bytes |= [range(60) as $k | .[$k % 6] + $k]]' results/results.json \
	>large.json
begin=${EPOCHREALTIME/./}
run report --html - large.json
took_ms=$(((${EPOCHREALTIME/./} - begin) / 1000))
check "20 types of 60 runs: within 5 s ($took_ms ms)" [ "$code" = 0 -a "$took_ms" -lt 5000 ]
check "in less than 3 MB ($(stat -c %s "$room/out"))" [ "$(stat -c %s "$room/out")" -lt 3000000 ]
check "and well formed" sound "$room/out"

# --- the file
run report --html page.html results
check "a file, and what was written is said" [ "$code" = 0 -a -n "$(grep ^page "$room/out")" ]
check "it is there, and nothing beside it" [ "$(echo page.html*)" = page.html ]
cp page.html "$room/whole"
run report --html page.html two.json
check "a file that is there is refused" [ "$code" = 1 ]
check "and how to replace it is said" says "page.html: exists: give another name, or"
check "it stays" cmp -s page.html "$room/whole"
run report --html page.html --force nosuch
check "--force with what cannot be read: an error" [ "$code" = 1 ]
check "and it stays, alone" [ "$(cmp page.html "$room/whole" && echo page.html*)" = page.html ]
run report --html page.html --force -j two.json
check "--force replaces it" [ "$code" = 0 ]
check "by another" [ -n "$(cmp page.html "$room/whole" 2>&1)" ]
json_is "and the page about it is JSON" "page.html $(stat -c %s page.html)" "$room/out" \
	.file .size_bytes
run report --html - -j results
check "- leaves standard output to the page" [ "$(head -c 15 "$room/out")" = '<!DOCTYPE html>' ]
grep -v ^vnftrace: "$room/err" >"$room/said"
json_true "and the page about it goes to stderr" "$room/said" '.size_bytes > 1000'
run report --html . results
check "a directory is refused" says ".: a directory: name a file in it"
run report --html /dev/full results
check "a full disk is an error" [ "$code" = 1 ]
check "that says so" says "/dev/full: cannot be written: No space left on device"

# --- as a browser shows it: at two widths, light and dark, without a word on its console
browser=$(command -v chromium || :)
if [ -z "$browser" ]; then
	skip "no chromium: apt install chromium" "a browser shows it"
	finish
fi
shots=${VNFT_SHOTS:-$room/shots}
mkdir -p "$shots" "$room/profile"
shoot() {	# NAME PAGE WIDTH HEIGHT [OPTION]...
	local name=$1 html=$2 size=$3,$4
	shift 4
	timeout 60 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars \
		--user-data-dir="$room/profile" --enable-logging=stderr --v=0 \
		--host-resolver-rules='MAP * 0.0.0.0' --window-size="$size" "$@" \
		--screenshot="$shots/$name.png" "file://$html" >"$room/log" 2>&1
	[ -s "$shots/$name.png" ] && ! grep -F ':CONSOLE' "$room/log"
}
run report --html - evil.json
cp "$room/out" "$room/evil.html"
run report --html - results
cp "$room/out" "$room/page.html"
for width in 400 1600; do
	check "a browser shows it $width px wide" shoot "light-$width" "$room/page.html" $width 2400
	check "in the dark, too" shoot "dark-$width" "$room/page.html" $width 2400 \
		--blink-settings=preferredColorScheme=0
	check "and what is hostile" shoot "evil-$width" "$room/evil.html" $width 2400
done
check "the pictures differ" [ -n "$(cmp "$shots/light-400.png" "$shots/dark-400.png" 2>&1)" ]
sed 's,<h1>,<h1><script>console.error("x")</script>,' "$room/page.html" >"$room/script.html"
if shoot script "$room/script.html" 400 400 >"$room/faults"; then
	not_ok "a script would be refused, and that be seen"
else
	ok "a script would be refused, and that be seen"
fi
finish
