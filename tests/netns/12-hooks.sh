#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What others do to an attachment, and what stands beside it: status says what is so in each
# direction, a recording that lost a direction is not valid, the device can be detached in every
# case, and nobody else's qdisc, filter or living recorder is touched.
#
#	[vnfth1] vnfth-a 198.18.6.1/30 === 198.18.6.2/30 vnfth-b [vnfth2]	[vnfth3]
# Runs in PID, mount and network namespaces of its own: `detach --all` means these alone.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
if [ -z "${HOOKS_INSIDE:-}" ]; then
	export HOOKS_INSIDE=1 VNFTRACE VNFT_TESTS
	exec unshare --pid --fork --kill-child --mount --net --propagation private --mount-proc \
		"$0" "$@"
fi
mount -t tmpfs tmpfs /run && mkdir /run/netns && mount -t bpf bpf /sys/fs/bpf
tmp=$(mktemp -d)
holder='' recorder=''
cleanup() {
	[ -z "$holder$recorder" ] || kill $holder $recorder 2>/dev/null
	"$VNFTRACE" detach --all >/dev/null 2>&1
	umount "$tmp/held" 2>/dev/null
	for ns in vnfth1 vnfth2 vnfth3; do ip netns del $ns 2>/dev/null; done
	rm -rf "$tmp"
}
trap cleanup EXIT
cleanup
mkdir -p "$tmp"

topology() {
	ip netns add vnfth1 && ip netns add vnfth2 && ip netns add vnfth3 || return 1
	pair
}
pair() {
	ip -n vnfth1 link add vnfth-a type veth peer name vnfth-b netns vnfth2
	ip -n vnfth1 addr add 198.18.6.1/30 dev vnfth-a
	ip -n vnfth2 addr add 198.18.6.2/30 dev vnfth-b
	ip -n vnfth1 link set vnfth-a up
	ip -n vnfth2 link set vnfth-b up
}
in1() { ip netns exec vnfth1 "$@"; }
quiet() { "$@" >/dev/null 2>&1; }
echoes() { quiet in1 ping -q -c "$1" -i 0.01 198.18.6.2; }
attach() { quiet "$VNFTRACE" attach vnfth1/vnfth-a --hook "$1"; }
detached() { exits 0 "$1" quiet "$VNFTRACE" detach "$2"; }
# PATH of the first attachment, as JSON
shown() {
	"$VNFTRACE" status -j >"$tmp/status"
	jq -r "$1" "$tmp/status" | tr '\n' ' '
}
says() {	# WHAT WANT PATH...
	local what=$1 want=$2 got
	shift 2
	got=$(shown "$(printf ',.%s' "$@" | cut -c 2-)")
	if [ "${got% }" = "$want" ]; then ok "$what"; else
		not_ok "$what: \"${got% }\", not \"$want\""; fi
}
filters() { in1 tc filter show dev vnfth-a "$1"; }
qdisc() { in1 tc qdisc show dev vnfth-a | grep -c "$1"; }
pref_of() { filters "$1" | sed -n 's/.*pref \([0-9]*\) .*vnft_.*/\1/p'; }
exists() { [ -e "$1" ]; }

# What takes the program of a direction away, by hook.
take() {	# HOOK in|out
	if [ "$1" = tcx ]; then
		quiet bpftool link detach pinned /sys/fs/bpf/vnftrace/*-*/link_"$2"
	elif [ "$2" = in ]; then
		in1 tc filter del dev vnfth-a ingress
	else
		in1 tc filter del dev vnfth-a egress
	fi
}

halves() {	# HOOK
	local dir other
	for dir in in out; do
		other=in
		[ $dir = out ] || other=out
		attach "$1"
		says "$1: whole" "counting there" "attached[0].state" "attached[0].programs"
		take "$1" $dir
		says "$1: $dir is taken away" "not counting $other only, $dir program removed" \
			"attached[0].state" "attached[0].programs"
		exits 1 "$1: a second attach is refused" quiet "$VNFTRACE" attach vnfth1/vnfth-a
		check "$1: report --dev says it" grep -q "$dir program removed" \
			<("$VNFTRACE" report --dev vnfth1/vnfth-a)
		take "$1" $other
		says "$1: both are" "not counting both programs removed" \
			"attached[0].state" "attached[0].programs"
		detached "$1: without programs it can be detached" vnfth1/vnfth-a
		check "$1: and is" test ! -e /sys/fs/bpf/vnftrace
		quiet in1 tc qdisc del dev vnfth-a clsact
	done
}

