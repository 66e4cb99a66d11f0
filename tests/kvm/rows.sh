# SPDX-License-Identifier: GPL-2.0
# Sourced by tests of rows on a host of KVM guests, whose processor is emulated. Gives $tmp (gone at
# the end) and $before.
#
#	[vnft-ID]  tap 198.18.0.1/30 --- vhost-net, or QEMU --- [guest 198.18.0.2]
. tests/lib.sh
export VNFT_TYPES=${VNFT_TYPES:-$PWD/tools/guest/types}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

# Who moves the frames: a thread of the kernel (6.1) or of QEMU (6.12), or none where QEMU does.
vhost_works() { cat /proc/[0-9]*/task/*/comm 2>/dev/null | grep -q '^vhost-'; }

row() {		# WHAT FILTER: true of the only row in $dir
	json_true "$what: $1" "$dir/results.json" ".rows[0] | $2"
}

kvm_row() {	# TYPE on|off: a bench with vhost-net or without, and all that it must have measured
	local bench code worked=off start=$SECONDS asked=true off=()
	what="$1, vhost $2" dir=$tmp/$1-$2
	[ "$2" = on ] || asked=false off=(--vhost off)
	# An answer takes milliseconds here. More SYNs and echoes than answers would only be in the
	# guest's way.
	"$VNFTRACE" bench -T "$1" --accel kvm "${off[@]}" -r 1 --syn-interval 10ms \
		--echoes 100 --echo-interval 20ms --throughput 3s --settle 1s --timeout 200s \
		-o "$dir" >"$tmp/page" 2>&1 &
	bench=$!
	while kill -0 $bench 2>/dev/null; do
		! vhost_works || worked=on
		sleep 1
	done
	wait $bench
	code=$?
	check "$what: bench exits 0" [ $code = 0 ]
	[ $code = 0 ] || cat "$tmp/page"
	check "$what: that is who moved the frames" [ $worked = "$2" ]
	row "valid, and it says whose KVM that is" \
		'.valid and .runs == 1 and .accel == "kvm (emulated SVM)"'
	row "exec, first entry of a vCPU, first frame and RST are seen, in this order" \
		'[.instantiation.phases[] |
		select(.name | IN("exec", "vcpu", "frame", "rst")).median_ns] |
		length == 4 and all(. != null and . > 0) and . == sort'
	row "the first entry is stamped in the kernel" \
		'.instantiation.phases[] | select(.name == "vcpu").clock == "hook"'
	row "service" '.service_ready.median_ns > 0'
	row "RTT, by flood and at a fixed rate" '.rtt | .flood.n >= 90 and .fixed.n >= 90 and
		.flood.p50_ns > 0 and .flood.p50_ns <= .flood.sender.p50_ns'
	row "throughput both ways, about as iperf3 says" '.throughput | [.tx, .rx] |
		all(.median_bps > 0 and (.median_bps / .iperf3_bps - 1 | fabs) < 0.5)'
	row "64-byte packets both ways" '.throughput | [.tx, .rx] | all(.median_pps > 0)'
	row "memory, image and teardown" '.memory.tool_bytes > 20000000 and
		.memory.pss_bytes > 0 and .image.file_bytes > 0 and .teardown.median_ns > 0'
	row "no record is lost" '.lost.ring_full == 0'
	json_is "$what: what was asked for is a parameter" "kvm $asked" "$dir/results.json" \
		.manifest.parameters.accel .manifest.parameters.vhost
	check "$what: nothing is left" wait_for 10 nothing_left
	jq -r --arg what "$what" '.rows[0] | "# \($what): " + ([.instantiation.phases[] |
		select(.median_ns) | "\(.name) \(.median_ns / 1e6 | round)"] | join(", ")) +
		" ms; RTT p50 \(.rtt.flood.p50_ns / 1e6 * 100 | round / 100) ms; tx \(
		.throughput.tx.median_bps / 1e6 | round), rx \(.throughput.rx.median_bps / 1e6 |
		round) Mbit/s; \(.memory.pss_bytes / 1048576 | round) MiB"' "$dir/results.json"
	echo "# $what: $((SECONDS - start)) s"
}
