#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# --fail-if of report and compare: exit code 3 and a line for each gate that failed; nothing passes
# that is not known; and what --junit writes, as a reader of XML has it.
. "$(dirname "$0")/lib.sh"

samples() {	# FIRST STEP: ten values from FIRST on
	seq -s, "$1" "$2" $(($1 + 9 * $2))
}
row() {		# TYPE FIRST-MS MORE-MEMBERS: runs that are 1 ms apart
	cat <<-END
		{ "type": "$1", "runs": 10, "valid": true, "failed": [], "lost": { "unread": 0 },
		  "instantiation": { "n": 10, "median_ns": $(($2 + 4))500000,
		    "ci95_ns": [${2}000000, $(($2 + 9))000000], "median_bound_ns": [1000000, 0],
		    "samples_ns": [$(samples $(($2 * 1000000)) 1000000)] },
		  "rtt": { "flood": { "n": 1000, "mean_ns": 80000, "p99_ns": 300000,
		    "samples_ns": [$(samples 80000 10)] },
		    "fixed": { "mean_ns": null, "mean_ns_why": "left out (--no-rtt)" } },
		  "throughput": { "tx": { "median_bps": 20000000000, "ci95_bps": null,
		    "ci95_bps_why": "5 runs, 6 needed", "samples_bps": [$(samples \
			$((20 * (1000 - $2 + 200)))000000 1000000)] } },
		  "reference": { "launch": { "samples_ns": [$(samples 30000000 1000)] } } $3 }
	END
}
results() {	# DIR ROW...
	local dir=$1 rows
	shift
	rows=$(printf ',%s' "$@")
	mkdir -p "$dir"
	cat >"$dir/results.json" <<-END
		{ "schema": 1, "manifest": { "id": "$dir", "started": "2026-01-01T00:00:00Z",
		  "command": ["vnftrace", "bench", "-T", "a & b", "\"<\u0001>\""],
		  "parameters": { "reference": 1, "k\u0001\u202e": "v\uffff" },
		  "host": { "hostname": "metal", "kernel": "6.1", "cpu": "a <processor>" } },
		  "rows": [ ${rows:1} ] }
	END
}
results base "$(row a 200)" "$(row b 400)"
results more "$(row a 230)" "$(row b 401)"
results lacks "$(row b 400)"
died='"valid": false, "invalid_why": "run 3: it <died>"'
results bad "$(row a 200 | sed "s/\"valid\": true/$died/")" "$(row b 400)"
results cold "$(row a 200)" "$(row a 300 ', "cache": "cold"')"

gates() {	# CODE WHAT ARGUMENTS...: of report or compare
	local want=$1 what=$2
	shift 2
	run "$@"
	report "$what" "$([ "$code" = "$want" ] || echo "exit $code, not $want")"
}
lines() { grep -v '^vnftrace: warning: ' "$room/err"; }
failed() { grep -c '^vnftrace: gate failed: ' "$room/err"; }
says() { check "$1" grep -qF -e "$2" "$room/err"; }

# --- report
gates 0 "a gate that does not hold" report base --fail-if 'first_rst > 500ms'
check "says nothing on stderr" [ -z "$(lines)" ]
check "and is a line for each row in a table" awk '/^Gates/ { on = 1 }
	on && /^[ab] +first_rst > 500ms +[0-9]+ ms +yes +passed/ { n++ }
	END { exit n != 2 }' "$room/out"
gates 3 "one that holds of a row" report base --fail-if 'first_rst.p50 > 300ms'
says "is a line that names the row, the gate and the number" \
	"vnftrace: gate failed: b: first_rst.p50 > 300ms: it is 404 ms, surely:"
check "and the only one" [ "$(lines | wc -l)" = 1 ]
gates 3 "several gates" report base --fail-if 'first_rst > 1ms' --fail-if 'tx < 1Tbit' \
	--fail-if 'lost > 0' --fail-if 'a: rtt.p99 > 299us'
