#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The table of types in docs/types.md is what scripts/types-table makes of the type files, and that
# says what each file says.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

on_page() { sed -n '/^<!-- scripts\/types-table --write -->$/,/^<!-- end of types -->$/p' "$1" |
	sed '1d;$d'; }
make_table() { VNFT_TREE=$1 scripts/types-table "${@:2}"; }

scripts/types-table >"$tmp/table"
check "docs/types.md has the table of the type files (else: scripts/types-table --write)" \
	diff "$tmp/table" <(on_page docs/types.md)
check "a line for each file" \
	[ "$(wc -l <"$tmp/table")" = $(($(ls tools/guest/types/*.conf | wc -l) + 2)) ]

# Would it say so? A tree of three types, and its page.
tree=$tmp/tree
mkdir -p "$tree/docs" "$tree/tools/guest/types"
cat >"$tree/tools/guest/types/a.conf" <<-'END'
	# title = not this one
	title = One | and = more
	driver = oci
	runtime = crun
	build = scripts/images/thing
	END
printf 'driver=exec\ncommand = x = y\n' >"$tree/tools/guest/types/b.conf"
printf 'title = Own\ndriver = xen\nneeds = bring it\n' >"$tree/tools/guest/types/c.conf"
printf '%s\n' before '<!-- scripts/types-table --write -->' stale '<!-- end of types -->' behind \
	>"$tree/docs/types.md"
check "a table is written" make_table "$tree" --write
cat >"$tmp/want" <<-'END'
	before
	<!-- scripts/types-table --write -->
	| type | what it is | driver | image |
	|---|---|---|---|
	| a | One \| and = more | oci, crun | thing |
	| b | b | exec | none |
	| c | Own | xen | *yours* |
	<!-- end of types -->
	behind
	END
check "in its place, with what the files say" diff "$tmp/want" "$tree/docs/types.md"
check "twice is once" make_table "$tree" --write
check "and changes nothing" diff "$tmp/want" "$tree/docs/types.md"
sed -i '/end of types/d' "$tree/docs/types.md"
exits 1 "a page without a place for it" make_table "$tree" --write 2>"$tmp/err"
check "says so" grep -q 'no place for it' "$tmp/err"
check "and is left as it is" grep -qx behind "$tree/docs/types.md"
finish
