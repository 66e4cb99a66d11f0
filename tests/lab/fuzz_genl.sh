#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Netlink, ring indices and the device's calls at random (fuzz_genl.c), 30 s; VNFT_LONG=1: 10 min.
# VNFT_SEED=N repeats a run's choices.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/lab/leak.sh
echo "# kernel $(uname -r)"
module_load
modprobe -q -a veth dummy tun
seconds=30
[ -z "${VNFT_LONG:-}" ] || seconds=600
"$VNFT_TESTS/lab/fuzz_genl" $seconds ${VNFT_SEED:-} || failed=1
module_unload
finish
