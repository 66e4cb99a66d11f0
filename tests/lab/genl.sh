#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the module's netlink family refuses and how, its dumps, its sessions (genl.c). VNFT_LONG=1:
# longer.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/lab/leak.sh
echo "# kernel $(uname -r)"
module_load
"$VNFT_TESTS/lab/genl" ${VNFT_LONG:+-l} || failed=1
module_unload
finish
