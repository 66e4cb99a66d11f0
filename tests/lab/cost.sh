#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A short run of the module's hook beside BPF's on the same frames: both must count every frame. The
# times are for people and decide nothing; make bench measures them for longer.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
check "both observers see every frame" tests/bench/module.sh 60
finish
