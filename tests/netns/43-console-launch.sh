#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The console while an instance launches: first byte, first line of the kernel and of init are
# moments of the launch, each within its bound of the truth. Instances speak at moments that they
# stamp themselves (talker), and then answer (ready). What was not said, cannot be told or is too
# much is null, with the reason. Then a kernel and an init that are real ones.
#
#	[vnft-ID]  tap 198.18.0.1/30 --- /dev/net/tun --- ready, 198.18.0.2
#
# needs: image tinyx
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)
launches=5
quick=(--no-reference --no-rtt --no-throughput --no-memory)

# Words of a type file that tell a guest from a container are the caller's.
type_of() {	# NAME COMMAND LINE...
	local name=$1 command=$2
	shift 2
	printf '%s\n' 'driver = exec' 'topology = tap' 'port = none' 'timeout_s = 10' \
		"command = $command" "$@" >"$tmp/$name.conf"
}
answer() { echo "env ACCEL=@ACCEL@ $VNFT_TESTS/netns/ready @DEV@ $tmp/$1.ready drop 0"; }
talks() {	# NAME FILE STEPS LINE...
	local name=$1 file=$2 steps=$3
	shift 3
	type_of "$name" \
		"$PWD/tests/netns/talker $tmp/$name.said $file $steps -- $(answer "$name")" "$@"
}
launch() {	# NAME
	exits 0 "$1: a bench" to "$tmp/$1.page" "$VNFTRACE" bench -T "$tmp/$1.conf" \
		-r $launches "${quick[@]}" -o "$tmp/$1"
	"$VNFTRACE" report "$tmp/$1/records" -p -j >"$tmp/$1.json"
	jq -r '[.. | objects | select(.name? != null and .time_ns? != null)] | .[] |
		"\(.name) \(.time_ns)"' "$tmp/$1.json" >"$tmp/$1.marks"
}
phase() {	# NAME PHASE FILTER
	json "$tmp/$1/results.json" \
		".rows[0].instantiation.phases[] | select(.name == \"$2\") | $3"
}
# Launches whose mark does not lie between its step's write and the look behind that, a line each.
outside() {	# NAME PHASE STEP LOOK_NS
	awk -v phase="$2" -v step="$3" -v look="$4" '
		FNR == NR {
			if ($1 == "begin") runs++
			if ($1 == "said" && $2 == step) { least[runs] = $3; most[runs] = $4 }
			next
		}
		$1 == "t0" { run++ }
		$1 == phase {
			seen++
			if ($2 < least[run]) print "too early by " least[run] - $2 " ns"
			if ($2 - look > most[run]) print "too late by " $2 - look - most[run] " ns"
		}
		END { if (seen != runs || !runs) print seen + 0 " of " runs + 0 " launches" }
	' "$tmp/$1.said" "$tmp/$1.marks"
}
is_step() {	# NAME PHASE STEP
	local look
	look=$(phase "$1" "$2" '.median_bound_parts_ns.console_look[0]')
	echo "# $1: $2 $(phase "$1" "$2" .median_ns) ns, a look before at most $look ns"
	outside "$1" "$2" "$3" "$look" >"$tmp/outside"
	check "$1: $2 is step $3, within its bound" [ ! -s "$tmp/outside" ]
	sed 's/^/#	/' "$tmp/outside"
	json_true "$1: $2 is userspace's word, and so is the bound" "$tmp/$1/results.json" \
		".rows[0].instantiation.phases[] | select(.name == \"$2\") |
		.clock == \"userspace\" and .n == $launches and
		.median_bound_parts_ns.console_look[0] > 1e5 and
		.median_bound_ns[0] >= .median_bound_parts_ns.console_look[0]"
}
is_null() {	# NAME PHASE REASON
	local why
	why=$(phase "$1" "$2" '"\(.median_ns) \(.n) \(.median_ns_why)"')
	check "$1: no $2, and why: $why" grep -q "^null 0 .*$3" <<<"$why"
}

kvm='virtualization = kvm'
talks boot @CONSOLE@ "'30:1:SeaBIOS\r\n' '60:1:[    0.000000] Linux version 6.1\r\n' \
	'90:1:[    0.5' '110:1:00000] Run /init\r\n' '140:1:Welcome\r\n' '170:1:x'" "$kvm"
launch boot
is_step boot console 1
is_step boot kernel 2
is_step boot init 5
# Would it say so? A mark is that of the look, which comes after the write.
for each in console:1 kernel:2 init:5; do
	outside boot ${each%:*} ${each#*:} 0
done >"$tmp/outside"
check "without the looks they are outside" [ "$(wc -l <"$tmp/outside")" -gt $launches ]
outside boot kernel 3 1000000 >"$tmp/outside"
check "and another step's moment is another" [ -s "$tmp/outside" ]
json_true "durations of each launch have them, and add up" "$tmp/boot/results.json" \
	'.rows[0].launches | length == 5 and all((.phases | map(.took_ns // 0) | add) == .total_ns
	and ([.phases[] | select(.name | IN("console", "kernel", "init")).took_ns] |
		length == 3 and all(. > 0)))'
