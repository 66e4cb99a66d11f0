#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The private structs of netback that the module mirrors (kmod/hooks_entry.c) lie as in the
# xen-netback of both lab kernels: the module as it was compiled for each, against what that driver
# says of itself in its BTF.
#
# needs: image kernel-headers 6.1, image kernel-headers 6.12
# needs: image debian-kernel 6.1, image debian-kernel 6.12
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
cache=${VNFT_CACHE:-/var/cache/vnftrace}
tmp=$(mktemp -d -t vnft-static-XXXXXX)
trap 'rm -rf "$tmp"' EXIT

# MEMBER: its offset in what pahole says
offset() {
	sed -nE "s|^\t.*[ *]$1(\[[0-9]+\])*; +/\* +([0-9]+) .*|\2|p"
}

for series in 6.1 6.12; do
	kernel=$cache/images/debian-kernel-$series
	make -j"$(nproc)" kmod BUILD="$tmp" KDIR="$cache/images/kernel-headers-$series/build" \
		>"$tmp/log" 2>&1 || {
		not_ok "the module builds for $series" && cat "$tmp/log"
		continue
	}
	ours=$(find "$tmp/kmod" -name vnftrace.ko)
	theirs=$(find "$kernel/" -name 'xen-netback.ko*')
	case $theirs in
	*.xz) xz -dc "$theirs" ;;
	*) cat "$theirs" ;;
	esac >"$tmp/netback.ko"
	objcopy --dump-section .BTF="$tmp/vmlinux.btf" "$kernel/vmlinux" "$tmp/vmlinux" 2>/dev/null
	for member in xenvif_queue.{id,vif,rx_queue} xenvif.domid; do
		struct=${member%.*} name=${member#*.}
		got=$(pahole -C "vnft_$struct" "$ours" 2>/dev/null | offset "$name")
		want=$(pahole --btf_base "$tmp/vmlinux.btf" -C "$struct" "$tmp/netback.ko" \
			2>/dev/null | offset "$name")
		check "$series: $member is at ${want:-?}" \
			[ "${got:-none of ours}" = "${want:-no BTF}" ]
	done
	rm -rf "${tmp:?}"/*
done
finish
