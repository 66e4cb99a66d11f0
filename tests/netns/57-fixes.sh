#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a message prints between backquotes is a command: pasted into a shell it does what it
# promises, whatever somebody called his devices and namespaces. Names that are longer than a
# device's, and names that are nearly right. $VNFT_OBSERVERS: "bpf", "module", or both.
#
# Runs in PID, mount and network namespaces of its own: `detach --all` means these alone.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
if [ -z "${FIXES_INSIDE:-}" ]; then
	export FIXES_INSIDE=1 VNFTRACE VNFT_TESTS
	exec unshare --pid --fork --kill-child --mount --net --propagation private --mount-proc \
		"$0" "$@"
fi
mount -t tmpfs tmpfs /run && mkdir /run/netns && mount -t bpf bpf /sys/fs/bpf || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin" && ln -s "$VNFTRACE" "$tmp/bin/vnftrace"
quiet() { "$@" >/dev/null 2>&1; }
fix() { sed -n 's/^[^`]*`\([^`]*\)`.*/\1/p' "$tmp/err" | head -n 1; }
paste_fix() {	# what the last message proposes, by a shell that knows nothing of us
	fix >"$tmp/fix"
	[ -s "$tmp/fix" ] && (cd "$tmp" && PATH=$tmp/bin:$PATH bash "$tmp/fix") >"$tmp/pasted" 2>&1
}
attached() { [ "$("$VNFTRACE" status -j | jq '.attached | length')" = "$1" ]; }
v() { "$VNFTRACE" "$@" >"$tmp/out" 2>"$tmp/err"; }
says() { check "$1" grep -qF -e "$2" "$tmp/err"; }

pasted() {	# OBSERVER SPEC
	exits 1 "$1: report of $2, which is not attached" v report --dev "$2" --observer "$1"
	local want
	want=$(fix)
	exits 0 "$1: its fix is taken by a shell: $want" paste_fix
	check "$1: and attaches it" attached 1
	quiet v detach "$2"
	exits 0 "$1: attach $2" v attach "$2" --observer "$1"
	exits 1 "$1: and again" v attach "$2" --observer "$1"
	exits 0 "$1: the fix of that is taken, too: $(fix)" paste_fix
	check "$1: and detaches it" attached 0
}

# The prefix of a namespace is in the fix; the name has what shells know, and what they do not.
names=('vnf0' 'a;b' "a'b" 'a$(id)b' 'a b' 'a&b|c>d' '*' $'q\xff9' 'µ')
ip netns add 'vnf;n' || exit 1
for observer in ${VNFT_OBSERVERS:-bpf}; do
	for name in "${names[@]}"; do
		[ "$name" != 'a b' ] || name='a"b'	# no device has a blank in its name
		ip -n 'vnf;n' link add name "$name" type veth peer name vnf-peer || exit 1
		pasted "$observer" "vnf;n/$name"
		ip -n 'vnf;n' link del dev vnf-peer
	done
done

# An alternative name may have 127 bytes.
ip link add vnf0 type veth peer name vnf1
long=vnf-the-first-device-of-the-second-guest
ip link property add dev vnf0 altname $long || not_ok "altname"
exits 0 "attach by a name of ${#long} bytes" v attach $long
exits 1 "it is known as attached" v attach $long
exits 0 "by its short name, too" v report --dev vnf0
exits 0 "record by it" v record $long -t 100ms -o "$tmp/r.rec"
exits 0 "report by it" v report --dev $long
exits 0 "detach by it" v detach $long
check "and it is" attached 0
exits 1 "a long name that nobody has" v attach $long-2
says "is told to be none" "no such device"

# One device, named twice: nothing is done, and no frame is in a file twice.
twice() {	# VERB DEV... OPTION...
	local verb=$1
	shift
	exits 2 "$verb $*" v "$verb" "$@"
	says "they are one" ": named twice"
}
twice attach vnf0 vnf0
twice attach vnf1 vnf0 $long
twice attach vnf0 pid:$$/vnf0
check "nothing is attached" attached 0
twice record vnf0 $long -t 10ms -o "$tmp/twice.rec"
check "no file" test ! -e "$tmp/twice.rec"
ip netns add vnfn3
exits 0 "two devices of one name and number" v attach lo vnfn3/lo
twice detach lo pid:$$/lo
check "both are still attached" attached 2
exits 0 "both are detached" v detach vnfn3/lo lo

# Nearly right.
exits 1 "a device that is nearly called so" v attach vnf01
says "did you mean: a device" "did you mean vnf"
ip netns add vnfn2 && ip -n vnfn2 link add vnftap7 type veth peer name vnfx
exits 1 "in another namespace" v attach vnfn2/vnftap
says "did you mean: with its namespace" "did you mean vnfn2/vnftap7"
exits 2 "a type that is nearly called so" v types tinyx.kvn
says "did you mean: a type" "did you mean tinyx.k"
exits 2 "nor does a bench begin" v bench -T tinyx.kvn -o "$tmp/b"
says "with a type that is nearly called so" "did you mean tinyx.k"
finish
