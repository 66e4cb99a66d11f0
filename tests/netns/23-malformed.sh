#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 1,000 malformed frames on an attached tap, in both directions: counted by cause, no record
# invented (malformed.c).
#
#	[netns vnftmf-PID]  packet socket --- vnftmf0 (tap, tcx or clsact) --- /dev/net/tun
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
ns=vnftmf-$$
trap 'ip netns delete $ns 2>/dev/null' EXIT
ip netns add $ns || exit 1
# Nothing of the host's own may pass the device: every counter is checked exactly.
ip netns exec $ns sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip -n $ns tuntap add vnftmf0 mode tap
ip -n $ns link set vnftmf0 up
for hook in tcx clsact; do
	check "$hook: all of the above" \
		ip netns exec $ns "$VNFT_TESTS/netns/malformed" vnftmf0 $hook
done
finish
