#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kill -9 before each message of attach and record to the kernel, and at random moments of these,
# of record with stages where the kernel has them, of probe, top and bench: after the next command
# nothing of ours is left. $VNFT_KILLS random kills, 40 unless told otherwise; `make check-long`
# asks for 1,000.
#
#	[vnftk1]  vnftk-a 198.18.4.1/30 === 198.18.4.2/30 vnftk-b  [vnftk2]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
kills=${VNFT_KILLS:-40}
tmp=$(mktemp -d)
cleanup() {
	"$VNFTRACE" detach --all >/dev/null 2>&1
	remove_pair vnftk
	rm -rf "$tmp"
}
trap cleanup EXIT
in1() { ip netns exec vnftk1 "$@"; }
if ! make_pair vnftk; then
	skip "no network namespaces here" kills
	exit 0
fi

# An instance that is there in no time, so that a bench is killed in all of its parts.
cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	# DEV BRIDGE ADDR MAC
	set -e
	. "$INSTANCE"
	instance_begin
	instance_device "$1" "$3" "$4"
	ip link set "$1" master "$2" up
	wait $pid
END
chmod +x "$tmp/instance"
cat >"$tmp/short.conf" <<-END
	title = short
	driver = exec
	virtualization = container
	topology = veth
	command = $tmp/instance @DEV@ @BRIDGE@ @ADDR@ @MAC@
	timeout_s = 10
END

filters() {
	in1 tc filter show dev vnftk-a ingress
	in1 tc filter show dev vnftk-a egress
	in1 tc qdisc show dev vnftk-a
}
# Each thing of ours that is there: devices, namespaces, pins, directories, cgroups, filters,
# processes.
found() {
	leftovers
	filters | grep -E 'vnft_|clsact'
	pgrep -af "vnft-[0-9a-f]{6}|vnftrace-reference" | grep -v "^$$ "
}
before=$(found)
clean() { [ "$(found)" = "$before" ]; }
stages=
in1 "$VNFTRACE" record vnftk-a --stages all -o "$tmp/try" -t 10ms >/dev/null 2>&1
case $? in 0 | 3) stages="--stages all" ;; esac

# KIND: begins what is killed; $pid
begin() {
	local hook=clsact
	[ $((RANDOM % 2)) = 0 ] || hook=auto
	rm -rf "$tmp/out" "$tmp/out.part" "$tmp/said"
	# shellcheck disable=SC2086 # words
	case $1 in
	attach)	exec_in1 attach vnftk-a --hook $hook ;;
	record)	exec_in1 record vnftk-a --hook $hook -o "$tmp/out" -t 20s ;;
	stages)	exec_in1 record vnftk-a $stages -o "$tmp/out" -t 20s ;;
	probe)	exec_in1 probe icmp 198.18.4.2 --hook $hook -t 20s \
			-o "$tmp/out" ;;
	top)	exec_in1 top vnftk-a --hook $hook -i 100ms ;;
	bench)	"$VNFTRACE" bench -T "$tmp/short.conf" -r 9 --echoes 20 --settle 1ms \
			--no-throughput -o "$tmp/out" >"$tmp/said" 2>&1 </dev/null &
		pid=$! ;;
	esac
}
exec_in1() {
	ip netns exec vnftk1 "$VNFTRACE" "$@" >"$tmp/said" 2>&1 </dev/null &
	pid=$!
}

# Killed when it is about to say the next thing to the kernel: before its first message by netlink,
# before its second, and so on until it ends by itself. So no moment between two is left to chance.
at_each_message() {	# WHAT COMMAND...
	local what=$1 n code last=
	shift
	for ((n = 1; n < 200; n++)); do
		rm -f "$tmp/out" "$tmp/out.part"
		ip netns exec vnftk1 strace -f -o /dev/null -e trace=sendto,sendmsg \
			-e inject=sendto,sendmsg:signal=KILL:when=$n \
			"$VNFTRACE" "$@" >"$tmp/said" 2>&1 </dev/null &
		wait $! 2>/dev/null	# without the shell's word on it
		code=$?
		"$VNFTRACE" detach --all >"$tmp/detach" 2>&1
		wait_for 5 clean || {
			last="before message $n: $(diff <(echo "$before") <(found) | xargs)"
			break
		}
		[ $code = 137 ] || break
	done
	if [ -n "$last" ]; then not_ok "$what: killed $last"; else
		check "$what: killed before each of $((n - 1)) messages: nothing left" \
			[ $n -gt 5 -a $n -lt 200 -a $code = 0 ]
	fi
}
if strace -o /dev/null true 2>/dev/null; then
	at_each_message record record vnftk-a --hook clsact -o "$tmp/out" -t 20ms
	at_each_message top top vnftk-a --hook clsact -c 1 -i 100ms
	if [ "$(stat -Lc %i /proc/self/ns/pid)" = 4026531836 ]; then
		at_each_message attach attach vnftk-a --hook clsact
	fi
else
	skip "no strace, or not allowed here" "killed before each message"
fi

# How long what is killed takes to be well under way, in ms: most moments lie within.
declare -A within_ms=([attach]=120 [record]=300 [stages]=600 [probe]=300 [top]=300 [bench]=2500)
declare -A done_of=() alive_of=() left_of=()
RANDOM=${SEED:=$$}
echo "# seed $SEED"
kinds=(record probe top bench)
# Half an attachment that is to outlive us may be pinned where we cannot look from a PID namespace:
# it stays, and the command says so.
if [ "$(stat -Lc %i /proc/self/ns/pid)" = 4026531836 ]; then
	kinds+=(attach)
else
	skip "not in the initial PID namespace" "attach: killed: nothing left"
fi
[ -z "$stages" ] || kinds+=(stages)
for ((i = 0; i < kills; i++)); do
	kind=${kinds[RANDOM % ${#kinds[@]}]}
	begin $kind
	ms=$((RANDOM % within_ms[$kind]))
	sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
	done_of[$kind]=$((${done_of[$kind]:-0} + 1))
	! kill -0 $pid 2>/dev/null || alive_of[$kind]=$((${alive_of[$kind]:-0} + 1))
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	"$VNFTRACE" detach --all >"$tmp/detach" 2>&1 || {
		not_ok "kill $i, of $kind after $ms ms: the next command: $(cat "$tmp/detach")"
		left_of[$kind]=yes
	}
	wait_for 5 clean || {
		not_ok "kill $i, of $kind after $ms ms: left: $(diff <(echo "$before") <(found) |
			grep '^>' | tr '\n' ' ')"
		"$VNFTRACE" detach --all >/dev/null 2>&1
		before=$(found) left_of[$kind]=yes
	}
done
for kind in "${kinds[@]}"; do
	count="${done_of[$kind]:-0} killed, ${alive_of[$kind]:-0} of them at work"
	[ -n "${left_of[$kind]:-}" ] || ok "$kind: $count: nothing left"
	[ "${alive_of[$kind]:-0}" -gt 0 ] || [ "${done_of[$kind]:-0}" = 0 ] ||
		not_ok "$kind: none was at work: $(cat "$tmp/said")"
done
check "all were tried" [ "$(IFS=+; echo $((${done_of[*]})))" = "$kills" ]
finish
