#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module compiles for both lab kernels, and for the oldest 6.1 that Debian still has, without a
# warning of the compiler at W=1 and without one of sparse. Built from nothing, beside what the tree
# has built. No two subjects of it (a .c and its .h are one) need each other, and no struct of it or
# of BPF has the name of another.
#
# needs: image kernel-headers 6.1, image kernel-headers 6.12, image kernel-headers 6.1-oldest
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh

tmp=$(mktemp -d -t vnft-static-XXXXXX)
trap 'rm -rf "$tmp"' EXIT

# FILE...: "who whom" for each subject that includes another
includes() {
	local file to
	for file; do
		sed -n 's/^#include "\(.*\)\..*"$/\1/p' "$file" | while IFS= read -r to; do
			realpath -m --relative-to=. "${file%.*}" "$(dirname "$file")/$to" | xargs
		done
	done | awk '$1 != $2'
}
no_circle() { tsort >"$tmp/order" 2>"$tmp/circle" || { cat "$tmp/circle"; return 1; }; }
mapfile -t sources < <(find kmod bpf -name '*.[ch]')
includes "${sources[@]}" >"$tmp/includes"
check "includes are found ($(wc -l <"$tmp/includes"))" [ "$(wc -l <"$tmp/includes")" -gt 100 ]
check "no circle of files in kmod and bpf" no_circle <"$tmp/includes"
mkdir "$tmp/few"
echo '#include "b.h"' | tee "$tmp/few/a.c" | sed s/b/a/ >"$tmp/few/b.h"
check "a circle would be found" \
	[ -z "$(includes "$tmp"/few/* | no_circle >/dev/null && echo none)" ]

# FILE...: names of the structs that are defined there
structs() { grep -hoE '\bstruct [a-z0-9_]+ \{$' "$@" | cut -d' ' -f2; }
mapfile -t all < <(find kmod bpf tools -name '*.[ch]')
twice() { comm -12 <(structs "$@" | sort | uniq -d) <(structs "${sources[@]}" | sort -u); }
check "structs are found" [ "$(structs "${sources[@]}" | wc -l)" -gt 50 ]
check "none of kmod and bpf has a namesake there or in tools" [ -z "$(twice "${all[@]}")" ]
twice "${all[@]}"
echo 'struct vnft_device {' >"$tmp/few/c.h"
check "a namesake would be found" [ "$(twice "${all[@]}" "$tmp/few/c.h")" = vnft_device ]

for series in 6.1 6.12 6.1-oldest; do
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
