#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Manual pages are valid troff; the completion script loads and offers what there is.
. "$(dirname "$0")/lib.sh"

run --list-verbs
verbs=$(cat "$room/out")
for page in "" $verbs; do
	run --man ${page:+"$page"}
	if ! command -v mandoc >/dev/null; then
		skip "no mandoc: apt install mandoc" "vnftrace${page:+-$page}(1) is valid"
		continue
	fi
	check "vnftrace${page:+-$page}(1) is valid" mandoc -T lint -W warning "$room/out"
	mandoc -T utf8 "$room/out" | sed 's|.\x08||g' >"$room/page"
	check "vnftrace${page:+-$page}(1) has its name" \
		grep -q "vnftrace${page:+-$page}" "$room/page"
done

run --completion
cp "$room/out" "$room/completion"
check "the completion script is silent when sourced" \
	bash -uec '[ -z "$(. "$1" 2>&1)" ]' - "$room/completion"

offers() {	# WORDS... (the last is the one being typed): what completion offers
	PATH=$room:$PATH bash -c '
		. "$1"; shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
		_vnftrace
		printf "%s\n" "${COMPREPLY[@]}"' - "$room/completion" "$@"
}
offered() {	# WHAT WORDS...
	local what=$1
	shift
	if offers "$@" | grep -qx -e "$what"; then
		ok "completion offers $what after: $*"
	else
		not_ok "completion offers $what after: $* (got: $(offers "$@" | tr '\n' ' '))"
	fi
}
for verb in $verbs; do
	offered "$verb" vnftrace "${verb:0:2}"
	offered --json vnftrace "$verb" --j
	run "$verb" --help
	for opt in $(sed -nE 's/^  (-[a-zA-Z], |    )(--[a-z0-9-]+).*/\2/p' "$room/out"); do
		offered "$opt" vnftrace "$verb" "${opt:0:5}"
	done
done
offered lo vnftrace attach l
offered container.crun vnftrace types cont
offered container.crun vnftrace bench --types cont
offered container.crun vnftrace bench -T = cont
offered tinyx.kvm,container.crun vnftrace bench -T tinyx.kvm,cont
offered external vnftrace bench --stimulus e
offered external vnftrace bench --stimulus = e
offered jsonl vnftrace export js
offered bench vnftrace --man be
finish
