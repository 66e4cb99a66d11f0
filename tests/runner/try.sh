# SPDX-License-Identifier: GPL-2.0
# Sourced by tests/run: runs tests, one by one or in rows side by side, counts their cases, and says
# what came of each. With $verbose set, what a test prints is shown while it runs.
passed=0 failed=0 skipped=0
out=$(mktemp -d)
log=$out/log red=$out/red
: >"$red"
exec 3>&1	# where somebody looks, also for a row whose lines wait for their turn
trap 'rm -rf "$out"' EXIT
trap 'kill $(jobs -p) 2>/dev/null; exit 143' TERM INT HUP

try() {		# TEST: what it needs first, which takes none of its time
	local start code needs limit_s command
	mapfile -t needs < <(needs_of "$1")
	needs_make "$log" "${needs[@]}" || {
		count "$1" 1 0
		return
	}
	command_of "$1"
	start=$SECONDS
	if [ -n "$verbose" ]; then
		{
			printf '+'
			printf ' %q' "${command[@]}"
			echo
			run_limited
		} 2>&1 | tee "$log" | sed -u "s|^|$1: |" >&3
		code=${PIPESTATUS[0]}
	else
		run_limited >"$log" 2>&1
		code=$?
	fi
	[ "$code" -ne 124 ] || echo "no end within $limit_s s" >>"$log"
	count "$1" "$code" $((SECONDS - start))
}

run_limited() { timeout --kill-after=10 "$limit_s" "${command[@]}" </dev/null 3>&-; }

count() {	# TEST EXIT SECONDS: by what is in the log
	local ok not_ok skip
	skip=$(grep -c '^ok - .* # SKIP' "$log")
	ok=$(($(grep -c '^ok - ' "$log") - skip))
	not_ok=$(grep -c '^not ok - ' "$log")
	if [ "$2" -ne 0 ] && [ "$not_ok" -eq 0 ]; then
		not_ok=1
	elif [ $((ok + not_ok + skip)) -eq 0 ]; then
		echo "printed no case" >>"$log"
		not_ok=1
	fi
	passed=$((passed + ok)) failed=$((failed + not_ok)) skipped=$((skipped + skip))
	if [ "$not_ok" -gt 0 ]; then
		printf 'FAIL %s (%s s, exit %s)\n' "$1" "$3" "$2"
		if [ -n "$verbose" ]; then grep '^not ok' "$log"; else cat "$log"; fi |
			sed 's/^/    /'
		grep '^not ok' "$log" | sed "s|^not ok - |FAIL $1: |" >>"$red"
		grep -q '^not ok' "$log" || echo "FAIL $1: exit $2: $(tail -n 1 "$log")" >>"$red"
	else
		printf 'pass %s (%s cases, %s s)\n' "$1" "$ok" "$3"
		grep '^ok - .* # SKIP' "$log" | sed 's/^ok - /  skip: /'
		# Numbers that a passing test measured are worth reading too.
		grep '^# ' "$log" | sed 's/^# /  /'
	fi
}

# A failed test's output may be thousands of lines up, so each case that failed is named again at
# the end.
say_red() { head -n 100 "$red"; }

# Each row is a process of its own. Their output and their sums come in the order of their start.
try_rows() {	# TEST...
	local test row rows=() p f s
	declare -A tests_in
	for test; do
		row=$(row_of "$test")
		[ -n "${tests_in[$row]:-}" ] || rows+=("$row")
		tests_in[$row]+=" $test"
	done
	for row in "${rows[@]}"; do
		{
			passed=0 failed=0 skipped=0 log=$out/$row.log
			for test in ${tests_in[$row]}; do
				try "$test"
			done
			echo "$passed $failed $skipped" >"$out/$row.sum"
		} >"$out/$row" &
	done
	wait
	for row in "${rows[@]}"; do
		cat "$out/$row"
		# A row that ends without its sum has failed.
		read -r p f s <<<"$(cat "$out/$row.sum" 2>/dev/null || echo 0 1 0)"
		passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	done
}
