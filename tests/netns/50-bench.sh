#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vnftrace bench with a real container and a real VM: every measurement is there, and the records
# say the same as the table.
#
#	[vnft-ID namespace]  bridge 198.18.0.1/30 --- veth --- [container 198.18.0.2]
#			     tap 198.18.0.1/30 --- VM 198.18.0.2
#
# needs: image container, image minilinux
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

at() {	# PATH-EXPRESSION: value in results.json
	python3 -c 'import json,sys; r=json.load(open(sys.argv[1])); rows={x["type"]:x
		for x in r["rows"]}; print(eval(sys.argv[2]))' "$dir/results.json" "$1"
}
true_that() {	# WHAT EXPRESSION
	local got
	got=$(at "$2" 2>&1)
	if [ "$got" = True ]; then ok "$1"; else not_ok "$1: $2 is $got"; fi
}

dir=$tmp/r1
exits 0 "bench of a container and a VM" \
	"$VNFTRACE" bench -T container.crun,minilinux.kvm -r 1 --throughput 2s --settle 2s \
	--echoes 300 -o "$dir"
for t in container.crun minilinux.kvm; do
	r="rows['$t']"
	true_that "$t: valid, one run" "$r['valid'] and $r['runs'] == 1"
	true_that "$t: instantiation before service, after exec" \
		"0 < $r['instantiation']['median_ns'] <= $r['service_ready']['median_ns'] + 5000000"
	true_that "$t: no interval from one run, and why" \
		"$r['instantiation']['ci95_ns'] is None and \
			'needs' in $r['instantiation']['ci95_ns_why']"
	true_that "$t: flood RTT at the hook is below the sender's" \
		"0 < $r['rtt']['flood']['p50_ns'] <= $r['rtt']['flood']['sender']['p50_ns']"
	true_that "$t: fixed-rate RTT" "$r['rtt']['fixed']['n'] >= 295"
	true_that "$t: throughput within 5 % of iperf3's over 2 s, both ways" \
		"all(abs($r['throughput'][d]['median_bps'] / \
			$r['throughput'][d]['iperf3_bps'] - 1) < 0.05 for d in ('tx', 'rx'))"
	true_that "$t: 64-byte packets per second, both ways" \
		"all($r['throughput'][d]['median_pps'] > 0 for d in ('tx', 'rx'))"
	true_that "$t: image and memory" \
		"$r['image']['file_bytes'] > 0 and $r['memory']['tool_bytes'] > 0 and \
			$r['memory']['pss_bytes'] > 0"
	true_that "$t: teardown" "$r['teardown']['median_ns'] > 0"
	true_that "$t: losses are counted and nothing lost a record" \
		"$r['lost']['ring_full'] == 0 and len($r['lost']) == 7"
done
true_that "the VM says TCG or KVM" "rows['minilinux.kvm']['accel'] in ('kvm', 'tcg')"
true_that "manifest names host, kernel, seed, command" \
	"all(k in r['manifest'] \
		for k in ('host', 'command', 'parameters', 'types', 'id', 'self_overhead'))"
true_that "no pin is null, with the reason" \
	"all(r['manifest']['parameters'][k] is None and r['manifest']['parameters'][k + '_why'] \
		for k in ('pin_load_cpu', 'pin_guest_cpu'))"
exits 0 "results.json is what its schema says, and has no other key" \
	tests/results-schema "$dir/results.json"
for change in 'r["rows"][0]["runs"] = "1"' 'r["rows"][1]["lost"]["new"] = None' \
	'r["manifest"]["secret"] = 1' 'del r["rows"][0]["instantiation"]["ci95_ns_why"]'; do
	python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); exec(sys.argv[2])
print(json.dumps(r))' "$dir/results.json" "$change" >"$tmp/changed.json"
	exits 1 "but not after $change" tests/results-schema "$tmp/changed.json"
done
exits 0 "report reads the directory again" "$VNFTRACE" report "$dir"
exits 0 "report reads the raw records" "$VNFTRACE" report "$dir/records"
exits 1 "a directory that is not empty is refused" \
	"$VNFTRACE" bench -T container.crun -r 1 -o "$dir"
check "nothing is left" [ "$(leftovers)" = "$before" ]
finish
