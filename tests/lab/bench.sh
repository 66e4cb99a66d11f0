#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vnftrace bench with the module as observer and as sender: a whole row, of an instance that is a
# namespace with an iperf3 server; and the same with BPF watching what the module sends.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth (born in the launch) --- [instance 198.18.0.2]
#
# takes: 120 s
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rmmod vnftrace 2>/dev/null; rm -rf "$tmp"' EXIT
before=$(leftovers)

cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	# DEV BRIDGE ADDR MAC
	set -e
	. "$INSTANCE"
	instance_begin
	instance_device "$1" "$3" "$4"
	ip link set "$1" master "$2" up
	inside iperf3 -s -p 5201 >/dev/null &
	wait $pid
END
chmod +x "$tmp/instance"
cat >"$tmp/module.conf" <<-END
	title = a namespace
	driver = exec
	virtualization = container
	topology = veth
	command = $tmp/instance @DEV@ @BRIDGE@ @ADDR@ @MAC@
	workload = iperf3
	timeout_s = 30
END

at() { json "$tmp/$dir/results.json" "$1"; }	# FILTER
row() { at ".rows[0]$1"; }			# FILTER: of the only row
is() {	# WHAT GOT WANT
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1: $2, not $3"; fi
}
above() {	# WHAT GOT LEAST
	if [ "${2%%.*}" -gt "$3" ] 2>/dev/null; then ok "$1"; else not_ok "$1: $2, not above $3"; fi
}
bench() {	# OBSERVER STIMULUS
	dir=$1-$2
	exits 0 "bench with observer $1, stimulus $2" "$VNFTRACE" bench -T "$tmp/module.conf" -r 1 \
		--observer "$1" --stimulus "$2" --throughput 2s --settle 1s --echoes 300 \
		-o "$tmp/$dir"
}
whole_row() {	# OBSERVER STIMULUS
	local d
	is "$dir: the manifest says who stamped" "$(at .manifest.parameters.observer)" "$1"
	is "$dir: and who sent" "$(at .manifest.parameters.stimulus)" "$2"
	is "$dir: the row is valid" "$(row .valid)" true
	above "$dir: instantiation" "$(row .instantiation.median_ns)" 0
	is "$dir: by SYNs of" "$(row .instantiation.stimulus)" "$2"
	echo "# bound: $(jq -c '.rows[0].instantiation.median_bound_parts_ns, .manifest.bounds' \
		"$tmp/$dir/results.json")"
	above "$dir: and what it may be off by" "$(row '.instantiation.median_bound_ns[0]')" 0
	above "$dir: as the flood" "$(row '.rtt.flood.mean_bound_ns[0]')" 0
	above "$dir: service" "$(row .service_ready.median_ns)" 0
	above "$dir: flood" "$(row .rtt.flood.n)" 200
	is "$dir: the flood is a thread's" "$(row .rtt.flood.stimulus)" user
	above "$dir: fixed rate" "$(row .rtt.fixed.n)" 290
	is "$dir: echoes at a fixed rate by" "$(row .rtt.fixed.stimulus)" "$2"
	for d in tx rx; do
		above "$dir: throughput $d" "$(row .throughput.$d.median_bps)" 1000000
		above "$dir: small packets $d" "$(row .throughput.$d.median_pps)" 100
	done
	above "$dir: teardown" "$(row .teardown.median_ns)" 0
	is "$dir: nothing lost" "$(row .lost.ring_full)" 0
	echo "# $dir: first RST $(row .instantiation.median_ns) ns," \
		"echo p50 $(row .rtt.fixed.p50_ns) ns," \
		"tx $(row .throughput.tx.median_bps) bit/s, iperf3 $(row .throughput.tx.iperf3_bps)"
	# Nothing else runs in this VM.
	is "$dir: nothing disturbed it" "$(row .disturbed_runs)" 0
	echo "# $dir: the CPUs' time: $(row '.conditions[0] | "others \(.others_percent) %, " +
		"own \(.own_percent) %, kernel \(.kernel_percent) %, interrupts " +
		"\(.interrupts_percent) %, steal \(.steal_percent) %, idle \(.idle_percent) %"')"
}

echo "# kernel $(uname -r)"
check "the module loads" modprobe vnftrace dyndbg=+p
bench module kernel
whole_row module kernel
is "who received at the sender: nobody" "$(row .rtt.fixed.sender)" null
is "exec of a process: not seen by the module" "$(row .instantiation.phases[0].median_ns)" null
is "the device's birth is the kernel's" \
	"$(row '.instantiation.phases[] | select(.name == "device").clock')" hook
bench bpf kernel
whole_row bpf kernel
bench module user
whole_row module user
bash -c 'while :; do :; done' &
hog=$!
dir=hog
exits 0 "bench beside a busy loop" "$VNFTRACE" bench -T "$tmp/module.conf" -r 1 --no-rtt \
	--no-throughput --settle 1s -o "$tmp/$dir"
kill $hog
above "which took of the CPU, in per cent" "$(row '.conditions[0].others_percent')" 20
is "is marked" "$(row .disturbed_runs)" 1
check "nothing is left" [ "$(leftovers)" = "$before" ]
check "nobody holds the module" rmmod vnftrace
is "all that was created was destroyed" "$(dmesg | grep -c 'vnftrace: created')" \
	"$(dmesg | grep -c 'vnftrace: destroyed')"
exits 4 "bench by the kernel without the module" "$VNFTRACE" bench -T "$tmp/module.conf" -r 1 \
	--stimulus kernel -o "$tmp/none" 2>"$tmp/err"
check "says what to do" grep -q 'modprobe vnftrace' "$tmp/err"
finish
