#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A user who is not root and has the capabilities: every verb does its work; without one of them it
# names that one, and all that are missing at once. Everything is in namespaces of its own, so that
# pins have a bpf file system of ours and no ancestor has an older one.
#
#	[our netns]  198.18.7.1 vnftc0 --- veth --- vnftc1 198.18.7.2 in [vnftc-g]
set -u
cd "$(dirname "$0")/../.." || exit 1
[ -n "${VNFTC_INSIDE:-}" ] || exec env VNFTC_INSIDE=1 unshare --mount --net --pid --fork \
	--mount-proc --propagation private bash "tests/netns/$(basename "$0")"
. tests/lib.sh
mount -t tmpfs tmpfs /run && mkdir /run/netns && mount -t tmpfs tmpfs /mnt || exit 1
mount -t bpf -o mode=700 bpf /sys/fs/bpf || exit 1
tool=/mnt/vnftrace tmp=/mnt/tmp
install -m 755 "$VNFTRACE" $tool
install -d -m 777 $tmp /mnt/types
install -m 644 tools/guest/types/*.conf /mnt/types
export VNFT_TYPES=/mnt/types
tree=$PWD
cd $tmp || exit 1
ip netns add vnftc-g || exit 1
ip link add vnftc0 type veth peer name vnftc1 netns vnftc-g
ip addr add 198.18.7.1/24 dev vnftc0
ip -n vnftc-g addr add 198.18.7.2/24 dev vnftc1
ip link set vnftc0 up
ip -n vnftc-g link set vnftc1 up
ping -qc1 198.18.7.2 >/dev/null || exit 1
ip neigh replace 198.18.7.2 lladdr "$(ip netns exec vnftc-g cat /sys/class/net/vnftc1/address)" \
	dev vnftc0 nud permanent

# CAPS WORD...: as nobody, with these in the ambient set and nothing above in the bounding set
as() {
	local caps=$1
	shift
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps="-all,$caps" \
		--ambient-caps="-all,$caps" --bounding-set="-all,$caps" -- \
		$tool "$@" >out 2>err
}
says() { grep -qF -e "$1" err; }
silent() { ! grep -qF -e "nobody said why" err; }

observe=+bpf,+perfmon,+net_admin
# --- bpffs as the system mounts it: not this user's
for verb in "attach vnftc0" status "detach vnftc0" "detach --all" "report --dev vnftc0"; do
	# shellcheck disable=SC2086 # a verb and its words
	exits 4 "$verb on root's bpf file system" as $observe $verb
	check "$verb: who has to do what is said" \
		says 'install -d -o 65534 -m 700 /sys/fs/bpf/vnftrace'
done
exits 0 "record needs no pins" as $observe record vnftc0 -d 10ms -o a.rec
exits 4 "doctor without the capabilities of bench" as $observe,+net_raw doctor -j
# shellcheck disable=SC2016 # a jq program
is() { jq -e --arg id "$1" --arg status "$2" \
	'.checks[] | select(.id == $id) | .status == $status' out >/dev/null; }
check "doctor: pins are not possible" is bpffs unusable
for id in tcx clsact; do
	skip_why=$(jq -r --arg id $id '.checks[] | select(.id == $id).what' out)
	case $skip_why in
	*"has no tcx"*) skip "$skip_why" "doctor: $id works as record shows" ;;
	*) check "doctor: $id works as record shows" is $id ok ;;
	esac
done
check "and no device of the trial is left" [ -z "$(ip -o link show | grep vnftd)" ]

# --- the command that doctor names, as root
fix=$(jq -r '.lacking[] | select(.id == "bpffs").fix' out)
check "the fix is a command: $fix" bash -c "$fix"
for verb in "attach vnftc0" status "report --dev vnftc0" "detach vnftc0" "detach --all" \
	"record vnftc0 -d 10ms -o b.rec" "probe icmp 198.18.7.2 -d vnftc0 -c 3" "report b.rec"; do
	# shellcheck disable=SC2086
	exits 0 "$verb with the capabilities" as $observe,+net_raw $verb
done
exits 4 "doctor" as $observe,+net_raw doctor -j
check "doctor: and now they are" is bpffs ok

# --- docs/security.md: each command with just what its line says, and without one of them
as $observe record vnftc0 -d 10ms -o table.rec || not_ok "a record file for the table"
table() {	# command, a tab, its capabilities
	sed -n '/^<!-- table: commands -->$/,/^<!-- end -->$/p' "$tree/docs/security.md" |
		sed -nE 's/^\| `(.*)` \| (.*) \|$/\1\t\2/p'
}
words() {	# COMMAND: of the table, with what this test has
	sed 's/DEV/vnftc0/g; s/NEW/vnftc0/g; s/ADDR/198.18.7.2/g; s/FILE/table.rec/g' <<<"$1"
}
sets() {	# CAPABILITIES: of the table, for setpriv
	[ "$1" != none ] || { echo -all; return; }
	sed 's/CAP_/+/g; s/ /,/g' <<<"${1,,}" | sed 's/cap_/+/g'
}
# What has to be there before the command, made by all capabilities.
before() {	# COMMAND
	rm -f new.rec new.pcapng new.html
	case $1 in
	attach*) as $observe detach vnftc0 ;;
	report\ --dev* | detach\ DEV) as $observe attach vnftc0 ;;
	esac
}
lines=0
while IFS=$'\t' read -r command caps; do
	lines=$((lines + 1))
	before "$command"
	# Enough to begin: what it starts wants root.
	# shellcheck disable=SC2046
	[ "$command" = bench ] ||
		exits 0 "$command: $caps is enough" as "$(sets "$caps")" $(words "$command")
	[ "$caps" != none ] || continue
	for lack in $caps; do
		less=$(sed "s/$lack//; s/  / /; s/^ //; s/ $//" <<<"$caps")
		before "$command"
		# shellcheck disable=SC2046
		exits 4 "$command: not without $lack" as "$(sets "$less")" $(words "$command")
		check "it names that one" grep -q "^vnftrace: $lack is missing" err
	done
done < <(table)
check "the table of docs/security.md was read" test "$lines" -ge 12
for verb in $($tool --help | sed -nE 's/^  ([a-z]+)  .*/\1/p'); do
	check "docs/security.md has a word about $verb" \
		grep -qE "^(\| |- \*\*)\`${verb}[ \`]|\*\*\`${verb}[ \`]" "$tree/docs/security.md"
done

exits 4 "probe with nothing" as -all probe icmp 198.18.7.2 -d vnftc0 -c 1
check "names all four at once" says \
	"CAP_NET_RAW, CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN are missing"
exits 4 "bench with nothing" as -all bench
check "names all five at once" says \
	"CAP_NET_ADMIN, CAP_SYS_ADMIN, CAP_NET_RAW, CAP_BPF, CAP_PERFMON are missing"

# --- every fix is a command, or empty with a reason
for caps in "$observe" -all; do
	as "$caps" doctor -j
	check "doctor with $caps: a fix is a command or has a why" test "$(jq '
		all(.lacking[]; .fix != "" or .fix_why != "")' out)" = true
	while read -r fix; do
		check "a command: $fix" bash -nc "$fix"
		case ${fix%% *} in
		apt | chmod | cpupower | install | make | modprobe | mount) ;;
		rmmod | su | usermod) ;;
		*) not_ok "no command that this test knows: $fix" ;;
		esac
	done < <(jq -r '.lacking[].fix | select(. != "")' out)
done
$tool doctor -j >out 2>err
check "root is not told to run as root" test "$(jq \
	'[.. | strings | select(test("as root|^su "))] | length' out)" = 0
check "no verb was without a reason" silent
finish
