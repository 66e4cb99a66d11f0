#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# VMs through a libvirtd that runs already: its devices are in the host's namespace, and it is asked
# to undo what a killed run left. The daemon is ours, in a mount namespace that hides the host's
# libvirt from it.
#
#   libvirtd (mount ns: own /etc/libvirt, /run/libvirt, ...) -- QEMU -- vnftIDt 198.18.x.1/30
#                                                                       in the host's netns
#
# needs: image minilinux, image tinyx
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
guest=$VNFT_TESTS/netns/guest
export VNFT_TYPES=${VNFT_TYPES:-$PWD/tools/guest/types}
tmp=$(mktemp -d)
daemon='' pid='' made=''
cleanup() {
	[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null
	"$guest" --sweep >/dev/null 2>&1
	[ -z "$daemon" ] || { kill "$daemon" && wait "$daemon"; } 2>/dev/null
	# shellcheck disable=SC2086 # paths without blanks
	[ -z "$made" ] || rmdir $made 2>/dev/null
	rm -rf "$tmp"
}
trap cleanup EXIT

if ! command -v libvirtd >/dev/null; then
	skip "no libvirtd: apt-get install libvirt-daemon" "VMs through a daemon"
	finish
fi
if ! "$guest" tinyx.kvm --check 2>"$tmp/err"; then
	skip_type "$(cat "$tmp/err")" "VMs through a daemon"
	finish
fi

cat >"$tmp/libvirtd.conf" <<END
unix_sock_dir = "$tmp"
auth_unix_rw = "none"
auth_unix_ro = "none"
END
# Debian's libvirt-daemon alone brings no user for it: the daemon sees one that is root.
cat >"$tmp/start" <<'END'
for dir in $2; do
	mount -t tmpfs vnft "$dir"
done
printf '%s\n' 'stdio_handler = "file"' 'security_driver = "none"' 'user = "root"' 'group = "root"' \
	'dynamic_ownership = 0' 'namespaces = []' 'cgroup_controllers = []' >/etc/libvirt/qemu.conf
for db in passwd group; do
	{
		cat /etc/$db
		grep -q '^libvirt-qemu:' /etc/$db || sed -n 's/^root:/libvirt-qemu:/p' /etc/$db
	} >"$1/$db"
	mount --bind "$1/$db" /etc/$db
done
exec libvirtd -f "$1/libvirtd.conf" -p "$1/pid"
END
dirs="/etc/libvirt /run/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt"
for dir in $dirs; do
	[ -d "$dir" ] || { mkdir "$dir" && made="$made $dir"; }
done
unshare -m sh "$tmp/start" "$tmp" "$dirs" >"$tmp/log" 2>&1 </dev/null &
daemon=$!
export VNFT_LIBVIRT_URI="qemu+unix:///system?socket=$tmp/libvirt-sock"
if ! wait_for 20 test -S "$tmp/libvirt-sock"; then
	not_ok "libvirtd starts: $(tail -n 3 "$tmp/log")"
	finish
fi

field() { guest_says "$1" "$tmp/out"; }
clean() { ! leftovers | grep -q "$1" && ! pgrep -f "guest=vnft-$1" >/dev/null; }
defined() { [ -e "/proc/$daemon/root/etc/libvirt/qemu/vnft-$1-1.xml" ]; }
sweep() { "$guest" --sweep >/dev/null; }
undefined() { ! defined "$1"; }
run_of() {
	readlink /proc/"$1"/fd/* 2>/dev/null | sed -nE 's,^/run/vnftrace/([0-9a-f]{6})/.*,\1,p' |
		head -n 1
}

for type in tinyx.kvm minilinux.kvm.launch; do
	"$guest" $type >"$tmp/out" 2>"$tmp/err"
	check "$type: whole life" test $? = 0
	[ ! -s "$tmp/err" ] || cat "$tmp/err" "$tmp/out"
	run=$(field run)
	check "$type: answers RST after $(($(field rst_ns) / 1000000)) ms" \
		test "$(field rst_ns)" -gt 0
	check "$type: in the host's namespace" test -z "$(field netns)"
	check "$type: its VMM is known" test "$(field tool_bytes)" -gt 20000000
	check "$type: leaves nothing" clean "$run"
	check "$type: leaves no definition" undefined "$run"
done

# libvirt renames its QEMU, and its threads have names of their own: what happens to it after its
# exec is its own all the same.
"$VNFTRACE" bench -T tinyx.kvm -r 1 --no-rtt --no-throughput --no-memory --no-reference \
	-o "$tmp/bench" >"$tmp/out" 2>&1
check "bench through the daemon" test $? = 0
json_true "bench: the exec of the VMM is a phase" "$tmp/bench/results.json" \
	'.rows[0].instantiation.phases[] | select(.name == "exec").median_ns > 0'
"$VNFTRACE" report -p -j "$tmp/bench/records" >"$tmp/all"
json_true "bench: its exit is recorded, too, and none of its names" "$tmp/all" \
	'[.[] | select(.kind == "life" and .comm == "").event] | index(1) != null and
	index(2) != null'

"$guest" tinyx.kvm --hold=60 >"$tmp/out" 2>&1 &
pid=$!
running() { pgrep -f "guest=vnft-$(run_of "$pid")-1," >/dev/null; }
check "SIGKILL: while its VMM runs" wait_for 20 running
run=$(run_of $pid)
kill -9 $pid
wait $pid 2>/dev/null
pid=
check "SIGKILL: the daemon keeps the domain" defined "$run"
check "SIGKILL: the next command asks it to end it" sweep
check "SIGKILL: nothing left" clean "$run"
check "SIGKILL: no definition left" undefined "$run"

kill "$daemon"
wait "$daemon" 2>/dev/null
daemon=
"$guest" tinyx.kvm --check 2>"$tmp/err"
check "a daemon that went away: exit 4" test $? = 4
check "and the way out" grep -q "VNFT_LIBVIRT_URI=qemu:///embed" "$tmp/err"
finish
