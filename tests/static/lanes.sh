#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How tests/run runs tests side by side: what may and what may not, in which order they begin and
# are shown, what it says at the end, and that whatever ends it, or one of its lanes, ends the test.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/static/tree.sh
export MARKS=$tmp/marks
mkdir "$MARKS"

line_of() { grep -nxE -m 1 -e "$1" "$tmp/out" | cut -d: -f1; }
before() {	# WHAT LINE LINE: both are there, in this order
	check "$1" [ "$(line_of "$2")" -lt "$(line_of "$3")" ]
}

# Each waits for the other: the first one, which is shown first, ends behind the second.
file tests/static/first.sh <<-'END'
	#!/bin/bash
	touch "$MARKS/first"
	for ((i = 0; i < ${PATIENCE:-600}; i++)); do
		[ ! -e "$MARKS/second" ] || { echo "ok - it ended"; exit; }
		sleep 0.02
	done
	echo "not ok - it ended"
END
file tests/static/second.sh <<-'END'
	#!/bin/bash
	for ((i = 0; i < ${PATIENCE:-600}; i++)); do
		[ ! -e "$MARKS/first" ] || { echo "ok - it began"; touch "$MARKS/second"; exit; }
		sleep 0.02
	done
	echo "not ok - it began"
END
run -j 2 static/first static/second
is "two that wait for each other" 0 "2 passed, 0 failed, 0 skipped"
before "are shown in the order in which they are named" 'pass static/first .*' \
	'pass static/second .*'
