#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nothing is left behind: signals at random moments of a bench, guests that never answer, images
# that are missing, two benches at once.
#
# needs: image container, image minilinux
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null; rm -rf "$tmp"' EXIT
before=$(leftovers)
clean() { [ "$(leftovers)" = "$before" ]; }
mine() {	# processes that carry a run's name
	pgrep -f "vnft-[0-9a-f]{6}" | grep -vx $$ || true
}

start() {	# DIR TYPES...
	local dir=$1
	shift
	"$VNFTRACE" bench -T "$1" -r 20 --settle 300ms --throughput 1s --echoes 50 -o "$dir" \
		>"$dir.log" 2>&1 </dev/null &
	pid=$!
	pids="$pids $pid"
}

# The seed is printed so that a failure can be tried again.
RANDOM=${SEED:=$$}
echo "# seed $SEED"
n=0
for signal in INT TERM KILL INT TERM KILL INT TERM KILL KILL; do
	n=$((n + 1))
	type=container.crun
	[ $((n % 3)) -ne 0 ] || type=minilinux.kvm
	start "$tmp/s$n" $type
	sleep "$((RANDOM % 6)).$((RANDOM % 10))"
	kill -$signal $pid
	wait $pid 2>/dev/null
	if [ $signal = KILL ]; then
		"$VNFTRACE" detach --all >/dev/null 2>"$tmp/detach.log" || cat "$tmp/detach.log"
	fi
	if wait_for 5 clean && [ -z "$(mine)" ]; then
		ok "SIG$signal to a bench of $type, moment $n: nothing left"
	else
		left="left: $(leftovers | tr '\n' ' ') processes: $(mine | tr '\n' ' ')"
		not_ok "SIG$signal to a bench of $type, moment $n: $left"
		"$VNFTRACE" detach --all >/dev/null 2>&1
	fi
done

start "$tmp/done" container.crun
check "an interrupted bench has its finished runs on disk" \
	wait_for 60 test -s "$tmp/done/results.json"
kill -INT $pid
wait $pid
check "and its results can be read" to "$tmp/report.log" "$VNFTRACE" report "$tmp/done" -j

cat >"$tmp/silent.conf" <<-END
	title = never answers
	driver = exec
	virtualization = container
	command = sleep 60
	topology = tap
	timeout_s = 1
END
exits 3 "an instance that never answers: time-out" \
	to "$tmp/silent.log" "$VNFTRACE" bench -T "$tmp/silent.conf" -r 1 -o "$tmp/silent"
check "its row says so" grep -q 'no RST within 1 s' "$tmp/silent/results.json"
sed 's/sleep 60/false/' "$tmp/silent.conf" >"$tmp/dies.conf"
exits 3 "an instance that dies at once" \
	to "$tmp/dies.log" "$VNFTRACE" bench -T "$tmp/dies.conf" -r 1 -o "$tmp/dies"
sed -e "s/^command.*/command = sh -c 'sleep 1; echo out of luck'/" \
	-e 's/^timeout_s.*/timeout_s = 20/' "$tmp/silent.conf" >"$tmp/late.conf"
exits 3 "an instance that dies after its launch does not cost its time-out" \
	to "$tmp/late.log" timeout 3 "$VNFTRACE" bench -T "$tmp/late.conf" -r 1 -o "$tmp/late"
check "its row has what it said last" \
	grep -q 'ended before it answered: out of luck' "$tmp/late/results.json"
sed 's/^command.*/&\nkernel = no-such-image/' "$tmp/silent.conf" >"$tmp/missing.conf"
exits 4 "a type whose image is missing" \
	to "$tmp/missing.log" "$VNFTRACE" bench -T "$tmp/missing.conf" -r 1 -o "$tmp/missing"
exits 3 "a missing image beside a type that runs: its row fails, the other is measured" \
	to "$tmp/half.log" "$VNFTRACE" bench -T "$tmp/missing.conf,container.crun" -r 1 \
	--no-rtt --no-throughput --no-memory -o "$tmp/half"
check "nothing is left of them" clean

"$VNFTRACE" bench -T container.docker -r 3 --settle 300ms --throughput 1s --echoes 50 \
	-o "$tmp/docker" >"$tmp/docker.log" 2>&1 </dev/null &
bench=$!
pids="$pids $bench"
dockerd() {	# of that bench alone
	local id
	id=$(json "$tmp/docker/results.json" .manifest.id)
	pgrep -f "^(/[^ ]*/)?dockerd .*/run/vnftrace/$id/" | head -1
}
if wait_for 60 test -s "$tmp/docker/results.json"; then
	kill -KILL "$(dockerd)"
	code=0
	wait $bench || code=$?
	check "Docker killed in mid-run: the bench ends and says its rows are not valid" \
		[ $code = 3 ]
	check "the run before it is on disk" grep -q '"samples_ns"' "$tmp/docker/results.json"
else
	not_ok "bench of container.docker: no run finished: $(cat "$tmp/docker.log")"
fi
check "nothing is left of Docker" wait_for 5 clean

start "$tmp/a" container.crun
a=$pid
start "$tmp/b" container.crun
b=$pid
check "two benches at once: both get results" \
	wait_for 90 test -s "$tmp/a/results.json" -a -s "$tmp/b/results.json"
kill -KILL $a
# A process that is still dying holds its lock: its run counts as alive until it is gone.
wait $a 2>/dev/null
check "the next command cleans up after a killed bench" \
	to "$tmp/detach.log" "$VNFTRACE" detach --all
check "cleaning up after a killed one leaves the other alone" kill -0 $b
runs_of_b() { json "$tmp/b/results.json" .rows[0].runs; }
runs=$(runs_of_b)
more() { [ "$(runs_of_b)" -gt "$runs" ]; }
check "and it goes on measuring" wait_for 60 more
kill -INT $b
wait $b
json_is "valid to the end" "[]" "$tmp/b/results.json" .rows[0].failed
check "nothing is left of both" wait_for 5 clean
finish