robbed() {	# HOOK: a recording that loses a direction
	rm -f "$tmp/ready"
	ip netns exec vnfth1 "$VNFTRACE" attach vnfth-a --hook "$1" >/dev/null
	"$VNFTRACE" record vnfth1/vnfth-a -o "$tmp/r.rec" --force -d 3s -j \
		--ready-file "$tmp/ready" >"$tmp/record" 2>"$tmp/err" &
	recorder=$!
	wait_for 10 exists "$tmp/ready"
	take "$1" in
	exits 3 "$1: robbed of a direction while recording: exit 3" wait $recorder
	recorder=
	check "$1: the page names it" grep -q "out only, in program removed" "$tmp/err"
	check "$1: and is not valid" grep -q '"valid": false' "$tmp/record"
	quiet "$VNFTRACE" detach vnfth1/vnfth-a
	quiet in1 tc qdisc del dev vnfth-a clsact
}

probed() {
	echoes 1
	attach tcx
	ip netns exec vnfth1 "$VNFTRACE" probe icmp 198.18.6.2 -d vnfth-a --count 30 \
		-i 100ms --mac "$(ip -n vnfth2 -o link show vnfth-b |
			sed 's/.*ether \([0-9a-f:]*\).*/\1/')" \
		>"$tmp/page" 2>&1 &
	recorder=$!
	sleep 1
	take tcx out
	exits 3 "a probe whose hook was taken away: exit 3" wait $recorder
	recorder=
	check "and says which" grep -q "in only, out program removed" "$tmp/page"
	quiet "$VNFTRACE" detach vnfth1/vnfth-a
}

moved() {
	local inode
	inode=$(stat -Lc %i /run/netns/vnfth3)
	attach tcx
	ip -n vnfth1 link set vnfth-a name vnfth-c
	says "renamed: status has the new name" "vnfth1/vnfth-c counting" "attached[0].spec" \
		"attached[0].state"
	detached "renamed: detached by the old name" vnfth1/vnfth-a
	ip -n vnfth1 link set vnfth-c name vnfth-a
	attach tcx
	ip -n vnfth1 link set vnfth-a netns vnfth3
	says "moved: status has the new namespace" "vnfth3/vnfth-a counting $inode" \
		"attached[0].spec" "attached[0].state" "attached[0].netns_inode"
	exits 1 "moved: a second attach is refused" quiet "$VNFTRACE" attach vnfth3/vnfth-a
	exits 0 "moved: report --dev" quiet "$VNFTRACE" report --dev vnfth3/vnfth-a
	# Another device takes its number and name where it was.
	local index
	index=$(ip -n vnfth3 -o link show vnfth-a | cut -d: -f 1)
	quiet ip -n vnfth1 link add vnfth-a index "$index" type veth peer name vnfth-d
	exits 0 "moved: the next device of its number is another" attach tcx
	says "moved: and both count" "counting counting" "attached[0].state" "attached[1].state"
	detached "moved: by the new name" vnfth3/vnfth-a
	says "moved: the other stays" "vnfth1/vnfth-a" "attached[0].spec"
	detached "moved: and goes by its own" vnfth1/vnfth-a
	ip -n vnfth1 link del vnfth-a
	quiet "$VNFTRACE" attach vnfth3/vnfth-a --hook tcx
	ip -n vnfth3 link del vnfth-a
	says "gone" "device gone" "attached[0].state"
	detached "gone: one device can be detached alone" vnfth3/vnfth-a
	pair
}

replaced() {
	attach clsact
	local handle
	handle=$(filters ingress | sed -n 's/.*handle \(0x[0-9a-f]*\) vnft_in.*/\1/p')
	in1 tc filter replace dev vnfth-a ingress pref 1 handle "$handle" protocol all bpf \
		bytecode "1,6 0 0 0," flowid 1:1
	says "another program in our filter" "not counting out only, in program replaced" \
		"attached[0].state" "attached[0].programs"
	detached "another program in our filter: detach" vnfth1/vnfth-a
	check "leaves it there" grep -q bpf <(filters ingress)
	in1 tc qdisc del dev vnfth-a clsact
}

ingress_qdisc() {	# tcx where there is one, else a refusal: never on the wrong side
	in1 tc qdisc add dev vnfth-a ingress
	if attach clsact; then
		echoes 3
		says "beside an ingress qdisc: echoes out and in" "3 3 3" \
			"attached[0].out.classes[\"echo-request\"]" \
			"attached[0].in.classes[\"echo-reply\"]" \
			"attached[0].pairings.echo.matched"
		quiet "$VNFTRACE" detach vnfth1/vnfth-a
	else
		check "beside an ingress qdisc: refused with a fix" grep -q "observer module" \
			<("$VNFTRACE" attach vnfth1/vnfth-a --hook clsact 2>&1)
	fi
	check "the ingress qdisc stays" test "$(qdisc ingress)" = 1
	in1 tc qdisc del dev vnfth-a ingress
}

