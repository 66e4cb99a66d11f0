#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How long 200 devices take to attach in one command (target 2 s), by each hook, and where the time
# goes: loading the programs is CPU time; a tcx link waits for an RCU grace period under the RTNL
# lock, twice a device, which no tool can share between devices.
#
#	attach.sh [DEVICES]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
n=${1:-200}
tmp=$(mktemp -d)
trap 'ip netns exec vnftattach "$VNFTRACE" detach --all >/dev/null 2>&1
      ip netns del vnftattach 2>/dev/null; rm -rf "$tmp"' EXIT
ip netns add vnftattach || exit 1
for i in $(seq 1 2 "$n"); do
	echo "link add vnftd$i type veth peer name vnftd$((i + 1))"
done | ip -n vnftattach -batch -
devices=$(seq -f vnftd%g "$n")

TIMEFORMAT='%R %S'
for hook in tcx clsact; do
	# shellcheck disable=SC2086
	ip netns exec vnftattach "$VNFTRACE" attach vnftd1 --hook $hook >/dev/null 2>&1 || continue
	ip netns exec vnftattach "$VNFTRACE" detach vnftd1 >/dev/null
	for round in 1 2 3; do
		# shellcheck disable=SC2086
		took=$( { time ip netns exec vnftattach "$VNFTRACE" attach $devices --hook $hook \
			>/dev/null; } 2>&1)
		gone=$( { time ip netns exec vnftattach "$VNFTRACE" detach --all >/dev/null; } 2>&1)
		echo "$hook, round $round: $n devices attached in ${took% *} s (target 2)," \
			"of which ${took#* } s on a CPU; detached in ${gone% *} s"
	done
	if command -v strace >/dev/null; then
		# shellcheck disable=SC2086
		ip netns exec vnftattach strace -f -T -e trace=bpf -o "$tmp/trace" \
			"$VNFTRACE" attach $devices --hook $hook >/dev/null
		ip netns exec vnftattach "$VNFTRACE" detach --all >/dev/null
		awk -v hook=$hook '{ split($2, call, "("); name = call[2]; sub(",", "", name)
			gsub(/[<>]/, "", $NF); s[name] += $NF; n[name]++ }
			END { for (i in s) if (s[i] > 0.05)
				printf "# %s: %-16s %5d calls, %6.2f s\n", hook, i, n[i], s[i] }' \
			"$tmp/trace" | sort -k6 -n -r
	fi
done
