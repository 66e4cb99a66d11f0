#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bench -T all-here: every type that can run here and no other, in random order, in one table with
# intervals; also while something else keeps every CPU half busy, and then it says so.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth (born in the launch) --- [instance 198.18.0.2]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
hogs=()
trap '[ ${#hogs[@]} = 0 ] || kill "${hogs[@]}"; rm -rf "$tmp"' EXIT
before=$(leftovers)
export VNFT_TYPES=$tmp/types
mkdir "$VNFT_TYPES"

# DEV BRIDGE ADDR PEER MAC: an instance that answers
cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	. "$INSTANCE"
	instance_begin
	instance_device "$1" "$3" "$5" "$2" "$4"
	ip link set "$1" up master "$2"
	wait $pid
	END
chmod +x "$tmp/instance"
make_type() {	# NAME PROGRAM
	cat >"$VNFT_TYPES/$1.conf" <<-END
		title = $1
		driver = exec
		virtualization = container
		topology = veth
		command = $2 @DEV@ @BRIDGE@ @ADDR@ @PEER@ @MAC@
		port = none
		timeout_s = 60
		END
}
bench() {	# DIR
	"$VNFTRACE" bench -T all-here -r 6 --seed 3 --no-reference --no-rtt --no-throughput \
		--no-memory -o "$tmp/$1" >"$tmp/page" 2>"$tmp/err"
}
make_type absent "$tmp/no-such-program"
exits 4 "nothing can run here" bench none
check "and it says where to look" grep -q 'vnftrace types' "$tmp/err"
make_type one "$tmp/instance"
make_type two "$tmp/instance"

# Every 20 ms it computes for 10.
for _ in $(seq "$(nproc)"); do
	bash -c '
		while :; do
			until=$((${EPOCHREALTIME/[.,]/} + 10000))
			while [ "${EPOCHREALTIME/[.,]/}" -lt $until ]; do :; done
			sleep 0.01
		done' &
	hogs+=($!)
done
exits 0 "all that can run here, beside others' work" bench r
kill "${hogs[@]}"
hogs=()
json_true "a row of each type that can, and of no other" "$tmp/r/results.json" \
	'[.rows[].type] == ["one", "two"]'
json_true "each with its interval" "$tmp/r/results.json" '.rows | all(.valid and
	.instantiation.n == 6 and (.instantiation | .ci95_ns[0] <= .median_ns and
	.median_ns <= .ci95_ns[1]))'
json_true "each round has both, now the one first, now the other" "$tmp/r/results.json" '.rows |
	all(.rounds == [1, 2, 3, 4, 5, 6]) and ([.[0].launches[].run % 2] | unique | length == 2)'
json_true "the rows say that they were disturbed" "$tmp/r/results.json" \
	'.rows | all(.disturbed_runs > 0)'
check "and so does a warning of each" \
	[ "$(grep -cE '^vnftrace: warning: (one|two): .* runs disturbed' "$tmp/err")" = 2 ]
check "and the table" [ "$(grep -c 'yes, disturbed' "$tmp/page")" = 2 ]
check "nothing is left" nothing_left
finish
