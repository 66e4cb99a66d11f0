#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Stages by BPF on the kernel that runs this, which takes fentry: the topologies of
# tests/netns/25-stages.sh, and each driver hook of tun and veth has to be among what is armed.
#
# boot: --checks memory
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp)
trap 'rm -f "$tmp"' EXIT
[ -z "${VNFT_LAB:-}" ] || modprobe -a veth 8021q
tests/netns/25-stages.sh | tee "$tmp"
check "the topologies pass" test "${PIPESTATUS[0]}" = 0
if grep -q 'veth_xmit: not armed (fentry: Operation not permitted' "$tmp"; then
	skip "this kernel refuses fentry" "driver hooks"
	finish
fi
for hook in veth_xmit veth_poll tun_net_xmit tun_do_read tun_get_user; do
	check "$hook is stamped by fentry" grep -q " $hook: fentry" "$tmp"
done
finish
