#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module compiles for both lab kernels without a warning of the compiler at W=1 and without one
# of sparse. Built from nothing, beside what the tree has built.
#
# needs: image kernel-headers 6.1, image kernel-headers 6.12
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh

tmp=$(mktemp -d -t vnft-static-XXXXXX)
trap 'rm -rf "$tmp"' EXIT

for series in 6.1 6.12; do
	KDIR=${VNFT_CACHE:-/var/cache/vnftrace}/images/kernel-headers-$series/build
	log=$tmp/$series.log
	# C=2 hands every file to sparse, too; its warnings end up in the same log.
	make -j"$(nproc)" kmod BUILD="$tmp" KDIR="$KDIR" KFLAGS=C=2 >"$log" 2>&1
	code=$?
	if [ $code != 0 ]; then
		not_ok "the module builds for $series"
		cat "$log"
		continue
	fi
	ok "the module builds for $series"
	# The compiler names the option that asked for a warning, sparse has none.
	check "no warning at W=1 on $series" [ -z "$(grep 'warning: .*\[-W' "$log")" ]
	check "sparse is silent on $series" \
		[ -z "$(grep -E '(warning|error): ' "$log" | grep -v '\[-W')" ]
	check "sparse looked at every file on $series" \
		[ "$(grep -c '^  CHECK ' "$log")" = "$(find kmod -maxdepth 1 -name '*.c' | wc -l)" ]
	grep -E '(warning|error): ' "$log"
done
finish
