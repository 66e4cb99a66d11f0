#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vnftrace bench with types that are no virtual machine, one row of each: every measurement is there
# or says why not, the row says how its instances hang from the host, and nothing is left, also
# after kill -9. An answer of the wrong kind is nobody's.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth --- [of a process or container: 198.18.0.2]
#		   macvlan 198.18.0.1/30 --- veth's end --- macvlan, macvtap [the instance's]
#		   lo 198.18.0.1/32, 198.18.0.2/32 --- process
#
# needs: image container, image tinyx
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

types=(process.{netns,netkit,macvlan,host} container.{lxc,lxc.macvlan,nspawn,podman}
	tinyx.kvm.macvtap)
row() {		# WHAT FILTER: true of the row of type $t
	json_true "$t: $1" "$dir/results.json" ".rows[] | select(.type == \"$t\") | $2"
}
topology_of() {
	case $1 in
	process.host) echo lo ;;
	*.macvlan) echo macvlan ;;
	*.netkit) echo netkit ;;
	*.macvtap) echo macvtap ;;
	*) echo veth ;;
	esac
}

# What runs here.
for t in "${types[@]}"; do
	"$VNFTRACE" types "$t" -j >"$tmp/type.json"
	if jq -e .possible "$tmp/type.json" >/dev/null; then
		here+=("$t")
	else
		skip_type "$(jq -r .missing "$tmp/type.json")" "$t"
	fi
done
dir=$tmp/r
exits 0 "bench of ${here[*]}" "$VNFTRACE" bench -T "$(IFS=,; echo "${here[*]}")" -r 2 \
	--throughput 1s --settle 100ms --echoes 200 -o "$dir" >"$tmp/page"
for t in "${here[@]}"; do
	row "valid, two runs" '.valid and .runs == 2 and .invalid_runs == 0'
	row "hangs from the host by $(topology_of $t), and what that is" \
		".topology == \"$(topology_of $t)\" and (.topology_is | length) > 20"
	row "instantiation, not after service" '0 < .instantiation.median_ns and
		.instantiation.median_ns <= .service_ready.median_ns + 5000000'
	row "its exec was seen" '.instantiation.phases[] | select(.name == "exec") |
		.median_ns > 0'
	row "nobody else answered" '.instantiation.foreign_answers == 0'
	row "RTT of both kinds" '.rtt | .flood.n >= 390 and .fixed.n >= 390 and
		0 < .flood.p50_ns and .flood.p50_ns <= .flood.sender.p50_ns'
	row "image" '.image.file_bytes > 10000 and .image.disk_bytes > 0'
	row "memory, or why not" '.memory | .pss_bytes > 100000 and .tool_bytes > 100000 and
		(.cgroup_bytes > 100000 or (.cgroup_bytes_why | length) > 10)'
	row "teardown" '.teardown.median_ns > 0'
	row "64-byte packets both ways" '.throughput | [.tx, .rx] | all(.median_pps > 0)'
	if [ "$t" = process.host ]; then
		row "no rate at a hook that has no direction, and why" '.throughput | [.tx, .rx] |
			all(.median_bps == null and (.median_bps_why | contains("on lo")))'
		row "but iperf3's own" '.throughput | [.tx, .rx] | all(.iperf3_bps > 1000000)'
		row "nor a device that is born" '.instantiation.phases[] |
			select(.name == "device") | .median_ns == null'
		continue
	fi
	row "throughput as iperf3's, both ways" '.throughput | [.tx, .rx] |
		all(.median_bps / .iperf3_bps - 1 | fabs < 0.1)'
	if [ "$(topology_of $t)" = macvlan ]; then
		row "its device was born where nobody looks" '.instantiation.phases[] |
			select(.name == "device") |
			.median_ns == null and (.median_ns_why | contains("namespace"))'
	else
		row "its device was born in the launch" '.instantiation.phases[] |
			select(.name == "device") | .median_ns > 0'
	fi
done
exits 0 "results.json is what its schema says, and has no other key" \
	tests/results-schema "$dir/results.json"
exits 0 "report reads the directory again" "$VNFTRACE" report "$dir" >"$tmp/page"
check "nothing is left" nothing_left

# gVisor's runtime is no package: a program that speaks its command line stands in for it, and Linux
# answers for that.
mkdir "$tmp/bin"
cat >"$tmp/bin/runsc" <<-'END'
	#!/bin/sh
	[ -z "$(ls /proc/sys/net)" ] || { echo "/proc/sys/net is there" >&2; exit 1; }
	exec crun "$@"
END
chmod +x "$tmp/bin/runsc"
"$VNFTRACE" types container.gvisor -j >"$tmp/type.json"
json_true "container.gvisor: without its runtime it is said what to bring" "$tmp/type.json" \
	'.possible or (.missing | contains("no program runsc: bring gVisor"))'
PATH=$tmp/bin:$PATH
if "$VNFTRACE" types container.gvisor -j | jq -e .possible >/dev/null; then
	here+=(container.gvisor)
	sed 's/^answerer = .*/answerer = linux/' tools/guest/types/container.gvisor.conf \
		>"$tmp/stand-in.conf"
	exits 0 "container.gvisor: a program that speaks runsc's command line" "$VNFTRACE" bench \
		-T "$tmp/stand-in.conf" -r 1 --no-reference --no-throughput --settle 1ms \
		--echoes 50 -o "$tmp/stand-in" >/dev/null
	check "nothing is left of it" nothing_left
else
	skip "no crun here" "container.gvisor"
fi

# Linux answers here, and a type that says that gVisor does gets no answer.
for t in process.netns process.host container.gvisor; do
	[[ " ${here[*]} " = *" $t "* ]] || continue
	sed 's/^answerer = .*/answerer = gvisor/; s/^timeout_s = .*/timeout_s = 2/' \
		"tools/guest/types/$t.conf" >"$tmp/foreign.conf"
	exits 3 "$t: an answer of another kind is none" "$VNFTRACE" bench \
		-T "$tmp/foreign.conf" -r 1 --no-reference -o "$tmp/foreign" >/dev/null 2>&1
	json_true "$t: and the reason says so" "$tmp/foreign/results.json" \
		'.rows[0].failed[0].why | contains("only foreign answers")'
	rm -rf "$tmp/foreign"
done
check "nothing is left of them" nothing_left

# Killed when it is launched, and when it is measured.
for t in "${here[@]}"; do
	[[ $t != container.gvisor && $t != tinyx.* ]] || continue	# crun; seconds to boot
	for ms in 500 1300; do
		"$VNFTRACE" bench -T "$t" -r 9 --no-reference --echoes 100 --settle 1ms \
			--no-throughput -o "$tmp/killed" >/dev/null 2>&1 </dev/null &
		sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
		kill -KILL $!
		wait $! 2>/dev/null
		"$VNFTRACE" detach --all >"$tmp/detach" 2>&1
		wait_for 10 nothing_left || not_ok "$t: killed after $ms ms: left: $(diff \
			<(echo "$before") <(leftovers) | grep '^>' | xargs) $(cat "$tmp/detach")"
		rm -rf "$tmp"/killed*
	done
	check "$t: nothing is left after kill -9" nothing_left
done
finish
