#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The unikernel is small, starts by libvirt and by a plain QEMU, answers each echo, serves iperf 2
# both ways, outlives a peer that resets, and sleeps when nobody asks. It finds its device on
# microvm, old and modern, and on a PC's PCI.
#
#	[vnft-ID namespace]  tap 198.18.0.1/30 --- QEMU --- [en0 198.18.0.2 unikernel]
#
# needs: image unikernel
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
runs=
types="unikernel.lwip.kvm unikernel.lwip.exec"
to() {		# FILE COMMAND...: its output goes there
	local file=$1
	shift
	"$@" >"$file" 2>&1
}
for t in $types; do
	"$guest" "$t" --check 2>"$tmp/err" || {
		skip_type "$(cat "$tmp/err")" "$t"
		finish
	}
done

for kernel in kvm xen; do
	bytes=$(stat -Lc %s "${VNFT_CACHE:-/var/cache/vnftrace}/images/unikernel/kernel-$kernel")
	check "its image for $kernel has 300 kB at most: $bytes" [ "$bytes" -le 300000 ]
done
for t in $types; do
	"$VNFTRACE" types -j "$t" >"$tmp/type"
	json_is "$t: 8 MiB of memory, no word that is not its own" "8 null" "$tmp/type" \
		.memory_mib .appended
done

# --- as bench sees it ----------------------------------------------------------------------------
exits 0 "bench of both types" to "$tmp/page" "$VNFTRACE" bench -T "${types/ /,}" -r 2 \
	--no-throughput --no-memory --no-reference --echoes 1000 --echo-interval 1ms -o "$tmp/r"
for t in $types; do
	row() {		# WHAT FILTER
		json_true "$t: $1" "$tmp/r/results.json" \
			".rows[] | select(.type == \"$t\") | $2"
	}
	row "every run is valid, and its service is ready" '.valid and
		(.instantiation.samples_ns | length) == 2 and
		(.service_ready.samples_ns | length) == 2'
	# SYN-ACKs that were sent to nobody would come again 3 s later.
	row "which is so with the first RST" '.service_ready.median_ns <
		.instantiation.median_ns + 1e9'
	row "a flood of echoes, none of them lost" '.rtt.flood |
		.requests >= 2000 and .unanswered == 0'
	row "a fixed rate of echoes, none of them lost" '.rtt.fixed |
		.requests >= 2000 and .unanswered == 0'
	jq -r --arg t "$t" '.rows[] | select(.type == $t) |
		(.instantiation.phases | map({(.name): .median_ns}) | add) as $at |
		"# \($t), \(.accel): first RST \($at.rst / 1e6) ms after t0, " +
		"\(($at.rst - $at.exec) / 1e6) ms after QEMU'"'"'s exec; " +
		"flood p50 \(.rtt.flood.p50_ns / 1e3) us"' "$tmp/r/results.json"
done

# --- one that lives ------------------------------------------------------------------------------
begin() {	# TYPE: an instance that is up, until descriptor 7 is closed
	rm -f "$tmp/in" "$tmp/out"
	mkfifo "$tmp/in"
	"$guest" "$1" --pause <"$tmp/in" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	exec 7>"$tmp/in"
	wait_for 60 grep -q '^ready' "$tmp/out" || {
		not_ok "$1: is up: $(cat "$tmp/out" "$tmp/err")"
		return 1
	}
	run=$(guest_says run "$tmp/out") vmm=$(guest_says pid "$tmp/out")
	runs="$runs $run"
}
end() {
	exec 7>&-
	wait "$pid"
	pid=
}
inside() { ip netns exec "vnft-$run" "$@"; }
ticks() { awk '{ print $14 + $15 }' "/proc/$vmm/stat"; }

# What iperf 2 does, as far as it takes to see both ways: six numbers, then bytes without meaning.
cat >"$tmp/iperf.py" <<'END'
import socket, struct, sys, threading, time
what, flags = sys.argv[1], {"sink": 0, "reset": 0, "-r": 1 << 31, "-d": 1 << 31 | 1}[sys.argv[1]]
back = socket.create_server(("198.18.0.1", 0))
back.settimeout(20)
begin = end = got = 0
def listen():
    global begin, end, got
    stream, begin = back.accept()[0], time.monotonic()
    stream.settimeout(20)
    stream.shutdown(socket.SHUT_WR) # that we say nothing shall not end it
    while piece := stream.recv(1 << 20):
        got += len(piece)
    end = time.monotonic()
