#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# checkpatch.pl --strict has nothing to say on the module, nor on what it shares with BPF and the
# tool, but for the exceptions below.
#
# needs: image checkpatch
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh

# TYPE, the files where it is right all the same, and why.
exceptions='
BIT_MACRO			kmod/(uapi|core)/.*	BIT() is not there for userspace and BPF
CAMELCASE			kmod/(uapi|core)/.*	_Static_assert is C, and known to all three
VOLATILE			kmod/core/env.h		READ_ONCE, where there is none
COMPLEX_MACRO			kmod/core/hooks.h	the table of hooks: a list, no expression
MACRO_ARG_REUSE			kmod/core/hooks.h	the same: X is applied to every line
COMPLEX_MACRO			kmod/core/link.h		the table of kinds of links
MACRO_ARG_REUSE			kmod/core/link.h		the same: X is applied to every line
COMPLEX_MACRO			kmod/selftest/corpus.h	a table as well
MACRO_ARG_REUSE			kmod/selftest/corpus.h	a table as well
COMPLEX_MACRO			kmod/core/env.h		declares functions for three compilers
PREFER_DEFINED_ATTRIBUTE_MACRO	kmod/core/env.h		this is where they are defined
LINUX_VERSION_CODE		kmod/compat.h		the one place for versions of kernels
CONSTANT_COMPARISON		kmod/compat.h		KERNEL_VERSION() looks like a constant
COMPLEX_MACRO			kmod/table.h		the head of a loop is no expression
MACRO_ARG_REUSE			kmod/table.h		the same: names of variables, as in list.h
TRAILING_STATEMENTS		kmod/table.h		the same, with a filter (for_each_if)
BRACES				kmod/table.h		the same
'

checkpatch=${VNFT_CACHE:-/var/cache/vnftrace}/images/checkpatch/checkpatch.pl
excepted() {	# FILE TYPE LINE
	# A definition of X() for the hook table makes list items, never an expression.
	sed -n "$3p" "$1" | grep -q '^#define X(' ||
		awk -v file="$1" -v type="$2" '$1 == type && file ~ "^" $2 "$" { found = 1 }
			END { exit !found }' <<<"$exceptions"
}

for file in kmod/*.[ch] kmod/*/*.[ch]; do
	bad=
	while IFS= read -r line; do
		IFS=: read -r _ number _ type _ <<<"$line"
		excepted "$file" "$type" "$number" || bad+="$line"$'\n'
	done < <(perl "$checkpatch" --strict --no-tree --terse --show-types --no-summary \
			-f "$file" 2>/dev/null | sed 's/: \(ERROR\|WARNING\|CHECK\):/:\1:/')
	if [ -z "$bad" ]; then ok "checkpatch $file"; else not_ok "checkpatch $file"; fi
	printf '%s' "$bad"
done
tmp=$(mktemp -d -t vnft-static-XXXXXX)
# checkpatch leaves its own cache where it stands.
trap 'rm -rf "$tmp" .checkpatch-camelcase.*' EXIT
echo 'int a ;' >"$tmp/bad.c"
check "checkpatch complains about int a ;" \
	grep -q SPACING <(perl "$checkpatch" --no-tree --show-types -f "$tmp/bad.c")
finish
