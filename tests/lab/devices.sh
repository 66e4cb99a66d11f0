#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The life of devices under the module, and 1,000 of them at once (tests/lab/devices.c).
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/lab/leak.sh

echo "# kernel $(uname -r)"
module_load
"$VNFT_TESTS/lab/devices" || failed=1
module_unload
# The log has no room for the births of 1,000 devices, so module_load's dyndbg is left out.
# Nor is an eighth of this machine's memory enough for them.
check "the module loads" modprobe vnftrace memory_mb=800
"$VNFT_TESTS/lab/devices" "${1:-1000}" || failed=1
check "and goes" rmmod vnftrace
finish
