#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A whole Debian by libvirt, as it is installed: systemd brings its network up, sshd listens, iperf3
# serves, and a bench of it has every measurement.
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
before=$(leftovers)

"$VNFTRACE" types -j standardvm.kvm >"$tmp/type"
if [ "$(json "$tmp/type" .possible)" != true ]; then
	skip_type "$(json "$tmp/type" .missing)" "a bench of standardvm.kvm"
	finish
fi

# Without KVM it boots for more than a minute, so a resolution of 10 ms is enough.
dir=$tmp/results
"$VNFTRACE" bench -T standardvm.kvm -r 1 --settle 1s --echoes 100 --throughput 1s \
	--syn-interval 10ms -o "$dir" >"$tmp/page" 2>&1
check "a bench of standardvm.kvm" [ $? = 0 ]
[ $failed = 0 ] || cat "$tmp/page"
row() {		# WHAT FILTER: true of the only row
	json_true "$1" "$dir/results.json" ".rows[0] | $2"
}
row "it is valid" '.valid and .runs == 1'
row "its network is up before its service" '0 < .instantiation.median_ns and
	.instantiation.median_ns < .service_ready.median_ns'
row "RTT by flood and at a fixed rate" '.rtt.flood.n >= 95 and .rtt.fixed.n >= 95'
row "throughput both ways" '[.throughput.tx, .throughput.rx] | all(.median_bps > 0)'
row "a disk of a whole Debian, and memory" '.image.file_bytes > 3e8 and
	.memory.tool_bytes > 1e8 and .memory.pss_bytes > 0'
jq -r '.rows[0] | "# \(.accel): first RST \(.instantiation.median_ns / 1e9) s, service \(
	.service_ready.median_ns / 1e9) s"' "$dir/results.json"
check "nothing is left" wait_for 5 nothing_left
finish
