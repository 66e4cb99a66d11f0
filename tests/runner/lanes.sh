# SPDX-License-Identifier: GPL-2.0
# Sourced by tests/run: runs tests side by side, each in a process of its own (try.sh), never two of
# one row (rooms.sh), and shows what came of each in the order in which they were named.
passed=0 failed=0 skipped=0
out=$(mktemp -d) || exit 1
log=$out/log red=$out/red times=$out/times
: >"$red" >"$times"
exec 3>&1	# where somebody looks, also for a test whose lines wait for their turn
mkfifo "$out/ended"
exec 5<>"$out/ended"	# the number of each test that ended
trap lanes_stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# By number. A test that runs has its process in lane_of; ended_at is set when that is gone.
test_at=() row_at=() lane_of=() ended_at=() shown=1
# By room: how many of its tests are not shown yet, how many there are, and their seconds.
declare -A room_left=() room_tests=() room_s=()

# Nobody is left when we go: neither a test nor its machine.
lanes_stop() {
	[ ${#lane_of[@]} = 0 ] || { kill "${lane_of[@]}"; wait; } 2>/dev/null
	rm -rf "$out"
}

# The largest machine has 3 GiB (--mem in scripts/lab and in the heads of tests).
lanes_that_fit() {	# CPUS KIB-OF-MEMORY: prints how many tests may run at once
	local fit=$(($2 / (3 * 1048576)))
	[ $fit -lt "$1" ] || fit=$1
	echo $((fit > 1 ? fit : 1))
}
lanes_here() {
	lanes_that_fit "$(nproc)" "$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)"
}

lanes_expect() {	# TEST...: all that will run
	local test room
	for test; do
		room=$(room_of "$test")
		room_left[$room]=$((${room_left[$room]:-0} + 1)) room_s[$room]=0
		room_tests[$room]=${room_left[$room]}
	done
}

lanes_run() {	# LANES TEST...
	local lanes=$1 test n waiting
	shift
	for test; do
		n=$((${#test_at[@]} + 1))
		test_at[n]=$test row_at[n]=$(row_of "$test")
	done
	mapfile -t waiting < <(lanes_order "$lanes")
	while [ $shown -le ${#test_at[@]} ]; do
		lanes_start "$lanes"
		# A lane says when its test has ended. One that was killed does not.
		if read -r -t 1 -u 5 n && [ -n "${lane_of[n]:-}" ]; then
			wait "${lane_of[n]}"
		fi
		for n in "${!lane_of[@]}"; do
			kill -0 "${lane_of[n]}" 2>/dev/null || {
				unset "lane_of[n]"
				ended_at[n]=yes
			}
		done
		while [ -n "${ended_at[shown]:-}" ]; do
			lane_show $shown
			shown=$((shown + 1))
		done
	done
}

# The numbers of what is not shown yet, in the order in which to begin: as named; but of those that
# boot a machine the longest first, so that no long one is the last and alone.
lanes_order() {	# LANES
	local n takes
	for ((n = shown; n <= ${#test_at[@]}; n++)); do
		if [ "$1" = 1 ] || [ -z "$(kernel_of "${test_at[n]}")" ]; then
			echo "0 0 $n"
		else
			takes=$(head_lines takes "$(file_of "${test_at[n]}")")
			takes=${takes%% *}
			echo "1 ${takes:-0} $n"
		fi
	done | sort -k 1,1n -k 2,2nr -k 3,3n | cut -d ' ' -f 3
}

# Begins what there is a lane for. Takes it out of the caller's $waiting.
lanes_start() {	# LANES
	local i n other
	for i in "${!waiting[@]}"; do
		[ ${#lane_of[@]} -lt "$1" ] || return 0
		n=${waiting[i]}
		for other in "${!lane_of[@]}"; do
			[ "${row_at[other]}" != "${row_at[n]}" ] || continue 2
		done
		{
			try "${test_at[n]}" "$n"
			echo "$n" >&5
		} >"$out/$n" &
		lane_of[n]=$!
		unset "waiting[i]"
	done
}

lane_show() {	# N
	local test=${test_at[$1]} room p f s took
	room=$(room_of "$test")
	cat "$out/$1" 2>/dev/null
	if ! read -r p f s took 2>/dev/null <"$out/$1.sum"; then
		echo "FAIL $test (what ran it was killed)"
		sed 's/^/    /' "$out/$1.log" 2>/dev/null
		echo "FAIL $test: what ran it was killed" >"$out/$1.red"
		p=0 f=1 s=0 took=0
	fi
	cat "$out/$1.red" >>"$red" 2>/dev/null
	echo "$took $test" >>"$times"
	rm -f "$out/$1" "$out/$1".*
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	room_left[$room]=$((room_left[$room] - 1)) room_s[$room]=$((room_s[$room] + took))
	[ "${room_left[$room]}" != 0 ] ||
		echo "room $room: ${room_tests[$room]} tests, ${room_s[$room]} s of tests"
}

# Where the time went, and each case that failed once more: a failed test's output may be thousands
# of lines up.
lanes_sum_up() {
	local all
	all=$(wc -l <"$times")
	[ "$all" -le 10 ] || {
		echo "$all tests, $(awk '{ s += $1 } END { print s }' "$times") s of tests in" \
			"$SECONDS s; the ten slowest:"
		sort -k 1,1nr "$times" | head -n 10 | awk '{ printf "%5s s  %s\n", $1, $2 }'
	}
	head -n 100 "$red"
}