check "are a line for each that failed on each row" [ "$(failed) $(lines | wc -l)" = "5 5" ]
says "one row's gate is that row's" "gate failed: a: rtt.p99 > 299us: it is 300 µs"
check "and nobody else's" [ "$(grep -c rtt.p99 "$room/err")" = 1 ]
gates 0 "the limit within the interval: the estimate decides" report base --fail-if \
	'a: first_rst > 206ms'
gates 3 "unless --sure is given" report base --sure --fail-if 'a: first_rst > 206ms'
says "which says why" "the limit lies within the 95 % interval, 200 ms to 209 ms"
gates 3 "what was not measured fails" report base --fail-if 'a: rtt_fixed.p99 > 1h'
says "with its reason" "not measured: left out (--no-rtt)"
gates 3 "and what results.json does not have" report base --fail-if 'a: memory > 1TB'
gates 3 "a row that is not valid fails" report bad --fail-if 'first_rst > 500ms'
says "with its reason, too" \
	"gate failed: a: first_rst > 500ms: the row is not valid: run 3: it <died>"
check "and alone" [ "$(failed)" = 1 ]
gates 3 "a row that is not there fails" report base --fail-if 'c: first_rst > 500ms'
says "by its name" "gate failed: c: first_rst > 500ms: there is no such row"
gates 3 "a type of two rows is both" report cold --fail-if 'a: first_rst > 1ms'
check "by their names" [ "$(grep -cE 'failed: a( \(cold\))?: first_rst' "$room/err")" = 2 ]
gates 3 "a row by its whole name" report cold --fail-if 'a (cold): first_rst > 1ms'
check "is one" [ "$(failed)" = 1 ]
gates 0 "of several directories one has the row" report base lacks --fail-if 'a: first_rst > 1s'
gates 3 "gates of several directories" report base lacks --fail-if 'b: first_rst > 1ms'
says "name the host" "gate failed: metal (2): b: first_rst > 1ms"
gates 3 "as JSON" report -j base --fail-if 'first_rst.p50 > 300ms'
json_true "the page has what came of them" "$room/out" '.gates | map([.label, .gate, .passed,
	.because, .value_ns, .limit_ns, .sure]) == [
	["a", "first_rst.p50 > 300ms", true, "passed", 204500000, 300000000, true],
	["b", "first_rst.p50 > 300ms", false, "violated", 404500000, 300000000, true]]'
gates 2 "a typing error is found before anything is read" report nowhere --fail-if 'frst > 1ms'
says "by its name" 'no metric is called "frst"'

# --- compare
gates 3 "B is more by 15 %" compare base more --fail-if 'first_rst > 10%'
says "and is said to be" "gate failed: a: first_rst > 10%: B differs by 14.7 %"
check "of the row that is" [ "$(failed)" = 1 ]
gates 0 "less than that is allowed" compare base more --fail-if 'first_rst > 25%'
gates 3 "one that the interval does not rule out" compare base more --fail-if 'a: first_rst > 15%'
says "cannot be told" "cannot tell: the interval reaches beyond the limit: make more runs"
gates 0 "the other way round it is less" compare more base --fail-if 'first_rst > 5%'
gates 3 "which is what < asks for" compare more base --fail-if 'a: first_rst < -5%'
gates 3 "two metrics" compare base more --fail-if 'first_rst > 10%' --fail-if 'tx < -1%'
says "the second is judged" "gate failed: a: tx < -1%: cannot tell: B differs by -3.0 %"
check "and has its page" grep -qx tx "$room/out"
gates 0 "where the plain ratio allows no more" compare base more --fail-if 'tx < -20%'
gates 3 "a side that lacks the row" compare base lacks --fail-if 'first_rst > 50%'
says "is missing" "gate failed: a: first_rst > 50%: missing: B has no such row"
gates 3 "a metric that nobody measured" compare base more --fail-if 'rtt_fixed > 50%'
says "is not measured" "not measured: its results.json does not say why"
gates 3 "the words of before" compare base more --fail-if slower
says "are gates as well" "gate failed: a: slower: B is slower: B differs by 14.7 %"
gates 0 "never is none" compare base more --fail-if never
gates 0 "and the other side of slower" compare more base --fail-if slower
gates 3 "is different" compare more base -f different
gates 3 "as JSON" compare -j base more --fail-if 'first_rst > 10%' --fail-if 'tx < -20%'
json_true "one page with the others in it" "$room/out" '.metric == "instantiation" and
	(.also | map(.metric)) == ["tx"] and
	(.gates | map([.label, .gate, .passed])) == [["a", "first_rst > 10%", false],
	["b", "first_rst > 10%", true], ["a", "tx < -20%", true], ["b", "tx < -20%", true]]'

