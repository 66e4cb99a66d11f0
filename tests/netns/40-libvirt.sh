#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# VMs through libvirt's embedded driver, their whole life, and every way to fail.
#
#   +------------ vnft-ID ------------+        tap:         QEMU - vnftIDt 198.18.0.1/30
#   | QEMU === tap (= bridge) .1/30   |        tap-launch:  QEMU - vnftIDv = vnftIDb 198.18.0.1/30
#   +---------------------------------+        guest:       198.18.0.2
#
# needs: image minilinux, image tinyx
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
guest=$VNFT_TESTS/netns/guest
export VNFT_TYPES=${VNFT_TYPES:-$PWD/tools/guest/types}
export VNFT_LIBVIRT_URI=qemu:///embed
tmp=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null
	"$guest" --sweep >/dev/null 2>&1; rm -rf "$tmp"' EXIT

field() { guest_says "$1" "$tmp/out"; }
vmm() { [ -n "$(pgrep -f "guest=vnft-$1-1,")" ]; }
# Others may have runs of their own on this host: only the one named is looked at.
clean() { ! leftovers | grep -q "$1" && ! pgrep -f "guest=vnft-$1" >/dev/null; }
run_of() {	# the run of a process, as long as it has one
	readlink /proc/"$1"/fd/* 2>/dev/null | sed -nE 's,^/run/vnftrace/([0-9a-f]{6})/.*,\1,p' |
		head -n 1
}
has_run() { [ -n "$(run_of "$1")" ]; }
iperf3_answers() { ip netns exec "$1" iperf3 -c 198.18.0.2 -t 1 >/dev/null 2>&1; }
appended() { tr '\0' '\n' <"/proc/$1/cmdline" | grep 'tsc=reliable no_timer_check$'; }
bad() {	# NAME TYPE SED: a type file made of TYPE
	sed -E "$3" "$VNFT_TYPES/$2.conf" >"$tmp/$1.conf"
}

# --- the types that are shipped ------------------------------------------------------------------
whole_life() {
	local type=$1 netns
	if ! "$guest" "$type" --check 2>"$tmp/err"; then
		skip_type "$(cat "$tmp/err")" "$type: whole life"
		return
	fi
	mkfifo "$tmp/in"
	"$guest" "$type" --pause <"$tmp/in" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	exec 9>"$tmp/in"
	rm "$tmp/in"
	wait_for 90 grep -q '^ready' "$tmp/out" || {
		not_ok "$type: answers: $(cat "$tmp/out" "$tmp/err")"
		exec 9>&-
		wait $pid
		pid=
		return
	}
	ok "$type: answers RST after $(($(field rst_ns) / 1000000)) ms, SYN-ACK after \
$(($(field service_ns) / 1000000)) ms, $(field accel)"
	netns=vnft-$(field run)
	check "$type: the VMM is in the run's namespace" test \
		"$(stat -Lc %i "/proc/$(field pid)/ns/net")" = "$(stat -Lc %i "/run/netns/$netns")"
	check "$type: the VMM is the one that libvirt named" vmm "$(field run)"
	check "$type: a Linux gets its words for an emulated timer where there is no KVM" \
		test "$(field accel)" = kvm -o -n "$(appended "$(field pid)")"
	check "$type: the device is a tap" test "$(field device_kind)" = tun
	check "$type: on the bridge if it has one" test "$(field device_master)" = "$(field bridge)"
	check "$type: memory is that of the VMM" test "$(field tool_bytes)" -gt 20000000
	# The knock that found the port open was a session of the server, which may not have ended.
	check "$type: iperf3 answers" wait_for 30 iperf3_answers "$netns"
	check "$type: libvirt says nothing on stderr" test ! -s "$tmp/err"
	exec 9>&-
	wait $pid
	check "$type: ends well, teardown $(($(field teardown_ns) / 1000000)) ms" test $? = 0
	pid=
	# QEMU ends in milliseconds and libvirt looks every 200 ms. More would be the wait for init,
	# which reaps it.
	check "$type: teardown is not init's" test "$(field teardown_ns)" -lt 1200000000
	check "$type: leaves nothing" clean "${netns#vnft-}"
}
for t in minilinux.kvm minilinux.kvm.launch tinyx.kvm; do
	whole_life $t
done

# --- a command line of the guest's own -----------------------------------------------------------
if "$guest" tinyx.kvm --check 2>"$tmp/err"; then
	bad own tinyx.kvm 's,^timeout.*,timeout_s = 3,;/^kernel_is/d;s,^append.*,append = mine,'
	"$guest" "$tmp/own.conf" >"$tmp/out" 2>&1 &
	pid=$!
	wait_for 5 has_run $pid
	run=$(run_of $pid)
	wait_for 20 vmm "$run"
	words=$(tr '\0' '\n' <"/proc/$(pgrep -f "guest=vnft-$run-1,")/cmdline" |
		grep -A1 '^-append$' | tail -n 1)
	wait $pid
	pid=
	check "a kernel that is not said to be Linux gets its own words alone" [ "$words" = mine ]
	check "and types shows no others" [ -z "$("$VNFTRACE" types -j "$tmp/own.conf" |
		jq -r '.appended // empty')" ]
	check "but for a Linux it shows them where they are added" [ "$("$VNFTRACE" types -j \
		tinyx.kvm | jq -r '.accelerator == "kvm" or
		.appended == "tsc=reliable no_timer_check"')" = true ]
else
	skip_type "$(cat "$tmp/err")" "a command line of the guest's own"
fi

# --- what else a file may say --------------------------------------------------------------------
arguments() { tr '\0' '\n' <"/proc/$(field pid)/cmdline"; }
told() {	# NAME WHAT PATTERN...: QEMU has an argument of each; behind a '!': it has none
	local pattern name=$1 what=$2 missing=
	shift 2
	for pattern; do
		case $pattern in
		!*) ! arguments | grep -qE -- "${pattern#!}" || missing+=" $pattern" ;;
		*) arguments | grep -qE -- "$pattern" || missing+=" $pattern" ;;
		esac
	done
	if [ -z "$missing" ]; then ok "$name: $what"; else
		not_ok "$name: $what:$missing: $(arguments | paste -sd ' ')"
	fi
}
lives() {	# NAME WHAT PATTERN...: an instance of it answers, and QEMU was told that
	local name=$1
	mkfifo "$tmp/in"
	"$guest" "$tmp/$name.conf" --pause <"$tmp/in" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	exec 9>"$tmp/in"
	rm "$tmp/in"
	if wait_for 90 grep -q '^ready' "$tmp/out"; then
		ok "$name: answers RST after $(($(field rst_ns) / 1000000)) ms"
		told "$@"
	else
		not_ok "$name: answers: $(cat "$tmp/out" "$tmp/err")"
	fi
	exec 9>&-
	wait $pid
	check "$name: ends well" test $? = 0
	pid=
	check "$name: leaves nothing" clean "$(field run)"
}
if "$guest" tinyx.kvm --check 2>"$tmp/err" && "$guest" minilinux.kvm --check 2>"$tmp/err"; then
	bad pc minilinux.kvm "s/^machine.*/machine = pc\nqemu_args = -cpu max -smbios \
'type=1,serial=two words of @NAME@'/"
	lives pc "machine pc, its PCI, and the file's own arguments" '^pc-i440fx' '^max$' \
		'"virtio-net-pci".*"bus":"pci\.0"' '^type=1,serial=two words of vnft-[0-9a-f]+-1$'
	bad mmio tinyx.kvm 's/^machine.*/transport = mmio/'
	lives mmio "virtio-mmio on microvm" '^microvm' 'virtio-net-device'
	bad virtio minilinux.kvm 's/^machine.*/&\nconsole = virtio/;s/console=ttyS0/console=hvc0/'
	lives virtio "a virtio console, and no serial one" virtconsole virtio-serial-pci \
		!isa-serial
	bad virtio-mmio tinyx.kvm 's/^machine.*/&\nconsole = virtio/'
	lives virtio-mmio "a virtio console by mmio" virtconsole virtio-serial-device
	bad mute tinyx.kvm 's/^machine.*/&\nconsole = none/'
	lives mute "a machine without a console" '^microvm' !isa-serial !virtconsole
else
	skip_type "$(cat "$tmp/err")" "what else a file may say"
fi

# --- guests that fail ----------------------------------------------------------------------------
fails() {	# NAME SECONDS PATTERN: within so many seconds, with a reason that matches
	local since=$SECONDS
	if "$guest" "$tmp/$1.conf" >"$tmp/out" 2>&1; then
		not_ok "$1: fails"
	elif ! grep -qE "$3" "$tmp/out"; then
		not_ok "$1: says why ($3): $(cat "$tmp/out")"
	elif [ $((SECONDS - since)) -gt "$2" ]; then
		not_ok "$1: within $2 s"
	else
		ok "$1: fails within $2 s: $(grep -oE "$3" "$tmp/out" | head -n 1)"
	fi
	[ -z "$(field run)" ] || check "$1: leaves nothing" clean "$(field run)"
}
bad missing tinyx.kvm 's,^kernel =.*,kernel = /nowhere/vmlinux,'
fails missing 2 'kernel /nowhere/vmlinux is missing: scripts/images/tinyx'
bad veth tinyx.kvm 's,^topology.*,topology = veth,'
fails veth 2 'a VM has no veth'
if "$guest" tinyx.kvm --check 2>"$tmp/err" && "$guest" minilinux.kvm --check 2>"$tmp/err"; then
	bad machine tinyx.kvm 's,microvm,nosuch,'
	fails machine 15 "nosuch cannot be a guest .* machine 'nosuch' is not supported"
	bad nokernel tinyx.kvm 's,^kernel =.*,kernel = /etc/passwd,'
	fails nokernel 15 'it did not start: .*kernel too old'
	bad huge tinyx.kvm 's,^memory.*,memory_mib = 1000000,'
	fails huge 15 'cannot set up guest memory|Cannot allocate memory'
	bad args tinyx.kvm 's,^machine.*,&\nqemu_args = -nosuch,'
	fails args 15 'it did not start: .*-nosuch: invalid option'
	bad panic minilinux.kvm 's,^timeout.*,timeout_s = 12,;/^initrd/d'
	fails panic 30 'Kernel panic - not syncing: VFS: Unable to mount root'
	truncate -s 4M "$tmp/disk"
	sum=$(sha256sum <"$tmp/disk")
	bad noboot minilinux.kvm \
		"s,^timeout.*,timeout_s = 5,;/^initrd/d;/^append/d;\
s,^kernel =.*,image = $tmp/disk,"
	fails noboot 20 'nothing on its console'
	check "noboot: its image was not written" test "$(sha256sum <"$tmp/disk")" = "$sum"
	check "noboot: nothing lies beside it" test "$(ls "$tmp"/disk*)" = "$tmp/disk"
	# A kernel that mounts nothing still finds the disk, and its size.
	bad disk tinyx.kvm \
		"s,^timeout.*,timeout_s = 5,;/^initrd/d;s,^kernel =.*,&\nimage = $tmp/disk,;\
s,quiet,root=/dev/vda,"
	panic='Kernel panic - not syncing: VFS: Unable to mount root fs on '
	panic+='unknown-block\(25[0-9],0\)'
	fails disk 20 "$panic"
else
	skip_type "$(cat "$tmp/err")" "guests that fail"
fi

# --- interrupted ---------------------------------------------------------------------------------
if "$guest" minilinux.kvm --check 2>"$tmp/err"; then
	RANDOM=${SEED:=$$}
	echo "# seed $SEED"
	for signal in INT TERM KILL KILL KILL KILL; do
		at=$((RANDOM % 2)).$((RANDOM % 10))
		"$guest" minilinux.kvm --hold=60 >"$tmp/out" 2>&1 &
		pid=$!
		wait_for 5 has_run $pid
		run=$(run_of $pid)
		sleep $at
		kill -$signal $pid
		wait $pid 2>/dev/null
		pid=
		[ $signal != KILL ] || "$guest" --sweep >"$tmp/out" 2>&1 || cat "$tmp/out"
		check "SIG$signal after $at s: run $run leaves nothing" clean "$run"
	done
else
	skip_type "$(cat "$tmp/err")" "interrupted at any moment"
fi
finish
