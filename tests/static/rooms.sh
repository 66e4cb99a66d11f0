#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How the house is built: which file may use which, how long a file and how full a folder may be,
# and that a name means one thing. tests/static/rooms.py answers the questions; what is allowed all
# the same stands in tests/static/rooms.allowed, each with its reason.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

ask() { python3 tests/static/rooms.py "$@"; }
# Files above 400 lines, folders of more than 15 subjects: PATH, tab, REASON.
allowed=tests/static/rooms.allowed
# Answers whose first word is not allowed.
others() { grep -vxFf <(grep -v '^#' $allowed | cut -f 1) <(cut -d ' ' -f 1) || :; }
none() {	# WHAT FILE: passes when it is empty, else shows it
	if [ -s "$2" ]; then
		not_ok "$1"
		sed 's/^/	/' "$2"
	else
		ok "$1"
	fi
}

ask . circles >"$tmp/circles"
none "no circle of files, by includes or by calls" "$tmp/circles"
ask . neighbours >"$tmp/neighbours"
none "no driver or observer includes another" "$tmp/neighbours"
ask . long | others >"$tmp/long"
none "no file above 400 lines" "$tmp/long"
ask . crowded | others >"$tmp/crowded"
none "no folder of tools has more than 15 subjects" "$tmp/crowded"
ask . namesakes >"$tmp/namesakes"
none "no two structs of one name" "$tmp/namesakes"
git -c safe.directory='*' grep -n 'DESIGN' -- ':!tests/static/rooms.*' >"$tmp/design"
none "comments quote pages that a reader has (docs/), not the design notes" "$tmp/design"
# An exception that is not needed any more is taken out.
{ ask . long; ask . crowded; } | cut -d ' ' -f 1 >"$tmp/large"
grep -v '^#' $allowed | cut -f 1 | grep -vxFf "$tmp/large" >"$tmp/unneeded"
none "every exception is needed" "$tmp/unneeded"

# Would they say so? A house with one fault of each kind.
house=$tmp/house
mkdir -p "$house"/{tests,kmod/selftest,bpf,tools/guest/{ash,oak},tools/source/fir,tools/many}
fault() { cat >"$house/$1"; }
fault kmod/a.c <<<'#include "b.h"'
fault kmod/b.h <<<'#include "c.h"'
fault kmod/c.h </dev/null
fault kmod/c.c <<<'#include "a.h"'
fault kmod/a.h </dev/null
fault kmod/calls.c <<<'int first(void)
{
	return second();
}'
fault kmod/called.c <<<'/* first() in a comment is no call */
int second(void)
{
	return 0;
}'
fault bpf/back.c <<<'int third(void)
{
	return fourth();
}'
fault bpf/forth.c <<<'int fourth(void)
{
	return third();
}'
fault kmod/part.c <<<'#include "part_of.h"'
fault kmod/part_of.h <<<'#include "part.h"'
fault kmod/part.h <<<'#include "selftest/part.c"'
fault kmod/selftest/part.c <<<'#include "../part.h"'
fault tools/guest/ash/driver.c <<<'#include "../oak/oak.h"'
fault tools/guest/oak/driver.c <<<'#include "oak.h"'
fault tools/guest/oak/oak.h <<<'struct leaf {
	int green;
};'
fault bpf/tree.h <<<'struct root { struct leaf { int brown; } leaf; };
/* struct root { */ struct root *root(struct leaf *leaf);'
yes '' | head -n 400 >"$house/bpf/fine.h"
yes '' | head -n 401 | tee "$house/bpf/long.h" >"$house/tests/long.sh"
for i in {1..16}; do
	: >"$house/tools/many/$i.c"
	: >"$house/tools/many/$i.h"
done
found() {	# QUESTION ANSWER
	[ "$(ask "$house" "$1")" = "$2" ] || { ask "$house" "$1"; return 1; }
}
check "circles are found, not those of namesakes" found circles \
	"bpf/back <-> bpf/forth
kmod/a <-> kmod/b <-> kmod/c"
check "a driver that includes another is found" found neighbours \
	"tools/guest/ash/driver.c includes tools/guest/oak/oak.h"
check "a long file is found" found long "bpf/long.h 401
tests/long.sh 401"
check "a full folder is found" found crowded "tools/many 16"
check "a struct that stands twice is found" found namesakes \
	"struct leaf: bpf/tree.h tools/guest/oak/oak.h"
finish
