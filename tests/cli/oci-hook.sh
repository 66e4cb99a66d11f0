#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the OCI hook refuses. It says one line each, because the runtime copies it into its log.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
hook=$(dirname "$VNFTRACE")/vnftrace-oci-hook

refuses() {	# WORDS STATE ARGUMENTS...
	local words=$1 state=$2 got=0 said
	shift 2
	said=$(printf '%s' "$state" | "$hook" "$@" 2>&1) || got=$?
	if [ $got = 2 ] && [ "$(printf '%s\n' "$said" | wc -l)" = 1 ] &&
		grep -q "$words" <<<"$said"; then
		ok "refused: ${*:-no arguments} < '${state:0:20}'"
	else
		not_ok "exit $got, not 2, or not '$words': $* < '$state': $said"
	fi
}
good=(vnftv vnftb 198.18.0.2 30 198.18.0.1 02:00:00:00:00:02)
refuses usage ''
refuses usage '' "${good[@]}" more
refuses 'not an IPv4 address' '' vnftv vnftb 198.18.0.256 30 198.18.0.1 02:00:00:00:00:02
refuses 'not an IPv4 address' '' vnftv vnftb 198.18.0.2 30 ::1 02:00:00:00:00:02
refuses 'a prefix, 1 to 31' '' vnftv vnftb 198.18.0.2 32 198.18.0.1 02:00:00:00:00:02
refuses 'not a MAC' '' vnftv vnftb 198.18.0.2 30 198.18.0.1 02:00:00:00:02
refuses 'no container state' '' "${good[@]}"
refuses 'no container state' '{"pid": ' "${good[@]}"
refuses 'no container state' '{"pid": 1}' "${good[@]}"
refuses 'no container state' '{"pid": "77"}' "${good[@]}"
refuses 'no container state' '["pid", 77]' "${good[@]}"
# One more than the largest number of a process, and two that 32 bits would take for this shell.
refuses 'no container state' '{"pid": 4194305}' "${good[@]}"
refuses 'no container state' "{\"pid\": $((1 << 32 | $$))}" "${good[@]}"
refuses 'no container state' "{\"pid\": -$(((1 << 32) - $$))}" "${good[@]}"
# A process beside the caller: its route would be replaced.
refuses 'in the network namespace of its bridge' "{\"pid\": $$}" "${good[@]}"
finish