check "a room says how long its tests took" says 'room static: 2 tests, [0-9]+ s of tests'
rm -f "$MARKS"/*
PATIENCE=20 run -j 1 static/first static/second
is "one at a time" 1 "1 passed, 1 failed, 0 skipped"
rm -f "$MARKS"/*

# Two of a row at once would find the other's mark, and one that is alone any other's.
for test in fuzz/replay fuzz/coverage fuzz/tshark netns/10-one netns/20-two; do
	file "tests/$test$([[ $test = fuzz/* ]] || echo .sh)" <<-'END'
		#!/bin/bash
		mkdir "$MARKS/row" && echo "ok - no other of the row"
		case $0 in
		*netns*) [ -z "$(find "$MARKS" -name '*.runs')" ] && echo "ok - alone" ;;
		esac
		sleep 0.3
		rmdir "$MARKS/row"
	END
done
file tests/cli/beside.sh <<-'END'
	#!/bin/bash
	touch "$MARKS/cli.runs"
	sleep 1
	rm "$MARKS/cli.runs"
	echo "ok - beside"
END
run -j 4 cli/beside fuzz
is "tests of a row" 0 "4 passed, 0 failed, 0 skipped"
run -j 4 cli/beside netns
is "netns is alone" 0 "5 passed, 0 failed, 0 skipped"

# A VM, which here is a process, beside a test that says that it may be.
mkdir "$tree/scripts/lab"
printf 'kmod-lab-%%:\n\t@:\n' >"$tree/Makefile"
file scripts/lab/base <<<'#!/bin/bash'
file scripts/lab/run <<-'END'
	#!/bin/bash
	while [ "$1" != -- ]; do shift; done
	"${@:2}"
END
file tests/netns/30-beside.sh <<-'END'
	#!/bin/bash
	# beside: a VM
	touch "$MARKS/beside"
	for ((i = 0; i < 100; i++)); do
		[ ! -e "$MARKS/vm.runs" ] || { echo "ok - a VM runs"; exit; }
		sleep 0.02
	done
	echo "ok - no VM runs # SKIP"
END
file tests/lab/vm.sh <<-'END'
	#!/bin/bash
	touch "$MARKS/vm.runs"
	for ((i = 0; i < 200; i++)); do
		[ ! -e "$MARKS/beside" ] || break
		sleep 0.02
	done
	sleep 0.5
	rm "$MARKS/vm.runs"
	echo "ok - priority $(nice)"
	echo "# priority $(nice)"
END
run -j 2 netns lab/vm@6.1
is "a VM beside a test that lets it" 0 "6 passed, 0 failed, 0 skipped"
check "but behind it" says "  priority $(($(nice) + 10 > 19 ? 19 : $(nice) + 10))"
rm -f "$MARKS"/*
run -j 2 lab/vm@6.1
check "and else as everybody" says "  priority $(nice)"
rm -f "$MARKS"/*
run -j 2 netns
check "without a VM the order is kept" [ "$(grep -oE 'netns/[0-9]+' "$tmp/out" | xargs)" = \
	"netns/10 netns/20 netns/30" ]

# The order in which they begin.
for test in a:5 b:200 c:30; do
	printf '#!/bin/bash\n# takes: %s s\n' "${test#*:}" | file "tests/lab/${test%:*}.sh"
done
begun() (	# LANES TEST...: the numbers, of one to be shown first
	cd "$tree" || exit
	. tests/runner/rooms.sh
	. tests/runner/lanes.sh
	lanes=$1
	shift
	test_at=(none "$@")
	unset 'test_at[0]'
	lanes_order "$lanes" | xargs
)
few=(cli/beside lab/a@6.1 lab/b@6.1 lab/c@6.12 static/first)
check "the longest machines begin first, and behind what needs none" \
	[ "$(begun 2 "${few[@]}")" = "1 5 3 4 2" ]
check "but one at a time begin as they are named" [ "$(begun 1 "${few[@]}")" = "1 2 3 4 5" ]
lanes() (
	. tests/runner/lanes.sh
	lanes_that_fit "$@"
)
GiB=1048576
check "one for each CPU" [ "$(lanes 2 $((24 * GiB)))" = 2 ]
check "but none without memory" \
	[ "$(lanes 2 $((5 * GiB))) $(lanes 8 $((13 * GiB))) $(lanes 2 $GiB)" = "1 4 1" ]

# What is said at the end.
file tests/static/numbers.sh <<-'END'
	#!/bin/bash
	echo "not ok - length [here.c:5]"
	echo "#   got 3, want 4"
	echo "not ok - width [here.c:6]"
	echo "# something else"
	echo "not ok - height [here.c:7]"
END
run static/numbers
is "cases that fail" 1 "0 passed, 3 failed, 0 skipped"
check "one is named with its numbers" says 'FAIL static/numbers: length \[here.c:5\]: got 3, want 4'
check "another without those of its neighbours" says 'FAIL static/numbers: width \[here.c:6\]'
check "also the last" says 'FAIL static/numbers: height \[here.c:7\]'
for i in {10..20}; do
	file "tests/cli/t$i.sh" <<-END
		#!/bin/bash
		[ $i != 15 ] || sleep 1.5
		echo "ok - $i"
	END
done
run cli/t{10..20}
is "eleven tests" 0 "11 passed, 0 failed, 0 skipped"
check "the slowest are said" says '11 tests, [0-9]+ s of tests in [0-9]+ s; the ten slowest:'
slowest() { sed '1,/the ten slowest:$/d; $d' "$tmp/out"; }
check "ten of them" [ "$(slowest | wc -l)" = 10 ]
check "the slowest first" grep -qE ' [12] s  cli/t15$' <(slowest | head -n 1)

# Ends. The parent of a test is with-images, then come timeout and the lane.
file tests/static/murder.sh <<-'END'
	#!/bin/bash
	parent() { awk '{ print $4 }' "/proc/$1/stat"; }
	echo "not ok - what it says is shown"
	kill -KILL "$(parent "$(parent $PPID)")"
	sleep 60
END
run -j 2 static/murder cli/t10
is "a test that kills its lane" 1 "1 passed, 1 failed, 0 skipped"
check "is said" says 'FAIL static/murder: what ran it was killed'
check "with what it printed" says '    not ok - what it says is shown'
file tests/cli/sleeps.sh <<-'END'
	#!/bin/bash
	echo $$ >"$MARKS/sleeps"
	exec sleep 300
END
cp -a "$tree/tests/cli/sleeps.sh" "$tree/tests/netns/40-sleeps.sh"
gone() { ! kill -0 "$1" 2>/dev/null; }
mkdir "$tmp/runner"
for signal in INT:130 TERM:143; do
	for room in cli netns; do
		rm -f "$MARKS/sleeps"
		TMPDIR=$tmp/runner env --default-signal=INT "$tree/tests/run" $room/sleeps \
			>"$tmp/out" 2>&1 &
		pid=$!
		check "$room: a test sleeps" wait_for 20 test -s "$MARKS/sleeps"
		kill -"${signal%:*}" $pid
		exits "${signal#*:}" "$room: SIG${signal%:*} ends the run" wait $pid
		check "$room: and the test" gone "$(cat "$MARKS/sleeps")"
		check "$room: and leaves no file" [ -z "$(ls "$tmp/runner")" ]
	done
done
finish
