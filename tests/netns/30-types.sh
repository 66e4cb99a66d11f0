#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Types without libvirt, each with a real instance. It answers from inside, iperf3 is reached, the
# device hangs where it should, memory is read. However it ends, nothing of its run is left.
#
#   [vnft-ID namespace]  vnftIDb 198.18.0.1/30 --- host end of veth --- [eth0 198.18.0.2 container]
#                        vnftIDt 198.18.0.1/30 (tap) --- [eth0 198.18.0.2 VM]
#                        lo 198.18.0.1/32, and of the instance 198.18.0.2/32
#
# needs: image container, image tinyx
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
guest=$VNFT_TESTS/netns/guest
tmp=$(mktemp -d)
pids=
trap 'kill -9 $pids 2>/dev/null; "$guest" --sweep >/dev/null; rm -rf "$tmp"' EXIT

if [ "$(id -u)" != 0 ]; then
	skip "root is needed" "types with real instances"
	finish
fi

of_run() {	# ID: everything of a run that is still there
	leftovers | grep "$1"
	grep -lz "^VNFT_SESSION=$1\$" /proc/[0-9]*/environ 2>/dev/null | while read -r f; do
		# A zombie has no environment; so this one lives.
		echo "process ${f#/proc/}: $(tr '\0' ' ' <"${f%environ}cmdline")"
	done
	true
}
gone() {	# WHAT ID
	local left
	wait_for 10 nothing_of "$2"
	left=$(of_run "$2")
	if [ -n "$2" ] && [ -z "$left" ]; then ok "$1"; else not_ok "$1: run '$2' left: $left"; fi
}
nothing_of() { [ -z "$(of_run "$1")" ]; }

begin() {	# TYPE: an instance that is up, and stays up until descriptor 7 is closed
	rm -f "$tmp/in" "$tmp/out"
	mkfifo "$tmp/in"
	"$guest" "$1" --pause <"$tmp/in" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	pids="$pids $pid"
	exec 7>"$tmp/in"
	wait_for 60 grep -q '^ready' "$tmp/out" || return 1
	run=$(guest_says run "$tmp/out")
}
end() {		# and its end: exit code in $got
	exec 7>&-
	got=0
	wait "$pid" 2>/dev/null || got=$?
}

# The first RST on the device, as it comes in from the instance.
rst_from_inside() {
	local dev=$1 run=$2
	# It may hold the last job's "listening" until the job below gets to run and empties it.
	rm -f "$tmp/tcpdump"
	ip netns exec "vnft-$run" timeout 20 tcpdump -i "$dev" -Q in -nn -e -c 1 \
		'src host 198.18.0.2 and tcp[13] & 4 != 0' >"$tmp/rst" 2>"$tmp/tcpdump" &
	local dump=$!
	wait_for 10 grep -qs listening "$tmp/tcpdump" || return 1
	ip netns exec "vnft-$run" bash -c 'exec 3<>/dev/tcp/198.18.0.2/9' 2>/dev/null
	wait $dump
	grep -q '> 198.18.0.1.*Flags \[R' "$tmp/rst" || { cat "$tmp/tcpdump" "$tmp/rst"; false; }
}

whole_life() {	# TYPE KIND
	local out=$tmp/life
	exits 0 "$1: whole life, iperf3 reaches it" "$guest" "$1" --iperf3 >"$out"
	check "$1: RST at $(guest_says rst_ns "$out") ns, not after service" \
		[ "$(guest_says rst_ns "$out")" -gt 0 \
		-a "$(guest_says rst_ns "$out")" -le "$(guest_says service_ns "$out")" ]
	check "$1: device is a $2" [ "$(guest_says device_kind "$out")" = "$2" ]
	if [ "$2" = veth ]; then
		check "$1: its host end is on the run's bridge" \
			[ "$(guest_says device_master "$out")" = "$(guest_says bridge "$out")" ]
	fi
	if [[ $1 = container.* ]]; then
		check "$1: memory of its cgroup" [ "$(guest_says cgroup_bytes "$out")" -gt 100000 ]
		check "$1: the tool's number is the cgroup's without idle file cache" \
			[ "$(guest_says tool_bytes "$out")" -gt 100000 -a \
			"$(guest_says tool_bytes "$out")" -le "$(guest_says cgroup_bytes "$out")" ]
	else
		check "$1: the tool's number is RSS" \
			[ "$(guest_says tool_bytes "$out")" -ge "$(guest_says pss_bytes "$out")" ]
	fi
	check "$1: PSS" [ "$(guest_says pss_bytes "$out")" -gt 100000 ]
	check "$1: teardown took time" [ "$(guest_says teardown_ns "$out")" -gt 0 ]
	gone "$1: nothing is left after a whole life" "$(guest_says run "$out")"
}

