#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An instance that ends while it is measured ends its measurement within a second or two, whatever
# is being measured, with that as the reason; nobody waits for the echoes or the stream that were to
# come.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth --- [instance 198.18.0.2, which ends when it likes]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

# The instance: an iperf3 server in a namespace, until CONDITION holds there; then it is gone, and
# says when.
cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	# DEV BRIDGE ADDR PEER MAC CONDITION STAMP
	set -e
	. "$INSTANCE"
	gone() {
		echo "$1: enough of it"
		sed -n 's/^Cpus_allowed_list:[[:blank:]]*//p' /proc/$$/status >"$2.cpus"
		awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime >"$2"
		exit
	}
	# The driver has words of its own for an instance that ends at once; this ends later.
	[ "$6" != early ] || { sleep 0.3; gone "$6" "$7"; }
	instance_begin
	instance_device "$1" "$3" "$5" "$2" "$4"
	inside iperf3 -s >/dev/null 2>&1 &
	ip link set "$1" up master "$2"
	case $6 in
	echoes)
		while [ "$(inside awk '/^Icmp:/ { n = $10 } END { print n }' /proc/net/snmp)" \
			-lt 100 ]; do :; done
		;;
	bytes)
		while [ "$(inside awk '/eth0/ { print $10 }' /proc/net/dev)" \
			-lt 20000000 ]; do :; done
		;;
	settled)
		while [ "$(inside awk '/eth0/ { print $3 }' /proc/net/dev)" \
			-lt 1 ]; do :; done
		sleep 3
		;;
	esac
	gone "$6" "$7"
END
chmod +x "$tmp/instance"

ends() {	# DURING CONDITION BENCH-OPTION...
	local during=$1 condition=$2 dir=$tmp/$2 why ms
	shift 2
	cat >"$tmp/$condition.conf" <<-END
		title = ends at $condition
		driver = exec
		virtualization = container
		topology = veth
		command = $tmp/instance @DEV@ @BRIDGE@ @ADDR@ @PEER@ @MAC@ $condition $tmp/stamp
		workload = iperf3
		timeout_s = 30
	END
	rm -f "$tmp/stamp"
	"$VNFTRACE" bench -T "$tmp/$condition.conf" -r 1 "$@" -o "$dir" >"$tmp/page" 2>&1
	check "gone $during: exit 3" [ $? = 3 ]
	# When teardown began. Its end would also hold the kernel's own waits.
	ms=$("$VNFTRACE" report -p "$dir/records" |
		sed -nE 's/^([0-9]+)\.([0-9]{3}).* mark name=stop .*/\1\2/p')
	ms=$((ms - $(cat "$tmp/stamp" || echo 0)))
	why=$(json "$dir/results.json" .rows[0].failed[0].why)
	if grep -q "$during.*$condition: enough of it" <<<"$why"; then ok "gone $during: $why"; else
		not_ok "gone $during: it says \"$why\""
		cat "$tmp/page"
	fi
	echo "# gone $during: measuring ended $ms ms later"
	check "gone $during: noticed at once" [ "$ms" -le 3000 ]
	check "gone $during: nothing is left" wait_for 5 nothing_left
}

ends "before it answered" early --timeout 20s
ends "during memory" settled --settle 60s
ends "during RTT" echoes --no-memory --echoes 100000 --pin-guest 0
check "gone during RTT: it ran on CPU 0 alone" [ "$(<"$tmp/stamp.cpus")" = 0 ]
ends "during throughput" bytes --no-memory --no-rtt --throughput 60s

"$VNFTRACE" bench -T "$tmp/echoes.conf" -r 1 --no-memory --pin-guest 1023 -o "$tmp/nowhere" \
	>"$tmp/page" 2>&1
check "pinned to a CPU that is not there: exit 3" [ $? = 3 ]
check "pinned to a CPU that is not there: it says so" \
	grep -q "cannot be pinned to CPU 1023" "$tmp/page"
check "pinned to a CPU that is not there: nothing is left" \
	wait_for 5 nothing_left
finish
