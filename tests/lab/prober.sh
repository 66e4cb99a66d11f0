#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module's generator, packet by packet (prober.c). VNFT_LONG=1: longer.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/lab/leak.sh
echo "# kernel $(uname -r)"
module_load
modprobe -q -a veth dummy 2>/dev/null
"$VNFT_TESTS/lab/prober" ${VNFT_LONG:+-l} || failed=1
module_unload
finish
