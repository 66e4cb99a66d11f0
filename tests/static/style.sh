#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What holds for every file of the tree: a licence line, and 100 columns at most (tabs are 8). Type
# files and tables of cases may be wider. And nobody but a driver's own folder, and
# tests, knows the driver.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# git refuses a tree of another owner, because it might run its hooks. Listing runs none.
# Inputs of fuzzers are bytes, and no text of ours.
files() { git -c safe.directory='*' ls-files -z | grep -zvE '^(LICENSE|tests/fuzz/corpus/.*)$'; }
unlicensed() { xargs -0r grep -L 'SPDX-License-Identifier: GPL-2.0'; }
wide() {	# FILE:LINE. Columns, not bytes, which mawk's length() counts.
	local file
	while IFS= read -r -d '' file; do
		expand -t 8 "$file" | LC_ALL=C.UTF-8 grep -nE '.{101}' | sed "s|:.*||;s|^|$file:|"
	done
}
drivers=$(for d in tools/guest/*/driver.c; do basename "$(dirname "$d")"; done | paste -sd '|')
acquainted() {	# lines that include a driver's header or call it, from outside of its folder
	local call="vnft_($drivers)_[a-z_]+[(]" include="^#include \"(.*/)?($drivers)/"
	xargs -0r grep -HnE "$include|$call" /dev/null | awk -F: -v call="$call" \
		-v drivers="^($drivers)\$" -v include="\"(.*/)?($drivers)/" '{
			n = split($1, part, "/")
			home = part[n - 1]
			if (home !~ drivers) { print; next }
			gsub("vnft_" home "_", "")
			if ($0 ~ call || substr($0, length($1)) ~ include) print
		}'
}
empty() {	# FILE
	[ ! -s "$1" ] || { head -n 20 "$1"; return 1; }
}

check "git says which files these are" [ "$(files | tr '\0' '\n' | grep -c '\.c$')" -gt 100 ]
files | unlicensed >"$tmp/unlicensed"
check "a licence line in all of $(files | tr '\0' '\n' | wc -l) files" empty "$tmp/unlicensed"
files | grep -zvE '\.(conf|tsv)$' | wide >"$tmp/wide"
check "no line of code or of a page is wider than 100 columns" empty "$tmp/wide"
files | grep -zE '^tools/.*\.[ch]$' | acquainted >"$tmp/acquainted"
check "nobody outside of it knows a driver ($drivers)" empty "$tmp/acquainted"

# docs/method.md: one function reads the clock of the stamps.
files | grep -zE '^tools/.*\.c$' | grep -zv '^tools/lib/run/clock\.c$' |
	xargs -0 grep -nE 'clock_gettime\(CLOCK_MONOTONIC|clock_gettime\(clock' >"$tmp/clocks"
check "nobody but tools/lib/run/clock.c reads CLOCK_MONOTONIC" empty "$tmp/clocks"

# A page that names a file that has moved sends its reader astray. NAME stands for the reader's own.
named() { grep -ohE '`(kmod|bpf|tools|tests|docs|scripts)/[A-Za-z0-9_./-]+`' "$@" | tr -d '`'; }
absent() { grep -v NAME | while read -r path; do [ -e "$path" ] || echo "$path"; done; }
named CONTRIBUTING.md README.md docs/*.md | absent >"$tmp/absent"
check "every file that a page names is there" empty "$tmp/absent"

# A column of a page is called in docs/method.md as it is on the page. These names say too little.
called() { grep -ohE "column \*[^*]+\*" docs/method.md | sed 's/.*column \*//; s/\*$//'; }
heading() { grep -qrF "{ \"$1\", \"" tools/report; }
for name in "hooks' CPU" "host's loss" strays; do
	check "the column $name is explained" grep -qxF "$name" <(called)
done
called | while IFS= read -r name; do heading "$name" || echo "$name"; done >"$tmp/columns"
check "every column that docs/method.md names is on a page" empty "$tmp/columns"

# Would they say so?
printf '\t%93s\n' x >"$tmp/a file"
printf 'SPDX-License-Identifier: GPL-2.0\n%98s−x\n' x >"$tmp/fine"
check "a wide line is found, by its columns" \
	[ "$(printf '%s\0' "$tmp/a file" "$tmp/fine" | wide)" = "$tmp/a file:1" ]
check "and a file without a licence" \
	[ "$(printf '%s\0' "$tmp/a file" "$tmp/fine" | unlicensed)" = "$tmp/a file" ]
mkdir "$tmp/xen"
printf '#include "../libvirt/libvirt.h"\nvnft_xen_check(type);\n' >"$tmp/xen/a.c"
printf 'vnft_docker_get(run);\nvnft_guest_check(type);\n' >"$tmp/b.c"
check "and a driver that knows another, and a stranger that knows one" \
	[ "$(printf '%s\0' "$tmp/xen/a.c" "$tmp/b.c" | acquainted | cut -d: -f1,2 |
		paste -sd ' ')" = "$tmp/xen/a.c:1 $tmp/b.c:1" ]
check "and a file that is not there" \
	[ "$(named - <<<'`tests/none.sh`, `tests/NAME.sh`, `tests/run`' | absent)" = tests/none.sh ]
finish
