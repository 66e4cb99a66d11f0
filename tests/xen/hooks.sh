#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every hook on netback, by BPF and by the module on the same frames, and by ftrace's own count:
# over two queues between netback and netfront in dom0 (tests/xen/lib.sh has the drawing), then that
# the number of a real guest's domain is said (tests/lab/vif.c looks at each stamp).
#
# needs: image unikernel
# kernels: 6.1 6.12 debug-xen
# boot: --checks memory
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/xen/lib.sh
. tests/lab/leak.sh
images=${VNFT_CACHE:-/var/cache/vnftrace}/images
name=vnft-hooks addr=198.18.0.2
tmp=$(mktemp -d)
clean() {
	xl destroy $name 2>/dev/null
	ip link del vnftxbr 2>/dev/null
	loop_down
	rmmod vnftrace 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT

n() { grep -cE "^$1 " "$tmp/calls"; }
count() { sed -n "s/^count $1 //p" "$tmp/out"; }
functions=(xenvif_start_xmit xenvif_rx_skb xenvif_tx_action xenvif_fill_frags
	xenvif_skb_zerocopy_complete)

every_hook() {	# WHAT DEV DOMID QUEUES [-z] -- COMMAND...: what vif finds, named
	local what=$1 code=0
	shift
	calls_start "${functions[@]}"
	to "$tmp/out" "$VNFT_TESTS/lab/vif" "$@" || code=$?
	calls_stop "$tmp/calls"
	grep -aE '^(ok|not ok|#)' "$tmp/out" | grep -v '^# [0-9]* checks' |
		sed "s/^\(ok\|not ok\) - /&$what: /"
	[ $code = 0 ] || { cat "$tmp/out"; not_ok "$what: exit $code"; }
	for f in xenvif_start_xmit xenvif_rx_skb xenvif_skb_zerocopy_complete; do
		check "$what: ftrace counts as many $f" [ "$(n $f)" = "$(count $f)" ]
	done
	check "$what: as many frames of xenvif_tx_action are made" \
		[ "$(n xenvif_fill_frags)" = "$(count xenvif_tx_action)" ]
	check "$what: in no more polls than ftrace counts" \
		[ "$(n xenvif_tx_action)" -ge "$(count polls)" -a "$(count polls)" -gt 0 ]
	echo "# $what: $(sed -n 's/^count //p' "$tmp/out" | tr ' \n' '=,'
		n xenvif_tx_action) polls"
}
neighbours() {	# Nobody asks again where the other end is.
	ip neigh replace $loop_peer dev $loop_vif nud permanent \
		lladdr "$(ip netns exec vnft-loop cat /sys/class/net/vnftfront/address)"
	ip -n vnft-loop neigh replace 198.18.7.1 dev vnftfront nud permanent \
		lladdr "$(cat /sys/class/net/$loop_vif/address)"
}
dropped() { cat /sys/class/net/$loop_vif/statistics/tx_dropped; }

module_load
check "netback and netfront meet in dom0, with two queues" loop_up 2
# The pings' own frames stay in order only if nothing is dropped in front of netback.
ip link set $loop_vif txqueuelen 1000
neighbours
ip netns exec vnft-loop iperf3 -s -D -I "$tmp/pid" >/dev/null
listening() { ip netns exec vnft-loop netstat -ltn | grep -q ':5201 '; }
wait_for 5 listening

# Both directions: small frames, such as netback maps instead of copying, GSO.
cat >"$tmp/mixed" <<END
set -e
inside() { ip netns exec vnft-loop "\$@"; }
ping -q -c 20 -i 0.005 $loop_peer
inside ping -q -c 20 -i 0.005 198.18.7.1
ping -q -c 20 -i 0.005 -s 1400 $loop_peer
inside ping -q -c 20 -i 0.005 -s 1400 198.18.7.1
iperf3 -c $loop_peer -P 4 -n 512K
iperf3 -c $loop_peer -P 4 -n 512K -R
iperf3 -c $loop_peer -u -P 4 -b 400K -l 1000 -n 20K
iperf3 -c $loop_peer -u -P 4 -b 400K -l 1000 -n 20K -R
END
drops=$(dropped)
every_hook "two queues" $loop_vif 0 2 -- timeout 60 bash "$tmp/mixed"
check "two queues: netback dropped nothing" [ "$(dropped)" = "$drops" ]

