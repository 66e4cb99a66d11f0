#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Devices may be named by any bytes but a blank and a slash. Such a device can be named on the
# command line, its row is there, and none of its bytes reaches the terminal or breaks the JSON.
#
#	[netns vnftn-PID]  198.18.6.1 DEV --- veth --- vnftn1 in [vnftn-PID-g] 198.18.6.2
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
ns=vnftn-$$
tmp=$(mktemp -d)
dev=""
clean() {
	[ -z "$dev" ] || ip netns exec "$ns" "$VNFTRACE" detach --all >/dev/null 2>&1
	ip netns delete "$ns" 2>/dev/null
	ip netns delete "$ns-g" 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT
ip netns add "$ns" && ip netns add "$ns-g" || exit 1

# Printable UTF-8 without marks that hide or turn, and the blanks of a layout.
plain() {
	python3 - "$1" <<'END'
import sys
text = open(sys.argv[1], "rb").read().decode()
bad = [c for c in text if (c < " " and c != "\n") or "\x7f" <= c <= "\x9f" or
       c in "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]
sys.exit(bool(bad))
END
}
v() { ip netns exec "$ns" "$VNFTRACE" "$@" >"$tmp/out" 2>"$tmp/err"; }
row() { jq -e --arg d "$1" "$2" "$tmp/out" >/dev/null; }

# VERB SHOWN WORD...: exits 0, is plain, and holds the name as it is shown
tells() {
	local verb=$1 shown=$2
	shift 2
	exits 0 "$verb $shown" v "$verb" "$@"
	check "$verb: nothing for the terminal but text" plain "$tmp/out"
	check "$verb: the name stands there" grep -qF -e "$shown" "$tmp/out"
	exits 0 "$verb $shown -j" v "$verb" -j "$@"
	check "$verb -j: JSON that is text" plain "$tmp/out"
}

try() {	# NAME SHOWN [TYPED]: by default the bytes themselves are typed
	local name=$1 shown=$2 typed=${3:-$1}
	dev=$name
	ip -n "$ns" link add vnftn0 type veth peer name vnftn1 netns "$ns-g" || exit 1
	ip -n "$ns-g" addr add 198.18.6.2/24 dev vnftn1
	ip -n "$ns-g" link set vnftn1 up
	ip -n "$ns" addr add 198.18.6.1/24 dev vnftn0
	ip -n "$ns" link set vnftn0 name "$name" || exit 1
	ip -n "$ns" link set dev "$name" up
	ip netns exec "$ns" ping -qc1 198.18.6.2 >/dev/null || exit 1
	exits 0 "attach $shown, as it is shown" v attach -j "$shown"
	check "attach names it so" row "$shown" '.attached[0].device == $d'
	exits 1 "attached twice is refused" v attach "$typed"
	check "in plain words" plain "$tmp/err"
	tells status "$shown"
	check "status has its row" row "$shown" \
		'[.attached[] | select(.device == $d)] | length == 1'
	tells report "$shown" --dev "$typed"
	exits 0 "detach $shown, as it is typed" v detach "$typed"
	tells probe "$shown" icmp 198.18.6.2 -d "$shown" -c 5
	check "probe was answered" row "$shown" '.counts.answered == 5 and .probe.device == $d'
	exits 0 "record $shown" v record "$shown" -d 100ms -o "$tmp/rec" --force -j
	check "record names it so" row "$shown" '.devices[0].device == $d'
	tells report "$shown" "$tmp/rec"
	check "report has its row" row "$shown" '[.devices[] | select(.dev == $d)] | length == 1'
	tells report "$shown" -p "$tmp/rec"
	ip -n "$ns" link delete dev "$name"
	dev=""
}
try $'n\xff\xfe' 'n\xff\xfe'
try $'e\x1b[31m\x7f' 'e\x1b[31m\x7f'
try $'c\xc2\x9b31m' 'c\xc2\x9b31m'
try $'r\xe2\x80\xaegpj' 'r\xe2\x80\xaegpj'
# A backslash that would read as an escape is one itself.
try 'b\xff' 'b\x5cxff' 'b\x5cxff'
try 'µ-é' 'µ-é'
exits 1 "a device that is not there" v attach $'q\x9bz'
check "is named in plain text" plain "$tmp/err"
check "byte by byte" grep -qF 'q\x9bz' "$tmp/err"
finish
