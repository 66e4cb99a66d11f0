#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A device that is born during the launch loses no packet between its birth and the attach: the
# instance is pinging when its device joins the bridge, and every echo that was answered was seen at
# the device or, before the attach, at the bridge. Its birth is stamped when it is born, not when it
# joins the bridge.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth (born in the launch) --- [instance 198.18.0.2]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

# The instance: a namespace that pings as soon as it can.
cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	# BRIDGE ADDR PEER MAC LOG: its device has a name that nobody gave it, as a vif
	set -e
	dev=vnftborn$$
	set -- $dev "$@"
	. "$INSTANCE"
	instance_begin
	instance_device "$1" "$3" "$5" "$2" "$4"
	inside busybox nc -ll -p 5201 -e true &
	ip link set "$1" up
	inside ping -i 0.001 -c 900 "$4" >"$6.$pid" &
	ping=$!
	# It sends: one in a millisecond. The bridge is a long time away from the birth.
	while [ "$(inside cat /proc/net/dev |
		awk '/eth0/ { print $11 }')" -lt 100 ]; do :; done
	ip link set "$1" master "$2"
	wait $ping
	wait $pid
END
chmod +x "$tmp/instance"
cat >"$tmp/newborn.conf" <<-END
	title = newborn
	driver = exec
	virtualization = container
	topology = veth
	command = $tmp/instance @BRIDGE@ @ADDR@ @PEER@ @MAC@ $tmp/answered
	timeout_s = 10
END
exits 0 "bench of an instance whose device is born in the launch" \
	"$VNFTRACE" bench -T "$tmp/newborn.conf" -r 3 --no-rtt --no-throughput --settle 3s \
	-o "$tmp/r"
"$VNFTRACE" report "$tmp/r/records" --packets -j >"$tmp/packets.json"
cat >"$tmp/count.py" <<-'END'
	import json, re, sys
	runs, early, missed, answered = {}, 0, 0, 0
	for p in json.load(open(sys.argv[1])):
	    if p.get("class") == "echo-request" and p["dir"] == "in":
	        runs.setdefault(p["echo_id"], {}).setdefault(p["echo_seq"], set()).add(p["dev"])
	for log in sys.argv[2:]:
	    want = {int(n) for n in re.findall(r"icmp_seq=(\d+) ttl", open(log).read())}
	    answered += len(want)
	    # Runs are told apart by the set that fits best: ping's id is not printed.
	    seen = max(runs.values(), key=lambda r: len(want & set(r)), default={})
	    missed += len(want - set(seen))
	for seen in runs.values():
	    early += sum(1 for devs in seen.values() if len(devs) == 1)
	print(len(sys.argv) - 2, answered, missed, early)
END
read -r runs answered missed early < <(
	python3 "$tmp/count.py" "$tmp/packets.json" "$tmp"/answered.*)
echo "# $runs runs: $answered echoes answered, $missed not seen, $early seen at the bridge alone"
check "3 runs pinged" [ "$runs" = 3 -a "$answered" -gt 1000 ]
check "every answered echo was seen" [ "$missed" = 0 ]
check "some passed between birth and attach, so that this test tests something" [ "$early" -gt 0 ]
read -r device rst < <(python3 -c '
import json, sys
phases = json.load(open(sys.argv[1]))["rows"][0]["instantiation"]["phases"]
at = {p["name"]: p["median_ns"] // 1000000 for p in phases if p["median_ns"]}
print(at["device"], at["rst"])' "$tmp/r/results.json")
echo "# device born after $device ms, first RST through the bridge after $rst ms"
check "the device was born when it was born, not when it joined the bridge" \
	[ $((rst - device)) -ge 80 ]
check "nothing is left" wait_for 5 test "$(leftovers)" = "$before"
finish
