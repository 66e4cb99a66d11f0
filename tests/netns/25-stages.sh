#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Stages of the host by the BPF observer: each hook that this kernel gives stamps each recorded
# frame exactly once, in the kernel's order, and no other device's (tests/netns/stages.c counts).
#
#		[vnftst-PID-a]                                      [vnftst-PID-b]
#	veth	vnftst0 198.18.9.1/30 ----------------------------- vnftst0 198.18.9.2/30
#		vnftst9 (same name, same addresses one higher, recorded without stages) vnftst9
#	tap	vnftst1 198.18.9.9/30 - tap - relay (a VMM) - tap - vnftst1 198.18.9.10/30
#		vnftst1.5 198.18.9.13/30 (802.1Q)                   vnftst1.5 198.18.9.14/30
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
a=vnftst-$$-a b=vnftst-$$-b tmp=$(mktemp -d)
relay="" server="" dump=""
clean() {
	for p in $relay $server $dump; do kill "$p" 2>/dev/null; done
	ip netns delete $a 2>/dev/null
	ip netns delete $b 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT
echo "# kernel $(uname -r)"

for ns in $a $b; do
	ip netns add $ns || exit 1
	ip netns exec $ns sysctl -qw net.ipv6.conf.default.accept_dad=0
	ip -n $ns link set lo up
done
pair() {	# DEV ADDRESS: a veth between the two, ADDRESS and the next one
	ip -n $a link add "$1" type veth peer name "$1" netns $b
	ip -n $a addr add "198.18.9.$2/30" dev "$1"
	ip -n $b addr add "198.18.9.$(($2 + 1))/30" dev "$1"
	ip -n $a link set "$1" up
	ip -n $b link set "$1" up
}
pair vnftst0 1
pair vnftst9 5
ip -n $a addr add fd00:9::1/64 dev vnftst0 nodad
ip -n $b addr add fd00:9::2/64 dev vnftst0 nodad
ip netns exec $b iperf3 -s >"$tmp/server" 2>&1 &
server=$!
listening() {
	ip netns exec $b ss -ltn 2>/dev/null | grep -q :5201 || grep -q listening "$tmp/server"
}
wait_for 10 listening

stages() {	# WHAT ARGS...: the program's own lines, named
	local what=$1
	shift
	"$VNFT_TESTS/netns/stages" "$@" >"$tmp/out" 2>&1
	local code=$?
	grep -aE '^(ok|not ok|#)' "$tmp/out" | grep -v '^# [0-9]* checks' |
		sed "s/^\(ok\|not ok\) - /&$what: /; s/$$/PID/g"
	[ $code -eq 0 ] || { cat "$tmp/out"; not_ok "$what: exit $code"; }
}
# The lab's emulated kernels take seconds for each load: every hook there, but not every variant.
thorough() { [ -z "${VNFT_LAB:-}" ]; }
pings=200 bytes=8M
thorough || pings=50 bytes=2M
cat >"$tmp/mixed" <<EOF
set -e
ip netns exec $a ping -q -c $pings -i 0.002 \$1 >$tmp/ping
ip netns exec $b ping -q -c 50 -i 0.01 -s 1400 \$2 >>$tmp/ping
[ -z "\$3" ] || ip netns exec $a ping -q -c 50 -i 0.01 \$3 >>$tmp/ping
ip netns exec $a ping -q -c 20 -i 0.01 198.18.9.6 >>$tmp/ping
ip netns exec $a iperf3 -c \$1 -n $bytes >$tmp/iperf
ip netns exec $a iperf3 -c \$1 -R -n $bytes >>$tmp/iperf
EOF
mixed() { echo bash "$tmp/mixed" "$@"; }

thorough && stages "veth" -o $a/vnftst9 $a/vnftst0 $b/vnftst0 -- \
	$(mixed 198.18.9.2 198.18.9.1 fd00:9::2)
stages "veth, every TCP segment" -t -o $b/vnftst9 $a/vnftst0 $b/vnftst0 -- \
	$(mixed 198.18.9.2 198.18.9.1 fd00:9::2)
# With TSO a frame skips the poll: switch it off, and GRO on.
for ns in $a $b; do ip netns exec $ns ethtool -K vnftst0 gro on tso off; done
stages "veth that polls" -n $a/vnftst0 $b/vnftst0 -- $(mixed 198.18.9.2 198.18.9.1 fd00:9::2)

# A tap's reader is slower than the stack: no loss for want of room in its queue.
tap() {
	for ns in $a $b; do
		ip -n $ns tuntap add vnftst1 mode tap ${1:+$1}
		ip -n $ns link set vnftst1 txqueuelen 10000 up
	done
	ip -n $a addr add 198.18.9.9/30 dev vnftst1
	ip -n $b addr add 198.18.9.10/30 dev vnftst1
	vlan=""
	if ip -n $a link add link vnftst1 name vnftst1.5 type vlan id 5 2>/dev/null; then
		vlan=198.18.9.14
		ip -n $b link add link vnftst1 name vnftst1.5 type vlan id 5
		ip -n $a addr add 198.18.9.13/30 dev vnftst1.5
		ip -n $b addr add $vlan/30 dev vnftst1.5
		for ns in $a $b; do ip -n $ns link set vnftst1.5 up; done
	fi
	"$VNFT_TESTS/netns/relay" $a vnftst1 $b vnftst1 "$2" 2>"$tmp/relay" &
	relay=$!
	wait_for 10 ip netns exec $a ping -q -c 1 -W 1 198.18.9.10 >/dev/null
}
tap vnet_hdr gso
thorough && stages "tap" -o $a/vnftst9 $a/vnftst1 $b/vnftst1 -- \
	$(mixed 198.18.9.10 198.18.9.9 $vlan)
thorough && stages "tap, every TCP segment" -t $a/vnftst1 $b/vnftst1 -- \
	$(mixed 198.18.9.10 198.18.9.9 $vlan)
# A packet socket's copies are none of the frame's stages.
ip netns exec $a tcpdump -Z root -i vnftst1 -n -U -w "$tmp/pcap" >"$tmp/tcpdump" 2>&1 &
dump=$!
wait_for 10 grep -q listening "$tmp/tcpdump"
stages "tap under tcpdump" -t $a/vnftst1 $b/vnftst1 -- $(mixed 198.18.9.10 198.18.9.9 $vlan)
kill $dump
wait $dump 2>/dev/null
dump=""
kill $relay
wait $relay 2>/dev/null
relay=""
for ns in $a $b; do ip -n $ns link delete vnftst1; done
tap "" plain
stages "tap without GSO" -t -g $b/vnftst1 -- $(mixed 198.18.9.10 198.18.9.9 $vlan)

# Everything of ours is gone with its process.
gone() {
	[ -z "$(bpftool prog show 2>/dev/null |
		grep -E 'name vnft_(raw_)?(DEV|RECEIVE|RX_EN|CONSUME|COPY)')" ]
}
if [ -z "${VNFT_LAB:-}" ]; then
	skip "others on this host may have stages too" "no program is left"
else
	check "no program is left" gone
fi
finish
