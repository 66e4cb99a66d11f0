#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every option of every verb, as --help lists them. A wrong value must be refused by the option's
# name, before anything is done. How an option refuses "xyz" tells its kind. An unknown option comes
# behind it, so that a verb that accepts "xyz" does nothing either.
. "$(dirname "$0")/lib.sh"

refuses() {	# WHAT-IT-HOLDS VERB ARGUMENTS...
	local holds=$1 bad=""
	shift
	run "$@"
	[ "$code" -eq 2 ] || bad="exit $code, not 2"
	grep -qF -e "$holds" "$room/err" || bad="$bad; no '$holds' on stderr"
	report "vnftrace $*" "$bad$(bad_form 2)"
}

try_option() {	# VERB OPTION TAKES-ARGUMENT
	local verb=$1 opt=$2 value
	if [ -z "$3" ]; then
		refuses "$opt: x: it takes no value" "$verb" "$opt=x"
		return
	fi
	refuses "$opt: no value" "$verb" "$opt"
	run "$verb" "$opt" xyz --no-such-option
	case $(cat "$room/err") in
	*"not a whole number"*)
		for value in -1 1x '' 1.5; do
			refuses "$opt: $value: not a whole number" "$verb" "$opt" "$value"
		done
		refuses "$opt: 99999999999999999999999: out of range" \
			"$verb" "$opt" 99999999999999999999999
		;;
	*"not a duration"*)
		refuses "$opt: -1ms: not a duration" "$verb" "$opt" -1ms
		refuses "$opt: 10: no unit" "$verb" "$opt" 10
		refuses "$opt: 10lightyears: unknown unit" "$verb" "$opt" 10lightyears
		refuses "$opt: 99999999999999999999s: too large" \
			"$verb" "$opt" 99999999999999999999s
		;;
	*"not one of"*)
		refuses "$opt: xyz: not one of" "$verb" "$opt" xyz
		refuses "$opt: : not one of" "$verb" "$opt" ''
		;;
	*--no-such-option*)
		refuses "$opt: " "$verb" "$opt" ''
		;;
	*)
		report "vnftrace $verb $opt xyz: a refusal that names the kind" \
			"none of the known ones"
		;;
	esac
}

run --list-verbs
verbs=$(cat "$room/out")
for verb in doctor types attach status detach top record path report export compare probe bench; do
	check "the verb $verb exists" grep -qx "$verb" <<<"$verbs"
done
for verb in $verbs; do
	run "$verb" --help
	bad=""
	[ "$code" -eq 0 ] || bad="exit $code, not 0"
	head -1 "$room/out" | grep -q "^Usage: vnftrace $verb " || bad="$bad; no usage line"
	[ ! -s "$room/err" ] || bad="$bad; talk on stderr"
	report "vnftrace $verb --help" "$bad"
	awk 'length($0) > 100 { bad = 1 } END { exit bad }' "$room/out" ||
		not_ok "$verb --help: a line over 100 columns"
	cp "$room/out" "$room/help"
	run --man "$verb"
	cp "$room/out" "$room/man"
	# "  -r, --runs N  help" and "      --hook auto|tcx  help": the name, and whether an
	# argument follows
	sed -nE 's/^  (-[a-zA-Z], |    )(--[a-z0-9-]+)( ([^ ]+))?(  .*)?$/\2 \4/p' "$room/help" \
		>"$room/options"
	for common in json verbose help; do
		grep -q "^--$common " "$room/options" ||
			not_ok "$verb --help does not mention --$common"
	done
	while read -r opt arg; do
		grep -qF -e "${opt//-/\\-}" "$room/man" ||
			not_ok "vnftrace-$verb(1) does not mention $opt"
		try_option "$verb" "$opt" "$arg"
	done <"$room/options"
	refuses "unknown option" "$verb" --no-such-option
done
finish
