#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bench of types that serve no iperf3: a plain TCP sink and source, an iperf 2 server, nothing. What
# a workload cannot give is null with the reason, and the row is valid; one that does not do what
# its type says makes the row invalid.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth --- [instance 198.18.0.2: the server]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	# DEV BRIDGE ADDR PEER MAC SERVER...
	set -e
	. "$INSTANCE"
	instance_begin
	instance_device "$1" "$3" "$5" "$2" "$4"
	inside "${@:6}" >/dev/null 2>&1 &
	ip link set "$1" up master "$2"
	wait $pid
	END
chmod +x "$tmp/instance"
type_of() {	# NAME SERVER LINE...: a type whose instance runs SERVER
	printf '%s\n' "title = $1" 'driver = exec' 'virtualization = container' 'topology = veth' \
		"command = $tmp/instance @DEV@ @BRIDGE@ @ADDR@ @PEER@ @MAC@ $2" 'timeout_s = 30' \
		"${@:3}" >"$tmp/types/$1.conf"
}
bench() {	# DIR TYPES SECONDS: its exit code in $code
	dir=$tmp/$1 code=0
	VNFT_TYPES=$tmp/types "$VNFTRACE" bench -T "$2" -r 1 --no-memory --no-rtt \
		--throughput "$3" -o "$dir" >"$tmp/page" 2>"$tmp/err" || code=$?
}
row() {		# TYPE WHAT FILTER: true of its row
	json_true "$1: $2" "$dir/results.json" ".rows[] | select(.type == \"$1\") | $3"
}
rate_of() { row "$1" "rate of $2" ".throughput.$2.median_bps > 1e6"; }	# TYPE DIRECTION
null_of() {	# TYPE KEY REASON
	row "$1" "no $2, and why" ".throughput.$2 == null and (.throughput.${2}_why |
		contains(\"$3\"))"
}
invalid() {	# TYPE REASON
	row "$1" "not valid: $2" "(.valid | not) and (.invalid_why | contains(\"$2\"))"
}

mkdir "$tmp/types"
plain=$VNFT_TESTS/netns/plain
type_of both "$plain sink:7000 source:7001" 'workload = tcp' 'port = 7000' 'source_port = 7001'
type_of sink "$plain sink:7000" 'workload = tcp' 'port = 7000'
type_of echo "$plain echo:7000" 'workload = tcp' 'port = 7000'
type_of quiet "$plain sink:7000" 'port = 7000'
type_of dead "sleep 600" 'port = none'
bench good both,sink,echo,quiet,dead 1s
check "workloads that do what their types say: exit 0" [ "$code" = 0 ]
for t in both sink echo quiet dead; do row $t "valid" .valid; done
for t in both sink echo; do
	rate_of $t rx
	row $t "names its workload" '.throughput.workload == "tcp"'
	null_of $t rx.tool_bps "has no report of its own"
	null_of $t rx.iperf3_bps "no iperf3 server"
	null_of $t rx.median_pps "no UDP"
done
rate_of both tx
null_of sink tx.median_bps "names no source_port"
null_of echo tx.median_bps "names no source_port"
for t in quiet dead; do
	for d in tx rx; do null_of $t $d.median_bps "workload is none"; done
done
row quiet "service-ready all the same" '.service_ready.median_ns > 0'
exits 0 "results.json is what its schema says" tests/results-schema "$dir/results.json"
check "the page names workloads" grep -qE '^both +tcp +' "$tmp/page"

type_of deaf "$plain deaf:7000" 'workload = tcp' 'port = 7000'
type_of once "$plain once:7000" 'workload = tcp' 'port = 7000'
type_of silent "$plain sink:7000 deaf:7001" 'workload = tcp' 'port = 7000' 'source_port = 7001'
type_of absent "$plain sink:7000" 'workload = tcp' 'port = 7000' 'source_port = 7001'
bench bad deaf,once,silent,absent 1s
check "workloads that do not: exit 3" [ "$code" = 3 ]
invalid deaf "no run has rx: tcp to 198.18.0.2 port 7000: it read nothing in the second half"
invalid once "no run has rx: tcp to 198.18.0.2 port 7000: the other end closed it after "
invalid silent "no run has tx: tcp to 198.18.0.2 port 7001: it sent nothing"
rate_of silent rx
invalid absent "no run has tx: tcp to 198.18.0.2 port 7001: refused: nothing listens there"

type_of iperf2 "iperf -s -p 5001" 'workload = iperf2' 'port = 5001'
type_of oneway "$plain sink:5001" 'workload = iperf2' 'port = 5001'
if command -v iperf >/dev/null; then
	bench iperf2 iperf2,oneway 2s
	check "iperf 2, and one that does not connect back: exit 3" [ "$code" = 3 ]
	rate_of oneway rx
	invalid oneway "no run has tx: iperf2 to 198.18.0.2 port 5001: the server did not connect"
	row iperf2 "valid" .valid
	row iperf2 "tx within 5 % of its own over 2 s" '.throughput.tx | .median_bps > 1e6 and
		(.median_bps / .tool_bps - 1 | fabs < 0.05)'
	# Its clock goes on until the server has closed the connection.
	row iperf2 "rx likewise, or its clock went on" '.throughput.rx | .median_bps > 1e6 and
		(.median_bps / .tool_bps | . > 0.95 and . < 1.3)'
	json "$dir/results.json" '.rows[0].throughput | [.tx, .rx] |
		map(.median_bps / .tool_bps)' | sed 's/^/# hook by tool, tx and rx: /'
	null_of iperf2 rx.median_pps "no UDP"
	null_of iperf2 tx.retransmits "iperf2 gave no number"
else
	skip "iperf is not installed" "throughput with iperf 2"
fi

# A host without the client: the type runs, and what throughput lacks is said with its remedy.
mkdir "$tmp/bin"
for p in bash unshare sleep readlink nsenter ip sed; do
	ln -s "$(command -v $p)" "$tmp/bin/"
done
PATH=$tmp/bin bench without oneway 1s
check "without iperf: exit 3" [ "$code" = 3 ]
invalid oneway "no run has tx, rx: no iperf on PATH, which throughput needs: apt install iperf"
VNFT_TYPES=$tmp/types PATH=$tmp/bin "$VNFTRACE" types >"$tmp/list"
check "types says so, and that it runs" grep -qE '^oneway .* yes' "$tmp/list"
check "with the remedy" grep -qE '^oneway +no iperf on PATH.*: apt install iperf$' "$tmp/list"
check "nothing is left" wait_for 5 nothing_left
finish
