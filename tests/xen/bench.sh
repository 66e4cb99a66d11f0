#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The reference study's Xen rows by vnftrace bench: every measurement of tinyx.xen, PV and PVH, the
# switches named in the results; a standard Debian; any PV kernel as the unikernel's.
#
#	dom0  bridge 198.18.x.1/29 --- vifN.0 ==netback== ==netfront== eth0 [vnft-ID-n 198.18.x.2]
#
# needs: image unikernel, image standardvm, image tinyx-xen
# kernels: 6.1
# takes: 300 s
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/xen/rows.sh

run() {		# WHAT ARG...: a bench that must be valid; $dir has its results
	local what=$1 start=$SECONDS
	shift
	dir=$(mktemp -d -p "$tmp")
	exits 0 "$what: every run is valid" to "$tmp/page" "$VNFTRACE" bench "$@" -o "$dir"
	[ -s "$dir/results.json" ] && jq -e '.rows | all(.valid)' "$dir/results.json" >/dev/null ||
		cat "$tmp/page"
	echo "# $what: $((SECONDS - start)) s"
}
that() {	# WHAT FILTER: true of the only row, or of the row in $row
	check "$1" to "$tmp/that" jq -e ".rows[${row:-0}] | $2" "$dir/results.json"
}
phases() {	# WHAT NAME...: seen, and in this order
	local what=$1
	shift
	that "$what: $* in this order" "[.instantiation.phases[] |
		select([.name] | inside(\"$*\" | split(\" \"))) | .median_ns] |
		length == $# and all(. > 0) and . == sort"
}
say() {		# WHAT: for the reader
	jq -r --arg what "$1" \
		'.rows[] | "# \($what): RST after \(.instantiation.median_ns / 1e9 * 1000 |
		round / 1000) s: " + ([.instantiation.phases[] | select(.median_ns) |
		"\(.name) \(.median_ns / 1e6 | round)"] | join(", ")) + " ms"' "$dir/results.json"
}

check "the module is in dom0" modprobe vnftrace
"$VNFTRACE" types >"$tmp/types"
check "types: tinyx.xen can run here" grep -qE '^tinyx\.xen .*yes' "$tmp/types"
check "types: the unikernel's row says what is missing" \
	grep -qE '^unikernel\.minios\.xen .*unikernel\.minios/kernel' "$tmp/types"

what="tinyx.xen, PV, two runs"
run "$what" -T tinyx.xen -r 2 --throughput 2s --settle 2s --echoes 300
say "$what"
# "connected" is stamped when xenstore told us. The first frames may have passed before.
phases "$what" exec toolstack built hotplug connected
phases "$what" device hotplug rst
phases "$what" frame arp service
that "$what: the first RST has its own SYN, and those that waited are said" \
	'.instantiation.queueing |
	.n == 2 and .first_wait_ns > 0 and .longest_wait_ns >= .first_wait_ns and
	.max_wait_ns >= .longest_wait_ns and
	.runs_with <= 2 and (.syns | type) == "number"'
that "$what: two runs, each its own instantiation" '.runs == 2 and
	(.instantiation.samples_ns | length) == 2'
that "$what: RTT, by flood and at a fixed rate" '.rtt.flood.n >= 290 and .rtt.fixed.n >= 580 and
	.rtt.flood.p50_ns > 0'
# iperf3 shares one emulated processor with both ends, and the stalls shift its measure of 2 s.
that "$what: throughput both ways, as iperf3 within 20 %" '[.throughput.tx, .throughput.rx] |
	all(.median_bps > 0 and (.median_bps / .iperf3_bps - 1 | fabs) < 0.2 and .median_pps > 0)'
jq -r '.rows[0].throughput | "# tx \(.tx.median_bps / .tx.iperf3_bps), rx \(.rx.median_bps /
	.rx.iperf3_bps) of what iperf3 says"' "$dir/results.json"
that "$what: memory as xl shows it, about what was given" '.memory.tool_bytes >= 60 * 1048576 and
	.memory.tool_bytes <= 66 * 1048576 and .memory.pss_bytes == null and
	(.memory.pss_bytes_why | length) > 0'
that "$what: image size and teardown" '.image.file_bytes > 1e6 and .teardown.median_ns > 0'
that "$what: Xen is the accelerator, the switches are named" '.accel == "xen" and
	.setup.machine == "pv" and .setup.script == "stock" and .setup.toolstack == "xl"'
that "$what: no record is lost" \
	'[.lost | to_entries[] | select(.key != "truncated") | .value] | add == 0'
exits 0 "$what: report computes the same from the records" \
	to "$tmp/report" "$VNFTRACE" report "$dir"
check "$what: and names the accelerator of the row" grep -qE 'stock\) +xen +warm' "$tmp/report"
check "$what: and what the host itself runs on" grep -qE 'QEMU.* xen 4\.[0-9]+, dom0' "$tmp/report"

case $(xl info | grep ^virt_caps) in
*hvm*)
	what="tinyx.xen, PVH, minimal hotplug script"
	run "$what" -T tinyx.xen -r 1 --no-throughput --settle 2s --echoes 300 \
		--xen-machine pvh --xen-script minimal
	say "$what"
	that "$what: the switches are named" \
		'.setup.machine == "pvh" and .setup.script == "minimal"'
	that "$what: RTT" '.rtt.flood.n >= 290'
	;;
*) skip "this processor has no hardware virtualization" "tinyx.xen, PVH" ;;
esac

what="standardvm.xen"
# It boots for minutes here, so a resolution of 10 ms is enough, and dom0 has only one processor.
run "$what" -T standardvm.xen -r 1 --no-throughput --settle 1s --echoes 100 --syn-interval 10ms
say "$what"
phases "$what" toolstack built hotplug rst
that "$what: RTT" '.rtt.flood.n >= 90 and .rtt.fixed.n >= 90'

# The study's unikernel is the user's to bring: here a PV kernel of one file takes its place.
what="unikernel.minios.xen"
mkdir -p "$tmp/cache/images/unikernel.minios"
ln -s "$images/unikernel/kernel-xen" "$tmp/cache/images/unikernel.minios/kernel"
VNFT_CACHE=$tmp/cache run "$what" -T unikernel.minios.xen -r 2 --no-throughput --settle 1s \
	--echoes 100
say "$what"
that "$what: no service was waited for" '.service_ready.median_ns == null'
that "$what: RTT and memory" '.rtt.flood.n >= 190 and .memory.tool_bytes > 0'

what="unikernel.lwip.xen"
run "$what" -T unikernel.lwip.xen -r 1 --no-throughput --settle 1s --echoes 100
say "$what"
that "$what: its service was ready, RTT and memory" '.service_ready.median_ns > 0 and
	.rtt.flood.n >= 90 and .rtt.fixed.n >= 90 and .memory.tool_bytes <= 9 * 1048576'

check "nothing is left" clean
finish
