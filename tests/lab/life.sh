#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module's life: two sessions at once and rings that overflow, to the last record; then load,
# use and unload 50 times under traffic (500 with VNFT_LONG=1). Every object that the log says was
# created was destroyed.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
trap 'rmmod vnftrace 2>/dev/null' EXIT
cycles=50
[ -z "${VNFT_LONG:-}" ] || cycles=500
echo "# kernel $(uname -r)"
check "the module loads" modprobe vnftrace dyndbg=+p
check "sessions and rings" "$VNFT_TESTS/lab/sessions"
check "and unloads" rmmod vnftrace
# It reads the kernel's log from the beginning, so it also counts what the sessions made.
check "lives on $(nproc) CPUs" "$VNFT_TESTS/lab/life" "${1:-$cycles}" "${@:2}"
finish
