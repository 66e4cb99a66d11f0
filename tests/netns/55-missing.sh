#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A measurement that fails in one run of two: the run counts, and what it lacks is said.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth --- [instance 198.18.0.2]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

# The first instance's iperf3 serves for ever. The second's ends after two clients, which are tx by
# TCP and by UDP, so that rx fails.
cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	# DEV BRIDGE ADDR PEER MAC COUNT
	set -e
	. "$INSTANCE"
	instance_begin
	instance_device "$1" "$3" "$5" "$2" "$4"
	if [ -e "$6" ]; then
		(inside iperf3 -s -1 && inside iperf3 -s -1) >/dev/null 2>&1 &
	else
		touch "$6"
		inside iperf3 -s >/dev/null 2>&1 &
	fi
	ip link set "$1" up master "$2"
	wait $pid
END
chmod +x "$tmp/instance"
cat >"$tmp/half.conf" <<-END
	title = iperf3 serves the first run whole
	driver = exec
	virtualization = container
	topology = veth
	command = $tmp/instance @DEV@ @BRIDGE@ @ADDR@ @PEER@ @MAC@ $tmp/again
	workload = iperf3
	timeout_s = 30
END

"$VNFTRACE" bench -T "$tmp/half.conf" -r 2 --no-memory --no-rtt --throughput 1s -o "$tmp/dir" \
	>"$tmp/page" 2>&1
check "two runs, both count" [ $? = 0 ]
"$VNFTRACE" report "$tmp/dir" >"$tmp/report" 2>&1
results=$tmp/dir/results.json
json_is "the second run lacks rx, by TCP and of 64 B, and nothing else is missing" \
	"2 rx 2 rx of 64 B" "$results" '.rows[0].missing[] | .run, .what'
json_is "the row is valid" true "$results" .rows[0].valid
for page in page report; do
	check "$page: the notes say why" grep -qE "^half +2 +no rx: .*refused" "$tmp/$page"
	check "$page: of the small frames, too" grep -qE "^half +2 +no rx of 64 B: " "$tmp/$page"
done
grep -E "^half +2 +no rx" "$tmp/page" | sed 's/^/# /'
check "nothing is left" wait_for 5 nothing_left
finish
