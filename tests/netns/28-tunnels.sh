#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Frames of tunnels, which the stack hands over as one of many segments: they are counted as the
# segments that the sender's socket sent. $VNFT_HOOKS as in 11-observer.sh: "module" is the kernel
# module.
#
#	[vnftu-a]  vnftu0 198.18.9.1/30 ------ veth ------ vnftu1 198.18.9.2/30  [vnftu-b]
#	           vnftu2 198.18.9.5/30 - the tunnel in it - vnftu3 198.18.9.6/30
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
a=vnftu-a-$$ b=vnftu-b-$$
tmp=$(mktemp -d)
clean() {
	ip netns delete $a 2>/dev/null
	ip netns delete $b 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT

ip netns add $a && ip netns add $b || exit 1
ip -n $a link add vnftu0 type veth peer name vnftu1 netns $b
ip -n $a addr add 198.18.9.1/30 dev vnftu0
ip -n $b addr add 198.18.9.2/30 dev vnftu1
ip -n $a link set vnftu0 up
ip -n $b link set vnftu1 up

tunnel() {	# its type, as ip link add has it; the remote end is the last word
	ip -n $a link add vnftu2 type "$@" 198.18.9.2 2>"$tmp/err" || return 1
	ip -n $b link add vnftu3 type "$@" 198.18.9.1
	ip -n $a addr add 198.18.9.5/30 dev vnftu2
	ip -n $b addr add 198.18.9.6/30 dev vnftu3
	# The outer headers leave no room for 1,500 bytes, and not every type knows its way.
	ip -n $a link set vnftu2 mtu 1400 up
	ip -n $b link set vnftu3 mtu 1400 up
}

pass() {	# TYPE...
	local hook
	if ! tunnel "$@"; then
		skip "$(head -1 "$tmp/err")" "tunnel $1"
		return
	fi
	wait_for 10 ip netns exec $a ping -c 1 -W 1 -q 198.18.9.6 >/dev/null ||
		not_ok "$1: no way through"
	for hook in ${VNFT_HOOKS:-bpf}; do
		echo "# $hook: $*"
		"$VNFT_TESTS/netns/transfer" "$hook" $a vnftu0 $b vnftu1 198.18.9.6 20000000 \
			tunnel || failed=1
	done
	ip -n $a link del vnftu2
	ip -n $b link del vnftu3
}

pass vxlan id 7 dstport 4789 remote
pass geneve id 7 remote
pass gretap remote
finish
