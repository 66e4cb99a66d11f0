#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vnftrace probe against a kernel's own stack: counts, exit codes, and what it says when it cannot.
#
#	[vnftpr-a-PID] vnftpr0 198.18.5.1/30 ---- veth ---- vnftpr1 198.18.5.2/30 [vnftpr-b-PID]
#	 probe                2001:db8:5::1/64              2001:db8:5::2/64
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
a=vnftpr-a-$$ b=vnftpr-b-$$ mac=02:00:00:00:05:02
tmp=$(mktemp -d)
server=""
clean() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	ip netns delete $a 2>/dev/null
	ip netns delete $b 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT

ip netns add $a && ip netns add $b || exit 1
ip -n $a link add vnftpr0 type veth peer name vnftpr1 address $mac netns $b
ip -n $a addr add 198.18.5.1/30 dev vnftpr0
ip -n $b addr add 198.18.5.2/30 dev vnftpr1
ip -n $a addr add 2001:db8:5::1/64 dev vnftpr0 nodad
ip -n $b addr add 2001:db8:5::2/64 dev vnftpr1 nodad
ip -n $a link set vnftpr0 up
ip -n $b link set vnftpr1 up

probe() { ip netns exec $a "$VNFTRACE" probe "$@" >"$tmp/out" 2>"$tmp/err"; }
says() { grep -q -e "$1" "$tmp/err"; }
quiet() { "$@" >"$tmp/page"; }
got() { jq -e "$1" "$tmp/out" >/dev/null; }

exits 1 "an unknown neighbour is not waited for" probe syn 198.18.5.2
check "and the command that makes it known is named" \
	says 'ip neigh replace 198.18.5.2 lladdr MAC dev vnftpr0'
ip -n $a neigh replace 198.18.5.2 lladdr $mac dev vnftpr0 nud permanent
ip -n $a neigh replace 2001:db8:5::2 lladdr $mac dev vnftpr0 nud permanent

check "the sender by itself" ip netns exec $a "$VNFT_TESTS/netns/load" vnftpr0

for to in 198.18.5.2 2001:db8:5::2; do
	exits 0 "SYN to $to" probe syn $to -c 500 -j
	check "each SYN met its own RST" \
		got '.counts | .sent == 500 and .seen == 500 and .answered_rst == 500'
	exits 0 "echo to $to" probe icmp $to --rate 2000 -c 500 -j
	check "each echo was answered, at the hooks and at the sender" \
		got '.counts | .seen == 500 and .answered == 500 and .received == 500 and
			.duplicates == 0'
	check "the hooks' round trip is shorter than the sender's" \
		got '(.rtt[] | select(.where == "hooks")).p50_ns <
			(.rtt[] | select(.where == "sender")).p50_ns'
	exits 0 "flood to $to" probe icmp $to --flood -c 500 -j
	check "each echo of the flood was answered" \
		got '.counts | .answered == 500 and .received == 500'
done
exits 0 "largest echo for the MTU" probe icmp 198.18.5.2 -c 10 -s 1472 -j
check "it was answered" got '.counts.answered == 10'
exits 1 "an echo longer than the MTU" probe icmp 198.18.5.2 -c 10 -s 1473
check "says so" says MTU
exits 0 "clsact" probe syn 198.18.5.2 -c 100 --hook clsact -j
check "at clsact's hooks" got '.probe.hook == "clsact/egress" and .counts.answered == 100'
exits 0 "until the first RST" probe syn 198.18.5.2 --until-rst -o "$tmp/records" -j
check "it stopped there" got '.counts.sent < 1000 and .first.first_rst_ns > 0'
check "its records are a file that report reads" quiet "$VNFTRACE" report "$tmp/records"
exits 0 "from another namespace" quiet "$VNFTRACE" probe syn 198.18.5.2 -d $a/vnftpr0 -c 10

