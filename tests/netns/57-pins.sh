#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Pins of another version: maps of another shape, and another number. They are never read, so that
# nothing is overwritten by them; `status` says so and goes on, `attach` refuses, `detach` removes.
#
#	[netns vnftn-PID]  vnftb0, vnftb1 (bridges)
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
ns=vnftn-$$
tmp=$(mktemp -d)
pins=/sys/fs/bpf/vnftrace
clean() {
	"$VNFTRACE" detach --all >/dev/null 2>&1
	ip netns delete "$ns" 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT
if [ -e "$pins" ]; then
	not_ok "nothing is attached on this host: vnftrace detach --all"
	finish
fi
ip netns add "$ns" || exit 1
for dev in vnftb0 vnftb1; do
	ip -n "$ns" link add "$dev" type bridge && ip -n "$ns" link set "$dev" up || exit 1
done

tool() { "$VNFTRACE" "$@" >"$tmp/out" 2>"$tmp/err"; }
errs() { grep -q "$1" "$tmp/err"; }
hooks=clsact
tool attach "$ns/vnftb0" --hook tcx && hooks="tcx clsact"
tool detach --all

programs() {	# those of ours on the devices
	bpftool net show 2>/dev/null | grep -c vnft_
	ip netns exec "$ns" tc filter show dev vnftb0 ingress | grep -c vnft_
}
# Two attachments, of which vnftb0's is made one of another version.
other() {	# WHAT VALUE_BYTES ENTRIES
	case $1 in
	number) mv "$pins/$mine"/state_* "$pins/$mine/state_4000000000" ;;
	older) mv "$pins/$mine"/state_* "$pins/$mine/state" ;;
	state) "$VNFT_TESTS/netns/pin_map" "$(echo "$pins/$mine"/state_*)" "$2" "$3" ;;
	*) "$VNFT_TESTS/netns/pin_map" "$pins/$mine/$1" "$2" "$3" ;;
	esac
}
begin() {	# HOOK
	tool attach "$ns/vnftb0" --hook "$1" || cat "$tmp/err"
	mine=$(cd "$pins" && echo *-*)
	tool attach "$ns/vnftb1" --hook "$1" || cat "$tmp/err"
}
gone() { [ ! -e "$pins" ] && [ "$(programs | paste -sd+ | bc)" = 0 ]; }
# The sweep of clsact filters asks all processes' bpf file systems, which only the first PID
# namespace shows: elsewhere it says how to remove the filter.
removed() {	# HOOK
	gone && return
	[ "$1" = clsact ] && [ ! -e "$pins/$mine" ] && errs 'filter.* stays: `ip netns exec'
}

for hook in $hooks; do
	while read -r what bytes entries; do
		begin "$hook"
		check "$hook, $what: the pin is replaced" other "$what" "$bytes" "$entries"
		exits 0 "$hook, $what: status goes on" tool status -j
		json_is "$hook, $what: the other one is there" vnftb1 "$tmp/out" \
			'[.attached[].spec | sub(".*/"; "")] | join(" ")'
		check "$hook, $what: and says what it cannot read" errs 'another version'
		exits 1 "$hook, $what: attach refuses" tool attach "$ns/vnftb0" --hook "$hook"
		check "$hook, $what: and says why" errs 'another version.*vnftrace detach'
		exits 0 "$hook, $what: detach DEV needs no reading" tool detach "$ns/vnftb0"
		check "$hook, $what: its pins are gone" [ ! -e "$pins/$mine" ]
		ip netns exec "$ns" tc qdisc del dev vnftb0 clsact 2>/dev/null
		tool detach --all
		begin "$hook"
		other "$what" "$bytes" "$entries"
		exits 0 "$hook, $what: detach --all needs none either" tool detach --all
		check "$hook, $what: nothing is left" removed "$hook"
		ip netns exec "$ns" tc qdisc del dev vnftb0 clsact 2>/dev/null
	done <<-END
		conf 65536 1
		state 262144 1
		counters 4096 64
		hist 65536 64
		rings 4096 64
		number
		older
	END
done
# The counter of the ids stands beside the attachments.
begin clsact
"$VNFT_TESTS/netns/pin_map" "$pins/ids" 65536 1
exits 0 "ids of another shape: status" tool status
tool detach "$ns/vnftb0"
exits 1 "ids of another shape: attach refuses" tool attach "$ns/vnftb0"
check "and says why" errs 'ids: made by another version'
exits 0 "ids of another shape: detach --all" tool detach --all
exits 0 "and attach works again" tool attach "$ns/vnftb0"
tool detach --all
check "no pin is left" [ ! -e "$pins" ]
finish
