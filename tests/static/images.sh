#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each test names in its head the images that its text reads, and no other. A text reads an image by
# its path in the cache, or by the name of a shipped type that uses it. tests/static/runner.sh holds
# that a test cannot find an image which it does not name.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/runner/rooms.sh
. tests/runner/needs.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
series="6.1 6.1-oldest 6.1-rt 6.12"

# Every name that an image has in the cache, but for those that the room of a test boots (all makes
# the others).
all_images() {
	local script s
	for script in scripts/images/*; do
		case ${script##*/} in all | xen | xen-dom0 | kvm-host) continue ;; esac
		[ -x "$script" ] || continue
		echo "${script##*/}"
		for s in $series; do
			echo "${script##*/}-$s"
		done
	done
}

# A test's text: its own and that of the scripts that it sources, without comments.
text_of() {	# FILE
	sed '/^[[:space:]]*#/d' "$1"
	sed -nE 's/^\. (tests\/[^ ]*\.sh)$/\1/p' "$1" | while read -r sourced; do
		text_of "$sourced"
	done
}

# IMAGE... of a type: the first part of its paths.
images_of_type() {	# FILE
	sed -nE 's/^(image|kernel|initrd) = ([^/]+)\/.*/\2/p' "$1"
}

# What the text of a test reads, one name a line; $series is what its loop goes through.
read_by() {	# FILE
	local s type each
	text_of "$1" >"$tmp/text"
	each=$(sed -n 's/.*for series in \(.*\); do$/\1/p' "$tmp/text")
	for s in ${each:-$series}; do
		sed "s/\\\$series/$s/g" "$tmp/text"
	done >"$tmp/each"
	{
		grep -oE '[a-z0-9][a-z0-9.-]*/' "$tmp/each" | tr -d /
		grep -oE 'images/[a-z0-9][a-z0-9.-]*' "$tmp/each" | cut -d/ -f2
		for type in tools/guest/types/*.conf; do
			! grep -qwF "$(basename "$type" .conf)" "$tmp/text" ||
				images_of_type "$type"
		done
	} | sort -u | comm -12 - <(all_images | sort -u)
}

named_by() {	# FILE
	needs_named "$1" | sed -n 's/^image //p' | tr ' ' - | sort -u
}

# Prints what is wrong with a test, a line each.
complaints() {	# FILE
	local script
	comm -23 <(read_by "$1") <(named_by "$1") | sed 's/^/reads and does not name: /'
	comm -13 <(read_by "$1") <(named_by "$1") | sed 's/^/names and does not read: /'
	needs_named "$1" | while read -r kind script _; do
		[ "$kind" != image ] || [ -x "scripts/images/$script" ] ||
			echo "there is no scripts/images/$script"
	done
}

for room in static cli netns xen kvm; do
	for test in $(tests_of $room | sed 's/@.*//' | sort -u); do
		# The command line's tests have an empty cache of their own: types are but names.
		! grep -qF '/lib.sh"' "$(file_of "$test")" || continue
		complaints "$(file_of "$test")" >"$tmp/bad"
		check "$test names the images that it reads" [ ! -s "$tmp/bad" ]
		cat "$tmp/bad"
	done
done

# Would it say so?
other=mini
unread=uni
cat >"$tmp/test.sh" <<-END
	# needs: image ${unread}kernel, image none
	# ${other}linux.kvm in a comment is no reading
	kernel=\$cache/images/debian-kernel-\$series
	vnftrace bench -T tinyx.kvm
END
complaints "$tmp/test.sh" >"$tmp/bad"
for line in "reads and does not name: debian-kernel-6.12" "reads and does not name: tinyx" \
	"names and does not read: ${unread}kernel" "there is no scripts/images/none"; do
	check "it would say: $line" grep -qx "$line" "$tmp/bad"
done
check "and nothing of a comment" [ "$(grep -c "${other}linux" "$tmp/bad")" = 0 ]
finish
