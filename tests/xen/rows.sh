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

# A hotplug script that notes what the vif's configuration has for ip=, a line each time, and does
# what ours does. A type's file gets it, and an ip= that must come out as ADDR MASK GATEWAY.
say_address() {	# TYPE-FILE: prints where the lines are
	cat >"$tmp/vif-noting" <<-END
		#!/bin/sh
		[ "\$1" != online ] || xenstore-read "\$XENBUS_PATH/ip" >>$tmp/addresses
		exec $xen_script "\$@"
	END
	chmod +x "$tmp/vif-noting"
	sed -i "s,^script.*,script = $tmp/vif-noting," "$1"
	echo 'vif = ip=@ADDR@ @MASK@ @PEER@' >>"$1"
	echo "$tmp/addresses"
}
addressed() {	# FILE LINES: so many times, and each time whole
	[ "$(grep -cE '^198\.1[89]\.[0-9.]+ 255\.255\.255\.252 198\.1[89]\.[0-9.]+$' "$1")" = "$2" ]
}

# Makes a kernel that crashes, and prints its path: the unikernel with an invalid instruction at its
# entry, which is the second page of its file.
crashing_kernel() {
	cat "$images/unikernel/kernel-xen" >"$tmp/crash"
	printf '\x0f\x0b' | dd of="$tmp/crash" bs=1 seek=4096 conv=notrunc 2>/dev/null
	echo "$tmp/crash"
}
