#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What bench does to the directory that it is given: a full disk ends it at once, with one line that
# says why; what was finished before is as it was; a killed one can be read; two never share one.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth --- [instance 198.18.0.2]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
bench=""
clean() {
	[ -z "$bench" ] || kill "$bench" 2>/dev/null
	mountpoint -q "$tmp/small" && umount "$tmp/small"
	mountpoint -q "$tmp/readonly" && umount "$tmp/readonly"
	rm -rf "$tmp"
}
trap clean EXIT
before=$(leftovers)
mkdir "$tmp/small" "$tmp/readonly"
mount -t tmpfs -o size=8m tmpfs "$tmp/small" || exit 1

# An instance that answers at once, but fills the disk first from its start number STARTS.full on,
# and waits for 30 s from STARTS.slow on.
cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	# DEV BRIDGE ADDR PEER MAC STARTS
	set -e
	. "$INSTANCE"
	echo start >>"$6"
	n=$(wc -l <"$6")
	from() { [ -e "$1" ] && [ "$n" -ge "$(<"$1")" ]; }
	! from "$6.full" || head -c 1G /dev/zero >"${6%/*}/small/fill" 2>/dev/null || :
	! from "$6.slow" || sleep 30
	instance_begin
	instance_device "$1" "$3" "$5" "$2" "$4"
	ip link set "$1" up master "$2"
	wait $pid
	END
chmod +x "$tmp/instance"
cat >"$tmp/quick.conf" <<-END
	title = answers at once
	driver = exec
	virtualization = container
	topology = veth
	command = $tmp/instance @DEV@ @BRIDGE@ @ADDR@ @PEER@ @MAC@ $tmp/starts
	port = none
	timeout_s = 60
	END
bench() {	# DIR RUNS: a bench in the directory
	exec "$VNFTRACE" bench -T "$tmp/quick.conf" -r "$2" --no-memory --no-rtt --no-throughput \
		-o "$1"
}
run() {		# DIR RUNS: its exit code in $code, seconds in $took
	local begun=$SECONDS
	rm -f "$tmp/starts"
	code=0
	(bench "$@") >"$tmp/page" 2>"$tmp/err" || code=$?
	took=$((SECONDS - begun))
}
starts() { cat "$tmp/starts" 2>/dev/null | wc -l; }
says() { grep -qF -e "$1" "$tmp/err" || { head -3 "$tmp/err"; return 1; }; }
lines() { [ "$(wc -l <"$tmp/err")" = "$1" ] || { head -3 "$tmp/err"; return 1; }; }
report() { "$VNFTRACE" report -j "$1" >"$tmp/page" 2>"$tmp/err"; }

# --- the disk is full when the second run begins
echo 2 >"$tmp/starts.full"
run "$tmp/small/dir" 4
check "a disk that is full ends the bench" [ "$code" = 1 ]
check "at once" [ "$took" -le 20 -a "$(starts)" = 2 ]
check "with one line" lines 1
check "that says why" says "small/dir/records: cannot be written: No space left on device: make"
check "and what there is" says "1 of 4 runs"
head -1 "$tmp/err" | sed 's/^/# /'
rm -f "$tmp/small/fill"
check "results.json has the run that was finished" \
	[ "$(jq '.rows[0] | .runs, .valid' "$tmp/small/dir/results.json" | xargs)" = "1 true" ]
check "and nothing is beside it" [ "$(cd "$tmp/small/dir" && echo *)" = "records results.json" ]
exits 0 "report reads both" report "$tmp/small/dir"
check "and says that the records are not finished" says "dir/records: not finished"
check "nothing is left of it" wait_for 5 nothing_left
rm -rf "$tmp/small/dir"

# --- and when the first does
echo 1 >"$tmp/starts.full"
run "$tmp/small/dir" 4
check "in the first run" [ "$code" = 1 -a "$took" -le 20 -a "$(starts)" = 1 ]
check "one line says it" lines 1
check "and that no run was finished" says "no run was finished"
exits 0 "what was recorded can be read" report "$tmp/small/dir/records"
rm -rf "$tmp"/small/* "$tmp/starts.full"

# --- places
mount -t tmpfs -o ro,mode=755 tmpfs "$tmp/readonly"
run "$tmp/readonly/dir" 1
check "a directory that cannot be made" [ "$code" = 1 ]
check "is named" says "readonly/dir: cannot make the directory: Read-only file system"
run "$tmp/readonly" 1
check "one that cannot be written" [ "$code" = 1 -a "$(starts)" = 0 ]
check "is named, too" says "readonly/records: cannot be created: Read-only file system"
touch "$tmp/file"
run "$tmp/file" 1
check "a file" [ "$code" = 1 ]
check "is no directory" says "file: not a directory: give a new or empty directory"
mkdir "$tmp/taken"
touch "$tmp/taken/x"
run "$tmp/taken" 1
check "a directory with something in it" [ "$code" = 1 -a "$(starts)" = 0 ]
check "is refused" says "taken: not empty: results are never overwritten"
"$VNFTRACE" bench -T no-such-type -o "$tmp/new" >"$tmp/page" 2>"$tmp/err"
check "a bench that is refused leaves no directory" test ! -e "$tmp/new"
mkdir "$tmp/mine"
"$VNFTRACE" bench -T no-such-type -o "$tmp/mine" >"$tmp/page" 2>"$tmp/err"
check "but the one that was there" test -d "$tmp/mine"

# --- two of one directory; kill -9
echo 2 >"$tmp/starts.slow"
rm -f "$tmp/starts"
(bench "$tmp/mine" 3) >"$tmp/page" 2>&1 &
bench=$!
begun() { [ "$(starts)" = 2 ]; }
wait_for 20 begun
(bench "$tmp/mine" 1) >"$tmp/page" 2>"$tmp/err"
check "a second bench of a directory is refused" [ $? = 1 ]
check "and told why" says "mine: another process is writing in it"
sleep 2
kill -9 $bench
wait $bench 2>/dev/null
bench=""
check "a killed bench leaves the run that it finished" \
	[ "$(jq '.rows[0].runs' "$tmp/mine/results.json")" = 1 ]
report "$tmp/mine"
check "whose records give its number again" [ "$(jq '.records[0].agree' "$tmp/page")" = true ]
check "and are said to be unfinished" says "mine/records: not finished"
rm -f "$tmp/starts.slow"
run "$tmp/after" 1
check "the next bench" [ "$code" = 0 ]
check "leaves nothing of it" wait_for 5 nothing_left
check "the seed is one that jq keeps" \
	[ "$(jq '.manifest.parameters.seed < 9007199254740992' "$tmp/mine/results.json")" = true ]
finish
