#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A TCP stream over a way that loses 1 % of the frames, and over one that reorders them, where the
# kernel has netem. $VNFT_HOOKS as in 11-observer.sh: "module" is the kernel module.
#
#	[vnftl-a]                                            [vnftl-b]
#	vnftl0 198.18.8.1/30 ---------- veth, netem -------- vnftl1 198.18.8.2/30
#	vnftl2 198.18.8.5/30 --- tap - relay, loses - tap -- vnftl3 198.18.8.6/30
#	sends                                                receives
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
a=vnftl-a-$$ b=vnftl-b-$$ relay=""
tmp=$(mktemp -d)
bytes=${VNFT_LOSS_BYTES:-100000000}
clean() {
	[ -z "$relay" ] || kill "$relay" 2>/dev/null
	ip netns delete $a 2>/dev/null
	ip netns delete $b 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT

ip netns add $a && ip netns add $b || exit 1
ip -n $a link add vnftl0 type veth peer name vnftl1 netns $b
ip -n $a tuntap add vnftl2 mode tap
ip -n $b tuntap add vnftl3 mode tap
ip -n $a addr add 198.18.8.1/30 dev vnftl0
ip -n $b addr add 198.18.8.2/30 dev vnftl1
ip -n $a addr add 198.18.8.5/30 dev vnftl2
ip -n $b addr add 198.18.8.6/30 dev vnftl3
for dev in vnftl0 vnftl2; do ip -n $a link set $dev up; done
for dev in vnftl1 vnftl3; do ip -n $b link set $dev up; done

pass() {	# WHAT FROM TO ADDRESS lost|late
	local hook
	wait_for 10 ip netns exec $a ping -c 1 -W 1 -q "$4" >/dev/null || not_ok "$1: no way to $4"
	for hook in ${VNFT_HOOKS:-bpf}; do
		echo "# $hook: $1"
		"$VNFT_TESTS/netns/transfer" "$hook" $a "$2" $b "$3" "$4" "$bytes" "$5" || failed=1
	done
}

for form in gso plain; do
	"$VNFT_TESTS/netns/relay" $a vnftl2 $b vnftl3 $form 100 2>"$tmp/relay" &
	relay=$!
	pass "one of 100 $form frames is lost" vnftl2 vnftl3 198.18.8.6 lost
	kill $relay
	wait $relay 2>/dev/null
	relay=""
done
for netem in "loss 1%" "delay 1ms reorder 99%"; do
	# shellcheck disable=SC2086
	if ! tc -n $a qdisc replace dev vnftl0 root netem $netem limit 100000 2>"$tmp/netem"; then
		skip "$(head -1 "$tmp/netem")" "netem $netem"
		continue
	fi
	case $netem in loss*) what=lost ;; *) what=late ;; esac
	pass "netem $netem" vnftl0 vnftl1 198.18.8.2 $what
done
finish
