#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a record file tells of others: a bench records the processes of its instance, while a
# neighbour of the host starts one process after the other.
#
#	[vnft-ID namespace]  bridge --- veth --- [container]	processes: recorded
#	[the host]		     vnft-stranger		processes: not recorded
#
# needs: image container
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
stranger=
clean() {
	[ -z "$stranger" ] || kill "$stranger" 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT
if ! "$VNFTRACE" types -j | jq -e \
	'.types[] | select(.name == "container.runc").possible' >/dev/null; then
	skip "container.runc cannot run here" "lives of processes in records"
	finish
fi

# --- a neighbour, for as long as the bench takes
cp /bin/true "$tmp/vnft-stranger"
while :; do
	"$tmp/vnft-stranger"
	echo >>"$tmp/strangers"
	sleep 0.02
done &
stranger=$!
exits 0 "bench of a container" "$VNFTRACE" bench -T container.runc -r 1 --no-throughput \
	--settle 1s --echoes 50 -o "$tmp/r"
kill "$stranger"
stranger=
check "the neighbour was busy" test "$(wc -l <"$tmp/strangers")" -ge 20
"$VNFTRACE" report -p -j "$tmp/r/records" >"$tmp/all"
lives() { jq -r '.[] | select(.kind == "life").comm' "$tmp/all"; }
check "the runtime's processes are in the records" grep -q '^runc' <<<"$(lives)"
check "the neighbour's are not" test "$(lives | grep -c stranger)" = 0
check "and the hooks do not even hand them out" test "$(lives | grep -c '^$')" = 0
check "nor is the shell that starts it" test "$(lives | grep -c '^sleep')" = 0
json_true "its exec is a phase" "$tmp/r/results.json" '.rows[0].instantiation.phases[] |
	select(.name == "exec").median_ns > 0'
"$VNFTRACE" report -j "$tmp/r/records" >"$tmp/page"
json_is "and no sequence has a gap" 0 "$tmp/page" .file.sequence_gaps

# --- to be shared
exits 0 "records without addresses and names" \
	"$VNFTRACE" report -p -j --anonymize "$tmp/r/records" >"$tmp/hidden"
tells() { grep -qE '198\.18\.|"runc|"vnft' "$1"; }
check "before, they are there" tells "$tmp/all"
check "then they are not" eval '! tells "$tmp/hidden"'
json_is "and as many records" "$(jq length "$tmp/all")" "$tmp/hidden" length
finish
