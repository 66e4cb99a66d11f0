#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# docs/own-type.md as its reader follows it: its three type files are taken out of the page and
# measured.
#
#	[vnft-ID namespace]  tap 198.18.0.1/30 --- [eth0 198.18.0.2]
#
# needs: image minilinux, image tinyx
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
export VNFT_LIBVIRT_URI=qemu:///embed
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

# The indented block that begins with the file's name.
take() {	# NAME
	awk -v first="    # $1" '$0 == first { on = 1 } on && !/^    / { exit }
		on { sub(/^    /, ""); print }' docs/own-type.md >"$tmp/$1"
}
for each in answers=tinyx/vmlinux silent=tinyx/vmlinux oldvirtio=minilinux/vmlinux; do
	name=${each%%=*}
	take $name.conf
	check "the page has $name.conf, of an image that exists" \
		grep -qx "kernel = ${each#*=}" "$tmp/$name.conf"
	"$VNFTRACE" types -j "$tmp/$name.conf" >"$tmp/type"
	if [ "$(json "$tmp/type" .possible)" != true ]; then
		skip_type "$(json "$tmp/type" .missing)" "the three of them are measured"
		finish
	fi
done

quick=(-r 1 --settle 1s --echoes 100 --throughput 1s --no-reference)
"$VNFTRACE" bench -T "$tmp/answers.conf,$tmp/silent.conf,$tmp/oldvirtio.conf" "${quick[@]}" \
	-o "$tmp/dir" >"$tmp/page" 2>&1
check "a bench of all three" [ $? = 0 ]
[ $failed = 0 ] || cat "$tmp/page"
results=$tmp/dir/results.json
row() {		# TYPE WHAT FILTER: true of its row
	json_true "$1: $2" "$results" ".rows[] | select(.type == \"$1\") | $3"
}
for name in answers silent oldvirtio; do
	row $name "valid, first RST and RTT" '.valid and .instantiation.median_ns > 0 and
		.rtt.flood.n >= 95 and .rtt.fixed.n >= 95'
	row $name "image and memory" '.image.file_bytes > 1e6 and .memory.tool_bytes > 1e7'
	row $name "no throughput, and why" '[.throughput.tx, .throughput.rx] |
		all(.median_bps == null and (.median_bps_why | length) > 0)'
done
row answers "nobody waited for a service" '.service_ready.median_ns == null and
	.service_ready.n == 0'
row silent "its service is seen all the same" '.service_ready.median_ns > 0'
json_is "results say what was special" "mmio none pc -cpu max" "$results" \
	'.manifest.types | .silent.transport, .silent.console, .oldvirtio.machine,
	.oldvirtio.qemu_args'

# One that never answers: nobody is there who could say why.
sed 's/^append.*/append = quiet/; s/^timeout_s.*/timeout_s = 4/' "$tmp/silent.conf" \
	>"$tmp/mute.conf"
"$VNFTRACE" bench -T "$tmp/mute.conf" "${quick[@]}" -o "$tmp/mute" >"$tmp/page" 2>&1
check "one without an address is a lost run" [ $? = 3 ]
json_true "its reason: no RST, and no console" "$tmp/mute/results.json" \
	'.rows[0].failed[0].why | test("no RST within 4 s of its launch: it has no console")'
check "nothing is left" wait_for 5 nothing_left
finish
