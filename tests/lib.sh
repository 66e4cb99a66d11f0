# SPDX-License-Identifier: GPL-2.0
# Sourced by test scripts: cases, waits on conditions, and the leak proof.

VNFTRACE=${VNFTRACE:-$PWD/build/vnftrace}
VNFT_TESTS=${VNFT_TESTS:-$PWD/build/tests}
export INSTANCE=$PWD/tests/instance.sh
failed=0

ok() { echo "ok - $*"; }
not_ok() {
	echo "not ok - $*"
	failed=1
}
skip() {	# REASON WHAT
	echo "ok - $2 # SKIP $1"
}
# A machine may lack what an instance runs on. An image may not be missing: the runner makes those
# that the test's head names.
skip_type() {	# REASON WHAT: as the tool says it
	case $1 in
	*scripts/images/*) not_ok "$2: $1" ;;
	*) skip "$1" "$2" ;;
	esac
}
check() {	# WHAT COMMAND...: passes when the command succeeds
	local what=$1
	shift
	if "$@"; then ok "$what"; else not_ok "$what: $*"; fi
}
# Prints what jq finds in a file of JSON: values with a space between, null for one that is missing.
json() {	# FILE FILTER...
	local file=$1 all
	shift
	printf -v all ', (%s)' "$@"
	jq -r "[${all:2}] | map(tostring) | join(\" \")" "$file"
}
json_is() {	# WHAT WANT FILE FILTER...: passes when json says WANT
	local what=$1 want=$2 got
	shift 2
	got=$(json "$@")
	if [ "$got" = "$want" ]; then ok "$what"; else not_ok "$what: $got, not $want"; fi
}
json_true() {	# WHAT FILE FILTER: passes when FILTER is true of the page
	if jq -e "$3" "$2" >/dev/null; then ok "$1"; else not_ok "$1: not true: $3"; fi
}
# Prints a value out of what tests/netns/guest printed: objects, one a line, the first behind the
# word "ready". Other lines are passed over.
guest_says() {	# KEY FILE
	sed 's/^ready //' "$2" | jq -rR "fromjson? | objects | .$1 // empty" | head -n 1
}
exits() {	# CODE WHAT COMMAND...: passes when the command exits with CODE
	local want=$1 what=$2 got=0
	shift 2
	"$@" || got=$?
	if [ "$got" = "$want" ]; then ok "$what"; else not_ok "$what: exit $got, not $want: $*"; fi
}
to() {	# FILE COMMAND...: its output goes there
	local file=$1
	shift
	"$@" >"$file" 2>&1
}
wait_for() {	# SECONDS COMMAND...: until it succeeds
	local until=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.02
	done
}
finish() { exit $failed; }
#	[NAME1]  NAME-a 198.18.4.1/30 === 198.18.4.2/30 NAME-b  [NAME2]
# Anew, and without ARP between them: what is recorded is what a test sends.
make_pair() {	# NAME
	local name=$1
	remove_pair "$name"
	ip netns add "${name}1" && ip netns add "${name}2" || return
	ip -n "${name}1" link add "$name-a" type veth peer name "$name-b" netns "${name}2"
	ip -n "${name}1" addr add 198.18.4.1/30 dev "$name-a"
	ip -n "${name}2" addr add 198.18.4.2/30 dev "$name-b"
	ip -n "${name}1" link set "$name-a" up
	ip -n "${name}2" link set "$name-b" up
	ip -n "${name}1" neigh replace 198.18.4.2 lladdr "$(mac_of "${name}2" "$name-b")" \
		dev "$name-a" nud permanent
	ip -n "${name}2" neigh replace 198.18.4.1 lladdr "$(mac_of "${name}1" "$name-a")" \
		dev "$name-b" nud permanent
}
remove_pair() {	# NAME
	ip netns del "${1}1" 2>/dev/null
	ip netns del "${1}2" 2>/dev/null
}
mac_of() { ip -n "$1" -o link show "$2" | sed 's/.*ether \([0-9a-f:]*\).*/\1/'; }	# NETNS DEV

# Everything of ours that could be left on the host, one per line, sorted.
leftovers() {
	{
		ip -o link show | grep -oE '[0-9]+: vnft[^:@ ]*' | sed 's/^[0-9]*: /link /'
		ip netns list 2>/dev/null | grep -oE '^vnft-[0-9a-f]{6}( |$)' | sed 's/^/netns /'
		ip neigh show 2>/dev/null | grep -E '^198\.1[89]\.' | sed 's/^/neigh /'
		ls /run/vnftrace 2>/dev/null | grep -E '^[0-9a-f]{6}$' | sed 's/^/run /'
		grep -oE ' /[^ ]*vnft[^ ]*' /proc/mounts | grep -v netns | sed 's/^/mount/'
		find /sys/fs/cgroup -maxdepth 3 -name '*vnft*' 2>/dev/null | sed 's/^/cgroup /'
		find /sys/fs/bpf/vnftrace -mindepth 1 -maxdepth 1 2>/dev/null | sed 's/^/pin /'
	} | sort -u
}
# A test keeps what leftovers says at its start in $before. Asked anew at each try of wait_for.
nothing_left() { [ "$(leftovers)" = "${before?}" ]; }
