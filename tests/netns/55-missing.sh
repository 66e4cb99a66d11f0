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

# The first instance's iperf3 serves for ever, the second's two clients: TCP and UDP from it.
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
	iperf3 = yes
	timeout_s = 30
END

"$VNFTRACE" bench -T "$tmp/half.conf" -r 2 --no-memory --no-rtt --throughput 1s -o "$tmp/dir" \
	>"$tmp/page" 2>&1
check "two runs, both count" [ $? = 0 ]
"$VNFTRACE" report "$tmp/dir" >"$tmp/report" 2>&1
at() { "$VNFT_TESTS/netns/json" "$tmp/dir/results.json" "$@" | tr '\n' ' '; }
for i in "0 rx" "1 rx of 64 B"; do
	item="rows[0].missing[${i%% *}]"
	check "the second run lacks ${i#* }" [ "$(at "$item.run" "$item.what")" = "2 ${i#* } " ]
done
check "and nothing else is missing" [ "$(at 'rows[0].missing[2]')" = "none " ]
check "the row is valid" [ "$(at 'rows[0].valid')" = "true " ]
for page in page report; do
	check "$page: the notes say why" grep -qE "^half +2 +no rx: .*refused" "$tmp/$page"
	check "$page: of the small frames, too" grep -qE "^half +2 +no rx of 64 B: " "$tmp/$page"
done
grep -E "^half +2 +no rx" "$tmp/page" | sed 's/^/# /'
check "nothing is left" wait_for 5 test "$(leftovers)" = "$before"
finish
