#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# docs/results.md's tables are made by one command of what a bench left: what the tool says of it,
# in its units, and nothing but the tables is changed.
. "$(dirname "$0")/lib.sh"
script=$here/../../scripts/results-page
export VNFTRACE=$room/vnftrace VNFT_TREE=$room/tree

row() {		# TYPE ACCEL MEDIAN-MS MORE-MEMBERS
	cat <<-END
		{ "type": "$1", "title": "$1", "accel": "$2", "cache": "warm", "runs": 6,
		  "valid": true,
		  "instantiation": { "n": 6, "median_ns": ${3}400000,
		    "ci95_ns": [${3}000000, ${3}900000], "samples_ns": [${3}400000] },
		  "service_ready": { "n": 0, "median_ns": null, "median_ns_why": "no port" },
		  "throughput": { "tx": { "median_bps": 12345678901 } },
		  "rtt": { "flood": { "n": 100, "mean_ns": ${3}00 } },
		  "image": { "file_bytes": 3500000 }, "failed": [] $4 }
	END
}
mkdir -p "$room/tree/docs" bench
cat >bench/results.json <<END
{ "schema": 1, "manifest": { "host": { "hostname": "x", "cpu": "A | processor",
  "kernel": "6.1", "hypervisor": "kvm" } }, "rows": [
  $(row tinyx.kvm tcg 1300 ', "disturbed_runs": 2, "disturbed_by": "2 of 6 runs disturbed"'),
  $(row container.docker none 300),
  { "type": "standardvm.xen", "runs": 0, "accel": null, "accel_why": "no Xen here",
    "valid": false, "invalid_why": "no Xen here", "failed": [] } ] }
END
cat >"$room/tree/docs/results.md" <<-'END'
	before
	<!-- scripts/results-page --write -->
	stale
	<!-- end of results -->
	behind
END
make_tables() { "$script" bench >"$room/out" 2>"$room/err"; }
check "the tables are made" make_tables
check "of every row with its interval" grep -qxF \
	'| tinyx.kvm \* | tcg | 6 | 1.3 s | 1.3 s – 1.3 s | - |' "$room/out"
check "in units that fit" grep -qxF \
	'| container.docker | 12.3 Gbit/s | - | 30 µs | 3.5 MB | - |' "$room/out"
check "disturbed runs are said" grep -q '^2 runs were disturbed' "$room/out"
check "and the order beside the study's" grep -qxF -e "- first RST, correlation -1: here \
container.docker, tinyx.kvm; in the study tinyx.kvm," "$room/out"
check "and what stands the other way" \
	grep -q 'turned about: container.docker before tinyx.kvm\.$' "$room/out"
check "and what was not measured" grep -qx 'Not measured here: standardvm.xen.' "$room/out"
check "and where" grep -q '^Measured on: A  processor,$' "$room/out"
check "no line of text is wider than a page's" \
	[ -z "$(LC_ALL=C.UTF-8 grep -nE '.{101}' "$room/out")" ]
cp "$room/out" "$room/tables"
write_page() { "$script" --write bench 2>"$room/err"; }
check "they are put into the page" write_page
{ printf '%s\n' before '<!-- scripts/results-page --write -->'; cat "$room/tables"
	printf '%s\n' '<!-- end of results -->' behind; } >"$room/want"
check "in their place" diff "$room/want" "$room/tree/docs/results.md"
check "twice is once" write_page
check "and changes nothing" diff "$room/want" "$room/tree/docs/results.md"
exits 2 "without a directory" "$script" 2>"$room/err"
check "it says how" grep -q '^usage: ' "$room/err"
no_results() { "$script" --write /nonexistent 2>"$room/err"; }
if no_results; then not_ok "no results are no page"; else ok "no results are no page"; fi
check "and the page stays" diff "$room/want" "$room/tree/docs/results.md"
check "the page of this tree has a place for them" grep -qxF \
	'<!-- scripts/results-page --write -->' "$here/../../docs/results.md"
finish
