#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In is from the guest, on whichever side of the boundary a device is. $VNFT_HOOKS as in
# 11-observer.sh: "module" is the kernel module.
#
# Runs in PID, mount and network namespaces of its own: `detach --all` means these alone.
#
#	[vnfts1, a host]  vnfts-h 198.18.9.1/30 --- veth --- vnfts-c 198.18.9.2/30  [a process's]
#	               vnfts-l --- veth --- vnfts-w 198.18.9.5/28  [vnfts2: the outside]
#	               vnfts-t: macvtap on vnfts-l, 198.18.9.7
#	               vnfts-v: macvlan on vnfts-l, 198.18.9.6/28  [the process's]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
if [ -z "${VNFT_SIDE_ISOLATED:-}" ]; then
	export VNFT_SIDE_ISOLATED=1 VNFTRACE VNFT_TESTS
	exec unshare --pid --fork --kill-child --mount --net \
		--propagation private --mount-proc bash "$0"
fi
mount -t tmpfs tmpfs /run && mkdir /run/netns && mount -t bpf bpf /sys/fs/bpf || exit 1
tmp=$(mktemp -d) guest='' pid=''
cleanup() {
	[ -z "$guest" ] || kill "$guest" 2>/dev/null
	"$VNFTRACE" detach --all >/dev/null 2>&1
	ip netns del vnfts1 2>/dev/null
	ip netns del vnfts2 2>/dev/null
	rm -rf "$tmp"
}
trap cleanup EXIT
ours() { leftovers | grep -E '^pin '; }
before=$(ours)
in1() { ip netns exec vnfts1 "$@"; }
in2() { ip netns exec vnfts2 "$@"; }
inside() { nsenter -t "$pid" -n "$@"; }
quiet() { "$@" >/dev/null 2>&1; }
how() { if [ "$1" = module ]; then echo "--observer module"; else echo "--hook $1"; fi; }
called() { if [ "$1" = module ]; then echo netfilter; else echo "$1"; fi; }
mac() { "$1" ip -o link show "$2" | sed 's/.*ether \([0-9a-f:]*\).*/\1/'; }

topology() {
	ip netns add vnfts1 && ip netns add vnfts2 || return 1
	# The anonymous namespace of a process, as a container's is.
	unshare --net sleep 600 &
	guest=$! pid=$!
	wait_for 5 away || return 1
	in1 ip link add vnfts-h type veth peer name vnfts-c
	in1 ip link set vnfts-c netns "$pid"
	in1 ip link add vnfts-l type veth peer name vnfts-w netns vnfts2
	in1 ip addr add 198.18.9.1/30 dev vnfts-h
	in2 ip addr add 198.18.9.5/28 dev vnfts-w
	inside ip addr add 198.18.9.2/30 dev vnfts-c
	inside ip link set vnfts-c up
	in1 ip link set vnfts-h up
	in1 ip link set vnfts-l up
	in2 ip link set vnfts-w up
	wait_for 10 in1 ping -q -c 1 -W 1 198.18.9.2 >/dev/null
}
away() { ! [ "/proc/$pid/ns/net" -ef /proc/self/ns/net ]; }

# The frames of a device by direction: "request out, reply in, request in, reply out".
classes() {	# WHAT WANT
	"$VNFTRACE" status -j >"$tmp/status"
	json_is "$1" "$2" "$tmp/status" .attached[0].side \
		'.attached[0].out.classes["echo-request"] // 0' \
		'.attached[0].in.classes["echo-reply"] // 0' \
		'.attached[0].in.classes["echo-request"] // 0' \
		'.attached[0].out.classes["echo-reply"] // 0'
}
attach() {	# HOOK DEV [OPTION]...: from the host
	local hook=$1
	shift
	# shellcheck disable=SC2046
	in1 "$VNFTRACE" attach "$@" $(how "$hook") -j >"$tmp/attach" 2>"$tmp/err" ||
		not_ok "$hook: attach $*: $(cat "$tmp/err")"
}
detach() { quiet "$VNFTRACE" detach --all; }
# 7 from the host to the container, 3 from the container to the host.
talk() {
	in1 ping -q -c 7 -i 0.01 198.18.9.2 >/dev/null
	inside ping -q -c 3 -i 0.01 198.18.9.1 >/dev/null
}