ends() {	# TYPE
	if begin "$1"; then
		ok "$1: is up"
	else
		not_ok "$1: is not up: $(cat "$tmp/out" "$tmp/err")"
		end
		return
	fi
	# On lo whoever connects has the address that it connects to.
	[ "$1" = process.host ] || check "$1: the RST comes in from inside" \
		rst_from_inside "$(guest_says device "$tmp/out")" "$run"
	kill -TERM "$pid"
	end
	gone "$1: nothing is left after SIGTERM" "$run"

	begin "$1"
	kill -9 "$pid"
	end
	check "$1: kill -9 leaves a run to find" [ -d "/run/vnftrace/$run" ]
	exits 0 "$1: sweep" "$guest" --sweep >/dev/null
	gone "$1: nothing is left after kill -9 and a sweep" "$run"

	begin "$1"
	kill -9 "$(guest_says pid "$tmp/out")"
	end
	gone "$1: nothing is left when the instance died by itself" "$run"
}

missing() {	# TYPE
	VNFT_CACHE=$tmp/empty exits 4 "$1: a missing image is exit 4" "$guest" "$1" --check \
		2>"$tmp/why"
	check "$1: and the line names the command that makes it" \
		grep -q 'missing: scripts/images/' "$tmp/why"
}

cache=${VNFT_CACHE:-/var/cache/vnftrace}
touch "$tmp/stamp"
for t in container.{crun,runc,docker,lxc,nspawn,podman} process.{netns,host} microvm.exec; do
	if ! "$guest" "$t" --check 2>"$tmp/why"; then
		skip_type "$(cat "$tmp/why")" "$t"
		continue
	fi
	[[ $t = process.* ]] || missing "$t"
	case $t in
	microvm.*) whole_life "$t" tun ;;
	process.host) whole_life "$t" '' ;;
	*) whole_life "$t" veth ;;
	esac
	ends "$t"
done
if [ -d "$cache/images/container/rootfs" ]; then
	check "no container wrote into the image" \
		[ -z "$(find -L "$cache/images/container" -newer "$tmp/stamp" 2>/dev/null)" ]
fi

# The private dockerd is killed while a container runs.
if "$guest" container.docker --check 2>/dev/null && begin container.docker &&
	dockerd=$(pgrep -f "^dockerd .*/run/vnftrace/$run/"); then
	kill -9 "$dockerd"
	end
	check "Docker killed in mid-run: exit 1" [ "$got" = 1 ]
	check "Docker killed in mid-run: a clear line" \
		grep -q '"error":"docker: nobody answers at' "$tmp/out"
	gone "Docker killed in mid-run: nothing is left" "$run"
else
	skip "no private dockerd here" "Docker killed in mid-run"
fi

# tap-launch: the command makes the device, the driver puts it on the bridge.
if "$guest" microvm.exec --check 2>/dev/null; then
	sed 's/^topology = tap$/topology = tap-launch/' tools/guest/types/microvm.exec.conf \
		>"$tmp/launch.conf"
	exits 0 "tap made at launch: whole life" "$guest" "$tmp/launch.conf" >"$tmp/life"
	check "tap made at launch: is on the bridge" \
		[ "$(guest_says device_master "$tmp/life")" = "$(guest_says bridge "$tmp/life")" ]
	gone "tap made at launch: nothing is left" "$(guest_says run "$tmp/life")"
fi

# Command lines that fail say why in one line.
bad() {		# WHAT WORDS-IN-REASON COMMAND [TEARDOWN]
	printf '%s\n' 'driver = exec' 'virtualization = container' 'topology = tap' \
		'timeout_s = 1' "command = $3" ${4:+"teardown = $4"} >"$tmp/bad.conf"
	exits 1 "$1 fails" "$guest" "$tmp/bad.conf" >"$tmp/life"
	check "$1: and the reason is there" grep -q "$2" "$tmp/life"
	gone "$1: nothing is left" "$(guest_says run "$tmp/life")"
}
bad "a command that ends at once" 'ended at once: no such luck' "sh -c 'echo no such luck; exit 3'"
bad "a guest that never answers" 'no RST from port 9 in time' 'sleep 1000'
bad "a teardown that fails" 'no RST' 'sleep 1000' 'false'
finish
