#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The page of types: every shipped type with what it is, what it needs and whether it runs here, in
# 80 columns; of one that cannot, what is missing.
set -u
. "$(dirname "$0")/lib.sh"

"$VNFTRACE" types >"$room/page"
"$VNFTRACE" types -j >"$room/json"
# The table of what is missing has whole sentences with a command in each.
sed '/^What is missing$/,$d' "$room/page" >"$room/tables"
shipped=$(cd "$VNFT_TYPES" && printf '%s\n' *.conf | sed 's/\.conf$//' | sort)
each() { awk -v table="$1" 'NF && $0 == table { on = 1; next } !NF { on = 0 } on { print $1 }
	' "$room/$2" | grep -vx type | sort; }

check "the tables fit 80 columns" \
	[ -z "$(LC_ALL=C.UTF-8 grep -nE '.{81}' "$room/tables")" ]
check "the first has every type" \
	[ "$(sed '/^$/,$d' "$room/tables" | awk 'NR > 1 { print $1 }' | sort)" = "$shipped" ]
check "so has that of what each needs" [ "$(each 'What each needs' tables)" = "$shipped" ]
check "each line says whether it runs here" \
	[ "$(sed '/^$/,$d' "$room/tables" | awk 'NR > 1 { print $NF }' | grep -vxE 'yes|no')" = "" ]
json_true "every type says what it is, what it needs, and why not" "$room/json" '.types |
	length > 5 and all((.title | length) > 0 and (.requires | contains("; ")) and
	(.possible or (.missing | length) > 0))'
json_is "what cannot run is listed with its reason" true "$room/json" \
	'[.types[] | select(.possible | not) | .name] == [.impossible[].name]'
check "on the page, too" [ "$(each 'What is missing' page)" = \
	"$(jq -r '.impossible[].name' "$room/json" | sort)" ]

# A type is a file: nothing else has to know it.
printf '%s\n' 'title = Mine' 'driver = exec' 'virtualization = container' 'topology = veth' \
	'command = /no/such/program' >"$VNFT_TYPES/mine.conf"
"$VNFTRACE" types >"$room/page"
check "a file more is a line more" grep -qE '^mine  *Mine  *none  *no$' "$room/page"
check "with what it needs" grep -qE '^mine  *exec; no image$' "$room/page"
check "and what is missing" grep -qE '^mine  .*/no/such/program' "$room/page"
finish
