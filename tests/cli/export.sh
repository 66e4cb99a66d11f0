#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vnftrace export of small files, by whom it is not root: every format is what its name says, as
# other programs see it, of a whole file, a cut, a damaged and a hostile one.
. "$(dirname "$0")/lib.sh"
tree=$here/../..
python3 "$tree/tests/fuzz/make-corpus" "$room/corpus" || exit 1

# The last record of a finished file: a MARK "end" of userspace.
end_mark() {
	head -c 24 /dev/zero
	printf '\10\0\0\100\0\0\0\0end'
	head -c 29 /dev/zero
}
for name in answered all-kinds two-cpus; do
	cat "$room/corpus/file/$name" <(end_mark) >"$name.rec"
done
mv answered.rec good.rec
# A device whose name is a formula, and a quote.
LC_ALL=C sed 's/tap0/=1"1/' good.rec >hostile.rec
head -c -30 good.rec >cut.rec
# Behind two good packets one of a CPU that there is not.
cat "$room/corpus/file/good" <(tail -c 64 "$room/corpus/file/cpu") <(end_mark) >damaged.rec
cp "$tree/tests/fuzz/corpus/results/bench" results.json
mkdir results
cp results.json results
chmod -R a+rX .

says() { grep -qF -e "$1" "$room/err"; }
# The table in $room/out, as Python's reader of CSV has it, as JSON: an object for each line.
table() {
	python3 -c 'import csv, json, sys
print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline=""), strict=True))))' "$room/out"
}
table_true() {	# WHAT FILTER
	table >"$room/table"
	json_true "$1" "$room/table" "$2"
}

# --- jsonl
run report -p -j good.rec
cp "$room/out" "$room/page"
run export jsonl good.rec
check "jsonl: a good file" [ "$code" = 0 -a ! -s "$room/err" ]
jq -s . "$room/out" >"$room/lines" || not_ok "jsonl: every line is JSON"
json_true "jsonl: begin and end around the records of report -p -j" "$room/lines" \
	'.[0].event == "begin" and .[-1] == {event: "end", records: (length - 2), complete: true}'
check "jsonl: the same records" diff <(jq -c '.[1:-1]' "$room/lines") <(jq -c . "$room/page")

# --- csv
run export csv all-kinds.rec
check "csv: a good file" [ "$code" = 0 -a ! -s "$room/err" ]
check "csv: lines end as RFC 4180 says" [ "$(grep -c $'\r$' "$room/out")" = \
	"$(wc -l <"$room/out")" ]
table_true "csv: a line for each record, of every kind" 'map(.kind) |
	(unique - ["device", "packet", "stage", "life", "sent", "mark", "lost"]) == [] and
	length == 9'
run report -p -j all-kinds.rec
cp "$room/out" "$room/page"
run export csv all-kinds.rec
table >"$room/table"
check "csv: and the numbers of report -p -j" diff \
	<(jq -c '.[] | [.time_ns, .kind, .hook, .src, .len_bytes] | map(. // "" | tostring)' \
		"$room/page") \
	<(jq -c '.[] | [.time_ns, .kind, .hook, .src, .len_bytes]' "$room/table")
run export csv good.rec
table_true "csv: the wall clock to the ns" '.[1].utc == "2023-11-14T22:13:20.000002000Z"'
run export csv hostile.rec
table_true "csv: a name that is a formula is text, and can be had back" \
	'map(select(.kind == "packet").dev) == ["'"'"'=1\"1", "'"'"'=1\"1"]'

# --- csv of results
for src in results results.json; do
	run export csv $src
	check "csv: of $src" [ "$code" = 0 ]
	table_true "csv: a line for each run" "length == $(jq '[.rows[] |
		(.rounds | length) + (.failed | length)] | add' results.json)"
	numbers=$(jq -c '[.rows[].instantiation.samples_ns[]? | tostring]' results.json)
	table_true "csv: with the numbers of the runs" \
		"map(.instantiation_ns | select(. != \"\")) == $numbers"
done
check "csv: titles say the unit" grep -qE ',instantiation_ns,.*,throughput\.tx_bps,' "$room/out"
# One run lacks a number, and "missing" says which; then nothing says which.
jq '.rows[0] |= (.rounds = [1, 2, 3] | .failed = [] | .conditions = [{run: 1}, {run: 4}, {run: 5}] |
	.instantiation.samples_ns = [11, 12, 13] | .service_ready.samples_ns = [21, 22] |
	.throughput.tx.samples_bps = [31, 33] |
	.missing = [{run: 4, what: "tx", why: "iperf3"}]) | .rows |= .[:1]' \
	results.json >lacking.json
run export csv lacking.json
table_true "csv: a run without a number has none, and the others have theirs" \
	'map([.run, ."throughput.tx_bps"]) == [["1", "31"], ["4", ""], ["5", "33"]]'
table_true "csv: no number is given to a run that it may not be of" \
	'map(.service_ready_ns) == ["", "", ""]'
check "csv: and that is said" says "service_ready.samples_ns: which runs have these values"

