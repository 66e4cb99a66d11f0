#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A bench whose program somebody removes while an instance is measured has numbers of half the
# frames: the run says so, and no row with it is valid.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth --- [instance 198.18.0.2]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

# The instance itself takes the program away, as soon as it has seen 100 echoes.
cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	# DEV BRIDGE ADDR PEER MAC FILTERS STAMP
	. "$INSTANCE"
	instance_begin
	instance_device "$1" "$3" "$5" "$2" "$4"
	ip link set "$1" up master "$2"
	while [ "$(inside awk '/^Icmp:/ { n = $10 } END { print n }' /proc/net/snmp)" -lt 100 ]; do
		sleep 0.01
	done
	[ "$6" = none ] || tc filter del dev "$1" "$6" && echo "$6" >"$7"
	wait $pid
END
chmod +x "$tmp/instance"

bench() {	# FILTERS: ingress, egress or none
	cat >"$tmp/$1.conf" <<-END
		title = robbed of $1
		driver = exec
		virtualization = container
		topology = veth
		command = $tmp/instance @DEV@ @BRIDGE@ @ADDR@ @PEER@ @MAC@ $1 $tmp/stamp
		port = none
		timeout_s = 30
	END
	rm -f "$tmp/stamp"
	"$VNFTRACE" bench -T "$tmp/$1.conf" -r 1 --hook clsact --no-memory --echoes 500 \
		-o "$tmp/$1" >"$tmp/page" 2>&1
}

bench none
check "nobody took anything: exit 0" [ $? = 0 ]
json_is "and the row is valid" true "$tmp/none/results.json" .rows[0].valid
for way in ingress egress; do
	bench $way
	check "$way: exit 3" [ $? = 3 ]
	check "$way: the filter was there, and was taken" test -s "$tmp/stamp"
	json_is "$way: the row is not valid" false "$tmp/$way/results.json" .rows[0].valid
	check "$way: it says what became of it" grep -q "program removed while it was observed" \
		"$tmp/$way/results.json"
	check "$way: so does the page" grep -q "program removed while it was observed" "$tmp/page"
done
check "nothing is left" wait_for 5 nothing_left
finish
