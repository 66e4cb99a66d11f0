#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module's attachments that last: a device that moves is counted and listed where it is now, one
# that somebody detached or that died is gone from the list alone, and every message names a device
# with its namespace, in a fix that a shell takes (57-fixes.sh).
#
#	[vnftl1] vnftl-a 198.18.6.1/30 === 198.18.6.2/30 vnftl-b [vnftl2]	[vnftl3]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
. tests/lab/leak.sh
tmp=$(mktemp -d)
cleanup() {
	"$VNFTRACE" detach --all >/dev/null 2>&1
	for ns in vnftl1 vnftl2 vnftl3; do ip netns del $ns 2>/dev/null; done
	rmmod vnftrace 2>/dev/null
	rm -rf "$tmp"
}
trap cleanup EXIT
quiet() { "$@" >/dev/null 2>&1; }
v() { "$VNFTRACE" "$@" >"$tmp/out" 2>"$tmp/err"; }
says() { check "$1" grep -qF -e "$2" "$tmp/err"; }
attach() { exits 0 "attach $1" v attach "$1" --observer module; }
listed() { "$VNFTRACE" status -j | jq -r '[.attached[].spec] | sort | join(" ")'; }
is_listed() { check "$1" test "$(listed)" = "$2"; }

echo "# kernel $(uname -r)"
module_load
for ns in vnftl1 vnftl2 vnftl3; do ip netns add $ns || exit 1; done
ip -n vnftl1 link add vnftl-a type veth peer name vnftl-b netns vnftl2
ip -n vnftl1 link add vnftl-c type veth peer name vnftl-d
ip -n vnftl2 addr add 198.18.6.2/30 dev vnftl-b
ip -n vnftl2 link set vnftl-b up
attach vnftl1/vnftl-a
attach vnftl1/vnftl-c
attach vnftl1/vnftl-d
exits 1 "a second attachment is refused" v attach vnftl1/vnftl-a --observer module
says "with the namespace, and the way out" '`vnftrace detach vnftl1/vnftl-a`'

ip -n vnftl1 link set vnftl-a netns vnftl3
ip -n vnftl3 addr add 198.18.6.1/30 dev vnftl-a
ip -n vnftl3 link set vnftl-a up
wait_for 10 ip netns exec vnftl3 ping -q -c 1 -W 1 198.18.6.2 >/dev/null
quiet ip netns exec vnftl3 ping -q -c 5 -i 0.1 198.18.6.2
ip netns exec vnftl2 sysctl -qw net.ipv4.icmp_echo_ignore_all=1
quiet ip netns exec vnftl3 ping -q -c 3 -i 0.1 -W 1 198.18.6.2
is_listed "it moved: it is listed where it is" "vnftl1/vnftl-c vnftl1/vnftl-d vnftl3/vnftl-a"
"$VNFTRACE" status -j >"$tmp/status"
json_true "and counted there" "$tmp/status" \
	'.attached[] | select(.device == "vnftl-a") | .in.classes["echo-reply"] >= 5 and
		.state == "counting" and .pairings.unanswered >= 3'
exits 1 "it moved: a second attachment is refused" v attach vnftl3/vnftl-a --observer module
says "by its name there" '`vnftrace detach vnftl3/vnftl-a`'
exits 1 "it moved: it is not where it was" v detach vnftl1/vnftl-a
exits 0 "it moved: report there" v report --dev vnftl3/vnftl-a --observer module
exits 0 "it moved: detach there" v detach vnftl3/vnftl-a
exits 1 "detached twice" v detach vnftl3/vnftl-a
says "with its namespace" "vnftl3/vnftl-a: not attached"
is_listed "the others stay" "vnftl1/vnftl-c vnftl1/vnftl-d"

ip -n vnftl1 link set vnftl-d netns vnftl3
ip -n vnftl1 link del vnftl-c	# and with it its other end
is_listed "what died is listed no more" ""
exits 1 "nor can it be detached" v detach vnftl1/vnftl-c
says "with its namespace, too" "vnftl1/vnftl-c: "
# Not in a PID namespace of its own, as elsewhere: the module would take it for a container.
VNFT_OBSERVERS=module FIXES_INSIDE=1 unshare --mount --net --propagation private \
	tests/netns/57-fixes.sh || failed=1
module_unload
finish
