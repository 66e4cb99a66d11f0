#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Both observers watch 100,000 mixed frames ($VNFT_MIX) of a veth and of a tap, then a real stack's
# traffic. They must see the same frames, have the same counters, stamp in the kernel's order and
# pair replies with the same requests. Then both record one file, and each records stages.
#
#	[vnftx1]  vnftx-a 198.18.12.1/30 === 198.18.12.2/30 vnftx-b  [vnftx2]
#	          fd00:12::1/64          ===          fd00:12::2/64
#	          vnftx-t (tap) === mix
#
# boot: --checks memory
# takes: 120 s
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
# A kernel that checks every access of its own takes 1 ms for a frame.
case $(uname -r) in *debug*) frames=10000 ;; *) frames=100000 ;; esac
frames=${VNFT_MIX:-$frames}
tmp=$(mktemp -d)
server=''
clean() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	ip netns del vnftx1 2>/dev/null
	ip netns del vnftx2 2>/dev/null
	rmmod vnftrace 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT
in1() { ip netns exec vnftx1 "$@"; }
in2() { ip netns exec vnftx2 "$@"; }
took() { echo "# ${SECONDS}s: $*"; }
at() { json "$tmp/page" ".cross_check$1"; }
sum() { json "$tmp/page" "[.cross_check$1] | add"; }

echo "# kernel $(uname -r)"
check "the module loads" modprobe vnftrace
ip netns add vnftx1 && ip netns add vnftx2 || exit 1
for ns in vnftx1 vnftx2; do
	# Every frame that passes is one of ours.
	ip netns exec $ns sh -c \
		'for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 >$f; done'
done
ip -n vnftx1 link add vnftx-a type veth peer name vnftx-b netns vnftx2
ip -n vnftx1 tuntap add vnftx-t mode tap vnet_hdr
for dev in lo vnftx-a vnftx-t; do ip -n vnftx1 link set $dev up; done
for dev in lo vnftx-b; do ip -n vnftx2 link set $dev up; done

# cross DEV SECONDS COMMAND...: both observe DEV while COMMAND runs in vnftx1.
cross() {
	local dev=$1 seconds=$2 doctor code=0
	shift 2
	rm -f "$tmp/ready"
	# Without in1, so that $! is the process that gets the signal.
	ip netns exec vnftx1 "$VNFTRACE" doctor --cross-check "$dev" -d "${seconds}s" \
		--ready-file "$tmp/ready" -j >"$tmp/page" 2>"$tmp/err" &
	doctor=$!
	wait_for 60 test -e "$tmp/ready" || { cat "$tmp/err"; return 9; }
	in1 "$@" || code=8
	kill -TERM "$doctor"	# what passed is whole: no need to wait for the end
	wait "$doctor" || { code=$?; cat "$tmp/err" "$tmp/page"; }
	return $code
}

# What a page must say, about at least so many frames and pairings.
judge() {	# WHAT FRAMES PAIRINGS
	local dir matched
	check "$1: both observers agree" test "$(at .agree)" = true
	matched=$(sum .stamps[].matched)
	check "$1: on $2 frames and more ($matched)" test "$matched" -ge "$2"
	check "$1: none is one's alone" \
		test "$(sum .stamps[].only_bpf) $(sum .stamps[].only_module)" = "0 0"
	check "$1: every stamp in the kernel's order" test "$(sum .stamps[].in_order)" = "$matched"
	check "$1: equal counters of all classes" test \
		"$(sum .counters[].bpf)" = "$(sum .counters[].module)" \
		-a "$(sum .counters[].bpf)" -ge "$2"
	check "$1: $(at .pairings.bpf) round trips, the same two frames each" test \
		"$(at .pairings.equal) $(at .pairings.different) $(at .pairings.module)" = \
		"$(at .pairings.bpf) 0 $(at .pairings.bpf)" -a "$(at .pairings.bpf)" -ge "$3"
	for dir in 0 1; do
		echo "# $1: $(at ".stamps[$dir].dir"), $(at ".stamps[$dir].order"):" \
			"p50 $(at ".stamps[$dir].p50_ns") p99 $(at ".stamps[$dir].p99_ns") ns apart"
	done
}