# What users have: a file of both observers, and its page.
rm -f "$tmp/ready"
"$VNFTRACE" record $loop_vif -o "$tmp/records" -d 300s --tcp --stages all --observer both -j \
	--ready-file "$tmp/ready" >"$tmp/page" 2>"$tmp/err" &
recorder=$!
check "record --stages all --observer both" wait_for 200 test -e "$tmp/ready"
ping -q -c 20 -i 0.005 -s 1400 $loop_peer >/dev/null
kill -TERM $recorder
exits 0 "it ends well" wait $recorder
"$VNFTRACE" report "$tmp/records" -j >"$tmp/page"
json_is "20 echoes each, no record missing" "20 0 0" "$tmp/page" .pairings[0].matched \
	.file.sequence_gaps .file.lost
"$VNFTRACE" report -p "$tmp/records" >"$tmp/packets"
for hook in start_xmit rx_skb tx_action skb_zerocopy_complete; do
	check "xenvif_$hook by both, domain 0" [ "$(grep " xenvif_$hook .*queue=[01] domid=0$" \
		"$tmp/packets" | wc -l)" = 40 ]
done

rm -f "$tmp/ready"
"$VNFTRACE" doctor --cross-check $loop_vif -d 300s -j --ready-file "$tmp/ready" \
	>"$tmp/page" 2>"$tmp/err" &
recorder=$!
wait_for 200 test -e "$tmp/ready"
ping -q -c 100 -i 0.005 -s 1400 $loop_peer >/dev/null
timeout 30 iperf3 -c $loop_peer -n 256K -R >/dev/null
kill -TERM $recorder
exits 0 "doctor --cross-check on the vif" wait $recorder
json_is "it says that they agree" true "$tmp/page" .cross_check.agree
kill "$(<"$tmp/pid")"
check "both ends go when they are closed" loop_down

# A guest: netback's other end is somebody else.
guest_measured() {
	ip link add vnftxbr address 02:00:c6:12:00:01 type bridge
	ip link set vnftxbr up
	ip addr add 198.18.0.1/30 dev vnftxbr
	xl create -q /dev/null "name=\"$name\"" 'type="pv"' memory=8 \
		"kernel=\"$images/unikernel/kernel-xen\"" "extra=\"ip=$addr\"" \
		"vif=[\"mac=00:16:3e:18:00:02,bridge=vnftxbr,script=$xen_script\"]" \
		>"$tmp/xl" 2>&1 ||
		not_ok "a guest: $(tail -n 3 "$tmp/xl")"
	domid=$(xl domid $name)
	ip neigh replace $addr lladdr 00:16:3e:18:00:02 dev vnftxbr nud permanent
	echo 1 >"/proc/sys/net/ipv6/conf/vif$domid.0/disable_ipv6"
	echo 1 >/proc/sys/net/ipv6/conf/vnftxbr/disable_ipv6
	if wait_for 30 ping -q -c 1 -W 1 $addr; then
		ok "a guest answers"
		every_hook "domain $domid" "vif$domid.0" "$domid" 1 -- \
			timeout 30 ping -q -c 20 -i 0.005 -s 1400 $addr
	else
		not_ok "a guest answers"
		guest_tells $name "$domid"
		skip "the guest does not answer" "every hook of a guest's domain"
	fi
	xl destroy $name
	check "it goes" wait_for 10 [ ! -e "/sys/class/net/vif$domid.0" ]
	ip link del vnftxbr
}
# Lockdep ends with the first complaint, and gntdev of 6.1 gives it one for each guest
# (docs/limits.md).
case $(uname -r) in
*debug*) skip "lockdep complains of gntdev and a guest's grants" "a guest's domain" ;;
*) guest_measured ;;
esac
module_unload
finish
