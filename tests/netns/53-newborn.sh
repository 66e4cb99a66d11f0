#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A device that is born during the launch loses no packet between its birth and the attach: the instance sends
# 500 numbered echoes from the moment its link is up; device and bridge together saw each of them.
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
	# DEV BRIDGE ADDR PEER MAC
	set -e
	unshare -n sleep 600 &
	pid=$!
	trap 'kill $pid' EXIT
	while [ "$(readlink /proc/$pid/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do :; done
	nsenter -t $pid -n ip link set lo up
	ip link add "$1" type veth peer name eth0 netns $pid
	nsenter -t $pid -n ip link set eth0 address "$5"
	nsenter -t $pid -n ip addr add "$3/30" dev eth0
	nsenter -t $pid -n ip link set eth0 up
	ip link set "$1" master "$2" up
	nsenter -t $pid -n ping -q -i 0.001 -c 500 "$4" >/dev/null || true
	wait $pid
END
chmod +x "$tmp/instance"
cat >"$tmp/newborn.conf" <<-END
	title = newborn
	driver = exec
	virtualization = container
	topology = veth
	command = $tmp/instance @DEV@ @BRIDGE@ @ADDR@ @PEER@ @MAC@
	timeout_s = 10
END
exits 0 "bench of an instance whose device is born in the launch" \
	"$VNFTRACE" bench -T "$tmp/newborn.conf" -r 3 --no-rtt --no-throughput --settle 3s -o "$tmp/r"
"$VNFTRACE" report "$tmp/r/records" --packets -j >"$tmp/packets.json"
cat >"$tmp/count.py" <<-'END'
	import json, sys
	text = json.load(open(sys.argv[1]))
	packets = next(v for v in text.values() if isinstance(v, list) and v and "class" in v[0]) \
	    if isinstance(text, dict) else text
	seen, early = {}, 0
	for p in packets:
	    if p["class"] == "echo_request" and p["hook"].endswith("ingress"):
	        seen.setdefault((p["seq"] >> 16, p["seq"] & 0xffff), set()).add(p["dev"])
	by_run = {}
	for (ident, seq), devs in seen.items():
	    by_run.setdefault(ident, set()).add(seq)
	    early += len(devs) == 1
	print(sorted(len(s) for s in by_run.values()), early)
END
got=$(python3 "$tmp/count.py" "$tmp/packets.json")
echo "# echoes seen per run, and how many at the bridge alone: $got"
if [ "${got%%]*}]" = "[500, 500, 500]" ]; then
	ok "all of 500 echoes in each of 3 runs were seen at the device or the bridge"
else
	not_ok "echoes seen per run: $got"
fi
check "nothing is left" wait_for 5 test "$(leftovers)" = "$before"
finish
