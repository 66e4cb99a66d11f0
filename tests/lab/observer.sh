#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module as observer. While it is not loaded, every command that needs it is refused. When it
# is, it must show on real devices what the BPF observer shows (11-observer.sh, 23-malformed.sh,
# 26-ends.sh, 26-two-cpus.sh, 27-loss.sh, 28-tunnels.sh, 29-side.sh).
#
# takes: 180 s
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
trap 'ip netns del vnftx1 2>/dev/null; rmmod vnftrace 2>/dev/null' EXIT
quiet() { "$@" >/dev/null 2>&1; }

echo "# kernel $(uname -r)"
exits 4 "no module: attach says so" quiet "$VNFTRACE" attach lo --observer module
exits 4 "no module: nor can both attach" quiet "$VNFTRACE" attach lo --observer both
exits 0 "no module: status is fine" quiet "$VNFTRACE" status
check "nothing is half attached" test "$("$VNFTRACE" status -j | grep -c '"device":')" = 0
exits 4 "no module: no cross-check" quiet "$VNFTRACE" doctor --cross-check lo
check "the module loads" modprobe vnftrace

# In namespaces of its own for network and processes, as a container (container.c).
contained() { unshare --net --pid --fork "$VNFTRACE" "$@"; }
not_served() {
	local out
	out=$(contained "$@" --observer module 2>&1)
	grep -q 'serves the initial network namespace.*containers=1$' <<<"$out" || echo "$out"
	grep -q 'serves the initial network namespace.*containers=1$' <<<"$out"
}
exits 4 "a container may not attach" quiet contained attach lo --observer module
check "and is told why" not_served attach lo
check "nor record" not_served record lo -t 0.1s -o /dev/null
echo 1 >/sys/module/vnftrace/parameters/containers
exits 0 "unless the host lets it" quiet contained attach lo --observer module
exits 0 "and record" quiet contained record lo -t 0.1s -o /dev/null --observer module
echo 0 >/sys/module/vnftrace/parameters/containers
none_attached() { [ "$("$VNFTRACE" status -j | jq '.attached | length')" = 0 ]; }
check "its attachment goes with its device" wait_for 10 none_attached

VNFT_HOOKS=module VNFT_IPERF_BYTES=20M tests/netns/11-observer.sh || failed=1
VNFT_HOOKS="bpf module" tests/netns/26-ends.sh || failed=1
VNFT_HOOKS="bpf module" tests/netns/26-two-cpus.sh || failed=1
VNFT_HOOKS="bpf module" VNFT_LOSS_BYTES=50000000 tests/netns/27-loss.sh || failed=1
VNFT_HOOKS="bpf module" tests/netns/28-tunnels.sh || failed=1
# Where BPF and the module stand on the same side, they must count the same.
# Not in a PID namespace of its own, as elsewhere: the module would take it for a container.
VNFT_HOOKS="module clsact" VNFT_SIDE_ISOLATED=1 unshare --mount --net --propagation private \
	tests/netns/29-side.sh || failed=1

ip netns add vnftx1 || exit 1
ip netns exec vnftx1 sh -c 'for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 >$f; done'
ip -n vnftx1 tuntap add vnftx-t mode tap
ip -n vnftx1 link set vnftx-t up
check "malformed: as by BPF" ip netns exec vnftx1 "$VNFT_TESTS/netns/malformed" vnftx-t module
check "the module goes" rmmod vnftrace
finish
