#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A container where there are cgroups v2 alone, as on most hosts today: its limit holds, and its
# memory is read from its cgroup.
#
# boot: --add /usr/bin/crun
set -u
if [ "${1:-}" != inside ]; then
	# A runtime changes its root, and the first file system of a kernel cannot be left.
	mkdir -p /tmp/root && mount --rbind / /tmp/root || exit 1
	exec chroot /tmp/root bash /vnftrace/tests/lab/cgroup2.sh inside
fi
cd /vnftrace || exit 1
. tests/lib.sh
export PATH=$PATH:/vnftrace
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)
root=$tmp/root
mkdir -p "$root"/{usr/bin,usr/lib,usr/lib64,dev,proc,sys,run,tmp}
ln -s usr/bin "$root/bin"
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"
for file in /usr/bin/iperf3 $(LD_TRACE_LOADED_OBJECTS=1 /usr/bin/iperf3 | grep -oE '/[^ ]+'); do
	mkdir -p "$root/$(dirname "$file")"
	cp -L "$file" "$root/$file"
done
{
	grep -vE '^(image|build) ' tools/guest/types/container.crun.conf
	echo "image = $root"
	echo "memory_mib = 64"
} >"$tmp/crun2.conf"

check "there is no cgroup v1" [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]
exits 0 "a whole life" "$VNFT_TESTS/netns/guest" "$tmp/crun2.conf" --iperf3 >"$tmp/life"
cgroup=$(guest_says cgroup "$tmp/life")
check "its cgroup is one of v2, of its name: $cgroup" \
	[ "${cgroup#/sys/fs/cgroup/vnft-}" != "$cgroup" ]
check "memory of its cgroup, and of the tool's without idle file cache" \
	[ "$(guest_says cgroup_bytes "$tmp/life")" -gt 100000 -a \
	"$(guest_says tool_bytes "$tmp/life")" -le "$(guest_says cgroup_bytes "$tmp/life")" ]
exits 0 "bench" "$VNFTRACE" bench -T "$tmp/crun2.conf" -r 1 --no-reference --no-throughput \
	--settle 100ms --echoes 50 -o "$tmp/r" >"$tmp/page"
json_true "memory, PSS and cgroup in its row" "$tmp/r/results.json" '.rows[0].memory |
	.tool_bytes > 100000 and .pss_bytes > 100000 and .cgroup_bytes > 100000'
check "nothing is left" nothing_left
finish
