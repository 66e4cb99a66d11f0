# SPDX-License-Identifier: GPL-2.0
# Sourced by instances of driver exec, which tests make: . "$INSTANCE" (tests/lib.sh has its path).
# An instance is a network namespace, held by process $pid, with a veth for its device. It ends with
# the script.

instance_begin() {
	unshare -n sleep 600 &
	pid=$!
	trap 'kill $(jobs -p)' EXIT
	while [ "$(readlink /proc/$pid/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do :; done
	inside ip link set lo up
}

inside() { nsenter -t $pid -n "$@"; }

# DEV ADDR MAC [BRIDGE PEER]: BRIDGE has the address PEER, and becomes its neighbour
instance_device() {
	ip link add "$1" type veth peer name eth0 netns $pid
	inside ip link set eth0 address "$3"
	inside ip addr add "$2/30" dev eth0
	inside ip link set eth0 up
	[ $# = 3 ] || inside ip neigh add "$5" dev eth0 \
		lladdr "$(ip -o link show "$4" | sed 's/.*ether \([^ ]*\).*/\1/')"
}
