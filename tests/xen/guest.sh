#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A guest of each kind comes, answers through netback, is seen by our hooks on its vif, and goes.
#
#	[dom0]  vnftxbr 198.18.0.1/30 --- vifN.0 ==netback== ==netfront== eth0 198.18.0.2 [domU]
#
# needs: image unikernel, image tinyx-xen
# kernels: 6.1
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/xen/lib.sh
images=${VNFT_CACHE:-/var/cache/vnftrace}/images
name=vnft-guest mac=00:16:3e:18:00:02 addr=198.18.0.2
words="console=hvc0 quiet ip=$addr::198.18.0.1:255.255.255.252::eth0:off vnft.port=5201"
tmp=$(mktemp -d)
trap 'xl destroy $name 2>/dev/null; ip link del vnftxbr 2>/dev/null; rm -rf "$tmp"' EXIT

create() {	# TYPE MEMORY KERNEL [INITRD]
	timeout 120 xl create -q /dev/null "name=\"$name\"" "type=\"$1\"" "memory=$2" \
		"kernel=\"$images/$3\"" ${4:+"ramdisk=\"$images/$4\""} \
		"extra=\"$words\"" \
		"vif=[\"mac=$mac,bridge=vnftxbr,script=$xen_script\"]" >"$tmp/xl" 2>&1
}
refused() { ! create "$@"; }
says() { xl list "$name" >/dev/null 2>&1; }
gone() { ! says && [ -z "$(xen_left)" ]; }
seconds() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

# A bridge that takes the address of its first port would forget its neighbours.
ip link add vnftxbr address 02:00:c6:12:00:01 type bridge
ip link set vnftxbr up
ip addr add 198.18.0.1/30 dev vnftxbr
ip neigh add $addr lladdr $mac dev vnftxbr nud permanent

try() {	# WHAT TYPE MEMORY KERNEL [INITRD]
	local what=$1 start=$EPOCHREALTIME created
	shift
	if create "$@"; then ok "$what: xl creates it"; else
		not_ok "$what: $(tail -n 3 "$tmp/xl")"
		return 1
	fi
	created=$(seconds "$start")
	vif=vif$(xl domid $name).0
	check "$what: its vif is on the bridge" to "$tmp/vif" ip link show master vnftxbr dev "$vif"
	if ! to "$tmp/rst" "$VNFTRACE" probe -d vnftxbr --observe "$vif" --until-rst \
		--duration 90s syn $addr; then
		not_ok "$what: the first RST is stamped on the vif"
		guest_tells $name "$(xl domid $name)"
		return 1
	fi
	ok "$what: the first RST is stamped on the vif"
	echo "# $what: xl returned after $created s, a RST was seen before $(seconds "$start") s"
	exits 0 "$what: so are echoes" \
		to "$tmp/icmp" "$VNFTRACE" probe -d vnftxbr --observe "$vif" -c 50 -i 20ms \
		icmp $addr
	sed -n "s/^p50 */# $what: round trip at the vif, p50 /p" "$tmp/icmp"
}
stream() {	# WHAT
	check "$1: TCP to it" to "$tmp/rx" timeout 30 iperf3 -c $addr -t 2
	check "$1: TCP from it" to "$tmp/tx" timeout 30 iperf3 -R -c $addr -t 2
	awk '/receiver/ { print "# " FILENAME ": " $7, $8 }' "$tmp/rx" "$tmp/tx" | sed "s|$tmp/||"
}
# Asks the unikernel, as iperf -r does, to connect to port 5555 and to send for 1 s.
sends_back() {
	busybox nc -l -p 5555 >"$tmp/back" &
	wait_for 10 grep -q ':15B3 ' /proc/net/tcp /proc/net/tcp6
	printf '\x80\0\0\0\0\0\0\1\0\0\x15\xb3\0\0\0\0\0\0\0\0\xff\xff\xff\x9c' \
		>"/dev/tcp/$addr/5201"
	wait $!
	[ "$(stat -c %s "$tmp/back")" -gt 1000000 ]
}
end() {		# WHAT
	xl destroy $name
	check "$1: nothing is left of it" wait_for 10 gone
}

what="the unikernel"
try "$what" pv 8 unikernel/kernel-xen
check "$what: IPv6's echo is answered" to "$tmp/ping" \
	wait_for 10 ping -6 -q -c 1 -W 1 fe80::216:3eff:fe18:2%vnftxbr
check "$what: TCP to it" to "$tmp/dd" timeout 30 bash -c \
	"dd if=/dev/zero bs=64k count=100 >/dev/tcp/$addr/5201"
check "$what: TCP from it" sends_back
# With it netback may lose the only interrupt that a guest of one channel has
# (tools/guest/unikernel/xen/netfront.c).
check "$what: it does not ask for feature-rx-notify" \
	[ -z "$(xenstore-read "/local/domain/$(xl domid $name)/device/vif/0/feature-rx-notify" \
		2>/dev/null)" ]
end "$what"

what="tinyx, PV"
try "$what" pv 64 tinyx-xen/vmlinux tinyx-xen/initrd && stream "$what"
end "$what"

what="tinyx, PVH"
case $(xl info | grep ^virt_caps) in
*hvm*)
	try "$what" pvh 64 tinyx-xen/vmlinux tinyx-xen/initrd
	end "$what"
	;;
*) skip "this processor has no hardware virtualization" "$what" ;;
esac

check "a kernel that does not exist is refused" refused pv 64 nonexistent
check "and leaves nothing" wait_for 10 gone
finish
