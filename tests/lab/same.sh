#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module and the BPF programs see the same: counters, pairs, streams, records, flows.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/lab/leak.sh
trap 'rmmod vnftrace 2>/dev/null' EXIT
echo "# kernel $(uname -r)"
# A kernel that checks every access of its own takes 1 ms for a frame.
case $(uname -r) in *debug*) [ $# -gt 0 ] || set -- 10000 ;; esac
module_load
check "both observers on the same frames" "${VNFT_TESTS:-$PWD/build/tests}/lab/same" "$@"
module_unload
finish
