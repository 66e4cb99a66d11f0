#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vnftrace report of several directories: a container row of a host and Xen rows of an emulated dom0
# in one table, each with its host and accelerator; and compare of two setups of one type.
. "$(dirname "$0")/lib.sh"

row() {		# TYPE ACCEL MEDIAN-MS MORE-MEMBERS
	cat <<-END
		{ "type": "$1", "title": "$1", "accel": "$2", "cache": "warm", "runs": 6,
		  "valid": true,
		  "instantiation": { "n": 6, "median_ns": ${3}000000,
		    "samples_ns": [${3}000000, ${3}100000, ${3}200000, ${3}300000, ${3}400000,
		      ${3}500000] $4 },
		  "rtt": { "flood": { "n": 100, "mean_ns": ${3}000 } },
		  "lost": { "ring_full": 0 }, "failed": [] $5 }
	END
}
host() {	# NAME MACHINE FLAG MORE
	printf '"host": { "hostname": "%s", "kernel": "6.1.0-%s", "cpu": "a processor",
		"machine": "%s", "hypervisor_flag": %s %s }' "$1" "$1" "$2" "$3" "$4"
}
results() {	# DIR HOST ROW...
	local dir=$1 host=$2 rows
	shift 2
	rows=$(printf ',%s' "$@")
	mkdir -p "$dir"
	printf '{ "schema": 1, "manifest": { %s }, "rows": [ %s ] }\n' "$host" "${rows:1}" \
		>"$dir/results.json"
}
phases() {	# NAME=MS...: as a Xen row has them
	local list="" p
	for p; do
		list+=", { \"name\": \"${p%=*}\", \"median_ns\": ${p#*=}000000,
			\"clock\": \"userspace\" }"
	done
	echo ", \"phases\": [ ${list:2} ]"
}
xen() {		# TYPE MACHINE SCRIPT MS SYNS
	row "$1" xen "$4" "$(phases toolstack=50 built=120 device=150 hotplug=180 \
		connected=300), \"queueing\":
		{ \"n\": 6, \"runs_with\": $(($5 ? 6 : 0)), \"syns\": $5,
		  \"first_wait_ns\": 1200000000, \"longest_wait_ns\": 1900000000 }" \
		", \"setup\": { \"toolstack\": \"xl\", \"machine\": \"$2\", \"script\": \"$3\" }"
}
says() {	# WHAT TEXT
	check "$1" grep -qF -e "$2" "$room/out"
}

results here "$(host metal 'Maker Server 9' false)" "$(row container.docker none 300)" \
	"$(row tinyx.kvm kvm 800)"
results dom0 "$(host lab 'QEMU Standard PC (Q35 + ICH9, 2009)' true \
		', "hypervisor": "xen 4.17, dom0"')" \
	"$(xen tinyx.xen pv stock 2000 312)" "$(xen tinyx.xen pvh minimal 900 1)" \
	"$(xen unikernel.minios.xen pv stock 400 0)"
results dom0b "$(host lab 'Maker Server 9' true ', "hypervisor": "xen 4.17, dom0"')" \
	"$(xen standardvm.xen pv stock 9000 0)"

run report here dom0 dom0b
report "vnftrace report of three directories" "$([ "$code" = 0 ] || echo "exit $code")"
says "hosts: bare metal says so" "Maker Server 9"
says "hosts: an emulated dom0 says so" "QEMU Standard PC (Q35 + ICH9, 2009)"
says "hosts: and what runs below it" "xen 4.17, dom0"
check "each row has its host and accelerator" awk '
	/^Virtualization types/ { on = 1 } /^$/ { on = 0 }
	on && /^metal +container.docker +none / { n++ }
	on && /^metal +tinyx.kvm +kvm / { n++ }
	on && /^lab +tinyx.xen \(xl, pv, stock\) +xen / { n++ }
	on && /^lab +tinyx.xen \(xl, pvh, minimal\) +xen / { n++ }
	on && /^lab \(2\) +standardvm.xen \(xl, pv, stock\) +xen / { n++ }
	END { exit n != 5 }' "$room/out"
check "phases that the driver saw are userspace's" \
	grep -qE '^lab \(2\) +standardvm.xen \(xl, pv, stock\) +connected +300 ms .* userspace$' \
		"$room/out"
waited="lab: tinyx.xen (xl, pv, stock): 312 SYNs waited up to 1.90 s for the guest"
waited+=" in the median of 6 runs; the first RST answers one that waited 1.20 s"
says "SYNs that waited" "$waited"
says "one that did" "1 SYN waited up to 1.90 s"
says "and none" "unikernel.minios.xen (xl, pv, stock): no SYN waited for the guest"
for study in standardvm.xen tinyx.xen unikernel.minios.xen; do
	check "the study's $study stands beside ours" awk -v row="$study" '
		/^Beside the reference/ { on = 1 } /^$/ { on = 0 }
		on && $0 ~ "\\) +" row " " { n++ } END { exit !n }' "$room/out"
done
run report -j here dom0 dom0b
json_true "as JSON: hosts" "$room/out" '[.hosts[].host] == ["metal", "lab", "lab (2)"] and
	[.hosts[].accels] == [["none", "kvm"], ["xen"], ["xen"]]'
json_true "as JSON: rows" "$room/out" '[.rows[].host] ==
	["metal", "metal", "lab", "lab", "lab", "lab (2)"] and .rows[3].type == "tinyx.xen"'
json_true "as JSON: their setups" "$room/out" '.rows[3].setup ==
	{ toolstack: "xl", machine: "pvh", script: "minimal" } and .queueing[0].syns == 312'
run report dom0
says "one directory says where, too" "QEMU Standard PC (Q35 + ICH9, 2009)"
check "without a column for the host" [ "$(grep -c '^lab' "$room/out")" = 0 ]

run compare dom0:tinyx.xen dom0
report "compare: a type of two rows is no name" \
	"$([ "$code" = 1 ] || echo "exit $code")$(bad_form 1)"
check "which says how to name one" grep -qF 'DIR:tinyx.xen (xl, pvh, minimal)' "$room/err"
run compare "dom0:tinyx.xen (xl, pv, stock)" "dom0:tinyx.xen (xl, pvh, minimal)" --fail-if different
report "compare: two setups of a type differ" "$([ "$code" = 3 ] || echo "exit $code")"
says "and stand there by name" "tinyx.xen (xl, pvh, minimal)"

sed 's/"script": "stock"/"script": ["stock"]/' dom0/results.json >bad.json
run report bad.json
report "a setup that is no text is refused" "$([ "$code" = 1 ] || echo "exit $code")$(bad_form 1)"
finish
