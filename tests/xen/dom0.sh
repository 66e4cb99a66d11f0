#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# dom0 is a whole Xen host, our tool and our module included.
#
# needs: image tinyx-xen
# kernels: 6.1 debug-xen
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/lab/leak.sh

lists() { xl list | grep -q '^Domain-0 '; }
runs_guests() { [ "$(xenstore-read /local/domain/0/domid)" = 0 ] && [ -e /proc/xen/capabilities ]; }
tool_agrees() {
	vnftrace doctor -j 2>/dev/null |
		jq -e '.checks[] | select(.id == "xen").status == "ok"' >/dev/null
}
quiet() { ! xl dmesg | grep -E 'Xen (WARN|BUG)|Panic'; }

check "xl speaks to Xen" lists
check "xenstored serves" runs_guests
check "xenconsoled runs" grep -qx xenconsoled "/proc/$(</run/xenconsoled.pid)/comm"
check "the cache's images are here" \
	[ -e "${VNFT_CACHE:-/var/cache/vnftrace}/images/tinyx-xen/vmlinux" ]
check "our tool is installed and finds Xen" tool_agrees
check "the hypervisor said nothing bad" quiet
module_load
check "its device is there" [ -c /dev/vnftrace ]
module_unload
finish
