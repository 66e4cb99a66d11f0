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

to_page() { "$@" >"$tmp/page"; }
row() {		# WHAT FILTER: true of the row of type $t
	json_true "$t: $1" "$dir/results.json" ".rows[] | select(.type == \"$t\") | $2"
}

dir=$tmp/r1
exits 0 "bench of a container and a VM" \
	"$VNFTRACE" bench -T container.crun,minilinux.kvm -r 1 --throughput 2s --settle 2s \
	--echoes 300 -o "$dir"
for t in container.crun minilinux.kvm; do
	row "valid, one run" '.valid and .runs == 1'
	row "instantiation before service, after exec" '0 < .instantiation.median_ns and
		.instantiation.median_ns <= .service_ready.median_ns + 5000000'
	row "no interval from one run, and why" '.instantiation |
		.ci95_ns == null and (.ci95_ns_why | contains("needs"))'
	row "flood RTT at the hook is below the sender's" '.rtt.flood |
		0 < .p50_ns and .p50_ns <= .sender.p50_ns'
	row "fixed-rate RTT" '.rtt.fixed.n >= 295'
	row "throughput within 5 % of iperf3's over 2 s, both ways" '.throughput |
		[.tx, .rx] | all(.median_bps / .iperf3_bps - 1 | fabs < 0.05)'
	row "64-byte packets per second, both ways" '.throughput | [.tx, .rx] |
		all(.median_pps > 0)'
	row "image and memory" '.image.file_bytes > 0 and .memory.tool_bytes > 0 and
		.memory.pss_bytes > 0'
	row "the reference beside the run, and its round" '.rounds == [1] and (.reference |
		0 < .launch.median_ns and .launch.median_ns < 2000000000 and
		(.launch.samples_ns | length) == 1 and 0 < .rtt.median_ns)'
	row "bounds beside them, of named parts" '[(.instantiation, .service_ready, .teardown |
		.median_bound_ns[0] == ([.median_bound_parts_ns[][0]] | add)),
		(.rtt.flood, .rtt.fixed, .rtt.flood.sender | .mean_bound_ns[0] > 0),
		(.throughput.tx, .throughput.rx | .median_bound_bps[1] > 0),
		.memory.tool_bound_bytes == null and (.memory.tool_bound_bytes_why | length) > 0] |
		all'
	row "teardown" '.teardown.median_ns > 0'
	row "a launch is the sum of its parts, and so is the way to its first RST" '
		.instantiation.samples_ns[0] as $rst | .service_ready.samples_ns[0] as $service |
		(.launches | length) == 1 and (.launches[0] |
		.total_ns == ([$rst, $service] | max) and
		.total_ns == ([.phases[] | .took_ns // 0] | add) and
		$rst == ([limit((.phases | map(.name) | index("rst")) + 1; .phases[]) |
			.took_ns // 0] | add))'
	row "a teardown is the sum of its parts" '.teardown.samples_ns[0] as $all |
		(.endings | length) == 1 and (.endings[0] | .total_ns == $all and
		.total_ns == ([.phases[] | .took_ns // 0] | add))'
	row "in the order of time, and what was not seen says why" '[.launches[0], .endings[0] |
		.phases | ([.[] | select(.took_ns != null) | .took_ns] | all(. >= 0)),
		([.[] | select(.took_ns == null) | .took_ns_why | length] | all(. > 0))] | all'
	row "the end of its process is a part of the teardown" '
		.endings[0].phases | length == 3 and any(.name == "exit" and .took_ns > 0)'
	row "losses are counted and nothing lost a record" '.lost |
		.ring_full == 0 and length == 7'
done
row "the VM says TCG or KVM" '.accel | . == "kvm" or . == "tcg"'
t=container.crun
row "a container's first process is exec'd within the launch, after the runtime" '
	.launches[0].phases | map({(.name): .at_ns}) | add |
	0 < .exec and .exec < .init and .init < .service'
row "its network stands apart: the hook, and its steps one after the other within it" '
	.launches[0].phases | map({(.name): .at_ns}) | add |
	[.exec, .hook, .namespace, .veth, .bridge, .address, .network, .init] |
	all(. > 0) and . == sort'
t=minilinux.kvm
row "what a console would tell is null, with the reason" '.instantiation.phases |
	map(select(.name == "console" or .name == "kernel" or .name == "init")) | length == 3 and
	all(.median_ns == null and (.median_ns_why | length) > 0)'
json_true "manifest names host, kernel, seed, command" "$dir/results.json" '.manifest |
	[has("host", "command", "parameters", "types", "id", "self_overhead")] | all'
json_true "no pin is null, with the reason" "$dir/results.json" '.manifest.parameters |
	.pin_load_cpu == null and .pin_guest_cpu == null and
	(.pin_load_cpu_why | length) > 0 and (.pin_guest_cpu_why | length) > 0'
exits 0 "results.json is what its schema says, and has no other key" \
	tests/results-schema "$dir/results.json"
for change in '.rows[0].runs = "1"' '.rows[1].lost.new = null' '.manifest.secret = 1' \
	'del(.rows[0].instantiation.ci95_ns_why)'; do
	jq "$change" "$dir/results.json" >"$tmp/changed.json"
	exits 1 "but not after $change" tests/results-schema "$tmp/changed.json"
done
exits 0 "report reads the directory again" to_page "$VNFTRACE" report "$dir"
sums() {	# of the page's table of launches: each type, and whether its parts are its total
	awk '/^Where the time of each launch/ { on = 1; next }
		/^$/ { on = 0 }
		on && $1 != "type" { n = 0; for (i = 3; i < NF; i++) n += $i; print $1, n == $NF }
		' "$tmp/page" | sort | paste -sd ' '
}
check "and shows each run's durations" [ "$(sums)" = "container.crun 1 minilinux.kvm 1" ]
exits 0 "report reads the raw records" "$VNFTRACE" report "$dir/records"
exits 1 "a directory that is not empty is refused" \
	"$VNFTRACE" bench -T container.crun -r 1 -o "$dir"
check "nothing is left" [ "$(leftovers)" = "$before" ]
finish
