#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The types of VMMs that Debian does not package, as they are shipped: each command line, and each
# file that such a command reads, starts an instance that answers. tests/netns/stand-in takes it, as
# strictly as the VMM itself. Nobody has these VMMs here.
#
#	[vnft-ID]  tap 198.18.0.1/30 --- VM 198.18.0.2
#
# needs: image minilinux, image tinyx
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)
guest=$VNFT_TESTS/netns/guest
vmms=

for type in microvm.firecracker.exec microvm.cloud-hypervisor.exec; do
	vmm=${type#microvm.} vmm=${vmm%.exec} vmms+=" $vmm"
	if command -v "$vmm" >"$tmp/found"; then
		skip "$(<"$tmp/found") is there" "$vmm: is missing"
		continue
	fi
	exits 4 "$vmm: a missing one is exit 4" "$guest" $type --check 2>"$tmp/why"
	check "$vmm: and the line says what to bring" \
		grep -qi "no program $vmm: bring $vmm .* on PATH" "$tmp/why"
done

mkdir "$tmp/bin"
for vmm in $vmms; do ln -s "$PWD/tests/netns/stand-in" "$tmp/bin/$vmm"; done
PATH=$tmp/bin:$PATH
if ! command -v qemu-system-x86_64 >/dev/null; then
	skip "no qemu-system-x86_64" "VMMs"
	finish
fi

# As shipped, but for two words: which accelerator the stand-in has here, and no "quiet".
types=
for vmm in $vmms; do
	sed -e 's/^command = /&env STAND_IN_ACCEL=@ACCEL@ /' -e 's/^\(append = .*\) quiet /\1 /' \
		"tools/guest/types/microvm.$vmm.exec.conf" >"$tmp/$vmm.conf"
	if "$guest" "$tmp/$vmm.conf" --check 2>"$tmp/why"; then
		types=${types:+$types,}$tmp/$vmm.conf
	else
		skip_type "$(cat "$tmp/why")" "$vmm"
	fi
done
dir=$tmp/dir
exits 0 "bench of both" to "$tmp/page" "$VNFTRACE" bench -T "$types" -r 1 --no-reference \
	--no-rtt --no-memory --no-throughput -o "$dir"
of() {	# TYPE FILTER
	json "$dir/results.json" ".rows[] | select(.type == \"$1\") | $2"
}
for vmm in $vmms; do
	check "$vmm: valid, and its service answered" \
		[ "$(of $vmm '.valid, .service_ready.n')" = "true 1" ]
	check "$vmm: the exec of its process was seen" \
		[ "$(of $vmm '.instantiation.phases[] | select(.name == "exec") | .n')" = 1 ]
	check "$vmm: the kernel's words are kept" \
		grep -q 'Linux version' "$dir/$(of $vmm '.consoles[0].file')"
	check "$vmm: and the first of them are a moment of the launch" \
		[ "$(of $vmm '.instantiation.phases[] | select(.name == "kernel") | .n')" = 1 ]
done
exits 0 "results.json is what its schema says" tests/results-schema "$dir/results.json"

# What a VMM refuses it says, and that is the reason.
refused() {	# VMM SED-COMMAND WHY
	sed "$2" "$tmp/$1.conf" >"$tmp/bad.conf"
	exits 3 "$1: a bad command line" to "$tmp/page" "$VNFTRACE" bench -T "$tmp/bad.conf" \
		-r 1 --no-reference -o "$tmp/bad"
	json_true "$1: is refused with its own words" "$tmp/bad/results.json" \
		".rows[0].failed[0].why | contains(\"$3\")"
	rm -rf "$tmp/bad"
}
refused firecracker 's/"boot_args"/"bootargs"/' 'firecracker: boot-source: unknown field `bootargs`'
refused cloud-hypervisor 's/--initramfs/--initrd/' "unexpected argument '--initrd' found"
check "nothing is left" wait_for 5 nothing_left
finish
