#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A TCP stream that passes on two CPUs at the same moment (two_cpus.c). $VNFT_HOOKS as in
# 11-observer.sh: "module" is the kernel module.
#
#	[vnftc]  vnftc0 === veth === vnftc1
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
ns=vnftc-$$
trap 'ip netns delete $ns 2>/dev/null' EXIT

ip netns add $ns || exit 1
ip netns exec $ns sh -c 'for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 >$f; done'
ip -n $ns link add vnftc0 type veth peer name vnftc1
ip -n $ns link set vnftc0 up
ip -n $ns link set vnftc1 up
for hook in ${VNFT_HOOKS:-bpf}; do
	ip netns exec $ns "$VNFT_TESTS/netns/two_cpus" "$hook" vnftc0 vnftc1 |
		sed "s/^\(ok\|not ok\) - /&$hook: /"
	[ "${PIPESTATUS[0]}" = 0 ] || failed=1
done
finish
