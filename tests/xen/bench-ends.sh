#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How a Xen row ends: six times in a row with nothing left; a domain that crashes at boot, one that
# is destroyed while it is measured, a kernel that does not exist, a bench that is interrupted or
# killed: a clear line each, and no domain, vif, xenstore key or program stays behind.
#
# needs: image unikernel
# kernels: 6.1
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/xen/rows.sh
# What xl is asked to do.
mkdir "$tmp/bin"
printf '#!/bin/sh\necho "$*" >>%s\nexec %s "$@"\n' "$tmp/xl-calls" "$(command -v xl)" >"$tmp/bin/xl"
chmod +x "$tmp/bin/xl"
PATH=$tmp/bin:$PATH
quick=(--no-throughput --no-memory --echoes 50)

why() {	# where nothing can run nothing is kept, and the page is one line
	if [ ! -e "$dir/results.json" ]; then cat "$tmp/page"; return; fi
	jq -r '.rows[0] | .failed[0].why // .invalid_why // ""' "$dir/results.json"
}
last_line() { tail -n 1 "$tmp/page" | grep -qE "$1"; }
fails() {	# CODE WHAT PATTERN ARG...: a row that says why there is no number, and nothing left
	local code=$1 what=$2 pattern=$3
	shift 3
	dir=$(mktemp -d -p "$tmp")
	exits "$code" "$what: exit $code" to "$tmp/page" "$VNFTRACE" bench "$@" -o "$dir"
	check "$what: its last line says so" \
		last_line "^vnftrace: .*($pattern|1 of 1 runs are lost)"
	if why | grep -qE "$pattern"; then ok "$what: $(why)"; else
		not_ok "$what: it says \"$(why)\", not $pattern"
		cat "$tmp/page"
	fi
	check "$what: nothing is left" wait_for 10 clean
}
domain() { xl list | awk '$1 ~ /^vnft-/ { print $1; exit }'; }
appears() { [ -n "$(domain)" ]; }

one=$(type_file one "$images/unikernel/kernel-xen")
dir=$(mktemp -d -p "$tmp")
exits 0 "six times: create, measure, destroy" to "$tmp/page" \
	"$VNFTRACE" bench -T "$one" -r 6 "${quick[@]}" -o "$dir"
check "six times: six samples and an interval" to "$tmp/that" jq -e '.rows[0] | .valid and
	(.instantiation.samples_ns | length) == 6 and (.instantiation.ci95_ns | length) == 2' \
	"$dir/results.json"
jq -r '.rows[0].instantiation.samples_ns | map(. / 1e6 | round) | "# six times: \(.) ms"' \
	"$dir/results.json"
check "six times: nothing is left" wait_for 10 clean

two=$(type_file two "$images/unikernel/kernel-xen")
addresses=$(say_address "$two")
exits 0 "a vif with an address" to "$tmp/page" \
	"$VNFTRACE" bench -T "$two" -r 1 "${quick[@]}" -o "$tmp/addressed"
check "it says what its file says" addressed "$addresses" 1
echo 'vif = rate=1MB/s' >>"$one"
VNFT_XEN_TOOLSTACK=libvirt fails 4 "a vif that libvirt cannot make" "VNFT_XEN_TOOLSTACK=xl can" \
	-T "$one" -r 1 "${quick[@]}"
sed -i '/^vif/d' "$one"

fails 3 "it crashes at boot" "the domain crashed" \
	-T "$(type_file bad "$(crashing_kernel)")" -r 1 "${quick[@]}"

fails 4 "no such kernel" "nonexistent is missing" \
	-T "$(type_file none "$tmp/nonexistent")" -r 1 "${quick[@]}"
echo "not a kernel" >"$tmp/text"
fails 3 "no kernel at all" "Invalid kernel" -T "$(type_file text "$tmp/text")" -r 1 "${quick[@]}"

fails 3 "pinned to a CPU that is not there" "cannot be pinned to CPU 99" -T "$one" -r 1 \
	"${quick[@]}" --pin-guest 99

# Somebody destroys it during RTT: 20,000 echoes at 2 ms are 40 s.
dir=$(mktemp -d -p "$tmp")
"$VNFTRACE" bench -T "$one" -r 1 --no-throughput --no-memory --pin-guest 0 --echoes 20000 \
	-o "$dir" >"$tmp/page" 2>&1 &
bench=$!
check "destroyed in mid-measurement: it runs" wait_for 60 appears
answers() { [ "$(cat /sys/class/net/vif*/statistics/rx_packets 2>/dev/null || echo 0)" -ge 300 ]; }
wait_for 90 answers
# Xen has one CPU here, and says "all" for it.
check "pinned to CPU 0" grep -qx "vcpu-pin $(xl domid "$(domain)") all 0" "$tmp/xl-calls"
xl destroy "$(domain)"
gone=$SECONDS
wait "$bench"
code=$?
check "destroyed in mid-measurement: exit 3" [ $code = 3 ]
check "destroyed in mid-measurement: told at once" [ $((SECONDS - gone)) -le 10 ]
if why | grep -q "during RTT.*the domain was destroyed"; then
	ok "destroyed in mid-measurement: $(why)"
else
	not_ok "destroyed in mid-measurement: it says \"$(why)\""
	cat "$tmp/page"
fi
check "destroyed in mid-measurement: nothing is left" wait_for 10 clean

ended() {	# SIGNAL: while the domain is being made
	dir=$(mktemp -d -p "$tmp")
	"$VNFTRACE" bench -T "$one" -r 1 "${quick[@]}" -o "$dir" >"$tmp/page" 2>&1 &
	bench=$!
	wait_for 60 appears
	kill "-$1" "$bench"
	wait "$bench"
}
ended INT
check "interrupted at launch: its last line says so" last_line "^vnftrace: interrupted before a run"
check "interrupted at launch: nothing is left" wait_for 15 clean
ended KILL
check "killed at launch: something stays behind" appears
"$VNFTRACE" detach --all >"$tmp/detach" 2>&1
check "killed at launch: detach --all takes all away" wait_for 15 clean
clean || { xl list; leftovers; xen_left; }
finish
