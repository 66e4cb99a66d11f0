#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every BPF object loads, attaches and counts on the kernel that runs this.
# also: 6.1-rt
cd "$(dirname "$0")/../.." || exit 1
echo "# kernel $(uname -r)"
exec "${VNFT_TESTS:-$PWD/build/tests}/lab/load"
