#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bench --fail-if and --junit with real instances, and compare --live with gates of two metrics:
# what they need is measured, the file is taken before anything is, and a gate's exit code is 3.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	. "$INSTANCE"
	instance_begin
	instance_device "$1" "$3" "$5" "$2" "$4"
	ip link set "$1" up master "$2"
	wait $pid
	END
chmod +x "$tmp/instance"
cat >"$tmp/a.conf" <<-END
	title = answers at once
	driver = exec
	virtualization = container
	topology = veth
	command = $tmp/instance @DEV@ @BRIDGE@ @ADDR@ @PEER@ @MAC@
	port = none
	END
bench() {	# DIR ARGUMENTS...
	local dir=$tmp/$1
	shift
	"$VNFTRACE" bench -T "$tmp/a.conf" -r 2 --no-rtt --no-throughput --no-memory \
		--no-reference -o "$dir" "$@" >"$tmp/out" 2>"$tmp/err"
}
failed() { grep -c '^vnftrace: gate failed: ' "$tmp/err"; }
says() { grep -qF -e "$1" "$tmp/err" || { cat "$tmp/err"; return 1; }; }

exits 0 "gates that pass" bench pass --fail-if 'first_rst > 1h' --fail-if 'valid_runs < 2' \
	--junit "$tmp/pass.xml"
check "are in a table" grep -qE '^a +valid_runs < 2 +2 +yes +passed' "$tmp/out"
check "and in the file" grep -q '<testsuites name="vnftrace" tests="2" failures="0"' "$tmp/pass.xml"
exits 3 "gates that fail" bench fail -j --fail-if 'first_rst > 1ns' --fail-if 'rtt.p99 > 1h' \
	--fail-if 'a: lost > 0' --junit "$tmp/fail.xml"
check "a line each" [ "$(failed)" = 2 ]
check "with the number" says "a: first_rst > 1ns: it is "
check "or the reason why there is none" says "a: rtt.p99 > 1h: not measured: left out (--no-rtt"
json_true "and one JSON value" "$tmp/out" '.gates | map([.gate, .because]) ==
	[["first_rst > 1ns", "violated"], ["rtt.p99 > 1h", "not measured"],
	 ["lost > 0", "passed"]]'
json_true "results.json has none of it" "$tmp/fail/results.json" 'has("gates") | not'
check "the file says so, too" grep -q 'tests="3" failures="2"' "$tmp/fail.xml"
same() { diff <(jq -c '.gates' "$tmp/out") <("$VNFTRACE" report -j "$tmp/fail" "$@" 2>/dev/null |
	jq -c '.gates'); }
check "report says the same of the directory" same --fail-if 'first_rst > 1ns' \
	--fail-if 'rtt.p99 > 1h' --fail-if 'a: lost > 0'
exits 1 "a file that is there" bench none --fail-if 'lost > 0' --junit "$tmp/fail.xml"
check "is refused before anything is measured" [ ! -e "$tmp/none" ]
exits 2 "so is a typing error" bench none --fail-if 'lost > 0ms' --junit "$tmp/none.xml"
check "without a file" [ ! -e "$tmp/none" -a ! -e "$tmp/none.xml" ]

live() { "$VNFTRACE" compare --live -j -r 6 -o "$tmp/live" "$tmp/a.conf" "$tmp/a.conf" "$@" \
	>"$tmp/out" 2>"$tmp/err"; }
exits 3 "compare --live with gates of two metrics" live --fail-if 'first_rst > 9000%' \
	--fail-if 'rtt > 9000%' --fail-if 'nobody: rtt > 1%'
check "fails by the one that is nobody's" [ "$(failed)" = 1 ]
json_true "all that they need is measured" "$tmp/out" '[.metric, .also[].metric] ==
	["instantiation", "rtt"] and ([.rows[0], .also[].rows[0]] | all(.a.runs == 6)) and
	(.gates | map(.passed)) == [true, true, false]'
json_true "and no more" "$tmp/live/results.json" '.rows[0] |
	.throughput.tx.median_bps == null and .memory.tool_bytes == null'
check "nothing is left" nothing_left
finish
