#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vnftrace top on a terminal of 80x24 and of 120x40: no line is too long, rows scroll and are
# counted, keys sort, another size is drawn, and what was there before comes back at the end,
# whatever ends it. And 200 devices take less than 5 % of a CPU.
#
#	[vnftu] vnftu-100 ... vnftu-199 === vnftv-100 ... vnftv-199 [vnftv]
# Runs in PID, mount and network namespaces of its own: what is attached elsewhere is not listed.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
if [ -z "${TOP_INSIDE:-}" ]; then
	export TOP_INSIDE=1 VNFTRACE VNFT_TESTS
	exec unshare --pid --fork --kill-child --mount --net --propagation private --mount-proc \
		"$0" "$@"
fi
mount -t tmpfs tmpfs /run && mkdir /run/netns && mount -t bpf bpf /sys/fs/bpf
pairs=100 devices=200
tmp=$(mktemp -d)
cleanup() {
	"$VNFTRACE" detach --all >/dev/null 2>&1
	ip netns del vnftu 2>/dev/null
	ip netns del vnftv 2>/dev/null
	rm -rf "$tmp"
}
trap cleanup EXIT
ip netns add vnftu && ip netns add vnftv || {
	skip "no network namespaces here" "vnftrace top on a terminal"
	exit 0
}
for ((i = 100; i < 100 + pairs; i++)); do
	echo "link add vnftu-$i type veth peer name vnftv-$i netns vnftv"
	echo "addr add 198.18.$i.1/30 dev vnftu-$i"
	echo "link set vnftu-$i up"
done >"$tmp/near"
for ((i = 100; i < 100 + pairs; i++)); do
	echo "addr add 198.18.$i.2/30 dev vnftv-$i"
	echo "link set vnftv-$i up"
done >"$tmp/far"
ip -n vnftu -batch "$tmp/near" && ip -n vnftv -batch "$tmp/far" || exit 1
mapfile -t names < <(for ((i = 100; i < 100 + pairs; i++)); do
	printf 'vnftu/vnftu-%s\nvnftv/vnftv-%s\n' $i $i
done)
export TERM=xterm LC_ALL=C.UTF-8
unset COLUMNS LINES NO_COLOR
said() { grep -qx "$1" "$tmp/said"; }
# COLUMNS LINES WORD...: steps on standard input, into $tmp/said
on_terminal() {
	local size=("$1" "$2")
	shift 2
	mkdir -p "$tmp/shown"
	tests/netns/on-terminal "${size[@]}" "$tmp/shown" "$VNFTRACE" top "$@" >"$tmp/said" 2>&1 ||
		not_ok "on a terminal of ${size[*]}: $(cat "$tmp/said")"
}
restored() {	# WHAT
	check "$1: it ended with 0" said "exit 0"
	check "$1: the terminal's settings are as before" said "settings same"
	check "$1: the screen that was there is shown again" \
		grep -q $'\e\\[?1049l' "$tmp/shown/raw"
}

# --- nothing attached
on_terminal 80 24 -i 200ms <<-'END'
	wait nothing is attached: `vnftrace attach DEV`
	keys q
	end
END
restored "without a device, q"