"$VNFTRACE" report "$tmp/boot" >"$tmp/page"
check "and columns of the page" grep -qE '^type .* run .* console .* kernel .* init ' "$tmp/page"
"$VNFTRACE" compare --phase kernel -j "$tmp/boot" "$tmp/boot" >"$tmp/compare"
json_true "compare knows them" "$tmp/compare" '.rows[0] | .metric == "phase" or .a.n == 5 or
	.a.runs == 5'

talks named @CONSOLE@ "'30:1:loading\n' '60:1:now: ' '90:1:Welcome\n' '120:1:x'" "$kvm" \
	'console_init = Welcome'
launch named
is_step named console 1
is_step named init 2
is_null named kernel 'no line of a Linux kernel'
json_is "its word is in the manifest" Welcome "$tmp/named/results.json" \
	.manifest.types.named.console_init

# Where its VMM speaks as well, the first byte may be that one's.
talks mixed - "'30:1:[    0.000000] x\n' '60:1:Welcome\n' '90:1:x'" "$kvm"
launch mixed
is_null mixed console 'its VMM says'
is_step mixed kernel 1
is_step mixed init 2

talks quiet @CONSOLE@ "'30:1:Welcome\n' '60:1:x'" "$kvm"
launch quiet
is_step quiet console 1
is_null quiet kernel 'no line of a Linux kernel'
is_null quiet init 'no line of its kernel came'

talks silent @CONSOLE@ "'30:0:x'" "$kvm"
launch silent
for each in console kernel init; do is_null silent $each 'said nothing before'; done
type_of absent "$(answer absent)" "$kvm" 'append = @CONSOLE@'
launch absent
for each in console kernel init; do is_null absent $each 'made no file @CONSOLE@'; done
type_of pipe "sh -c 'mkfifo \"\$1\"; shift; exec \"\$@\"' sh @CONSOLE@ $(answer pipe)" "$kvm"
launch pipe
for each in console kernel init; do is_null pipe $each 'no regular file'; done

# One that says more than anybody reads is not read on, and launches all the same.
talks floods @CONSOLE@ "'30:1:x' '60:100000:xxxxxxxx\n' '90:1:[    0.000000] x\n'" "$kvm"
launch floods
is_step floods console 1
is_null floods kernel 'said so much'
is_null floods init 'said so much'

# What has no kernel has no lines of one.
talks program - "'30:1:hello\n' '60:1:[    0.000000] x\n'" 'virtualization = container'
launch program
is_step program console 1
json_is "a program has no phase kernel" 0 "$tmp/program/results.json" \
	'[.rows[0].instantiation.phases[] | select(.name == "kernel")] | length'

# A real kernel, whose lines have their time, or a type that says which line is init's: that kernel
# has no IPv6, of which init complains.
tinyx() {	# NAME WORDS LINE
	sed "s/ quiet / $2 vnft.ip6=none /" tools/guest/types/tinyx.kvm.conf >"$tmp/$1.conf"
	echo "$3" >>"$tmp/$1.conf"
}
tinyx timed printk.time=1 '# no word of init'
tinyx untimed printk.time=0 '# no word of init'
tinyx worded printk.time=0 "console_init = /init: line"
if "$VNFT_TESTS/netns/guest" "$tmp/timed.conf" --check 2>"$tmp/why"; then
	exits 0 "tinyx: a bench" to "$tmp/page" "$VNFTRACE" bench \
		-T "$tmp/timed.conf,$tmp/untimed.conf,$tmp/worded.conf" -r 1 "${quick[@]}" \
		-o "$tmp/tinyx"
	[ $failed = 0 ] || cat "$tmp/page"
	json_true "tinyx: kernel and init, one after the other" "$tmp/tinyx/results.json" \
		'.rows[] | select(.type == "timed") | [.instantiation.phases[] |
		select(.name | IN("console", "kernel", "init")).median_ns] |
		length == 3 and all(. > 0) and . == sort and .[2] > .[1]'
	json_true "tinyx: by a word alone" "$tmp/tinyx/results.json" \
		'.rows[] | select(.type == "worded") | [.instantiation.phases[] |
		select(.name | IN("kernel", "init")).median_ns] |
		length == 2 and all(. > 0) and .[1] > .[0]'
	json_true "tinyx: without either no init, and why" "$tmp/tinyx/results.json" \
		'.rows[] | select(.type == "untimed") | .instantiation.phases |
		any(.name == "kernel" and .median_ns > 0) and
		any(.name == "init" and .median_ns == null and
			(.median_ns_why | test("printk.time")))'
	jq -r '.rows[] | "# \(.type): " + ([.instantiation.phases[] | select(.median_ns) |
		"\(.name) \(.median_ns / 1e6 | round)"] | join(", ")) + " ms"' \
		"$tmp/tinyx/results.json"
else
	skip_type "$(cat "$tmp/why")" tinyx
fi
check "nothing is left" wait_for 10 nothing_left
finish
