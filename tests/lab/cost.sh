#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module's hook beside BPF's on the same frames, briefly: both count every one. The times are
# for people (make bench takes longer over them), never a verdict.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
check "both observers see every frame" tests/bench/module.sh 60
finish
