#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A host that is busy with something else: every run is marked, and the row, the pages and compare
# say so; the numbers stay. (That a quiet host is not marked: tests/unit/host_busy.c, and lab/bench,
# where nothing else runs.)
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth (born in the launch) --- [instance 198.18.0.2]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
hogs=()
trap '[ ${#hogs[@]} = 0 ] || kill "${hogs[@]}"; rm -rf "$tmp"' EXIT
before=$(leftovers)

cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	# DEV BRIDGE ADDR MAC
	set -e
	. "$INSTANCE"
	instance_begin
	instance_device "$1" "$3" "$4"
	inside busybox nc -ll -p 5201 -e true &
	ip link set "$1" master "$2" up
	wait $pid
END
chmod +x "$tmp/instance"
cat >"$tmp/busy.conf" <<-END
	title = busy
	driver = exec
	virtualization = container
	topology = veth
	command = $tmp/instance @DEV@ @BRIDGE@ @ADDR@ @MAC@
	timeout_s = 30
END
for _ in $(seq $((2 * $(nproc)))); do
	bash -c 'while :; do :; done' &
	hogs+=($!)
done
bench() {
	"$VNFTRACE" bench -T "$tmp/busy.conf" -r 2 --no-rtt --no-throughput --settle 1s \
		-o "$tmp/r" >"$tmp/page" 2>"$tmp/err"
}
exits 0 "bench beside busy loops: what it measures is valid" bench
kill "${hogs[@]}"
hogs=()
json_true "every run is marked, and by what" "$tmp/r/results.json" '.rows[0].conditions |
	length == 2 and all(.disturbed and .others_percent > 20 and
	(.disturbed_by | test("^other work took [0-9]+ % of the CPUs")))'
json_true "the run's own share is not the others'" "$tmp/r/results.json" '.rows[0].conditions |
	all(.own_percent > 0 and .own_percent < .others_percent and .others_percent < 105)'
json_true "the row is marked, its numbers are there" "$tmp/r/results.json" '.rows[0] |
	.valid and .disturbed_runs == 2 and .instantiation.n == 2 and
	(.disturbed_by | startswith("2 of 2 runs disturbed: other work took up to"))'
exits 0 "results.json is what its schema says" tests/results-schema "$tmp/r/results.json"
check "bench says it" grep -q 'busy.*2 of 2 runs disturbed' "$tmp/err"
check "and its page" grep -q 'yes, disturbed' "$tmp/page"
"$VNFTRACE" report "$tmp/r" >"$tmp/report"
check "so does report" grep -q '2 of 2 runs disturbed: other work' "$tmp/report"
"$VNFTRACE" compare "$tmp/r" "$tmp/r" >"$tmp/compare"
check "and compare, of both sides" \
	[ "$(grep -cE '^[AB], .*2 of 2 runs disturbed' "$tmp/compare")" = 2 ]
check "nothing is left" [ "$(leftovers)" = "$before" ]
finish
