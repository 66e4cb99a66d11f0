# SPDX-License-Identifier: GPL-2.0
# Sourced by the command-line tests: run the binary without root, without side effects.
# shellcheck shell=bash

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/lib.sh
. "$here/../lib.sh"

room=$(mktemp -d -t vnft-cli-XXXXXX)
trap 'rm -rf "$room"' EXIT
chmod 755 "$room"

# Somebody without rights may not be able to look into the tree: give them copies.
install -m 755 "$VNFTRACE" "$room/vnftrace"
export VNFT_TYPES=$room/types VNFT_CACHE=$room/cache
mkdir "$room/types" "$room/scratch"
install -m 644 "$here"/../../tools/guest/types/*.conf "$room/types"
[ "$(id -u)" -ne 0 ] || chown 65534:65534 "$room/scratch"
cd "$room/scratch" || exit 1

nobody() {	# COMMAND...: with no capability and no user but "nobody"
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
			--bounding-set=-all --no-new-privs -- "$@"
	else
		"$@"
	fi
}

# run ARGUMENTS...: sets $code; output lands in $room/out and $room/err
run() {
	code=0
	nobody timeout 20 "$room/vnftrace" "$@" >"$room/out" 2>"$room/err" </dev/null || code=$?
}

report() {	# WHAT BAD: BAD says what is wrong, empty for nothing
	if [ -z "$2" ]; then
		ok "$1"
	else
		not_ok "$1: $2"
		sed 's/^/#   stderr: /' "$room/err" | head -3
		sed 's/^/#   stdout: /' "$room/out" | head -3
	fi
}

# What every failure promises: one line on stderr that begins with the tool's name.
bad_form() {	# CODE
	local lines
	lines=$(grep -vc '^vnftrace: warning: ' "$room/err")
	if [ "$1" -eq 0 ]; then
		return
	elif [ "$lines" -ne 1 ]; then
		echo "$lines lines on stderr instead of one"
	elif ! grep -q '^vnftrace: ' "$room/err"; then
		echo "stderr does not begin with vnftrace:"
	fi
}
