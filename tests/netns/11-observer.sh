#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# attach, status, record and detach on real devices with real tools, by tcx and by clsact.
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
# Ours alone: benches of others may run beside.
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
	return 0
}

# number JSON PYTHON: evaluates PYTHON with the first attached row as d and the whole as j
number() {
	python3 -c "import json,sys; j=json.load(open(sys.argv[1])); d=(j.get('attached') or [None])[0]; print($2)" "$1"
}
is() {	# WHAT WANT JSON PYTHON
	local got
	got=$(number "$3" "$4")
	if [ "$got" = "$2" ]; then ok "$1"; else not_ok "$1: $got, not $2"; fi
}
quiet() { "$@" >/dev/null 2>&1; }
filters() { in1 tc filter show dev vnfto-a ingress; in1 tc filter show dev vnfto-a egress; }
has_ours() { filters | grep -q vnft_; }
has_theirs() { filters | grep -q 'pref 20 bpf'; }
has_clsact() { in1 tc qdisc show dev vnfto-a | grep -q clsact; }
exists() { [ -e "$1" ]; }

counts() {	# HOOK
	in1 "$VNFTRACE" attach vnfto-a --hook "$1" -j >"$tmp/attach" || return 1
	is "$1: says which hook" "$1/ingress" "$tmp/attach" "d['hook_in']"
	# Traffic after the command has ended, and seen from outside of the namespace.
	in1 ping -q -c 20 -i 0.01 198.18.4.2 >/dev/null
	in1 ping -q -c 10 -i 0.01 fd00:4::2 >/dev/null
	[ "$vlan" = 0 ] || in1 ping -q -c "$vlan" -i 0.01 198.18.5.2 >/dev/null
	in2 ping -q -c 5 -i 0.01 198.18.4.1 >/dev/null
	for _ in 1 2 3 4; do
		in1 bash -c ': </dev/tcp/198.18.4.2/9' 2>/dev/null
	done
	"$VNFTRACE" status -j >"$tmp/status"
	is "$1: 20 + 10 + $vlan echo requests out, IPv4, IPv6 and VLAN" $((30 + vlan)) "$tmp/status" \
		"d['out']['classes']['echo-request']"
	is "$1: their replies in" $((30 + vlan)) "$tmp/status" "d['in']['classes']['echo-reply']"
	is "$1: 5 requests in" 5 "$tmp/status" "d['in']['classes']['echo-request']"
	is "$1: every reply met its request" "($((35 + vlan)), 0)" "$tmp/status" \
		"(d['pairings']['echo']['matched'], d['pairings']['echo']['unmatched'])"
	is "$1: 4 SYN out" 4 "$tmp/status" "d['out']['classes']['syn']"
	is "$1: 4 RST in, matched" 4 "$tmp/status" "d['pairings']['syn-rst']['matched']"
	is "$1: nothing lost" 0 "$tmp/status" "sum(d['lost'].values())"
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
	in1 iperf3 -c 198.18.4.2 -n 200M -J >"$tmp/iperf" || return 1
	wait "$server"
	server=
	"$VNFTRACE" status -j >"$tmp/status"
	# With -n the client stops with bytes in flight: received <= passed <= sent (and control data).
	python3 - "$tmp/iperf" "$tmp/status" <<-'END'
		import json, sys
		end = json.load(open(sys.argv[1]))["end"]
		got, sent = end["sum_received"]["bytes"], end["sum_sent"]["bytes"]
		out = json.load(open(sys.argv[2]))["attached"][0]["out"]
		seen = out["tcp_payload_bytes"] - out["retrans_bytes"]
		if not (got <= seen <= sent * 1.001) or out["wire_packets"] < out["packets"]:
		    sys.exit(f"# iperf3 sent {sent}, received {got}, hooks {seen}")
	END
}
listening() { in2 grep -qi ':1451 00000000:0000 0A' /proc/net/tcp; }

others() {	# HOOK: other people's programs and clsact stay
	in1 tc qdisc add dev vnfto-a clsact
	in1 tc filter add dev vnfto-a ingress prio 20 protocol all bpf bytecode "1,6 0 0 0," flowid 1:1
	in1 "$VNFTRACE" attach vnfto-a --hook "$1" >/dev/null || return 1
	in1 ping -q -c 3 -i 0.01 198.18.4.2 >/dev/null
	"$VNFTRACE" status -j >"$tmp/status"
	is "$1: beside a filter of others" 3 "$tmp/status" "d['out']['classes']['echo-request']"
	check "$1: status names it" grep -q 'clsact/in:bpf(' "$tmp/status"
	in1 "$VNFTRACE" detach vnfto-a >/dev/null
	check "$1: detach leaves their clsact" has_clsact
	check "$1: and their filter" has_theirs
	exits 1 "$1: none of ours stays" has_ours
	in1 tc qdisc del dev vnfto-a clsact
}