container() {	# HOOK
	local dev hook
	hook=$(called "$1")
	for dev in "pid:$pid/vnfts-c" "/proc/$pid/ns/net/vnfts-c"; do
		attach "$1" "$dev"
		json_is "$1: ${dev%%[0-9]*}: attach says whose end, and its hooks" \
			"guest $hook/egress $hook/ingress" "$tmp/attach" .attached[0].side \
			.attached[0].hook_in .attached[0].hook_out
		talk
		in1 bash -c ': </dev/tcp/198.18.9.2/9' 2>/dev/null
		classes "$1: ${dev%%[0-9]*}: to the container is out, from it is in" "guest 7 7 3 3"
		json_is "$1: ${dev%%[0-9]*}: the host's SYN is out, and its RST met it" "1 1" \
			"$tmp/status" .attached[0].out.classes.syn \
			'.attached[0].pairings["syn-rst"].matched'
		"$VNFTRACE" report --dev "$dev" -j $(by "$1") >"$tmp/page"
		json_is "$1: ${dev%%[0-9]*}: what the host asks is the guest's share" "guest 7 3" \
			"$tmp/page" .device.side \
			'.pairings[] | select(.pairing == "echo" and .request == "out").n' \
			'.pairings[] | select(.pairing == "echo" and .request == "in").n'
		detach
	done
	attach "$1" "pid:$pid/vnfts-c" --side host
	talk
	classes "$1: --side host: as the device itself sees it" "host 3 3 7 7"
	detach
}
by() { [ "$1" != module ] || echo "--observer module"; }

# The records of a recording, with its stages: each says its direction by itself.
records() {	# HOOK [OPTION]...: what talk sent is in $tmp/page and $tmp/packets
	local hook=$1
	shift
	rm -f "$tmp/ready"
	# shellcheck disable=SC2046
	ip netns exec vnfts1 "$VNFTRACE" record "pid:$pid/vnfts-c" -o "$tmp/r.rec" --force \
		-t 60s -j "$@" $(how "$hook") --stages net_dev_queue,netif_receive_skb \
		--ready-file "$tmp/ready" >"$tmp/record" 2>"$tmp/err" &
	local recorder=$!
	wait_for 30 test -e "$tmp/ready" || not_ok "$hook: record: $(cat "$tmp/err")"
	talk
	kill $recorder
	wait $recorder
	"$VNFTRACE" report "$tmp/r.rec" -j >"$tmp/page"
	"$VNFTRACE" report -p "$tmp/r.rec" -j >"$tmp/packets"
}
recorded() {	# HOOK
	local hook
	hook=$(called "$1")
	records "$1"
	json_is "$1: record says the side" guest "$tmp/record" .devices[0].side
	json_is "$1: so does the file" "guest $hook/egress $hook/ingress" "$tmp/page" \
		.devices[0].side .devices[0].hook_in .devices[0].hook_out
	json_is "$1: requests and replies of the file" "3 7 7 3" "$tmp/page" \
		'.classes[] | select(.class == "echo-request") | .in, .out' \
		'.classes[] | select(.class == "echo-reply") | .in, .out'
	json_is "$1: the pairs of the file" "7 3" "$tmp/page" \
		'.pairings[] | select(.pairing == "echo" and .request == "out").matched' \
		'.pairings[] | select(.pairing == "echo" and .request == "in").matched'
	# ARP may be among them.
	json_is "$1: what it receives goes to the guest, stage by stage" "out true in true" \
		"$tmp/page" '.stages[] | select(.from == "netif_receive_skb") | .dir, .n >= 10' \
		'.stages[] | select([.from, .to] | contains(["net_dev_queue"])) | .dir, .n >= 10'
	json_is "$1: record by record" "in out" "$tmp/packets" \
		"[.[] | select(.hook == \"$hook/egress\").dir] | unique[]" \
		"[.[] | select(.hook == \"$hook/ingress\").dir] | unique[]"
	attach "$1" "pid:$pid/vnfts-c"
	records "$1"
	json_is "$1: an attachment lends its side to the recorder" guest "$tmp/page" \
		.devices[0].side
	records "$1" --side host
	json_is "$1: unless the other one is asked for" "host 7 3" "$tmp/page" .devices[0].side \
		'.classes[] | select(.class == "echo-request") | .in, .out'
	detach
}

