#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ns per frame of the module's hook beside the BPF program's (tests/bench/module_hook.c says how),
# in the lab's VM on both kernels; in that VM, or where a module is loaded already, right here.
#
#	module.sh [ROUNDS [FRAMES]]
#
# needs: module 6.1, module 6.12
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
if [ -e /dev/vnftrace ]; then
	exec "$VNFT_TESTS/bench/module_hook" "$@"
elif [ -n "${VNFT_LAB:-}" ]; then
	modprobe vnftrace || exit
	echo "# kernel $(uname -r)"
	"$VNFT_TESTS/bench/module_hook" "$@"
	code=$?
	rmmod vnftrace
	exit $code
fi
for kernel in 6.1 6.12; do
	scripts/lab/run --kernel $kernel --timeout 300 -- tests/bench/module.sh "$@" || exit
done
