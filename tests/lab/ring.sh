#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# /dev/vnftrace as its contract says it, and readers that lie or die.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/lab/leak.sh
trap 'rmmod vnftrace 2>/dev/null' EXIT
echo "# kernel $(uname -r)"
module_load
check "sessions, mappings and readers" "${VNFT_TESTS:-$PWD/build/tests}/lab/ring"
module_unload
finish
