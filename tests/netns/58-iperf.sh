#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bench with an iperf3 whose output is long, or no JSON, or that fails: what the hook counted
# stands, a number that iperf3 did not give is null with words for a reason, and a row without a
# measurement that was asked for is not valid.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth --- [instance 198.18.0.2: iperf3 -s]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
iperf3=$(command -v iperf3) || { skip "no iperf3" "iperf3's output"; finish; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

cat >"$tmp/instance" <<-END
	#!/bin/bash
	# DEV BRIDGE ADDR PEER MAC
	set -e
	. "\$INSTANCE"
	instance_begin
	instance_device "\$1" "\$3" "\$5" "\$2" "\$4"
	inside $iperf3 -s >/dev/null 2>&1 &
	ip link set "\$1" up master "\$2"
	wait \$pid
	END
cat >"$tmp/served.conf" <<-END
	title = serves iperf3
	driver = exec
	virtualization = container
	topology = veth
	command = $tmp/instance @DEV@ @BRIDGE@ @ADDR@ @PEER@ @MAC@
	workload = iperf3
	timeout_s = 30
	END
# The client: the real one's output goes through a command, in its place stands \$after.
mkdir "$tmp/bin"
cat >"$tmp/bin/iperf3" <<-END
	#!/bin/bash
	echo "\$*" >>$tmp/calls
	$iperf3 "\$@" | . $tmp/after
	exit \${PIPESTATUS[1]}
	END
chmod +x "$tmp/instance" "$tmp/bin/iperf3"
bench() {	# NAME: with what stands in $tmp/after; its exit code in $code
	dir=$tmp/$1 code=0
	PATH=$tmp/bin:$PATH "$VNFTRACE" bench -T "$tmp/served.conf" -r 1 --no-memory --no-rtt \
		--throughput 1s -o "$dir" >"$tmp/page" 2>"$tmp/err" || code=$?
}
row() { jq -r ".rows[0] | $1" "$dir/results.json"; }

# As from a client that reports intervals for hours.
cat >"$tmp/after" <<-'END'
	awk '/"intervals"/ && !n++ {
			printf "\"pad\": \""
			for (i = 0; i < 2000; i++)
				printf "%01000d", 0
			print "\","
		}
		{ print }'
	END
bench long
check "2 MB of output: the row is valid" [ "$code" = 0 -a "$(row .valid)" = true ]
check "and has both rates" [ "$(row '.throughput.tx | .median_bps > 1e6 and .iperf3_bps > 1e6')" \
	= true ]
check "no intervals were asked for" [ "$(grep -cv -- ' -i 0 ' "$tmp/calls")" = 0 ]

cat >"$tmp/after" <<-'END'
	sed 's/"bits_per_second":[^,]*/"bits_per_second": -nan/; s/"retransmits":[^,]*/"r": nan/'
	END
bench nan
check "nan: the row is valid" [ "$code" = 0 -a "$(row .valid)" = true ]
check "the hook's rate stands, iperf3's is null" \
	[ "$(row '.throughput.rx | .median_bps > 1e6, .iperf3_bps, .retransmits' | xargs)" = \
	"true null null" ]
check "in words" [ "$(row .throughput.rx.iperf3_bps_why)" = "iperf3 gave no number" ]

echo 'cat >/dev/null; echo {; echo what' >"$tmp/after"
bench garbage
check "no JSON: the hook's rate stands" [ "$(row '.throughput.tx.median_bps > 1e6')" = true ]
check "the reason is a sentence" grep -q "port 5201: its JSON cannot be read: line 2: " \
	<<<"$(row .throughput.tx.iperf3_bps_why)"
check "datagrams, which iperf3 alone counts, are missing" \
	[ "$(row .throughput.tx.median_pps)" = null ]
check "so the row is not valid, and bench says so" [ "$code" = 3 -a "$(row .valid)" = false ]
lacks="no run has tx of 64 B, rx of 64 B: iperf3 to "
check "in results.json" grep -q "^$lacks" <<<"$(row .invalid_why)"
check "in the page" grep -q "$lacks" "$tmp/page"
check "and on stderr" grep -q "1 of 1 rows lack a measurement that was asked for" "$tmp/err"

echo 'cat >/dev/null; echo "iperf3: error - nothing works" >&2; false' >"$tmp/after"
bench fails
check "an iperf3 that fails: exit 3" [ "$code" = 3 ]
lacks="no run has tx, tx of 64 B, rx, rx of 64 B: iperf3 to 198.18.0.2 port 5201: iperf3: error - "
check "its own words are the reason" grep -q "^${lacks}nothing works" <<<"$(row .invalid_why)"
check "nothing is left" wait_for 5 nothing_left
finish