if command -v iperf3 >/dev/null; then
	: >"$tmp/server"
	ip netns exec $b iperf3 -s -p 5201 >"$tmp/server" 2>&1 &
	server=$!
	wait_for 5 grep -q listening "$tmp/server"
	exits 0 "a second port that is open" probe syn 198.18.5.2 -c 500 --ready-port 5201 -j
	check "RSTs from one, SYN-ACKs from the other" \
		got '.counts.answered_rst == 250 and .counts.answered_synack == 250 and
			.first.first_synack_ns > 0'
fi

# An attachment that is there is used, and stays.
ip netns exec $a "$VNFTRACE" attach vnftpr0 >"$tmp/attach" || not_ok "attach"
attached() { ip netns exec $a "$VNFTRACE" report --dev vnftpr0 -j >"$tmp/attached"; }
exits 0 "on an attached device" probe icmp 198.18.5.2 -c 100 -j
check "it was answered there" got '.counts.answered == 100'
attached
json_true "the attachment saw it too, and none without an answer" "$tmp/attached" \
	'([.pairings[] | select(.pairing == "echo" and .request == "out").n] | add) == 100 and
		.device.unanswered == 0'
ip netns exec $b sysctl -qw net.ipv4.icmp_echo_ignore_all=1
exits 1 "nobody answers at an attached device" probe icmp 198.18.5.2 -c 10 -j
ip netns exec $b sysctl -qw net.ipv4.icmp_echo_ignore_all=0
attached
json_is "the attachment counts the 10" 10 "$tmp/attached" .device.unanswered
ip netns exec $a "$VNFTRACE" status -j >"$tmp/status"
json_is "and so does status" 10 "$tmp/status" .attached[0].pairings.unanswered
ip netns exec $a "$VNFTRACE" detach vnftpr0 >"$tmp/detach" || not_ok "detach"

# Nobody answers: the other end is down.
ip -n $b addr flush dev vnftpr1
exits 1 "no answer" probe icmp 198.18.5.2 -c 20 -j
check "all 20 unanswered" got '.counts.unanswered == 20'
exits 1 "no RST" probe syn 198.18.5.2 --until-rst --duration 100ms
check "says how many SYNs" says 'no RST came in 100 SYNs'

# Ctrl-C ends it at once, with its page.
already=$(ip -n $a -j -s link show vnftpr0 | jq '.[0].stats64.tx.packets')
ip netns exec $a "$VNFTRACE" probe syn 198.18.5.2 -i 1s -c 1000 -j >"$tmp/out" 2>"$tmp/err" &
pid=$!
flowing() { [ "$(ip -n $a -j -s link show vnftpr0 | jq '.[0].stats64.tx.packets')" -gt "$1" ]; }
wait_for 10 flowing "$already"
kill -INT $pid
check "ends on Ctrl-C" wait_for 3 test ! -d /proc/$pid
wait $pid
check "with its page" got '.counts.sent >= 1'

exits 4 "without CAP_NET_RAW" ip netns exec $a setpriv --bounding-set -net_raw --inh-caps -net_raw \
	"$VNFTRACE" probe syn 198.18.5.2 2>"$tmp/err"
check "names it" says CAP_NET_RAW
if [ ! -e /dev/vnftrace ]; then
	advice='modprobe vnftrace'
	[ -e /proc/modules ] || advice='no loadable modules'
	exits 0 "auto without the module" probe syn 198.18.5.2 -c 10 --no-observe -j
	check "is the thread, and says why" \
		got ".probe | .stimulus == \"user\" and (.stimulus_why | test(\"$advice\"))"
	exits 4 "kernel without the module" probe syn 198.18.5.2 --stimulus kernel
	check "says what would help" says "$advice"
fi
exits 2 "a flood from the kernel" probe icmp 198.18.5.2 --flood --stimulus kernel
exits 1 "a name without an address" probe syn example.invalid
exits 2 "flood of SYNs" probe syn 198.18.5.2 --flood
exits 1 "this host's own address" probe syn 198.18.5.1
exits 1 "no such device" probe syn 198.18.5.2 -d vnftnone
finish