listener = threading.Thread(target=listen)
if flags:
    listener.start()
to = socket.create_connection(("198.18.0.2", 5201), timeout=20)
settings = struct.pack("!IIIIIi", flags, 1, back.getsockname()[1], 0, 0, -60)
to.sendall(settings[:10])
time.sleep(0.02)
to.sendall(settings[10:])
sent, until = 0, time.monotonic() + 0.6
while time.monotonic() < until:
    sent += to.send(bytes(65536))
if what == "reset":
    to.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    to.close()
    sys.exit()
to.shutdown(socket.SHUT_WR)
assert to.recv(1) == b"", "it sends where it shall not"
closed = time.monotonic()
print("#", what, "host to guest:", round(sent * 8 / 1e6), "Mbit in 0.6 s")
assert sent > 1000000, "hardly a byte was taken"
if flags:
    listener.join()
    print("#", what, "guest to host:", round(got * 8 / 1e6), "Mbit in", round(end - begin, 2), "s")
    assert got > 1000000, "hardly a byte came back"
    assert 0.5 < end - begin < 5, "it was to send for 0.6 s"
    assert (begin < closed - 0.3) == (what == "-d"), "it did not send when it was to"
END
iperf() {	# WHAT HOW
	if inside timeout 60 python3 "$tmp/iperf.py" "$2" >"$tmp/iperf" 2>&1; then
		ok "$t: $1"
	else
		not_ok "$t: $1: $(tail -n 3 "$tmp/iperf")"
	fi
	grep '^#' "$tmp/iperf"
}
for t in $types; do
	begin $t || { end; continue; }
	device=$(guest_says device "$tmp/out")
	local6=fe80::${run:0:2}ff:fe${run:2:2}:${run:4:2}02%$device
	check "$t: IPv6's echo is answered" \
		wait_for 10 to "$tmp/ping" inside ping -6 -q -c 1 -W 1 "$local6"
	check "$t: also a large one, each of ten" \
		to "$tmp/ping" inside ping -6 -q -c 10 -i 0.05 -s 1400 -W 2 "$local6"
	iperf "iperf 2: it takes a stream, then sends one (-r)" -r
	from=$(ticks)
	sleep 1
	busy=$(($(ticks) - from))
	check "$t: it sleeps when nobody asks: $busy of 100 ticks of CPU" [ $busy -lt 20 ]
	# The device has shown what it can. The rest is the program's.
	if [ "$t" = unikernel.lwip.exec ]; then
		iperf "iperf 2: it sends while it takes (-d)" -d
		iperf "a peer resets its stream" reset
		iperf "and the next is served" sink
	fi
	end
done

# --- other machines, other command lines ---------------------------------------------------------
sed 's/^machine = .*/machine = q35/' "$VNFT_TYPES/unikernel.lwip.kvm.conf" >"$tmp/pci.conf"
exits 0 "it finds its device on a PC's PCI" to "$tmp/out" "$guest" "$tmp/pci.conf"
runs="$runs $(guest_says run "$tmp/out")"
echo "# q35: first RST $(($(guest_says rst_ns "$tmp/out") / 1000000)) ms after t0"
sed 's/^append = .*/append = ip=1.2.3/; s/^timeout_s = .*/timeout_s = 3/' \
	"$VNFT_TYPES/unikernel.lwip.kvm.conf" >"$tmp/wrong.conf"
exits 1 "a command line that it does not understand" to "$tmp/out" "$guest" "$tmp/wrong.conf"
check "and says so on its console" grep -q 'unikernel: ip= wants ADDR' "$tmp/out"
# Others may have runs of their own on this host.
runs="$runs $(guest_says run "$tmp/out") $(json "$tmp/r/results.json" .manifest.id)"
nothing_of() { ! leftovers | grep -qE "$1"; }
check "nothing is left of these runs:$runs" \
	wait_for 10 nothing_of "$(xargs <<<"$runs" | tr ' ' '|')"
finish