cp "$tree/tests/fuzz/corpus/results/turned-names" turned.json
chmod a+r turned.json
for format in csv hgrm; do
	run export $format turned.json
	check "$format: of results no text turns a line" [ "$code" = 0 -a \
		-z "$(LC_ALL=C grep -aP '\xe2\x80\xae|\xe2\x81\xa6' "$room/out")" ]
done

# --- pcapng
fields() {	# FILE FIELD...: what tshark reads
	local file=$1 all=()
	shift
	for field; do all+=(-e "$field"); done
	tshark -n -r "$file" -T fields "${all[@]}" 2>"$room/tshark"
}
run export pcapng good.rec -o good.pcapng
check "pcapng: a file" [ "$code" = 0 ]
run export pcapng good.rec
check "pcapng: and the same on standard output" cmp -s good.pcapng "$room/out"
if ! command -v tshark >/dev/null || ! command -v capinfos >/dev/null; then
	skip "no tshark: scripts/setup test" "pcapng: as Wireshark reads it"
else
	# A SYN out, the same behind the boundary, and its RST in.
	check "pcapng: frames, stamps to the ns, directions, lengths, headers" diff - <(
		fields good.pcapng frame.time_epoch frame.len frame.packet_flags_direction \
			ipv6.src tcp.srcport tcp.dstport tcp.flags tcp.ack_raw |
			sed 's/\t/ /g; s/ 0x0000000/ /; s/ *$//') <<-'END'
		1700000000.000002000 74 2 2001:db8::1 40000 9 0x0002 0
		1700000000.000002500 74 2 2001:db8::1 40000 9
		1700000000.000003000 74 1 2001:db8::1:0:0:2 9 40000 0x0014 2
		END
	check "pcapng: checksums are right where all is there (1), and else not believed" [ \
		"$(tshark -n -r good.pcapng -o tcp.check_checksum:TRUE -T fields \
			-e tcp.checksum.status 2>/dev/null | paste -sd ' ')" = "1  1" ]
	capinfos -M good.pcapng >"$room/infos" 2>&1
	check "pcapng: an interface for each hook, in ns" [ \
		"$(grep -c 'Time resolution = 0x09' "$room/infos")" = 3 ]
	check "pcapng: by name" grep -qF 'Name = tap0 net_dev_queue' "$room/infos"
	check "pcapng: a frame has one number at all its hooks" [ \
		"$(od -An -v -tx1 good.pcapng | tr -d ' \n' | grep -o 05000800bc0a000000000000 |
			wc -l)" = 2 ]
	run export pcapng hostile.rec -o hostile.pcapng
	capinfos -M hostile.pcapng >"$room/infos" 2>&1
	check "pcapng: a name of any kind is a name" \
		grep -qF 'Name = =1"1 tcx/egress' "$room/infos"
	run export pcapng --anonymize good.rec -o hidden.pcapng
	check "pcapng: an address that is hashed is one" [ "$(fields hidden.pcapng ipv6.src |
		grep -c '^fd00:6::')" = 3 ]
	run export pcapng damaged.rec -o damaged.pcapng
	check "pcapng: of a damaged file what is before the damage" \
		[ "$code" = 1 -a "$(fields damaged.pcapng frame.number | wc -l)" = 2 ]
fi

# --- openmetrics
for src in good.rec all-kinds.rec hostile.rec cut.rec results; do
	run export openmetrics $src
	check "openmetrics: of $src" [ "$code" = 0 ]
	check "openmetrics: as the standard wants it" python3 "$tree/tests/openmetrics" "$room/out"
	cp "$room/out" "$room/${src%.rec}.om"
