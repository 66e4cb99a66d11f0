#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bench --keep leaves the first instance that fails, and its namespace: nothing ends it before the
# user asks, and then nothing is left. Without a failure, or after an interrupt, nothing is kept.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth --- [instance 198.18.0.2]
#
# needs: image container, image tinyx
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap '"$VNFTRACE" detach --all >/dev/null 2>&1; rm -rf "$tmp"' EXIT
before=$(leftovers)
options=(-r 3 --no-reference --no-rtt --no-throughput --no-memory)
bench() {	# DIR OPTION...
	local dir=$1
	shift
	"$VNFTRACE" bench "${options[@]}" --keep -o "$dir" "$@" >"$dir.page" 2>"$dir.said"
}
# What the last lines of the output in $1.said say: of the instance, and which command shows it.
told() {
	local line
	line=$(grep '^vnftrace: kept: ' "$1.said")
	name=$(sed -nE 's/.* kept: (vnft-[0-9a-f]{6}-[0-9]+) of .*/\1/p' <<<"$line")
	id=${name#vnft-} id=${id%-*}
	pid=$(sed -nE 's/.*: process ([0-9]+), .*/\1/p' <<<"$line")
	enter=$(sed -nE 's/^vnftrace: (enter|look): //p' "$1.said")
	end=$(sed -n 's/^vnftrace: end it: //p' "$1.said")
}
lives() { [ -n "$1" ] && [ -d "/proc/$1" ] && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status"; }
ended() { ! lives "$1"; }

cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	# ANSWERS DEV BRIDGE ADDR MAC
	[ "$1" != --version ] || exit 0
	set -e
	. "$INSTANCE"
	instance_begin
	instance_device "$2" "$4" "$5"
	echo "up as $4"
	[ $1 = yes ] || inside ip link set eth0 down
	ip link set "$2" up master "$3"
	wait $pid
END
chmod +x "$tmp/instance"
for answers in yes no; do
	cat >"$tmp/$answers.conf" <<-END
		title = answers: $answers
		driver = exec
		virtualization = container
		topology = veth
		command = $tmp/instance $answers @DEV@ @BRIDGE@ @ADDR@ @MAC@
		port = none
		timeout_s = 1
	END
done

exits 0 "an instance that does not fail" bench "$tmp/fine" -T "$tmp/yes.conf"
check "is not kept" wait_for 5 nothing_left
exits 3 "one that does not answer" bench "$tmp/kept" -T "$tmp/no.conf"
told "$tmp/kept"
json_is "the bench ends with that run" 1 "$tmp/kept/results.json" '.rows[0].runs'
check "its process lives, and its number is told" lives "$pid"
check "its console is told" grep -q "its console in $tmp/kept/console-1, " "$tmp/kept.said"
check "its files are there" [ -s "/run/vnftrace/$id/$name.log" ]
check "the command that enters shows its device" \
	grep -qE "vnft${id}v1@.* master vnft${id}b1 " <($enter 2>&1)
"$VNFTRACE" status -j >"$tmp/status.json"
json_is "status lists it" "$id no, run 1 of $tmp/kept" "$tmp/status.json" '.kept[0].id' \
	'.kept[0].what'
check "also as text" grep -qE "^$id +vnft-$id +no, run 1 of " <("$VNFTRACE" status)
exits 0 "another bench" to "$tmp/other.said" "$VNFTRACE" bench "${options[@]}" \
	-T "$tmp/yes.conf" -o "$tmp/other"
check "mentions it in one line" \
	[ "$(grep -c "^vnftrace: vnft-$id is still kept for a look (no, run 1 of " \
	"$tmp/other.said")" = 1 ]
check "and leaves it alone" lives "$pid"
check "the command that ends it is told" [ "$end" = "vnftrace detach --kept" ]
exits 0 "it does" to "$tmp/detach.json" "$VNFTRACE" detach --kept -j
json_is "it was the one" 1 "$tmp/detach.json" .kept_ended
check "its process is gone" wait_for 5 ended "$pid"
check "nothing is left" wait_for 5 nothing_left

bench "$tmp/again" -T "$tmp/no.conf"
told "$tmp/again"
check "another is kept" lives "$pid"
exits 0 "detach --all ends it as well" to "$tmp/detach.json" "$VNFTRACE" detach --all -j
json_is "as kept, not as dead" "0 1" "$tmp/detach.json" .runs_cleaned .kept_ended
check "nothing is left of it" wait_for 5 nothing_left

# The bench is ended, and does not end itself.
sed 's/timeout_s = 1/timeout_s = 60/' "$tmp/no.conf" >"$tmp/slow.conf"
instance_of() { pgrep -f "^/bin/bash $tmp/instance no " | head -n 1; }
started() { [ -n "$(instance_of)" ]; }
for signal in INT KILL; do
	"$VNFTRACE" bench "${options[@]}" --keep -T "$tmp/slow.conf" -o "$tmp/$signal" \
		>"$tmp/$signal.page" 2>&1 &
	bench=$!
	wait_for 10 started
	pid=$(instance_of)
	kill -$signal $bench
	wait $bench 2>/dev/null
	[ $signal = INT ] || exits 0 "SIGKILL: the next command sweeps" to "$tmp/detach" \
		"$VNFTRACE" detach --all
	check "SIG$signal: nothing is kept" wait_for 10 ended "$pid"
	check "SIG$signal: nothing is left" wait_for 10 nothing_left
done

# Instances of other drivers. What answers is told to be somebody else's, or has no time to answer.
others() {	# TYPE SED-COMMAND BENCH-OPTION...
	local type=$1 change=$2
	shift 2
	sed "$change" "tools/guest/types/$type.conf" >"$tmp/$type.conf"
	if ! "$VNFT_TESTS/netns/guest" "$tmp/$type.conf" --check 2>"$tmp/why"; then
		skip_type "$(cat "$tmp/why")" "$type"
		return
	fi
	exits 3 "$type: fails" bench "$tmp/$type" -T "$tmp/$type.conf" "$@"
	told "$tmp/$type"
	sleep 1		# what died with the bench has died by now
	check "$type: is kept and lives" lives "$pid"
	check "$type: in its namespace" grep -q vnft <($enter 2>&1)
	exits 0 "$type: is ended" to "$tmp/detach" "$VNFTRACE" detach --kept
	check "$type: its process is gone" wait_for 10 ended "$pid"
	check "$type: nothing is left" wait_for 10 nothing_left
}
foreign='s/^answerer = .*/answerer = gvisor/'
others container.crun "$foreign" --timeout 1s
others container.docker "$foreign" --timeout 1s
others tinyx.kvm '' --timeout 100ms
finish