# --- 200 devices
check "200 devices are attached" "$VNFTRACE" attach "${names[@]}" >"$tmp/attach" 2>&1
on_terminal 80 24 -i 300ms --sort device <<-'END'
	wait 1-20 of 200
	wait vnftu-119
	save first
	keys \eOB
	wait 2-21 of 200
	wait vnftu-120
	keys \e[6~
	wait 22-41 of 200
	keys \eOF
	wait 181-200 of 200
	save last
	keys \eOH
	wait 1-20 of 200
	keys p
	wait by packets
	keys m
	wait RTT: echo, request in
	mark
	sleep 3
	mark
	size 60 15
	wait 1-11 of 200
	save small
	keys q
	end
END
restored "80x24, q"
check "no line is longer than 80" [ "$(wc -L <"$tmp/shown/first")" -le 80 ]
check "the rows begin with the first" grep -q '^vnftu/vnftu-100 ' "$tmp/shown/first"
check "every number has a column" grep -q 'pps in.*pps out.*bps in.*bps out.*p50.*p99.*retr.*lost' \
	"$tmp/shown/first"
check "the last can be scrolled to" grep -q '^vnftv/vnftv-199 ' "$tmp/shown/last"
check "a smaller terminal has shorter lines" [ "$(wc -L <"$tmp/shown/small")" -le 60 ]
mapfile -t marks < <(sed -n 's/^bytes //p' "$tmp/said")
sent=$((${marks[1]:-9999} - ${marks[0]:-0}))
# The devices are young: their kernel still sends a frame now and then.
check "an interval sends what changed, not the screen: $sent bytes in 10 of them" \
	[ $sent -lt $((10 * 80 * 24 / 2)) ]
check "and the screen is not cleared at each" \
	[ "$(grep -oE $'\e\\[(2J|H\e\\[J)' "$tmp/shown/raw" | wc -l)" -le 6 ]
on_terminal 120 40 -i 300ms --sort device <<-'END'
	wait 1-36 of 200
	wait vnftu-135
	save wide
	signal SIGTERM
	end
END
restored "120x40, SIGTERM"
check "no line is longer than 120" [ "$(wc -L <"$tmp/shown/wide")" -le 120 ]
check "and there is the instance" grep -q '^device .* instance ' "$tmp/shown/wide"
on_terminal 80 24 -i 300ms <<-'END'
	wait of 200
	signal SIGINT
	end
END
restored "Ctrl-C"
on_terminal 80 24 -i 300ms -c 2 <<<end
restored "two intervals"
on_terminal 80 24 -i 300ms <<-'END'
	wait of 200
	hangup
	end
END
check "a terminal that goes away ends it" said "exit 0"

# --- where nothing is drawn
no_escapes() {	# WHAT
	check "$1: plain lines" grep -q '^device ' "$tmp/shown/raw"
	check "$1: without an escape sequence" [ "$(grep -c $'\e' "$tmp/shown/raw")" = 0 ]
}
TERM=dumb on_terminal 80 24 -c 1 -i 200ms <<<end
no_escapes "TERM=dumb"
(unset TERM; on_terminal 80 24 -c 1 -i 200ms <<<end)
no_escapes "no TERM"
TERM=nonesuch on_terminal 80 24 -c 1 -i 200ms <<<end
no_escapes "a TERM that is not known"
NO_COLOR=1 on_terminal 80 24 -c 1 -i 200ms <<<end
no_escapes "NO_COLOR"
on_terminal 80 24 -b -c 1 -i 200ms <<<end
no_escapes "-b"
check "-b: no line is longer than the terminal" \
	[ "$(tr -d '\r' <"$tmp/shown/raw" | wc -L)" -le 80 ]

# --- what it costs: utime + stime of 20 s, in ticks; every device has had replies, so that its
# histograms are read, and some have packets all the time
for ((i = 100; i < 100 + pairs; i++)); do
	ip netns exec vnftu ping -q -c 2 -i 0.002 198.18.$i.2 >/dev/null 2>&1 &
done
wait
for i in 100 120 140; do
	ip netns exec vnftu ping -q -i 0.05 -c 600 198.18.$i.2 >/dev/null 2>&1 &
done
pings=$(jobs -p)
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
pid_of_top() { pgrep -P "$1" -x vnftrace; }
begin_cost() {
	tests/netns/on-terminal 120 40 "$tmp/shown" "$VNFTRACE" top >"$tmp/said" 2>&1 \
		< <(printf 'wait of 200\nsleep 24\nkeys q\nend\n') &
	terminal=$!
	wait_for 10 pid_of_top $terminal >/dev/null
	pid=$(pid_of_top $terminal)
}
begin_cost
sleep 3
from=$(ticks "$pid")
sleep 20
spent=$(($(ticks "$pid") - from))
hz=$(getconf CLK_TCK)
wait $terminal
# shellcheck disable=SC2086 # numbers
kill $pings
share=$(awk -v t=$spent -v hz="$hz" 'BEGIN { printf "%.2f", 100 * t / hz / 20 }')
check "200 devices take $share % of a CPU over 20 s, less than 5 %" \
	[ $((spent * 100)) -lt $((5 * 20 * hz)) ]
finish
