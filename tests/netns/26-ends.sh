#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Where a TCP stream ends, for every way its connection can (ends.c). $VNFT_HOOKS as in
# 11-observer.sh: "module" is the kernel module.
#
#	[vnfte-a]  vnfte0 198.18.7.1/30 --- veth --- vnfte1 198.18.7.2/30  [vnfte-b]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
a=vnfte-a-$$ b=vnfte-b-$$
clean() {
	ip netns delete $a 2>/dev/null
	ip netns delete $b 2>/dev/null
}
trap clean EXIT

ip netns add $a && ip netns add $b || exit 1
ip -n $a link add vnfte0 type veth peer name vnfte1 netns $b
ip -n $a addr add 198.18.7.1/30 dev vnfte0
ip -n $b addr add 198.18.7.2/30 dev vnfte1
ip -n $a link set vnfte0 up
ip -n $b link set vnfte1 up
wait_for 10 ip netns exec $a ping -c 1 -W 1 -q 198.18.7.2 >/dev/null || not_ok "no way between"
for hook in ${VNFT_HOOKS:-bpf}; do
	ip netns exec $a "$VNFT_TESTS/netns/ends" "$hook" vnfte0 $b 198.18.7.2 || failed=1
done
finish
