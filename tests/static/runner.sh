#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tests/run itself, in a tree of four tests and one image: what it selects, counts and shows, and
# that a test finds the images that it names, made when there are none, and no other.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/static/tree.sh

for image in probe other; do
	file "scripts/images/$image" <<-END
		#!/bin/bash
		. "\$(dirname "\$0")/lib.sh"
		image_open $image
		echo of $image >"\$out/text"
		image_close
	END
done
file scripts/images/never <<-'END'
	#!/bin/bash
	echo "no such luck" >&2
	exit 1
END
file tests/netns/10-names.sh <<-'END'
	#!/bin/bash
	# needs: image probe
	[ "$(cat "$VNFT_CACHE/images/probe/text")" = "of probe" ] && echo "ok - it is there"
	[ ! -e "$VNFT_CACHE/images/other" ] && echo "ok - others are not"
	echo "ok - needs luck # SKIP none here"
	echo "# 42 is a number"
END
file tests/static/lacks.sh <<-'END'
	#!/bin/bash
	if [ -e "$VNFT_CACHE/images/probe" ]; then echo "ok - it is there"; else
		echo "not ok - it is there"; echo "here is why"; exit 1
	fi
END
file tests/static/never.sh <<-'END'
	#!/bin/bash
	# needs: image never
	echo "ok - runs all the same"
END
file tests/static/mute.sh <<-'END'
	#!/bin/bash
END
file tests/static/ends.sh <<-'END'
	#!/bin/bash
	echo "ok - begins well"
	exit 3
END

run netns
is "a test that names its image, and an empty cache" 0 "2 passed, 0 failed, 1 skipped"
check "it is said that the image was made" says 'image probe: .* in [0-9]+ s'
check "and what is skipped, and why" says '  skip: needs luck # SKIP none here'
check "and the number that was measured" says '  42 is a number'
check "but no case that passed" [ "$(grep -c 'it is there' "$tmp/out")" = 0 ]
"$tree/scripts/images/other" 2>"$tmp/out"
run netns/names
is "a test by name, while the cache has another image" 0 "2 passed, 0 failed, 1 skipped"
check "an image that is there is not made again" [ "$(grep -c '^image' "$tmp/out")" = 0 ]
run static/lacks
is "a test that reads an image which it does not name" 1 "0 passed, 1 failed, 0 skipped"
check "a failure shows the whole log" says '    here is why'
check "and the name that repeats it" says 'FAIL static/lacks \(.*'
check "the case is named again before the last line" \
	[ "$(tail -n 2 "$tmp/out" | head -n 1)" = "FAIL static/lacks: it is there" ]
run static/never
is "an image that cannot be made" 1 "0 passed, 1 failed, 0 skipped"
check "the log says why" says '    .*cannot make image never: no such luck'
run static/mute.sh
is "a test without a case" 1 "0 passed, 1 failed, 0 skipped"
run static/ends
is "a test that exits non-zero" 1 "1 passed, 1 failed, 0 skipped"
check "and so is a test that says no case" says 'FAIL static/ends: exit 3: ok - begins well'
run static/ends netns static/ends
is "several arguments, each test once" 1 "3 passed, 1 failed, 1 skipped"
run -v netns/10-names
is "-v" 0 "2 passed, 0 failed, 1 skipped"
check "-v shows the command" says 'netns/10-names: \+ .*tests/netns/10-names\.sh'
check "-v shows what it prints" says 'netns/10-names: ok - it is there'
run -l static netns
check "-l lists" [ "$code $(xargs <"$tmp/out")" = \
	"0 static/ends static/lacks static/mute static/never netns/10-names" ]
run static/none
is "no such test" 2 "tests/run: static/none: no such test: tests/run -l static lists them"
run netns/names@6.1
check "a test that runs on no kernel" [ $code = 2 ]
run none/names
check "no such room" [ $code = 2 ]

# What runs where, by the real tree's list.
listed() { [ "$(tests/run -l "$1" | xargs)" = "$2" ]; }
check "a lab test is two, one on each kernel" \
	listed lab/probe.sh "lab/probe@6.1 lab/probe@6.12"
check "and on a third if its head says so" \
	listed lab/stages "lab/stages@6.1 lab/stages@6.12 lab/stages@6.1-rt"
check "or one" listed lab/stages@6.12 lab/stages@6.12
check "a program of the lab is a test when its head says what runs it" listed lab/genl@6.1 \
	lab/genl@6.1
check "and else it is not" [ "$(tests/run -l lab | grep -c '/mix')" = 0 ]
check "every script that can be run is a test" [ -z "$(comm -3 \
	<(find tests/{static,cli,netns,lab,xen,kvm} -name '*.sh' -perm -100 |
		sed 's/^tests.//; s/\.sh$//' | sort) \
	<(tests/run -l static cli netns lab xen kvm | sed 's/@.*//' | sort -u |
		while read -r test; do [ ! -e "tests/$test.sh" ] || echo "$test"; done))" ]
finish