done
sample() {	# FILE NAME [LABELS]: its value
	local labels=${3-}
	[ -n "$labels" ] || labels='{}'
	python3 "$tree/tests/openmetrics" --print "$1" | jq --arg name "$2" --argjson labels \
		"$labels" '[.[] | select(.name == $name and (.labels | contains($labels)))] |
		(map(.value) | add // -1) | round'
}
om=$room/good.om
check "openmetrics: frames" [ "$(sample "$om" vnftrace_frames_total)" = 2 ]
check "openmetrics: a whole file is said to be one" \
	[ "$(sample "$om" vnftrace_records_complete; sample "$room/cut.om" \
		vnftrace_records_complete)" = "$(echo 1; echo 0)" ]
check "openmetrics: every run is in the histogram" [ \
	"$(sample "$room/results.om" vnftrace_bench_instantiation_seconds_count)" = \
	"$(jq '[.rows[].instantiation.samples_ns[]?] | length' results.json)" ]
# What a number is in a bucket of, is what it is: counted by hand.
for s in 0.02 0.05 0.1; do
	check "openmetrics: launches of at most $s s" [ "$(sample "$room/results.om" \
		vnftrace_bench_instantiation_seconds_bucket "{\"le\": \"$s\"}")" = \
		"$(jq "[.rows[].instantiation.samples_ns[]? | select(. <= $s * 1e9)] | length" \
			results.json)" ]
done
if ! command -v promtool >/dev/null; then
	skip "no promtool: apt install prometheus" "openmetrics: as Prometheus reads it"
else
	for om in good all-kinds results; do
		# It checks the older text format, where counters are described with their suffix.
		sed -E '/^# TYPE .* counter$/ { s/ (\S+) counter/ \1_total counter/ }' \
			"$room/$om.om" >"$room/prom"
		for name in $(sed -nE 's/^# TYPE (\S+)_total counter$/\1/p' "$room/prom"); do
			sed -i "s/^# HELP $name /# HELP ${name}_total /" "$room/prom"
		done
		check "openmetrics: promtool has nothing against $om" \
			promtool check metrics <"$room/prom"
	done
fi
if "$tree/tests/openmetrics" <(printf '%s\n' '# TYPE a counter' '# HELP a b' 'a 1' '# EOF') \
	2>/dev/null; then
	not_ok "the checker finds a counter without _total"
fi

# --- hgrm
run export hgrm good.rec
check "hgrm: of records" [ "$code" = 0 ]
check "hgrm: the lines of HdrHistogram" diff - "$room/out" <<-'END'
	       Value     Percentile TotalCount 1/(1-Percentile)

	    1000.000 0.000000000000          1           1.00
	    1000.000 1.000000000000          1
	#[Mean    =     1000.000, StdDeviation   =        0.000]
	#[Max     =     1000.000, Total count    =            1]
	#[Buckets =           32, SubBuckets     =           64]
	# ns of syn-rst at tap0 (bpf), request out
	END
run export hgrm two-cpus.rec
check "hgrm: where no reply is" [ "$code" = 1 ]
check "hgrm: that is said" says "two-cpus.rec: no round trip in it"
jq '.rows[0].rtt.flood = {n: 1000, mean_ns: 80000, min_ns: 50000, p50_ns: 78000, p90_ns: 120000,
	p99_ns: 300000, p999_ns: 600000, max_ns: 900000}' results.json >rtt.json
run export hgrm rtt.json
check "hgrm: of results their quantiles" diff - <(grep -E '^ +[0-9]' "$room/out") <<-'END'
	   50000.000 0.000000000000          1           1.00
	   78000.000 0.500000000000        500           2.00
	  120000.000 0.900000000000        900          10.00
	  300000.000 0.990000000000        990         100.00
	  600000.000 0.999000000000        999        1000.00
	  900000.000 1.000000000000       1000
	END

# --- one device, one row; without names
for format in jsonl csv openmetrics hgrm; do
	run export $format good.rec --of tap0
	check "$format: of one device" [ "$code" = 0 -a -s "$room/out" ]
	run export $format good.rec --of tap1 -o none
	check "$format: that is not there" [ "$code" = 2 ]
	check "$format: the device is named" says "good.rec: no device tap1 in it"
	run export $format --anonymize good.rec
	check "$format: without names" [ "$code" = 0 -a -z "$(grep tap0 "$room/out")" ]
done
rm -f none
run export csv results --of nosuch -o none
check "a row that is not there is named" says "results: no row nosuch in it"
type=$(jq -r '.rows[0].type' results.json)
run export csv results --of "$type"
table_true "one row" "map(.type) | unique == [\"$type\"]"
run export csv results --anonymize
table_true "no name of host or type without them" '(map(.host) | unique == ["host1"]) and
	(map(.type) | unique | map(test("^type[0-9]+$")) | all)'

# --- files
run export csv good.rec
cp "$room/out" "$room/whole"
run export csv good.rec -o file.csv
check "a file, and a page about it" [ "$code" = 0 -a -n "$(grep ^complete "$room/out")" ]
check "that is what standard output would be" cmp -s file.csv "$room/whole"
run export jsonl good.rec -o file.csv
check "a file that is there is refused" [ "$code" = 1 ]
check "and stays" cmp -s file.csv "$room/whole"
run export jsonl good.rec -o file.csv --force -j
check "but with --force" [ "$code" = 0 -a "$(head -c 17 file.csv)" = '{"event":"begin",' ]
json_is "and the page says so" "jsonl true" "$room/out" .format .complete
rm file.csv

# --- what is not whole
run export csv cut.rec
check "a cut file is exported" [ "$code" = 0 -a "$(wc -l <"$room/out")" = 6 ]
check "with a warning" says "cut.rec: not finished"
run export jsonl cut.rec
check "jsonl: the last line says so" jq -es '.[-1] | .complete == false and
	(.complete_why | startswith("not finished"))' "$room/out"
run export jsonl damaged.rec -o damaged.jsonl
check "a damaged file is an error" [ "$code" = 1 ]
check "that says where, and what is done" \
	says "CPU beyond those of the stream, 2: not a record file, or damaged (what could be"
check "what is before it is there, and said to be not all" jq -es 'length == 5 and
	(.[-1] | .complete == false and (.complete_why | contains("CPU beyond")))' damaged.jsonl
finish
