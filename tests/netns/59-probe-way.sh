#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Where a probe without a device goes: on this host's own links, and said first; through a router
# only where the user agrees. Host names; loss in percent.
#
#	[vnftw-a-PID] vnftw0 198.18.8.1/30 ---- veth ---- vnftw1 198.18.8.2/30 [vnftw-b-PID]
#	 default via 198.18.8.2                           lo 203.0.113.9, forwards nothing else
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
a=vnftw-a-$$ b=vnftw-b-$$
tmp=$(mktemp -d)
clean() {
	ip netns delete $a 2>/dev/null
	ip netns delete $b 2>/dev/null
	rm -rf "$tmp" "/etc/netns/$a"
}
trap clean EXIT
mkdir -p "/etc/netns/$a"
printf '%s\n' '198.18.8.2 near.test' '203.0.113.9 far.test' '2001:db8:8::2 both.test' \
	'198.18.8.2 both.test' >"/etc/netns/$a/hosts"
ip netns add $a && ip netns add $b || exit 1
ip -n $a link add vnftw0 type veth peer name vnftw1 netns $b || exit 1
ip -n $a addr add 198.18.8.1/30 dev vnftw0
ip -n $b addr add 198.18.8.2/30 dev vnftw1
ip -n $a link set vnftw0 up
ip -n $b link set vnftw1 up
ip -n $b link set lo up
ip -n $b addr add 203.0.113.9/32 dev lo
ip -n $a route add default via 198.18.8.2
ip netns exec $a ping -qc1 198.18.8.2 >/dev/null || exit 1

probe() { ip netns exec $a "$VNFTRACE" probe "$@" >"$tmp/out" 2>"$tmp/err"; }
says() { grep -qF -e "$1" "$tmp/err"; }
got() { test "$(jq "$1" "$tmp/out")" = true; }
# IPv4 alone: the kernel itself sends for IPv6 whenever it likes.
received() { ip netns exec $b awk '$1 == "Ip:" && $4 ~ /^[0-9]+$/ { print $4 }' /proc/net/snmp; }

exits 0 "an address on a link of ours" probe icmp 198.18.8.2 -c 5 -j
check "the way is said" says "probing 198.18.8.2 by vnftw0, directly connected"
check "none is lost" got '.counts.loss_percent == 0'
before=$(received)
exits 2 "an address behind a router" probe icmp 203.0.113.9 -c 5
check "the device and the next hop are named" says "(vnftw0, next hop 198.18.8.2)"
check "and what agrees to it" says "name the device with --dev vnftw0, or go there with --yes-route"
check "nothing was sent" [ "$(received)" = "$before" ]
exits 0 "with --yes-route" probe icmp 203.0.113.9 -c 5 -j --yes-route
check "the way is said first" says "probing 203.0.113.9 by vnftw0, next hop 198.18.8.2"
check "and is in the page" got '.probe.next_hop == "198.18.8.2" and .counts.answered == 5'
exits 0 "with the device" probe icmp 203.0.113.9 -c 5 -j -d vnftw0
check "nothing is to be said" [ ! -s "$tmp/err" ]

exits 0 "a name" probe icmp near.test -c 5 -j
check "its address is said" says "near.test is 198.18.8.2"
check "and probed" got '.probe.to == "198.18.8.2" and .counts.answered == 5'
exits 2 "a name behind a router" probe icmp far.test -c 5
check "is refused as its address is" says "next hop 198.18.8.2"
exits 0 "the family of --src decides" probe icmp both.test --src 198.18.8.1 -c 5 -j
check "between the addresses of a name" got '.probe.to == "198.18.8.2"'
exits 1 "a name that nobody has" probe icmp nobody.invalid -c 5
check "is said to have no address" says "nobody.invalid: no address of that name"
for bad in 198.18.8.300 1.2.3.4.5 2001:db8::zz; do
	exits 2 "no address, and no name: $bad" probe icmp $bad -c 5
done

ip -n $b link set vnftw1 down
exits 1 "where nobody answers" probe icmp 198.18.8.2 -c 5 -j -d vnftw0
ip -n $b link set vnftw1 up
mac=$(ip netns exec $b cat /sys/class/net/vnftw1/address)
ip -n $a neigh replace 198.18.8.2 lladdr "$mac" dev vnftw0
ip netns exec $b sysctl -qw net.ipv4.icmp_echo_ignore_all=1
exits 1 "nor who does not want to" probe icmp 198.18.8.2 -c 5 -d vnftw0
check "all is lost, in percent" grep -qE '^loss +100(\.0)? %$' "$tmp/out"
finish
