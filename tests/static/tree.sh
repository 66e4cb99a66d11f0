# SPDX-License-Identifier: GPL-2.0
# Sourced by the tests of tests/run: a tree in $tree with nothing in it but that, and a cache of its
# own. $tmp is gone at the end.
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
tree=$tmp/tree
export VNFT_CACHE=$tmp/cache
mkdir -p "$tree"/tests/{static,cli,fuzz,lab,netns} "$tree/scripts/images"
cp -a tests/run tests/runner "$tree/tests/"
cp -a scripts/images/lib.sh "$tree/scripts/images/"

file() {	# PATH: what comes on stdin, to be run
	cat >"$tree/$1"
	chmod +x "$tree/$1"
}
run() {		# ARGUMENT...: sets $code; what it says lands in $tmp/out
	code=0
	"$tree/tests/run" "$@" >"$tmp/out" 2>&1 </dev/null || code=$?
}
says() { grep -qxE -e "$1" "$tmp/out"; }
last() { [ "$(tail -n 1 "$tmp/out")" = "$1" ]; }
is() {	# WHAT CODE LAST-LINE
	check "$1: exit $2" [ "$code" = "$2" ]
	check "$1: last line" last "$3"
}
