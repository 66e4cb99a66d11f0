# SPDX-License-Identifier: GPL-2.0
# Sourced by tests/run: runs one test, in the lane that lanes.sh gave it, and says what came of it.
# With $verbose set, what a test prints is shown while it runs.
#
# Of test N there are in $out: N what is shown of it, N.log what it printed, N.red each case that
# failed, and at last N.sum, its numbers: passed failed skipped seconds.

# What the test needs is made first, and takes none of its time.
try() {		# TEST N
	local start code=0 needs limit_s command pid='' log=$out/$2.log follower=''
	# Whoever ends us ends the test, which ends its machine and its instances.
	trap '[ -z "$pid" ] || { kill "$pid"; wait "$pid"; } 2>/dev/null; exit 143' TERM
	mapfile -t needs < <(needs_of "$1")
	if ! needs_make "$log" "${needs[@]}"; then
		count "$1" "$2" 1 0
		return
	fi
	command_of "$1"
	start=$SECONDS
	: >"$log"
	[ -z "$verbose" ] || {
		printf '+'
		printf ' %q' "${command[@]}"
		echo
	} >"$log"
	run_limited &
	pid=$!
	if [ -n "$verbose" ]; then
		tail -n +1 -s 0.1 -f --pid="$pid" "$log" | sed -u "s|^|$1: |" >&3 &
		follower=$!
	fi
	wait "$pid" || code=$?
	pid=''
	[ -z "$follower" ] || wait "$follower"
	[ "$code" -ne 124 ] || echo "no end within $limit_s s" >>"$log"
	count "$1" "$2" "$code" $((SECONDS - start))
}

# A shell's background job ignores Ctrl-C, and so would all that the test starts. It must not be
# left when somebody kills its lane without asking.
run_limited() {
	exec env --default-signal=INT,QUIT setpriv --pdeathsig TERM \
		timeout --kill-after=10 "$limit_s" "${command[@]}" \
		</dev/null >>"$log" 2>&1 3>&- 5>&-
}

count() {	# TEST N EXIT SECONDS: by what is in the log
	local passed failed skipped
	skipped=$(grep -c '^ok - .* # SKIP' "$log")
	passed=$(($(grep -c '^ok - ' "$log") - skipped))
	failed=$(grep -c '^not ok - ' "$log")
	if [ "$3" -ne 0 ] && [ "$failed" -eq 0 ]; then
		failed=1
	elif [ $((passed + failed + skipped)) -eq 0 ]; then
		echo "printed no case" >>"$log"
		failed=1
	fi
	if [ "$failed" -gt 0 ]; then
		printf 'FAIL %s (%s s, exit %s)\n' "$1" "$4" "$3"
		if [ -n "$verbose" ]; then failures; else cat "$log"; fi | sed 's/^/    /'
		failures | sed "s|^|FAIL $1: |" >"$out/$2.red"
		[ -s "$out/$2.red" ] ||
			echo "FAIL $1: exit $3: $(tail -n 1 "$log")" >"$out/$2.red"
	else
		printf 'pass %s (%s cases, %s s)\n' "$1" "$passed" "$4"
		grep '^ok - .* # SKIP' "$log" | sed 's/^ok - /  skip: /'
		# Numbers that a passing test measured are worth reading too.
		grep '^# ' "$log" | sed 's/^# /  /'
	fi
	echo "$passed $failed $skipped $4" >"$out/$2.sum"
}

# Each case that failed, and behind it what it got, which tests/unit/unit.h prints on the next line.
failures() {
	awk 'function say() { if (red != "") print red; red = "" }
		/^not ok - / { say(); red = substr($0, 10); next }
		red != "" && /^# +got / { sub(/^# +/, ""); red = red ": " $0 }
		{ say() }
		END { say() }' "$log"
}
