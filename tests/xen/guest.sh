#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A guest of each kind comes, answers through netback, is seen by our hooks on its vif, and goes.
#
#	[netns vnft-xen]  vnftxbr 198.18.0.1/30 --- vnftxv ==netback== ==netfront== eth0 198.18.0.2 [domU]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/xen/lib.sh
images=${VNFT_CACHE:-/var/cache/vnftrace}/images/tinyx-xen
name=vnft-guest mac=00:16:3e:18:00:02 addr=198.18.0.2
tmp=$(mktemp -d)
trap 'xl destroy $name 2>/dev/null; ip netns del vnft-xen 2>/dev/null; rm -rf "$tmp"' EXIT

inside() { ip netns exec vnft-xen "$@"; }
create() {	# TYPE KERNEL
	inside timeout 120 xl create -q /dev/null "name=\"$name\"" "type=\"$1\"" "kernel=\"$2\"" \
		"ramdisk=\"$images/initrd\"" memory=64 \
		"extra=\"console=hvc0 quiet ip=$addr::198.18.0.1:255.255.255.252::eth0:off\"" \
		"vif=[\"mac=$mac,bridge=vnftxbr,vifname=vnftxv,script=vif-vnft\"]" >"$tmp/xl" 2>&1
}
says() { xl list "$name" >/dev/null 2>&1; }
gone() {
	! says && [ -z "$(xenstore-list /local/domain/0/backend/vif 2>/dev/null)" ] &&
		! inside ip link show vnftxv >/dev/null 2>&1 && ! ls -d /sys/class/net/vif* >/dev/null 2>&1
}
seconds() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

ip netns add vnft-xen
ip -n vnft-xen link set lo up
ip -n vnft-xen link add vnftxbr type bridge
ip -n vnft-xen link set vnftxbr up
ip -n vnft-xen addr add 198.18.0.1/30 dev vnftxbr
ip -n vnft-xen neigh add $addr lladdr $mac dev vnftxbr nud permanent

kinds=pv
case $(xl info | grep ^virt_caps) in
*hvm*) kinds+=" pvh" ;;
*) skip "this processor has no hardware virtualization" "a PVH guest" ;;
esac
for kind in $kinds; do
	start=$EPOCHREALTIME
	if create "$kind" "$images/vmlinux"; then ok "$kind: xl creates the guest"; else
		not_ok "$kind: $(tail -n 3 "$tmp/xl")"
		continue
	fi
	created=$(seconds "$start")
	check "$kind: its vif is in the namespace that asked, on the bridge" \
		to "$tmp/vif" inside ip link show master vnftxbr dev vnftxv
	exits 0 "$kind: the first RST is stamped on the vif" \
		to "$tmp/rst" inside "$VNFTRACE" probe -d vnftxbr --observe vnftxv --until-rst \
		--duration 90s syn $addr
	echo "# $kind: xl returned after $created s, first RST seen after $(seconds "$start") s"
	exits 0 "$kind: echoes are" \
		to "$tmp/icmp" inside "$VNFTRACE" probe -d vnftxbr --observe vnftxv -c 50 -i 20ms \
		icmp $addr
	sed 's/^/# /' "$tmp/icmp" | head -n 8
	if [ "$kind" = pv ]; then
		check "$kind: TCP to the guest" to "$tmp/rx" inside timeout 30 iperf3 -c $addr -t 2
		check "$kind: TCP from the guest" to "$tmp/tx" inside timeout 30 iperf3 -R -c $addr -t 2
		awk '/receiver/ { print "# " FILENAME ": " $7, $8 }' "$tmp/rx" "$tmp/tx" | sed "s|$tmp/||"
	fi
	xl destroy $name
	check "$kind: nothing is left of it" wait_for 10 gone
done

exits 1 "a kernel that does not exist is refused" create pv /nonexistent
check "and leaves nothing" wait_for 10 gone
finish
