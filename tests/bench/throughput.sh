#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Throughput of a veth with an observer on it, as a ratio to the slices before and after without
# one: MTU frames (TSO, GSO, GRO off), one TCP stream that never stops, observers toggled at least
# 24 times in random order within the one run. Beside ours: tcpdump -w /dev/null and bpftrace
# printing a line a packet.
#
#	[vnftp1]  iperf3 -c  vnftp-a 198.18.6.1/30 === 198.18.6.2/30 vnftp-b  iperf3 -s  [vnftp2]
#
#	throughput.sh [ROUNDS] [SECONDS_PER_SLICE]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
rounds=${1:-24} slice=${2:-0.4}
tmp=$(mktemp -d)
pids=
cleanup() {
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill $pids 2>/dev/null
	"$VNFTRACE" detach vnftp1/vnftp-a >/dev/null 2>&1
	ip netns del vnftp1 2>/dev/null
	ip netns del vnftp2 2>/dev/null
	rm -rf "$tmp"
}
trap cleanup EXIT
ip netns add vnftp1 && ip netns add vnftp2 || exit 1
ip -n vnftp1 link add vnftp-a type veth peer name vnftp-b netns vnftp2
for side in 1:a 2:b; do
	ip -n "vnftp${side%:*}" addr add "198.18.6.${side%:*}/30" dev "vnftp-${side#*:}"
	ip -n "vnftp${side%:*}" link set "vnftp-${side#*:}" up
	ip netns exec "vnftp${side%:*}" ethtool -K "vnftp-${side#*:}" \
		tso off gso off gro off >/dev/null
done
ip netns exec vnftp2 iperf3 -s -1 >/dev/null 2>&1 &
pids=$!
wait_for 5 ip netns exec vnftp2 grep -qi ':1451 .* 0A' /proc/net/tcp6 /proc/net/tcp 2>/dev/null
ip netns exec vnftp1 iperf3 -c 198.18.6.2 -t 3600 >/dev/null 2>&1 &
pids="$pids $!"
server=${pids% *}

cat >"$tmp/toggle.py" <<-'END'
	import os, random, shutil, signal, statistics, subprocess, sys, time

	tool, rounds, slice_s, server, tmp = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), \
	    sys.argv[4], sys.argv[5]
	netns = ["ip", "netns", "exec", "vnftp1"]
	ready = tmp + "/ready"

	def received():
	    for line in open(f"/proc/{server}/net/dev"):
	        if "vnftp-b:" in line:
	            fields = line.split(":")[1].split()
	            return int(fields[0]), int(fields[1])

	def rate():
	    a, t = received(), time.monotonic()
	    time.sleep(slice_s)
	    b = received()
	    return (b[0] - a[0]) * 8 / (time.monotonic() - t), \
	        (b[1] - a[1]) / (time.monotonic() - t)

	def wait(condition, what):
	    end = time.monotonic() + 20
	    while not condition():
	        if time.monotonic() > end:
	            sys.exit(f"{what}: not ready")
	        time.sleep(0.01)

	def has(name, text):
	    return lambda: text in open(tmp + name).read(4096)

	def start(command, is_ready):
	    for name in ("/out", "/err"):
	        open(tmp + name, "w").close()
	    if os.path.exists(ready):
	        os.unlink(ready)
	    out = open("/dev/null" if "tcpdump" in command or "record" in command else tmp + "/out",
	               "w")
	    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
	                             stderr=open(tmp + "/err", "w"))
	    wait(is_ready, command)
	    return child

	def stop(child):
	    child.send_signal(signal.SIGINT)
	    child.wait(20)

	def stop_bpftrace(child):	# one that saw nothing would look cheap
	    stop(child)
	    if os.path.getsize(tmp + "/out") < 10000:
	        sys.exit("bpftrace printed no packets: " + open(tmp + "/err").read(400))

	def record(*options):
	    return lambda: start(netns + [tool, "record", "vnftp-a", "--force",
	                                  "-o", tmp + "/records", "--ready-file", ready, *options],
	                         lambda: os.path.exists(ready))

	def attach():
	    subprocess.run(netns + [tool, "attach", "vnftp-a"], check=True,
	                   stdout=subprocess.DEVNULL)

	def detach(child):
	    subprocess.run(netns + [tool, "detach", "vnftp-a"], check=True,
	                   stdout=subprocess.DEVNULL)

	observers = {
	    "nothing (noise)": (lambda: None, lambda child: None),
	    "attached": (attach, detach),
	    "record": (record(), stop),
	    "record --tcp": (record("--tcp"), stop),
	    "tcpdump -w /dev/null": (lambda: start(netns + ["tcpdump", "-i", "vnftp-a",
	                                                    "-w", "/dev/null"],
	                             has("/err", "listening on")), stop),
	    # Classic tracepoints need tracefs, which the host may not have mounted.
	    "bpftrace printf": (lambda: start(["unshare", "-m", "sh", "-c",
	        'mount -t tracefs tracefs /sys/kernel/tracing; exec bpftrace -e "$0"',
	        'BEGIN { printf("ready\\n"); } '
	        'tracepoint:net:net_dev_start_xmit { printf("%d\\n", args->len); }'],
	        has("/out", "ready")), stop_bpftrace),
	}
	for name, program in (("tcpdump -w /dev/null", "tcpdump"), ("bpftrace printf", "bpftrace")):
	    if not shutil.which(program):
	        del observers[name]
	for _ in range(4):
	    base = rate()
	print(f"# without observer {base[0] / 1e9:.2f} Gbit/s, {base[1] / 1e3:.0f} kpps; "
	      f"{rounds} toggles of each, {slice_s} s a slice, "
	      "ratio to the mean of the slices before and after")
	ratios = {name: [] for name in observers}
	before = rate()[0]
	for _ in range(rounds):
	    for name in random.sample(list(observers), len(observers)):
	        on, off = observers[name]
	        child = on()
	        with_it = rate()[0]
	        off(child)
	        after = rate()[0]
	        ratios[name].append(with_it / ((before + after) / 2))
	        before = after
	for name, values in ratios.items():
	    medians = sorted(statistics.median(random.choices(values, k=len(values)))
	                     for _ in range(2000))
	    target = "  (target 0.99)" if name in ("attached", "record") else ""
	    print(f"{name:22} {statistics.median(values):.3f}  "
	          f"[{medians[50]:.3f}, {medians[1949]:.3f}]{target}")
END
python3 "$tmp/toggle.py" "$VNFTRACE" "$rounds" "$slice" "$server" "$tmp"