# --- JUnit XML
xml() {		# FILE EXPRESSION: of Python, over the root element r
	python3 - "$1" "$2" <<-'END'
		import sys, xml.etree.ElementTree as ET
		r = ET.parse(sys.argv[1]).getroot()
		sys.exit(0 if eval("(" + sys.argv[2] + ")") else 1)
	END
}
gates 3 "--junit" report bad lacks --fail-if 'first_rst > 300ms' --fail-if 'c: lost > 0' \
	--junit gates.xml
check "is XML" xml gates.xml 'r.tag == "testsuites"'
check "with a suite for each directory" xml gates.xml \
	'[s.get("name") for s in r] == ["vnftrace bench bad", "vnftrace bench lacks"]'
check "which counts" xml gates.xml '[(s.get("tests"), s.get("failures"), s.get("errors"))
	for s in r] == [("3", "3", "0"), ("1", "1", "0")] and r.get("failures") == "4"'
check "with a case for each gate on each row" xml gates.xml \
	'[(c.get("classname"), c.get("name")) for c in r[0].iter("testcase")] ==
	[("a", "first_rst > 300ms"), ("b", "first_rst > 300ms"), ("c", "lost > 0")]'
check "failures say of which kind, and why" xml gates.xml \
	'[f.get("type") for f in r[0].iter("failure")] == ["not valid", "violated", "no such row"]
	and "it <died>" in next(r.iter("failure")).get("message")'
check "the manifest as properties, without what XML forbids" xml gates.xml \
	'dict((p.get("name"), p.get("value")) for p in r[0].iter("property")).items() >= {
	"manifest.host.cpu": "a <processor>", "manifest.parameters.reference": "1",
	"manifest.parameters.k\\x01\\xe2\\x80\\xae": "v\\xef\\xbf\\xbf",
	"manifest.command": "vnftrace bench -T a & b \"<\\x01>\""}.items()'
cp gates.xml "$room/old"
gates 1 "a file that is there stays" report base --fail-if 'lost > 0' --junit gates.xml
says "and how to replace it is said" "gates.xml: exists: give another name, or"
check "as it was" cmp -s gates.xml "$room/old"
gates 1 "a page that breaks off" report nowhere --fail-if 'lost > 0' --junit gates.xml --force
check "leaves it, too" cmp -s gates.xml "$room/old"
gates 0 "--force replaces it" report base --fail-if 'lost > 0' --junit gates.xml --force
check "by the new one" xml gates.xml 'r.get("failures") == "0" and r.get("tests") == "2"'
check "and leaves nothing beside it" [ "$(echo gates.xml*)" = gates.xml ]
gates 1 "a directory is no file" report base --fail-if 'lost > 0' --junit base
gates 1 "one that cannot be made" report base --fail-if 'lost > 0' --junit none/gates.xml
gates 0 "- is standard output" report base --fail-if 'lost > 0' --junit -
check "with nothing but XML" xml "$room/out" 'r.get("tests") == "2"'
check "and the page on stderr" grep -q '^Virtualization types' "$room/err"
gates 3 "of a comparison" compare base more --fail-if 'first_rst > 10%' --junit two.xml
check "one suite with both manifests" xml two.xml 'len(r) == 1 and r.get("failures") == "1" and
	{"A.manifest.id", "B.manifest.id"} <= {p.get("name") for p in r.iter("property")}'
finish
