#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# attach, status, record and detach on real devices with real tools, by tcx and by clsact, or by
# what $VNFT_HOOKS says: "module" is the kernel module (tests/lab/observer.sh).
#
#	[vnfto1]  vnfto-a 198.18.4.1/30 === 198.18.4.2/30 vnfto-b  [vnfto2]
#	          fd00:4::1/64          ===          fd00:4::2/64
#	          vnfto-a.7 198.18.5.1/30 == 198.18.5.2/30 vnfto-b.7	VLAN 7
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
server='' vlan=0	# pings over VLAN 7, where the kernel has VLAN devices
cleanup() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	"$VNFTRACE" detach vnfto1/vnfto-a >/dev/null 2>&1
	ip netns del vnfto1 2>/dev/null
	ip netns del vnfto2 2>/dev/null
	rm -rf "$tmp"
}
trap cleanup EXIT
cleanup
mkdir -p "$tmp"
# Only what this test makes, because other benches may run on this host.
ours() { leftovers | grep -E '^pin |vnfto'; }
before=$(ours)
in1() { ip netns exec vnfto1 "$@"; }
in2() { ip netns exec vnfto2 "$@"; }

topology() {
	ip netns add vnfto1 && ip netns add vnfto2 || return 1
	ip -n vnfto1 link add vnfto-a type veth peer name vnfto-b netns vnfto2
	ip -n vnfto1 link add link vnfto-a name vnfto-a.7 type vlan id 7 2>/dev/null &&
		ip -n vnfto2 link add link vnfto-b name vnfto-b.7 type vlan id 7 && vlan=7
	local side ns dev
	for side in 1:a 2:b; do
		ns=vnfto${side%:*} dev=vnfto-${side#*:}
		ip -n $ns addr add 198.18.4.${side%:*}/30 dev $dev
		ip -n $ns addr add fd00:4::${side%:*}/64 dev $dev nodad
		ip -n $ns link set lo up
		ip -n $ns link set $dev up
		[ "$vlan" = 0 ] || ip -n $ns addr add 198.18.5.${side%:*}/30 dev $dev.7
		[ "$vlan" = 0 ] || ip -n $ns link set $dev.7 up
	done
	# On a slow machine the stacks would send ARP again in between, and ARP is recorded.
	ip -n vnfto1 neigh replace 198.18.4.2 lladdr "$(mac vnfto2 vnfto-b)" dev vnfto-a \
		nud permanent
	ip -n vnfto2 neigh replace 198.18.4.1 lladdr "$(mac vnfto1 vnfto-a)" dev vnfto-b \
		nud permanent
}
mac() { ip -n "$1" -o link show "$2" | sed 's/.*ether \([0-9a-f:]*\).*/\1/'; }

# What tells attach and record to use HOOK, what it is called in the tables, and who that is.
how() { if [ "$1" = module ]; then echo "--observer module"; else echo "--hook $1"; fi; }
called() { if [ "$1" = module ]; then echo netfilter; else echo "$1"; fi; }
quiet() { "$@" >/dev/null 2>&1; }
filters() { in1 tc filter show dev vnfto-a ingress; in1 tc filter show dev vnfto-a egress; }
has_ours() { filters | grep -q vnft_; }
has_theirs() { filters | grep -q 'pref 20 bpf'; }
has_clsact() { in1 tc qdisc show dev vnfto-a | grep -q clsact; }
exists() { [ -e "$1" ]; }

read_back() { "$VNFTRACE" report "$tmp/records" -j >"$tmp/back"; }

counts() {	# HOOK
	# shellcheck disable=SC2046
	in1 "$VNFTRACE" attach vnfto-a $(how "$1") -j >"$tmp/attach" || return 1
	json_is "$1: says which hook" "$(called "$1")/ingress" "$tmp/attach" .attached[0].hook_in
	# Traffic after the command has ended, and seen from outside of the namespace.
	in1 ping -q -c 20 -i 0.01 198.18.4.2 >/dev/null
	in1 ping -q -c 10 -i 0.01 fd00:4::2 >/dev/null
	[ "$vlan" = 0 ] || in1 ping -q -c "$vlan" -i 0.01 198.18.5.2 >/dev/null
	in2 ping -q -c 5 -i 0.01 198.18.4.1 >/dev/null
	for _ in 1 2 3 4; do
		in1 bash -c ': </dev/tcp/198.18.4.2/9' 2>/dev/null
	done
	"$VNFTRACE" status -j >"$tmp/status"
	json_is "$1: 20 + 10 + $vlan echo requests out, IPv4, IPv6 and VLAN" $((30 + vlan)) \
		"$tmp/status" '.attached[0].out.classes["echo-request"]'
	json_is "$1: their replies in" $((30 + vlan)) "$tmp/status" \
		'.attached[0].in.classes["echo-reply"]'
	json_is "$1: 5 requests in" 5 "$tmp/status" \
		'.attached[0].in.classes["echo-request"]'
	json_is "$1: every reply met its request" "$((35 + vlan)) 0" "$tmp/status" \
		.attached[0].pairings.echo.matched .attached[0].pairings.echo.unmatched
	json_is "$1: 4 SYN out" 4 "$tmp/status" .attached[0].out.classes.syn
	json_is "$1: 4 RST in, matched" 4 "$tmp/status" \
		'.attached[0].pairings["syn-rst"].matched'
	json_is "$1: nothing lost" "0 0 0 0 0 0" "$tmp/status" .attached[0].lost.ring_full \
		.attached[0].lost.evicted .attached[0].lost.truncated .attached[0].lost.nested \
		.attached[0].lost.recursion .attached[0].lost.backwards
	in1 "$VNFTRACE" report --dev vnfto-a >"$tmp/report"
	check "$1: report shows the RTT" grep -q '^echo' "$tmp/report"
}

throughput() {	# HOOK
	in2 iperf3 -s -1 -B 198.18.4.2 >/dev/null 2>&1 &
	server=$!
	wait_for 5 in1 bash -c ': </dev/tcp/198.18.4.2/5201' 2>/dev/null
	wait "$server" 2>/dev/null	# -1: the look was its one client
	in2 iperf3 -s -1 -B 198.18.4.2 >/dev/null 2>&1 &
	server=$!
	wait_for 5 listening
	in1 iperf3 -c 198.18.4.2 -n "${VNFT_IPERF_BYTES:-200M}" -J >"$tmp/iperf" || return 1
	wait "$server"
	server=
	"$VNFTRACE" status -j >"$tmp/status"
	# With -n the client stops with bytes in flight: received <= passed <= sent (and control
	# data).
	local got sent payload again wire frames
	read -r got sent < <(json "$tmp/iperf" .end.sum_received.bytes .end.sum_sent.bytes)
	read -r payload again wire frames < <(json "$tmp/status" \
		.attached[0].out.tcp_payload_bytes .attached[0].out.retrans_bytes \
		.attached[0].out.wire_packets .attached[0].out.packets)
	[ "$got" -le $((payload - again)) ] &&
		[ $((payload - again)) -le $((sent + sent / 1000)) ] &&
		[ "$wire" -ge "$frames" ] && return
	echo "# iperf3 sent $sent, received $got, hooks $payload, of it again $again"
	return 1
}
listening() { in2 grep -qi ':1451 00000000:0000 0A' /proc/net/tcp; }

others() {	# HOOK: other people's programs and clsact stay
	in1 tc qdisc add dev vnfto-a clsact
	in1 tc filter add dev vnfto-a ingress prio 20 protocol all bpf \
		bytecode "1,6 0 0 0," flowid 1:1
	# shellcheck disable=SC2046
	in1 "$VNFTRACE" attach vnfto-a $(how "$1") >/dev/null || return 1
	in1 ping -q -c 3 -i 0.01 198.18.4.2 >/dev/null
	"$VNFTRACE" status -j >"$tmp/status"
	json_is "$1: beside a filter of others" 3 "$tmp/status" \
		'.attached[0].out.classes["echo-request"]'
	[ "$1" = module ] || check "$1: status names it" \
		grep -q '^vnfto1/vnfto-a *in .* clsact *bpf .*behind us' <("$VNFTRACE" status)
	in1 "$VNFTRACE" detach vnfto-a >/dev/null
	check "$1: detach leaves their clsact" has_clsact
	check "$1: and their filter" has_theirs
	exits 1 "$1: none of ours stays" has_ours
	in1 tc qdisc del dev vnfto-a clsact
}

recording() {	# HOOK: as many records as tcpdump saw frames
	rm -f "$tmp/ready" "$tmp/records"
	ip netns exec vnfto1 tcpdump -i vnfto-a -Z root -w "$tmp/pcap" -U icmp or tcp \
		2>"$tmp/dump" &
	local dump=$!
	wait_for 5 grep -q 'listening on' "$tmp/dump"
	# A shell's background job ignores SIGINT unless told otherwise, which busybox's env cannot
	# do.
	local stop=INT default="env --default-signal=INT"
	$default true 2>/dev/null || stop=TERM default=
	# shellcheck disable=SC2046
	$default ip netns exec vnfto1 "$VNFTRACE" record vnfto-a $(how "$1") --tcp \
		-o "$tmp/records" -j --ready-file "$tmp/ready" --duration 60s \
		>"$tmp/record" 2>"$tmp/err" &
	local recorder=$!
	wait_for 10 exists "$tmp/ready"
	in1 ping -q -c 50 -i 0.005 198.18.4.2 >/dev/null
	for _ in 1 2 3; do
		in1 bash -c ': </dev/tcp/198.18.4.2/9' 2>/dev/null
	done
	# Both see a frame while it is sent, so they have all of them when they are stopped.
	kill -$stop "$recorder"
	if wait "$recorder"; then ok "$1: record ends well on SIG$stop"; else
		not_ok "$1: record ended with $?: $(cat "$tmp/err")"; fi
	wait_for 5 has_sent
	kill -TERM "$dump"
	wait "$dump" || cat "$tmp/dump"
	local frames
	frames=$(pcap | wc -l)
	json_is "$1: one record for each of tcpdump's frames" "$frames" "$tmp/record" .packets
	# A connection of an earlier step may still end, and both see that.
	check "$1: they are what was sent" has_sent
	has_sent || pcap -n | tail -n 20 | sed 's/^/# /'
	json_is "$1: valid, nothing lost" "true 0" "$tmp/record" .valid .lost_records
	exits 0 "$1: the file is read back" read_back
	json_true "$1: report counts the hooks' records as record did, and the file's apart" \
		"$tmp/back" ".file.hook_records == $(json "$tmp/record" .hook_records) and
		.file.hook_records == ([.cpus[].hook_records] | add) and
		.file.records > .file.hook_records and .file.packets == $frames"
	pcap tcp | grep -o 'TS val [0-9]* ecr [0-9]*' | sort >"$tmp/ts.tcpdump"
	"$VNFTRACE" report --packets "$tmp/records" |
		sed -n 's/.* tsval=\([0-9]*\) tsecr=\([0-9]*\).*/TS val \1 ecr \2/p' |
		sort >"$tmp/ts.ours"
	exits 0 "$1: TCP timestamps are those that tcpdump read" \
		cmp "$tmp/ts.tcpdump" "$tmp/ts.ours"
	exits 0 "$1: and there were some" test -s "$tmp/ts.ours"
}
pcap() { tcpdump -Z root -r "$tmp/pcap" "$@" 2>/dev/null; }	# -Z: where there is no user tcpdump
has_sent() { [ "$(pcap icmp or port 9 | wc -l)" = 106 ]; }

killed() {	# HOOK: a killed recorder leaves nothing that --all does not find
	rm -f "$tmp/ready" "$tmp/records"
	# shellcheck disable=SC2046
	ip netns exec vnfto1 "$VNFTRACE" record vnfto-a $(how "$1") -o "$tmp/records" \
		--duration 30s --ready-file "$tmp/ready" &
	local recorder=$!
	wait_for 10 exists "$tmp/ready"
	kill -KILL "$recorder"
	wait "$recorder" 2>/dev/null
	"$VNFTRACE" detach --all >/dev/null
	exits 1 "$1: killed: no filter stays" has_ours
	exits 1 "$1: killed: no clsact of ours stays" has_clsact
	[ "$1" != module ] || check "module: killed: its session is gone" \
		test "$("$VNFTRACE" status -j | jq .module.sessions)" = 0
}

devices() {	# HOOK: every kind of device
	local dev
	ip -n vnfto1 tuntap add vnfto-tap mode tap
	ip -n vnfto1 tuntap add vnfto-tun mode tun
	ip -n vnfto1 link add vnfto-br type bridge
	local list="vnfto-tap vnfto-tun vnfto-br lo"
	[ "$vlan" = 0 ] || list+=" vnfto-a.7"
	for dev in $list; do
		# shellcheck disable=SC2046
		exits 0 "$1: attach $dev" quiet in1 "$VNFTRACE" attach "$dev" $(how "$1") -j
	done
	in1 ping -q -c 4 -i 0.01 127.0.0.1 >/dev/null
	"$VNFTRACE" status -j >"$tmp/status"
	json_is "$1: lo sees a frame leave and come, as two requests, each answered" "4 4 8 0" \
		"$tmp/status" '.attached[] | select(.device == "lo") | .out.classes["echo-request"],
			.in.classes["echo-request"], .pairings.echo.matched,
			.pairings.echo.unmatched'
	in1 "$VNFTRACE" detach $list >/dev/null
}

if ! topology; then
	skip "no network namespaces here" "observer"
	exit 0
fi
hooks=${VNFT_HOOKS:-}
if [ -z "$hooks" ]; then
	hooks=clsact
	in1 "$VNFTRACE" attach lo --hook tcx >/dev/null 2>&1 && hooks="tcx clsact"
	in1 "$VNFTRACE" detach lo >/dev/null 2>&1
	[ "$hooks" != clsact ] || skip "this kernel has no tcx" "tcx"
fi
[ "$vlan" != 0 ] ||
	skip "this kernel has no VLAN devices (tests/lab/load.c sends tags)" "VLAN device"
for hook in $hooks; do
	counts $hook || not_ok "$hook: attach"
	check "$hook: payload is what iperf3 sent, GSO and all" throughput $hook
	# shellcheck disable=SC2046
	exits 1 "$hook: attaching twice is refused" \
		quiet in1 "$VNFTRACE" attach vnfto-a $(how $hook)
	exits 0 "$hook: detach" quiet in1 "$VNFTRACE" detach vnfto-a
	exits 1 "$hook: clsact of ours is gone" has_clsact
	others $hook
	recording $hook
	killed $hook
done
devices "$hook"

# All or nothing; NETNS/DEV from outside; a device that dies attached.
# shellcheck disable=SC2046
exits 1 "attach of two devices, one unknown" quiet "$VNFTRACE" attach vnfto1/vnfto-a vnfto1/none \
	$(how "$hook")
check "attaches none" test -z "$("$VNFTRACE" status -j | grep vnfto-a)"
# shellcheck disable=SC2046
exits 0 "attach by NETNS/DEV" quiet "$VNFTRACE" attach vnfto1/vnfto-tap $(how "$hook")
ip -n vnfto1 link del vnfto-tap
"$VNFTRACE" status -j >"$tmp/status"
if [ "$hook" = module ]; then
	json_is "a dead device's attachment died with it" null "$tmp/status" .attached[0].state
else
	json_is "a dead device says so" "device gone" "$tmp/status" .attached[0].state
fi
exits 0 "detach --all takes it" quiet "$VNFTRACE" detach --all
check "nothing of ours is left" test "$before" = "$(ours)"
finish
