#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vnftrace bench with a plain process behind each kind of device that a container hangs from, on
# Debian's kernels: a veth, a netkit pair where the kernel has it (6.12), a macvlan, and none.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth or netkit --- [process's namespace 198.18.0.2]
#		   macvlan 198.18.0.1/30 --- veth's end --- macvlan [process's namespace]
#		   lo 198.18.0.1/32, 198.18.0.2/32 --- process
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)
row() {		# WHAT FILTER: true of the row of type $t
	json_true "$t: $1" "$tmp/r/results.json" ".rows[] | select(.type == \"$t\") | $2"
}

types=(process.netns process.macvlan process.host)
"$VNFTRACE" types process.netkit -j >"$tmp/netkit.json"
case $(uname -r) in
6.1.*)	json_true "a kernel without netkit is told so" "$tmp/netkit.json" \
		'(.possible | not) and (.missing | contains("no netkit"))' ;;
*)	json_true "this kernel has netkit" "$tmp/netkit.json" .possible
	types+=(process.netkit) ;;
esac
exits 0 "bench of ${types[*]}" "$VNFTRACE" bench -T "$(IFS=,; echo "${types[*]}")" -r 1 \
	--no-reference --throughput 1s --settle 100ms --echoes 100 -o "$tmp/r" >"$tmp/page"
for t in "${types[@]}"; do
	row "valid, by a device of its kind" '.valid and (.topology_is | length) > 20 and
		.topology == ({ netns: "veth", host: "lo" }[.type[8:]] // .type[8:])'
	row "instantiation and service" '0 < .instantiation.median_ns and
		0 < .service_ready.median_ns'
	row "RTT" '.rtt | .flood.n >= 90 and .fixed.n >= 90'
	row "throughput both ways, of the hook or else of iperf3" '.throughput | [.tx, .rx] |
		all(.iperf3_bps > 1000000 and (.median_bps > 1000000 or
			(.median_bps_why | contains("on lo"))))'
	row "memory and image" '.memory.pss_bytes > 100000 and .image.file_bytes > 10000'
	echo "# $t: first RST $(jq -c ".rows[] | select(.type == \"$t\") |
		[.instantiation.median_ns, .rtt.flood.p50_ns, .throughput.tx.iperf3_bps]" \
		"$tmp/r/results.json")"
done
check "nothing is left" nothing_left
finish
