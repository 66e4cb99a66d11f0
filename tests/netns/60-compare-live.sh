#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# compare --live: two types in rounds of one bench. One with itself is not called slower, one that
# takes longer is; only what the metric needs is measured.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

# DEV BRIDGE ADDR PEER MAC SECONDS: an instance that answers so much later
cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	. "$INSTANCE"
	sleep "$6"
	instance_begin
	instance_device "$1" "$3" "$5" "$2" "$4"
	ip link set "$1" up master "$2"
	wait $pid
	END
chmod +x "$tmp/instance"
make_type() {	# NAME SECONDS
	cat >"$tmp/$1.conf" <<-END
		title = answers after $2 s
		driver = exec
		virtualization = container
		topology = veth
		command = $tmp/instance @DEV@ @BRIDGE@ @ADDR@ @PEER@ @MAC@ $2
		port = none
		timeout_s = 60
		END
}
make_type a 0
make_type b 1.5
# DIR TYPE TYPE: the page of 6 rounds, in DIR.json
live() { "$VNFTRACE" compare --live -j -r 6 -o "$tmp/$1" "$tmp/$2.conf" "$tmp/$3.conf" \
	>"$tmp/$1.json"; }

exits 0 "a type with itself" live page a a
exits 0 "a type with a slower one" live slower a b
json_true "the same is not called slower or faster, round by round" "$tmp/page.json" \
	'.rows | length == 1 and (.[0] | .by == "rounds" and .a.runs == 6 and .b.runs == 6 and
	 (.verdict == "inconclusive" or (.verdict | startswith("same"))))'
json_true "its sides are told apart by number" "$tmp/page.json" \
	'.rows[0] | .label == "a#1" and .label_b == "a#2"'
"$VNFTRACE" compare -j "$tmp/page" "$tmp/page" >"$tmp/text"
json_true "and so they are later: row by row, without a difference" "$tmp/text" \
	'.rows | map([.label, .label_b, .own_ratio]) == [["a#1", "a#1", 1], ["a#2", "a#2", 1]]'
json_true "what takes 1.5 s more is slower" "$tmp/slower.json" \
	'.rows[0] | .verdict == "slower" and .by == "rounds" and .own_ratio > 2 and
	 (.note | contains("slower of its own"))'
json_true "each round has one run of each, and a reference beside it" "$tmp/slower/results.json" \
	'.rows | length == 2 and all(.rounds == [1, 2, 3, 4, 5, 6] and
	 (.reference.launch.samples_ns | length == 6))'
json_true "what the metric does not need is not measured" "$tmp/slower/results.json" \
	'.rows | all(.rtt.flood.mean_ns == null and .memory.tool_bytes == null)'
"$VNFTRACE" compare -m rtt "$tmp/slower:a" "$tmp/slower:b" >"$tmp/text"
check "and that is the one reason when it is asked for" grep -qx \
	'not measured: left out (--no-rtt, or compare --live of another metric)' "$tmp/text"
exits 3 "a gate" "$VNFTRACE" compare --fail-if slower "$tmp/slower:a" "$tmp/slower:b"
exits 1 "a type that is not there" live none a missing

# A type that cannot run here: nothing is begun that could not come to its end.
make_type gone 0
sed -i "s|^command = .*|command = $tmp/no-such-program|" "$tmp/gone.conf"
why="vnftrace: gone: no program $tmp/no-such-program: install it, or put it on PATH"
# WHAT: the only line that is no warning is the reason, and is the last
said() { check "$1 says why" [ "$(grep -v '^vnftrace: warning: ' "$tmp/err")" = "$why" ]; }
bench() { "$VNFTRACE" bench -T "$1" -r 1 --no-rtt --no-throughput --no-memory -o "$tmp/$2" \
	>"$tmp/text" 2>"$tmp/err"; }
live_gone() { live side a gone 2>"$tmp/err"; }

exits 4 "a side that cannot run here" live_gone
said "it"
check "nothing was run for it" [ ! -e "$tmp/side" ]
exits 4 "a bench of it alone" bench "$tmp/gone.conf" alone
said "it, too,"
check "without a page" [ ! -s "$tmp/text" ]
check "and without a directory" [ ! -e "$tmp/alone" ]
exits 3 "a bench of it beside another" bench "$tmp/a.conf,$tmp/gone.conf" beside
said "it, once more,"
check "and has the other's page" grep -q '^a ' "$tmp/text"
check "nothing is left" nothing_left
finish
