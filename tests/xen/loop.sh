#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The hooks rely on how netback calls the functions that they stand on: for each packet, by queue,
# in both directions. ftrace shows that it does (tests/xen/lib.sh has the drawing).
#
# kernels: 6.1 6.12 debug-xen
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/xen/lib.sh
tmp=$(mktemp -d)
trap 'loop_down; rm -rf "$tmp"' EXIT

n() {	# FUNCTION [TASK]: calls of it, by that task
	grep -cE "^$1 ${2:-}" "$tmp/calls"
}
sent() { cat /sys/class/net/$loop_vif/statistics/tx_packets; }
came() { cat /sys/class/net/$loop_vif/statistics/rx_packets; }
summary() {	# WHAT: a line for the reader
	echo "# $1: $(sed -E 's/ vif.*-(q[0-9])-.*/ \1/; t; s/ .*//' "$tmp/calls" |
		sort | uniq -c | sort -rn |
		awk '{ n = $1; $1 = ""; printf "%s:%s, ", n, $0 }')"
}

check "netback and netfront meet in dom0" loop_up 2
check "two queues each way" \
	[ "$(ls /sys/class/net/$loop_vif/queues | xargs)" = "rx-0 rx-1 tx-0 tx-1" ]
check "the other end answers" to "$tmp/ping" ping -q -c 1 -W 5 $loop_peer

calls_start 'xenvif_*'
tx=$(sent) rx=$(came)
ping -q -c 50 -i 0.002 $loop_peer >"$tmp/ping"
tx=$(($(sent) - tx)) rx=$(($(came) - rx))
calls_stop "$tmp/calls"
summary "ping, $tx out, $rx in"
check "50 echoes" grep -q ' 50 received' "$tmp/ping"
for f in xenvif_start_xmit xenvif_rx_queue_tail xenvif_rx_skb; do
	check "$f once for each packet to the frontend" [ "$(n $f)" = "$tx" ]
done
check "the copy to the frontend is the queue's kthread's" \
	[ "$(n xenvif_rx_skb 'vif0.7-q[01]-guest')" = "$tx" ]
check "xenvif_tx_action fetches what comes" [ "$(n xenvif_tx_action)" -ge 1 ]
check "xenvif_tx_interrupt is what wakes it" [ "$(n xenvif_tx_interrupt)" -ge 1 ]
check "the interrupt of both directions in one is never used" [ "$(n xenvif_interrupt)" = 0 ]

listening() { ip netns exec vnft-loop netstat -ltn | grep -q ':5201 '; }
stream() {	# WHAT IPERF3-OPTION...
	local what=$1
	shift
	ip netns exec vnft-loop iperf3 -s -1 -D -I "$tmp/pid" >/dev/null
	wait_for 5 listening
	calls_start xenvif_start_xmit xenvif_rx_skb xenvif_tx_action xenvif_fill_frags \
		'xenvif_skb_zerocopy_*' xenvif_zerocopy_callback
	check "$what" to "$tmp/iperf" timeout 30 iperf3 -c $loop_peer -t 1 -P 16 "$@"
	calls_stop "$tmp/calls"
	summary "$what"
}
stream "sixteen streams to the frontend"
for q in 0 1; do
	check "queue $q carried some" [ "$(n xenvif_rx_skb "vif0.7-q$q-guest")" -gt 0 ]
done
stream "sixteen streams from the frontend" -R
check "their pages are mapped, not copied, and given back" \
	[ "$(n xenvif_skb_zerocopy_prepare)" -gt 0 -a "$(n xenvif_skb_zerocopy_complete)" -gt 0 ]

check "both ends go when they are closed" loop_down
check "nothing is left" loop_gone
finish
