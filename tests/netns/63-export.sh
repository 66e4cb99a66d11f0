#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vnftrace export of a recording, beside what tcpdump saw of the same traffic on the same device:
# the same packets, directions and times. And every format says what the page of report says.
#
#	[netns vnfte1]  vnfte-a 198.18.4.1/30 === 198.18.4.2/30 vnfte-b  [netns vnfte2]
#	 record, tcpdump, ping, probe               the kernel answers
#
# needs: image container
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
for tool in tcpdump tshark capinfos; do
	command -v $tool >/dev/null || {
		skip "no $tool: scripts/setup test" "exports are what other programs read"
		finish
	}
done
tmp=$(mktemp -d)
before=$(leftovers)
pids=()
clean() {
	[ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null
	remove_pair vnfte
	rm -rf "$tmp"
}
trap clean EXIT
make_pair vnfte || exit 1
ip netns exec vnfte2 sysctl -qw net.ipv4.icmp_ratelimit=0
inside() { ip netns exec vnfte1 "$@"; }
cd "$tmp" || exit 1
tree=$OLDPWD

# What is recorded without being asked for, of IPv4.
filter='icmp[icmptype] == icmp-echo or icmp[icmptype] == icmp-echoreply or
	tcp[tcpflags] & (tcp-syn|tcp-rst) != 0'
# The processes themselves, not a shell around them: they are told to end.
ip netns exec vnfte1 "$VNFTRACE" record vnfte-a --hook clsact \
	--stages net_dev_queue,net_dev_start_xmit -o rec --ready-file ready >page 2>err &
pids+=($!)
ip netns exec vnfte1 tcpdump -i vnfte-a -Z root -n -U --time-stamp-precision=nano \
	-w dump.pcap "$filter" 2>tcpdump &
pids+=($!)
wait_for 20 test -e ready && wait_for 20 grep -q listening tcpdump || { cat err tcpdump; exit 1; }
inside ping -q -i 0.005 -c 100 198.18.4.2 >/dev/null
inside "$VNFTRACE" probe syn 198.18.4.2 --no-observe --rate 500 -c 50 >/dev/null ||
	not_ok "SYNs are sent"
sleep 1.2	# tcpdump has all
kill -INT "${pids[@]}"
wait "${pids[@]}" 2>/dev/null
pids=()

# --- pcapng
exits 0 "pcapng" "$VNFTRACE" export pcapng rec -o rec.pcapng >page
fields() {	# FILE FILTER FIELD...
	local file=$1 only=$2 all=()
	shift 2
	for field; do all+=(-e "$field"); done
	tshark -n -o tcp.relative_sequence_numbers:FALSE -r "$file" -Y "$only" -T fields \
		"${all[@]}" 2>>tshark.err
}
same=(ip.src ip.dst ip.id ip.ttl ip.flags.df frame.len icmp.type icmp.ident icmp.seq tcp.srcport
	tcp.dstport tcp.seq tcp.ack tcp.flags)
boundary='frame.interface_name contains "clsact"'
fields dump.pcap ip "${same[@]}" | sort >of-tcpdump
fields rec.pcapng "ip and $boundary" "${same[@]}" | sort >of-export
echo "# $(wc -l <of-tcpdump) packets"
check "there was traffic" [ "$(wc -l <of-tcpdump)" -ge 300 ]
check "the same packets as tcpdump's" cmp of-tcpdump of-export
check "their directions" [ "$(fields rec.pcapng "ip and $boundary" ip.src \
	frame.packet_flags_direction | sort -u | sed 's/0x0000000//' | tr '\t\n' ' ;')" = \
	"198.18.4.1 2;198.18.4.2 1;" ]
# Of each packet, by what tells it from the others: how far apart the two stamps are.
stamps() {	# FILE FILTER
	fields "$1" "$2" ip.src ip.id icmp.seq tcp.seq tcp.ack frame.time_epoch |
		awk -F '\t' '{ print $1 "/" $2 "/" $3 "/" $4 "/" $5, $6 }' | sort
}
join <(stamps dump.pcap ip) <(stamps rec.pcapng "ip and $boundary") |
	awk '{ a = substr($2, 7); b = substr($3, 7); d = (b - a) * 1e6; print d < 0 ? -d : d }' |
	sort -n >apart
median=$(sed -n "$((($(wc -l <apart) + 1) / 2))p" apart)
echo "# stamps of tcpdump and of the export are $median us apart at the median"
check "their times, within 5 ms of the wall clock" awk -v m="$median" 'BEGIN { exit !(m < 5000) }'
# The stamp itself, to the ns: wall clock minus monotonic stands in the first line of jsonl.
exits 0 "jsonl" "$VNFTRACE" export jsonl rec -o rec.jsonl >page
# Python, because jq takes numbers for floating point.
check "and stamps to the ns are the record's" cmp <(fields rec.pcapng "$boundary" \
	frame.time_epoch | sort) <(python3 -c 'import json, sys
for line in map(json.loads, open("rec.jsonl")):
    if line.get("event") == "begin":
        offset_ns = line["realtime_offset_ns"]
    elif line.get("kind") == "packet":
        ns = line["time_ns"] + offset_ns
        print(f"{ns // 10**9}.{ns % 10**9:09d}")' | sort)
check "a frame has one number at all its hooks" [ "$(fields rec.pcapng \
	"ip.src == 198.18.4.1 and icmp" frame.number | wc -l)" = 300 ]
capinfos -M rec.pcapng >infos 2>&1
check "four interfaces: both ways, and the stages" [ \
	"$(grep -c 'Time resolution = 0x09' infos)" = 4 ]
exits 1 "a capture that is there is refused" "$VNFTRACE" export pcapng rec -o rec.pcapng 2>err

# --- the numbers of report
"$VNFTRACE" report -j rec >report.json
pairing() {	# PAIRING KEY
	jq ".pairings[] | select(.pairing == \"$1\" and .request == \"out\") | .$2" report.json
}
exits 0 "csv" "$VNFTRACE" export csv rec -o rec.csv >page
python3 -c 'import csv, json
print(json.dumps(list(csv.DictReader(open("rec.csv", newline=""), strict=True))))' >csv.json
check "csv: the round trips of report" [ "$(jq -c '[.[] | select(.pairing == "echo") |
	.rtt_ns | tonumber] | [length, min, max]' csv.json)" = \
	"[$(pairing echo matched),$(pairing echo min_ns),$(pairing echo max_ns)]" ]
check "csv: a line for each record" [ "$(jq length csv.json)" = \
	"$(jq -s 'map(select(.kind)) | length' rec.jsonl)" ]
exits 0 "openmetrics" "$VNFTRACE" export openmetrics rec -o rec.om >page
check "openmetrics: as the standard wants it" python3 "$tree/tests/openmetrics" rec.om
python3 "$tree/tests/openmetrics" --print rec.om >om.json
# The bucket that a quantile is in, as Prometheus finds it, is that of report's quantile, or the
# next one: values of neighbouring ranks may lie on two sides of a bound.
while read -r q key; do
	p=$(pairing echo "$key")
	json_true "openmetrics: the quantile $q is within a bucket of report's $p ns" om.json "
		[.[] | select(.name == \"vnftrace_rtt_seconds_bucket\" and
			.labels.pairing == \"echo\" and .labels.request == \"out\")] |
		.[-1].value as \$all | map(select(.value >= $q * \$all)) | .[0].labels.le |
		tonumber | . * 2.5 >= $p / 1e9 and . / 2.5 / 2.5 <= $p / 1e9"
done <<-'END'
	0.5 p50_ns
	0.9 p90_ns
	0.99 p99_ns
	END
exits 0 "hgrm" "$VNFTRACE" export hgrm rec -o rec.hgrm >page
check "hgrm: the median of report, within its buckets" awk -v p="$(pairing echo p50_ns)" \
	'$1 + 0 && $2 >= 0.5 && !done { done = 1; ok = $1 > 0.98 * p && $1 < 1.02 * p }
	END { exit !ok }' rec.hgrm
check "hgrm: all of them" grep -q "Total count    = *$(pairing echo matched)\]" rec.hgrm

# --- a bench
cd "$tree" || exit 1
exits 0 "a bench" "$VNFTRACE" bench -T container.crun -r 2 --no-rtt --no-throughput --no-memory \
	-o "$tmp/bench" >"$tmp/page"
exits 0 "csv of it" "$VNFTRACE" export csv "$tmp/bench" -o "$tmp/runs.csv" >"$tmp/page"
check "a line of titles, and one for each run" [ "$(wc -l <"$tmp/runs.csv")" = 3 ]
check "with the number of the run" [ "$(python3 -c 'import csv, sys
print(*(r["run"] for r in csv.DictReader(open(sys.argv[1], newline=""))))' "$tmp/runs.csv")" = \
	"1 2" ]
exits 0 "openmetrics of it" "$VNFTRACE" export openmetrics "$tmp/bench" -o "$tmp/runs.om" \
	>"$tmp/page"
check "as the standard wants it" python3 tests/openmetrics "$tmp/runs.om"
clean
check "nothing is left" nothing_left
finish
