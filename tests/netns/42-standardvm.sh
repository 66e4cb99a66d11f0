#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A whole Debian by libvirt, as it is installed and trimmed: systemd brings its network up, iperf3
# serves, and a bench of both has every measurement.
#
#	[vnft-ID namespace]  tap 198.18.0.1/30 --- [eth0 198.18.0.2, systemd-networkd]
#
# needs: image standardvm
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
export VNFT_LIBVIRT_URI=qemu:///embed
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

"$VNFTRACE" types -j standardvm.kvm >"$tmp/type"
if [ "$(json "$tmp/type" .possible)" != true ]; then
	skip_type "$(json "$tmp/type" .missing)" "a bench of standard VMs"
	finish
fi

# Without KVM it boots for more than a minute, so a resolution of 10 ms is enough.
dir=$tmp/results
"$VNFTRACE" bench -T standardvm.kvm,standardvm.trimmed.kvm -r 1 --settle 1s --echoes 100 \
	--throughput 1s --syn-interval 10ms -o "$dir" >"$tmp/page" 2>&1
check "a bench of them" [ $? = 0 ]
[ $failed = 0 ] || cat "$tmp/page"
row() {		# WHAT FILTER: true of the row of type $t
	json_true "$t: $1" "$dir/results.json" ".rows[] | select(.type == \"$t\") | $2"
}
for t in standardvm.kvm standardvm.trimmed.kvm; do
	row "it is valid" '.valid and .runs == 1'
	row "its network is up before its service" '0 < .instantiation.median_ns and
		.instantiation.median_ns < .service_ready.median_ns'
	row "RTT by flood and at a fixed rate" '.rtt.flood.n >= 95 and .rtt.fixed.n >= 95'
	row "throughput both ways" '[.throughput.tx, .throughput.rx] | all(.median_bps > 0)'
	row "a disk of a whole Debian, and memory" '.image.file_bytes > 3e8 and
		.memory.tool_bytes > 1e8 and .memory.pss_bytes > 0'
done
jq -r '.rows[] | "# \(.type), \(.accel): first RST \(.instantiation.median_ns / 1e9) s, service \(
	.service_ready.median_ns / 1e9) s"' "$dir/results.json"
# Others may have runs of their own on this host.
id=$(json "$dir/results.json" .manifest.id)
gone() { [ ${#id} = 6 ] && ! leftovers | grep -q "$id"; }
check "nothing is left" wait_for 5 gone
finish