recording() {	# HOOK: as many records as tcpdump saw frames
	rm -f "$tmp/ready"
	ip netns exec vnfto1 tcpdump -i vnfto-a -w "$tmp/pcap" -U icmp or tcp 2>"$tmp/dump" &
	local dump=$!
	wait_for 5 grep -q 'listening on' "$tmp/dump"
	# A shell's background job ignores SIGINT unless told otherwise.
	env --default-signal=INT ip netns exec vnfto1 "$VNFTRACE" record vnfto-a --hook "$1" --tcp -o "$tmp/records" -j --ready-file "$tmp/ready" \
		--duration 30s >"$tmp/record" 2>"$tmp/err" &
	local recorder=$!
	wait_for 10 exists "$tmp/ready"
	in1 ping -q -c 50 -i 0.005 198.18.4.2 >/dev/null
	for _ in 1 2 3; do
		in1 bash -c ': </dev/tcp/198.18.4.2/9' 2>/dev/null
	done
	# Delivered to both before they are stopped: each is synchronous with the frame.
	kill -INT "$recorder"
	if wait "$recorder"; then ok "$1: record ends well on Ctrl-C"; else
		not_ok "$1: record ended with $?: $(cat "$tmp/err")"; fi
	wait_for 5 pcap_has 106
	kill -TERM "$dump"
	wait "$dump"
	local frames
	frames=$(tcpdump -r "$tmp/pcap" 2>/dev/null | wc -l)
	is "$1: one record for each of tcpdump's frames" "$frames" "$tmp/record" "j['packets']"
	exits 0 "$1: they are what was sent" test "$frames" = 106
	is "$1: valid, nothing lost" "True 0" "$tmp/record" "str(j['valid']) + ' ' + str(j['lost_records'])"
	exits 0 "$1: the file is read back" quiet "$VNFTRACE" report "$tmp/records" -j
	tcpdump -r "$tmp/pcap" tcp 2>/dev/null | grep -o 'TS val [0-9]* ecr [0-9]*' | sort >"$tmp/ts.tcpdump"
	"$VNFTRACE" report --packets -j "$tmp/records" | python3 -c '
import json, sys
for p in json.load(sys.stdin):
	if "tsval" in p:
		print("TS val", p["tsval"], "ecr", p["tsecr"])' | sort >"$tmp/ts.ours"
	exits 0 "$1: TCP timestamps are those that tcpdump read" cmp "$tmp/ts.tcpdump" "$tmp/ts.ours"
	exits 0 "$1: and there were some" test -s "$tmp/ts.ours"
}
pcap_has() { [ "$(tcpdump -r "$tmp/pcap" 2>/dev/null | wc -l)" -ge "$1" ]; }

killed() {	# HOOK: a killed recorder leaves nothing that --all does not find
	rm -f "$tmp/ready"
	ip netns exec vnfto1 "$VNFTRACE" record vnfto-a --hook "$1" -o "$tmp/records" --duration 30s --ready-file "$tmp/ready" &
	local recorder=$!
	wait_for 10 exists "$tmp/ready"
	kill -KILL "$recorder"
	wait "$recorder" 2>/dev/null
	"$VNFTRACE" detach --all >/dev/null
	exits 1 "$1: killed: no filter stays" has_ours
	exits 1 "$1: killed: no clsact of ours stays" has_clsact
}

devices() {	# every kind of device
	local dev
	ip -n vnfto1 tuntap add vnfto-tap mode tap
	ip -n vnfto1 tuntap add vnfto-tun mode tun
	ip -n vnfto1 link add vnfto-br type bridge
	local list="vnfto-tap vnfto-tun vnfto-br lo"
	[ "$vlan" = 0 ] || list+=" vnfto-a.7"
	for dev in $list; do
		exits 0 "attach $dev" quiet in1 "$VNFTRACE" attach "$dev" -j
	done
	in1 ping -q -c 4 -i 0.01 127.0.0.1 >/dev/null
	"$VNFTRACE" status -j >"$tmp/status"
	number "$tmp/status" "[ (r['out']['classes']['echo-request'], r['in']['classes']['echo-request'], \
		r['pairings']['echo']['matched'], r['pairings']['echo']['unmatched']) for r in j['attached'] \
		if r['device'] == 'lo' ][0]" >"$tmp/lo"
	check "lo sees a frame leave and come, as two requests, each answered" \
		grep -qx '(4, 4, 8, 0)' "$tmp/lo"
	in1 "$VNFTRACE" detach $list >/dev/null
}

if ! topology; then
	skip "no network namespaces here" "observer"
	exit 0
fi
hooks=clsact
in1 "$VNFTRACE" attach lo --hook tcx >/dev/null 2>&1 && hooks="tcx clsact"
in1 "$VNFTRACE" detach lo >/dev/null 2>&1
[ "$vlan" != 0 ] || skip "this kernel has no VLAN devices (tests/lab/load.c sends tags)" "VLAN device"
[ "$hooks" != clsact ] || skip "this kernel has no tcx" "tcx"
for hook in $hooks; do
	counts $hook || not_ok "$hook: attach"
	check "$hook: payload is what iperf3 sent, GSO and all" throughput $hook
	exits 1 "$hook: attaching twice is refused" quiet in1 "$VNFTRACE" attach vnfto-a
	exits 0 "$hook: detach" quiet in1 "$VNFTRACE" detach vnfto-a
	exits 1 "$hook: clsact of ours is gone" has_clsact
	others $hook
	recording $hook
	killed $hook
done
devices

# All or nothing; NETNS/DEV from outside; a device that dies attached.
exits 1 "attach of two devices, one unknown" quiet "$VNFTRACE" attach vnfto1/vnfto-a vnfto1/none
check "attaches none" test -z "$("$VNFTRACE" status -j | grep vnfto-a)"
exits 0 "attach by NETNS/DEV" quiet "$VNFTRACE" attach vnfto1/vnfto-tap
ip -n vnfto1 link del vnfto-tap
"$VNFTRACE" status -j >"$tmp/status"
is "a dead device says so" "device gone" "$tmp/status" "d['state']"
exits 0 "detach --all takes it" quiet "$VNFTRACE" detach --all
check "nothing of ours is left" test "$before" = "$(ours)"
finish