preferences() {
	in1 tc qdisc add dev vnfth-a clsact
	in1 tc filter add dev vnfth-a ingress pref 1 protocol ip u32 match u32 0 0 \
		flowid 1:1
	in1 tc filter add dev vnfth-a egress pref 65535 protocol ip u32 match u32 0 0 \
		flowid 1:1
	"$VNFTRACE" attach vnfth1/vnfth-a --hook clsact >/dev/null 2>"$tmp/err"
	check "taken preferences: attach" [ $? = 0 ]
	check "taken preferences: not first is said" \
		grep -q "not first on ingress: .u32." "$tmp/err"
	check "taken preferences: not last is said" grep -q "not last on egress: .u32." "$tmp/err"
	check "taken preferences: next best" \
		test "$(pref_of ingress) $(pref_of egress)" = "2 65534"
	check "status says who is before us" \
		grep -q "u32.*before us: may hide" <("$VNFTRACE" status)
	check "status says who is behind us" grep -q "u32.*behind us" <("$VNFTRACE" status)
	quiet "$VNFTRACE" detach vnfth1/vnfth-a
	check "their clsact stays" test "$(qdisc clsact)" = 1
	in1 tc qdisc del dev vnfth-a clsact
}

foreign() {
	attach clsact
	in1 tc qdisc del dev vnfth-a clsact
	in1 tc qdisc add dev vnfth-a clsact
	says "a new clsact" "both programs removed" "attached[0].programs"
	quiet "$VNFTRACE" detach vnfth1/vnfth-a
	check "a clsact of somebody else's stays" test "$(qdisc clsact)" = 1
	in1 tc qdisc del dev vnfth-a clsact
	attach clsact
	quiet "$VNFTRACE" detach vnfth1/vnfth-a
	check "one of ours goes" test "$(qdisc clsact)" = 0
}

killed() {	# WHERE SPEC: a recorder dies there; --all finds what it left
	rm -f "$tmp/ready" "$tmp"/k.rec*
	"$VNFTRACE" record "$2" --hook clsact -o "$tmp/k.rec" --force -d 60s \
		--ready-file "$tmp/ready" >/dev/null 2>"$tmp/err" &
	local pid=$!
	wait_for 10 exists "$tmp/ready" || not_ok "killed in $1: $(cat "$tmp/err")"
	kill -KILL $pid
	wait $pid 2>/dev/null
	"$VNFTRACE" detach --all >/dev/null
	exits 1 "killed in $1: no filter stays" grep -q vnft_ <(nsenter --net="${2%/*}" \
		tc filter show dev "${2##*/}" ingress)
}

sweeps() {
	touch "$tmp/held"
	unshare --net="$tmp/held" ip link add v type veth peer name w
	killed "a namespace that is only mounted" "$tmp/held/v"
	umount "$tmp/held"
	rm "$tmp/held"
	unshare -n sleep 60 &
	holder=$!
	wait_for 5 other_net $holder
	nsenter -t $holder -n ip link add v type veth peer name w
	killed "a process's namespace" "/proc/$holder/ns/net/v"
	# Held by a descriptor alone.
	sleep 61 9</proc/$holder/ns/net &
	local keeper=$!
	wait_for 5 exists /proc/$keeper/fd/9
	kill $holder
	wait $holder 2>/dev/null
	holder=$keeper
	killed "a namespace that a descriptor holds" "/proc/$keeper/fd/9/v"
	kill "$keeper"
	wait "$keeper" 2>/dev/null
	holder=
}
other_net() { [ "$(readlink /proc/"$1"/ns/net)" != "$(readlink /proc/self/ns/net)" ]; }

living() {	# a recorder in another PID namespace is not swept
	rm -f "$tmp/ready"
	unshare --pid --fork --mount-proc bash -c '"$@"; exit' - "$VNFTRACE" record vnfth1/vnfth-a \
		--hook clsact -o "$tmp/l.rec" --force -d 5s --ready-file "$tmp/ready" -j \
		>"$tmp/record" 2>"$tmp/err" &
	recorder=$!
	wait_for 10 exists "$tmp/ready"
	"$VNFTRACE" detach --all >/dev/null
	echoes 4
	exits 0 "living in another PID namespace: not swept" wait $recorder
	recorder=
	# Four echoes both ways; ARP asks again when it likes.
	json_true "and it saw everything" "$tmp/record" '.packets >= 8 and .valid'
}

if ! topology; then
	skip "no network namespaces here" "hooks"
	exit 0
fi
hooks=clsact
attach tcx && hooks="tcx clsact"
quiet "$VNFTRACE" detach vnfth1/vnfth-a
echoes 1	# neighbours are known
for hook in $hooks; do
	halves $hook
	robbed $hook
done
if [ "$hooks" = clsact ]; then
	skip "this kernel has no tcx" "moved devices"
else
	moved
	probed
fi
replaced
ingress_qdisc
preferences
foreign
sweeps
living
finish
