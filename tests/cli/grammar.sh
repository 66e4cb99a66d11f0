#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The command-line grammar as a table: grammar.tsv. Nobody runs it: no capability, no side effect.
. "$(dirname "$0")/lib.sh"

# What the table's @NAMES@ stand for.
declare -A file
for name in CAPTURE JSONFILE NOFILE NOTYPE EMPTY BADRECORDS NOTJSON BADTYPE BINTYPE ABLE FIFO; do
	file[$name]=$room/scratch/${name,,}
done
file[NOTYPE]=$room/scratch/notype.conf
file[BADTYPE]=$room/scratch/badtype.conf
file[BINTYPE]=$room/scratch/bintype.conf
file[ABLE]=$room/scratch/able.conf
file[FIFOIMAGE]=$room/scratch/fifoimage.conf
: >"${file[EMPTY]}"
mkfifo "${file[FIFO]}"
printf '\324\303\262\241\002\0\004\0' >"${file[CAPTURE]}"
printf '{"schema": 1}' >"${file[JSONFILE]}"
head -c 640 /dev/zero | tr '\0' 'U' >"${file[BADRECORDS]}"
printf '{"schema": 1, "rows": [' >"${file[NOTJSON]}"
printf 'driver = oci\nmemory = lots\n' >"${file[BADTYPE]}"
printf 'driver = o\000ci\377\n' >"${file[BINTYPE]}"
# A type that can run wherever this does.
cat >"${file[ABLE]}" <<-END
	title = asleep
	driver = exec
	virtualization = container
	topology = veth
	command = sleep 60
	port = none
	END
sed "s,^port,image = ${file[FIFO]}\n&," "${file[ABLE]}" >"${file[FIFOIMAGE]}"

try_table() {	# FILE
	local want holds line bad form where words
	while IFS=$'\t' read -r want holds line; do
		[ -n "$want" ] && [ "${want:0:1}" != '#' ] || continue
		for name in "${!file[@]}"; do
			holds=${holds//@$name@/${file[$name]}}
			line=${line//@$name@/${file[$name]}}
		done
		eval "words=($line)"
		run "${words[@]}"
		bad=""
		[ "$code" = "$want" ] || bad="exit $code, not $want"
		where=$room/${holds%%:*}
		grep -qF -e "${holds#*:}" "$where" ||
			bad="$bad; no '${holds#*:}' on std${holds%%:*}"
		form=$(bad_form "$want")
		if [[ " $line " == *" -j "* || " $line " == *" --json "* ]]; then
			jq -es 'length == 1' "$room/out" >/dev/null 2>&1 ||
				bad="$bad; stdout is not one JSON value"
		fi
		report "vnftrace $line" "$bad${form:+; $form}"
	done <"$1"
}

try_table "$here/grammar.tsv"
if [ "$(id -u)" -eq 0 ] && "$VNFTRACE" doctor -j 2>/dev/null |
	jq -e '[.checks[] | select(.id | contains("cap_")).status] | all(. == "ok")' \
		>/dev/null; then
	nobody() { "$@"; }
	try_table "$here/root.tsv"
	if [ -e /sys/module/vnftrace ]; then
		skip "the module is loaded" "without the module"
	else
		try_table "$here/module.tsv"
		advice='`modprobe vnftrace`' other='no loadable modules'
		[ -e /proc/modules ] || { advice=$other; other='modprobe'; }
		for verb in "attach lo" "record lo -o records" "report --dev lo"; do
			# shellcheck disable=SC2086
			run $verb --observer module
			check "$verb: what is advised would help: $advice" \
				grep -qF "$advice" "$room/err"
			check "$verb: and nothing else" [ -z "$(grep -F "$other" "$room/err")" ]
		done
	fi
	check "the refused commands left no file, the failed ones no directory" \
		[ ! -e "$room/scratch/records" -a ! -e "$room/scratch/results" ]
	run status -j
	check "and no device half attached" [ "$code" = 0 -a -z "$(grep -w '"lo"' "$room/out")" ]
else
	skip "needs every capability: run as root" "refusals with capabilities"
fi
finish
