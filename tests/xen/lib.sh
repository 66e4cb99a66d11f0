# SPDX-License-Identifier: GPL-2.0
# Sourced by tests in dom0. loop_up makes a netback and its netfront, both in dom0, without a guest:
#
#	dom0 198.18.7.1 vif0.7 ==netback== ==netfront== vnftfront 198.18.7.2 [netns vnft-loop]
. tests/lib.sh

# Our own hotplug script, as "script = minimal" of a type finds it.
xen_script=$(dirname "$VNFTRACE")/vif-vnft

# What a guest could leave behind, but for the loop below, one per line.
xen_left() {
	xl list | awk 'NR > 1 && $1 != "Domain-0" { print "domain", $1 }'
	xenstore-list /local/domain 2>/dev/null | grep -vx 0 | sed 's/^/keys of domain /'
	xenstore-list /local/domain/0/backend/vif 2>/dev/null | sed 's/^/backend of domain /'
	ip -o link show | grep -oE '[0-9]+: vif[^:@ ]*' | sed 's/^[0-9]*: /link /'
	grep -lx xl /proc/[0-9]*/comm 2>/dev/null | sed 's/^/program /'
}

# Why does a guest not answer? What it said, and where its frames got to.
guest_tells() {	# NAME DOMID
	local vif=vif$2.0
	{
		xl list
		cat "/var/log/xen/console/guest-$1.log"
		xenstore-ls "/local/domain/$2/device/vif"
		xenstore-ls "/local/domain/0/backend/vif/$2"
		ip -s -d link show "$vif"
		ip neigh show
		grep "$vif" /proc/interrupts
		cat "/sys/kernel/debug/xen-netback/$vif"/io_ring_q*
		# Pending and masked event channels of dom0 and the guest; what their vCPUs do.
		xl debug-keys e
		xl debug-keys q
		xl dmesg | tail -n 150
	} 2>&1 | sed 's/^/#   /'
}

loop_handle=7 loop_vif=vif0.7 loop_peer=198.18.7.2
loop_back=/local/domain/0/backend/vif/0/$loop_handle
loop_front=/local/domain/0/device/vif/$loop_handle

loop_connected() {
	[ "$(xenstore-read "$loop_back/state" "$loop_front/state" 2>/dev/null | xargs)" = "4 4" ]
}

loop_gone() {
	! xenstore-exists "$loop_back" 2>/dev/null && ! xenstore-exists "$loop_front" 2>/dev/null &&
		[ ! -e "/sys/class/net/$loop_vif" ] &&
		[ ! -e "/sys/bus/xen/devices/vif-$loop_handle" ]
}

loop_up() {	# QUEUES
	local mac=00:16:3e:18:00:07 dev
	# More queues than processors are made only when asked for, at both ends.
	modprobe xen-netfront
	echo "$1" >/sys/module/xen_netback/parameters/max_queues
	echo "$1" >/sys/module/xen_netfront/parameters/max_queues
	# One transaction: each end looks at the other's keys as soon as it sees its own.
	xenstore-write "$loop_back/frontend" "$loop_front" "$loop_back/frontend-id" 0 \
		"$loop_back/online" 1 "$loop_back/handle" $loop_handle "$loop_back/mac" $mac \
		"$loop_back/script" /bin/true "$loop_back/hotplug-status" connected \
		"$loop_back/state" 1 \
		"$loop_front/backend" "$loop_back" "$loop_front/backend-id" 0 \
		"$loop_front/handle" $loop_handle "$loop_front/mac" $mac "$loop_front/state" 1
	wait_for 20 loop_connected || return
	dev=$(basename "/sys/bus/xen/devices/vif-$loop_handle/net"/*)
	ip netns add vnft-loop
	ip link set "$dev" netns vnft-loop name vnftfront
	# No packet but the test's.
	echo 1 >/proc/sys/net/ipv6/conf/$loop_vif/disable_ipv6
	ip netns exec vnft-loop sh -c 'echo 1 >/proc/sys/net/ipv6/conf/vnftfront/disable_ipv6'
	ip addr add 198.18.7.1/30 dev $loop_vif
	ip link set $loop_vif up
	ip -n vnft-loop addr add $loop_peer/30 dev vnftfront
	ip -n vnft-loop link set vnftfront up
	ip -n vnft-loop link set lo up
}

# As xl does it: the backend is told to close, and the keys go when both ends have.
loop_down() {
	ip netns del vnft-loop 2>/dev/null
	xenstore-exists "$loop_back" 2>/dev/null || return 0
	xenstore-write "$loop_back/online" 0 "$loop_back/state" 5
	wait_for 10 [ ! -e /sys/class/net/$loop_vif ]
	xenstore-rm "$loop_front" "$loop_back"
	wait_for 10 loop_gone
}

# Counts calls of netback's functions in a tracing instance of its own.
calls_start() {	# PATTERN...
	calls=/sys/kernel/tracing/instances/vnft-calls
	mkdir -p "$calls"
	echo 8192 >"$calls"/buffer_size_kb
	echo "$*" >"$calls"/set_ftrace_filter
	echo function >"$calls"/current_tracer
}

calls_stop() {
	echo 0 >"$calls"/tracing_on
	# "  task-pid  [cpu] flags  seconds: function <-caller"
	grep -v '^#' "$calls"/trace |
		sed -nE 's/^ *(.*)-[0-9]+ +\[.* ([a-z_]+)(\.[a-z0-9.]+)? <-.*/\2 \1/p' >"$1"
	rmdir "$calls"
}
