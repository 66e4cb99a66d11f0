#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each SYN has a source port of its own. A guest whose TCP ignores SYNs of a pair that it has half
# open, and whose first SYN-ACKs get lost, answers the first SYN after that: its service is ready
# when it is, not when its SYN-ACK is repeated 3 s later (tests/netns/lwip.c).
#
#	[vnft-ID]  tap 198.18.0.1/30 --- [lwip 198.18.0.2]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

cat >"$tmp/lwip.conf" <<-END
	title = a unikernel
	driver = exec
	virtualization = container
	topology = tap
	command = $VNFT_TESTS/netns/lwip @DEV@
	timeout_s = 10
END
bench() {
	"$VNFTRACE" bench -T "$tmp/lwip.conf" -r 3 --no-rtt --no-throughput --no-memory \
		--stimulus user -o "$tmp/r" >"$tmp/page"
}
exits 0 "bench of a guest that ignores SYNs of a half-open pair" bench
echo "# first RST, service ready, in ms: $(json "$tmp/r/results.json" \
	'.rows[0].instantiation.samples_ns[], .rows[0].service_ready.samples_ns[] |
	. / 1e6 | floor')"
json_true "the closed port answers when the network is up" "$tmp/r/results.json" \
	'.rows[0].instantiation.samples_ns | length == 3 and all(. > 195e6 and . < 1e9)'
json_true "the service is ready when it is, not 3 s later" "$tmp/r/results.json" \
	'.rows[0].service_ready.samples_ns | length == 3 and all(. > 325e6 and . < 1.5e9)'

# Of each run: it begins with the MARK of its type, and what is between runs has other marks.
"$VNFTRACE" report "$tmp/r/records" -p -j >"$tmp/packets.json"
cat >"$tmp/ports.jq" <<-'END'
	[.. | objects | select(.kind? == "mark" or .class? == "syn")] | sort_by(.time_ns)
	| reduce .[] as $r ([]; if $r.kind == "mark" then
		if $r.name | startswith("type=") then . + [[$r.name]] else . end
		else .[-1] += [$r.src] end)
	| map(select(.[0] == "type=lwip")[1:] | [length, (unique | length)])
END
jq -c -f "$tmp/ports.jq" "$tmp/packets.json" >"$tmp/ports"
echo "# SYNs and their source ports, by run: $(cat "$tmp/ports")"
check "each SYN of a run has a port of its own" \
	jq -e 'length == 3 and all(.[0] > 300 and .[0] == .[1])' "$tmp/ports"
# What the guest has half open is closed by the host's own stack, which knows no such port.
reset() {	# CLASS DIR: source or destination of each, at the service's port
	jq -r --arg class "$1" --arg dir "$2" '.. | objects | select(.class? == $class and
		.dir == $dir) | .src, .dst | select(contains("198.18.0.1:"))' \
		"$tmp/packets.json" | sort
}
check "each SYN-ACK is answered by a RST to its port" \
	[ -n "$(reset syn-ack in)" -a "$(reset syn-ack in)" = "$(reset rst out)" ]
exits 0 "the records say the same as the table" "$VNFTRACE" report "$tmp/r"
check "nothing is left" wait_for 5 nothing_left
finish
