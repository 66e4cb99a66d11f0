# SPDX-License-Identifier: GPL-2.0
# Sourced by tests of rows in dom0: types as a user would write them, and what a row leaves. Gives
# $images, $tmp (gone at the end) and $before.
. tests/xen/lib.sh
images=${VNFT_CACHE:-/var/cache/vnftrace}/images
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers; xen_left)

# Nothing but what was there at the beginning is left.
clean() { [ "$(leftovers; xen_left)" = "$before" ]; }

type_file() {	# NAME KERNEL: a PV kernel of one file, without a service; prints the type's path
	printf '%s\n' "driver = xen" "virtualization = xen" "topology = vif" "machine = pv" \
		"script = minimal" "memory_mib = 8" "process = xl" "append = ip=@ADDR@" \
		"port = none" "timeout_s = 60" "kernel = $2" >"$tmp/$1.conf"
	echo "$tmp/$1.conf"
}

# Makes a kernel that crashes, and prints its path: minipv with an invalid instruction at its entry,
# which is the second page of its file.
crashing_kernel() {
	cat "$images/minipv/kernel" >"$tmp/crash"
	printf '\x0f\x0b' | dd of="$tmp/crash" bs=1 seek=4096 conv=notrunc 2>/dev/null
	echo "$tmp/crash"
}
