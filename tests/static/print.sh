#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who may write to a stream: the files that clean what came from outside (lib/text), the help, and
# those few that print numbers or clean by themselves. A new one is added here with its reason.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh

allowed="tools/lib/text/ tools/lib/cli/ tools/vnftrace-oci-hook.c tools/vnftrace-reference.c
tools/vnftrace-process.c
tools/bench/kept/console.c tools/bench/progress.c tools/bench/session.c tools/cmd/report.c
tools/cmd/status.c tools/cmd/top/again.c tools/cmd/top/print.c tools/cmd/types.c
tools/lib/net/netns.c tools/report/export/ tools/report/gates/junit.c
tools/report/html/"
# Calls that write to a stream, and to standard output or error by descriptor.
stream='v?f?printf|vdprintf|dprintf|f?puts|f?putc|putchar|putw|fwrite|perror|psignal|psiginfo'
stream+='|v?warnx?|v?errx?|v?syslog|json_dump(f|fd|_file)'
std='(1|2|STD(OUT|ERR)_FILENO|fileno\((stdout|stderr)\)), '
printing() {	# PATH...
	grep -rnE "\\b(($stream)(_unlocked)?\\(|p?writev?\\($std)" "$@" --include='*.c' |
		grep -vE '^[^:]*:[0-9]*:.*(snprintf|asprintf|json_sprintf)'
}
bad=$(printing tools | while read -r line; do
	for file in $allowed; do
		[[ $line != "$file"* ]] || continue 2
	done
	echo "$line"
done)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
check "text is printed where it is cleaned: $bad" [ -z "$bad" ]
for call in 'printf("%s", s)' 'fputs(s, stderr)' 'dprintf(2, "%s", s)' 'fwrite(s, 1, n, stdout)' \
	'write(STDERR_FILENO, s, n)' 'write(2, s, n)' 'warnx("%s", s)' 'json_dumpfd(v, 1, 0)' \
	'fputs_unlocked(s, stderr)' 'write(fileno(stderr), s, n)'; do
	echo "	$call;" >"$tmp/a.c"
	check "$call would be found" [ -n "$(printing "$tmp")" ]
done
printf '\twrite(fd, s, n);\n\tsnprintf(to, n, "%%s", s);\n' >"$tmp/a.c"
check "and what writes to no terminal is not" [ -z "$(printing "$tmp")" ]
# libbpf and libvirt would print by themselves what kernels and daemons say.
for quiet in libbpf_set_print virSetErrorFunc LIBVIRT_LOG_OUTPUTS; do
	check "$quiet is set in one place" \
		[ "$(grep -rl "$quiet" tools --include='*.c' | wc -l)" = 1 ]
done
bad=$(grep -rn 'json_dumpf(' tools --include='*.c' | grep -v '^tools/lib/text/json.c')
check "JSON is printed by vnft_json_print() alone: $bad" [ -z "$bad" ]
bad=$(grep -rnE '\\(x1b|033|e)\[' tools --include='*.c' | grep -v '^tools/bench/progress.c')
check "escape sequences are sent by the progress line alone: $bad" [ -z "$bad" ]
# A column's title names what it counts: "frames" over a key in bytes reads as "frames in 39 kB".
counts='packets|frames|segments|echoes|records|runs|SYNs'
miscounted() {
	grep -nE "\{ \"($counts)( in| out)?\", \"[^\"]*_(bytes|ns|bps|percent)\" \}" "$@"
}
bad=$(find tools -name '*.c' -exec cat {} + | miscounted)
check "no column of counts shows a key with a unit: $bad" [ -z "$bad" ]
check "one that did would be found" [ -n "$(miscounted <<<'{ "frames in", "in.frame_bytes" },')" ]
finish