check "veth: mixed traffic" cross vnftx-a 300 "$VNFT_TESTS/lab/mix" "$frames" vnftx-a vnftx2/vnftx-b
judge "veth, mixed" "$frames" $((frames / 4))
took "veth"
check "tap: mixed traffic" cross vnftx-t 300 "$VNFT_TESTS/lab/mix" "$frames" vnftx-t
judge "tap, mixed" "$frames" $((frames / 4))

took "tap"
# A real stack, with all that it does by itself.
stack() {
	ping -q -f -c 2000 198.18.12.2 && ping -q -f -c 2000 fd00:12::2 &&
		ping -q -c 100 -i 0.01 -s 4000 198.18.12.2 &&
		iperf3 -c 198.18.12.2 -n 20M && iperf3 -c fd00:12::2 -n 20M -R &&
		iperf3 -c 198.18.12.2 -u -b 20M -t 1 -l 3000
}
export -f stack
for side in 1:a 2:b; do
	ip netns exec "vnftx${side%:*}" sh -c \
		'for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 0 >$f; done'
	ip -n "vnftx${side%:*}" addr add "198.18.12.${side%:*}/30" dev "vnftx-${side#*:}"
	ip -n "vnftx${side%:*}" addr add "fd00:12::${side%:*}/64" dev "vnftx-${side#*:}" nodad
done
# Every frame is counted below, so no ARP or neighbour discovery may come in between.
mac() { ip -n "$1" -o link show "$2" | sed 's/.*ether \([0-9a-f:]*\).*/\1/'; }
ip -n vnftx1 neigh replace 198.18.12.2 lladdr "$(mac vnftx2 vnftx-b)" dev vnftx-a nud permanent
ip -n vnftx2 neigh replace 198.18.12.1 lladdr "$(mac vnftx1 vnftx-a)" dev vnftx-b nud permanent
in2 iperf3 -s >"$tmp/server" 2>&1 &
server=$!
wait_for 10 grep -q listening "$tmp/server"
check "veth: a real stack" cross vnftx-a 300 bash -c 'stack >/dev/null'
judge "veth, stack" 8000 4000
# A file of both observers, then files with stages: each holds all that was sent.
# OPTIONS...: 500 echoes while a recorder runs; its page, and the file's in $tmp/page
recorded() {
	local recorder code=0
	rm -f "$tmp/ready" "$tmp/records"
	ip netns exec vnftx1 "$VNFTRACE" record vnftx-a -o "$tmp/records" -d 300s -j \
		--ready-file "$tmp/ready" "$@" >"$tmp/recorder" 2>"$tmp/err" &
	recorder=$!
	# Arming every stage by BPF takes a minute on a kernel that checks itself.
	wait_for 300 test -e "$tmp/ready" || { cat "$tmp/err"; return 9; }
	in1 ping -q -f -c 500 198.18.12.2 >/dev/null
	kill -TERM "$recorder"
	wait "$recorder" || { code=$?; cat "$tmp/err"; }
	"$VNFTRACE" report "$tmp/records" -j >"$tmp/page" || code=7
	return $code
}
check "record by both" recorded --observer both
json_is "both are in the file, twice 500 echoes each, apart" "bpf module 500 500 500 0 0" \
	"$tmp/page" .devices[0,1].observer \
	'first(.classes[] | select(.class == "echo-request")).out' \
	.pairings[0].matched .pairings[1].matched .file.sequence_gaps .file.lost
for who in module bpf; do
	check "$who: record the stages of a veth" recorded --observer $who --stages all
	json_is "$who: 500 frames from the queue to the driver" "net_dev_start_xmit 500" \
		"$tmp/page" 'first(.stages[] | select(.from == "net_dev_queue")) | .to, .n'
	json_is "$who: 500 from reception to the boundary" "true 500" "$tmp/page" \
		'first(.stages[] | select(.from == "netif_receive_skb")) |
			(.to | test("^[a-z]+.ingress")), .n'
done
"$VNFTRACE" report "$tmp/records" | sed -n '/^From stage/,/^$/s/^/# /p'
check "the module goes" rmmod vnftrace
finish
