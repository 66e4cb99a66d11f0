#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The same type file by the other toolstack: libvirt's xen driver where its daemon answers. PV, cold
# and warm, then one that crashes; nothing is left of either, and libvirt knows no domain of ours.
#
# needs: image unikernel
# kernels: 6.1
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/xen/rows.sh
# What it keeps of the domains that are defined.
forgotten() { [ -d /etc/libvirt/libxl ] && ! ls /etc/libvirt/libxl | grep -q vnft; }

check "libvirt serves xen:///system" xen-libvirtd
dir=$tmp/rows one=$(type_file one "$images/unikernel/kernel-xen")
addresses=$(say_address "$one")
exits 0 "a PV kernel by libvirt, cold and warm" to "$tmp/page" "$VNFTRACE" bench \
	-T "$one" -r 1 --cache both --no-throughput --settle 1s --echoes 50 -o "$dir"
check "the vif says what its file says, each time" addressed "$addresses" 2
check "both rows are valid, and say who made them" to "$tmp/that" jq -e '.rows | length == 2 and
	all(.valid and .setup.toolstack == "libvirt" and .setup.machine == "pv") and
	(map(.cache) | sort) == ["cold", "warm"]' "$dir/results.json"
jq -r '.rows[] | "# \(.cache): RST after \(.instantiation.median_ns / 1e6 | round) ms, memory \(
	.memory.tool_bytes) bytes"' "$dir/results.json" || cat "$tmp/page"
check "nothing is left" wait_for 10 clean
check "libvirt has forgotten it" forgotten

dir=$tmp/crashed
exits 3 "one that crashes at boot" to "$tmp/page" "$VNFTRACE" bench \
	-T "$(type_file bad "$(crashing_kernel)")" -r 1 --no-throughput --no-memory -o "$dir"
check "it says so" to "$tmp/that" jq -e '.rows[0].failed[0].why | test("the domain crashed")' \
	"$dir/results.json"
jq -r '"# " + .rows[0].failed[0].why' "$dir/results.json"
check "nothing is left of it" wait_for 10 clean
check "libvirt has forgotten it too" forgotten
finish