# The guest's own kinds of device. What comes through it from the outside goes to the guest.
macvlan() {	# HOOK
	# One address for all of them, or the outside would look for the last one.
	in1 ip link add link vnfts-l name vnfts-v address 02:00:00:00:09:06 type macvlan \
		mode bridge 2>/dev/null || {
		skip "no macvlan here" "$1: macvlan"
		return
	}
	in1 ip link set vnfts-v netns "$pid"
	inside ip addr add 198.18.9.6/28 dev vnfts-v
	inside ip link set vnfts-v up
	wait_for 10 in2 ping -q -c 1 -W 1 198.18.9.6 >/dev/null
	attach "$1" "pid:$pid/vnfts-v"
	in2 ping -q -c 5 -i 0.01 198.18.9.6 >/dev/null
	inside ping -q -c 2 -i 0.01 198.18.9.5 >/dev/null
	classes "$1: macvlan: from the outside is out" "guest 5 5 2 2"
	detach
	inside ip link del vnfts-v
}
frame() {	# DESTINATION SOURCE: an echo request from 198.18.9.7 to 198.18.9.5, by its VMM
	local virtio=00000000000000000000
	printf '%s' "$virtio${1//:/}${2//:/}0800" \
		450000240001000040010000c6120907c6120905 0800000000010001 0000000000000000
}
write_frame() {	# FILE HEX
	local hex=$2 text=''
	while [ -n "$hex" ]; do
		text+="\\x${hex:0:2}" hex=${hex:2}
	done
	# shellcheck disable=SC2059
	printf "$text" | dd of="$1" bs=4096 status=none
}
macvtap() {	# HOOK
	in1 ip link add link vnfts-l name vnfts-t type macvtap mode bridge 2>/dev/null || {
		skip "no macvtap here" "$1: macvtap"
		return
	}
	in1 ip link set vnfts-t up
	local numbers i
	# Its file, wherever devices are kept: sysfs shows that of its own namespace only.
	numbers=$(in1 sh -c 'cat /sys/class/net/vnfts-t/macvtap/tap*/dev')
	mknod "$tmp/tap" c "${numbers%:*}" "${numbers#*:}" || return
	in2 ip neigh replace 198.18.9.7 lladdr "$(mac in1 vnfts-t)" dev vnfts-w nud permanent
	attach "$1" vnfts-t
	json_is "$1: macvtap: found by its kind" "guest by its kind" "$tmp/attach" \
		.attached[0].side .attached[0].side_why
	in2 ping -q -c 5 -i 0.01 -W 1 198.18.9.7 >/dev/null
	for i in 1 2; do
		write_frame "$tmp/tap" "$(frame "$(mac in2 vnfts-w)" "$(mac in1 vnfts-t)")"
	done
	classes "$1: macvtap: to the VMM is out, what it writes is in" "guest 5 0 2 0"
	detach
	rm -f "$tmp/tap"
	in1 ip link del vnfts-t
}
ipvlan() {	# HOOK: one driver, two kinds
	local kind
	for kind in ipvlan ipvtap; do
		in1 ip link add link vnfts-l name vnfts-i type $kind 2>/dev/null || {
			skip "no $kind here" "$1: $kind"
			continue
		}
		attach "$1" vnfts-i
		json_is "$1: $kind: found by its kind" guest "$tmp/attach" .attached[0].side
		detach
		in1 ip link del vnfts-i
	done
}

# Which side an end is on, where it is and however it is called.
all_sides='.attached[].side'
sides() {	# HOOK
	attach "$1" vnfts-h vnfts2/vnfts-w vnfts-l
	json_is "$1: the host's ends, and one that leads to the host" "host guest host" \
		"$tmp/attach" "$all_sides"
	detach
	# shellcheck disable=SC2046
	"$VNFTRACE" attach vnfts1/vnfts-l vnfts2/vnfts-w "pid:$pid/vnfts-c" $(how "$1") -j \
		>"$tmp/attach"
	json_is "$1: from elsewhere: named namespaces are hosts, a process's is a guest" \
		"host host guest" "$tmp/attach" "$all_sides"
	detach
	inside ip link add vnfts-b type bridge 2>/dev/null || return
	inside ip link set vnfts-c master vnfts-b
	attach "$1" "pid:$pid/vnfts-c" "pid:$pid/vnfts-b"
	json_is "$1: a bridge and its ports are a host's" "host host" "$tmp/attach" "$all_sides"
	detach
	inside ip link del vnfts-b
}

# A program of ours that somebody removed is named by the direction that it counted.
half() {
	attach tcx "pid:$pid/vnfts-c"
	quiet bpftool link detach pinned /sys/fs/bpf/vnftrace/*-*/link_out
	"$VNFTRACE" status -j >"$tmp/status"
	json_is "without its program on egress it does not count what comes from the guest" \
		"not counting false true out only, in program removed" "$tmp/status" \
		.attached[0].state .attached[0].counts_in .attached[0].counts_out \
		.attached[0].programs
	detach
}

topology || { not_ok "the devices"; finish; }
hooks=${VNFT_HOOKS:-}
if [ -z "$hooks" ]; then
	hooks=clsact
	in1 "$VNFTRACE" attach vnfts-h --hook tcx >/dev/null 2>&1 && hooks="tcx clsact"
	detach
fi
for hook in $hooks; do
	container "$hook"
	recorded "$hook"
	macvlan "$hook"
	macvtap "$hook"
	ipvlan "$hook"
	sides "$hook"
	[ "$hook" != tcx ] || half
done
check "nothing is left" test "$(ours)" = "$before"
finish
