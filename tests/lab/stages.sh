#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module's stage hooks on veth, tap and tun, and what is left of them (tests/lab/stages.c).
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/lab/leak.sh

echo "# kernel $(uname -r)"
module_load
"$VNFT_TESTS/lab/stages" || failed=1
module_unload
finish
