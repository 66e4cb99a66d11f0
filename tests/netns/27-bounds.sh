#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The truth lies within the bound that stands beside a number. An instance begins to answer at a
# moment that it stamps itself (ready.c): at each interval of the SYNs, each launch's true
# instantiation lies from what was measured by no more than the bound of its row. $TRUTH_LAUNCHES:
# of each kind (default 12).
#
#	[vnft-ID]  tap 198.18.0.1/30 --- /dev/net/tun --- ready, 198.18.0.2
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)
launches=${TRUTH_LAUNCHES:-12}

type_of() {	# NAME drop|keep DELAY_NS LOG
	cat >"$tmp/$1.conf" <<-END
		driver = exec
		virtualization = container
		topology = tap
		command = $VNFT_TESTS/netns/ready @DEV@ $4 $2 $3
		port = none
		timeout_s = 10
	END
}
# Launches of a directory whose truth lies outside [measured - below, measured + above], a line
# each. Says how far the truth lay before each value, in us. A launch that the host starved has no
# truth.
outside() {	# DIR LOG BELOW_NS ABOVE_NS
	"$VNFTRACE" report "$1/records" -p -j >"$tmp/packets.json"
	jq -r '[.. | objects | select(.name? == "t0" or .name? == "rst")] | .[] |
		"\(.name) \(.time_ns)"' "$tmp/packets.json" >"$tmp/marks"
	awk -v below="$3" -v above="$4" '
		FNR == NR {
			if ($1 == "ready" || $1 == "starved") { word[++n] = $1; ready[n] = $2 }
			next
		}
		$1 == "t0" { t0 = $2; next }
		{
			for (i = 1; i <= n && ready[i] < t0; i++)
				;
			if (i > n) { print "a launch without its truth"; next }
			if (word[i] == "starved") { starved++; next }
			launches++
			early = $2 - ready[i]
			all = all sprintf(" %.0f", early / 1e3)
			if (early > below || -early > above) print "by " early " ns"
		}
		END {
			print "# truth before the value by (us):" all "; starved: " starved + 0 \
				>"/dev/stderr"
			if (launches < starved) print "too few launches: " launches + 0
		}' "$2" "$tmp/marks"
}

for mode in drop keep; do
	for interval in 1 5 20; do
		dir=$tmp/$mode-$interval
		type_of $mode $mode 0 "$dir.log"
		"$VNFTRACE" bench -T "$tmp/$mode.conf" -r "$launches" --no-memory --no-rtt \
			--no-reference --no-throughput --syn-interval ${interval}ms -o "$dir" \
			>"$tmp/out" ||
			not_ok "bench"
		# The truth counts from the tool's t0: our own start is not in it.
		bound=$(json "$dir/results.json" '.rows[0].instantiation |
			"\(.run_bound_ns[0] - .run_bound_parts_ns.own_start[0]) " +
			"\(.run_bound_ns[1])"')
		echo "# bound: $bound: $(jq -c '.rows[0].instantiation.run_bound_parts_ns' \
			"$dir/results.json")"
		read -r below above <<<"$bound"
		outside "$dir" "$dir.log" "$below" "$above" >"$tmp/outside"
		# The host's parts are of 99 in 100 frames: one in 20 launches may be such a case.
		check "SYNs each $interval ms, $mode: $launches launches within the bound" \
			[ "$(wc -l <"$tmp/outside")" -le $((launches / 20 + 1)) ]
		head -3 "$tmp/outside" | sed 's/^/# /'
		json_is "of which $interval ms are the slot" "$interval" "$dir/results.json" \
			'.rows[0].instantiation.run_bound_parts_ns.syn_slot[0] / 1000000'
	done
done
# Would it say so? The parts of the SYNs are what the bound mostly needs.
rest=$(json "$tmp/drop-20/results.json" '.rows[0].instantiation.run_bound_parts_ns |
	[del(.syn_slot, .syn_late, .own_start)[][0]] | add')
outside "$tmp/drop-20" "$tmp/drop-20.log" "$rest" 1000 >"$tmp/outside" 2>/dev/null
check "without the slot of the SYNs, launches are outside" \
	[ "$(wc -l <"$tmp/outside")" -gt $((launches / 3)) ]
check "nothing is left" wait_for 5 nothing_left
finish
