#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An instance whose device never appears, or hangs where no packet comes by, is told so, by the name
# of the device and with what has to be done. "no RST" alone would say nothing.
#
#	[vnft-ID]  bridge 198.18.0.1/30 --- veth, if the instance has put it there
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

# The instance has no address, so that nothing answers, whatever is made of its device.
cat >"$tmp/instance" <<-'END'
	#!/bin/bash
	# HOW DEV BRIDGE; bench asks for the version of each type's program
	[ "$1" != --version ] || exit 0
	set -e
	. "$INSTANCE"
	instance_begin
	veth() { ip link add "$1" type veth peer name eth0 netns $pid; }
	other_bridge() {
		trap 'kill $(jobs -p) || :; ip link del br9' EXIT
		ip link add br9 type bridge
	}
	case $1 in
	absent) ;;
	misnamed) veth wrong0 && ip link set wrong0 up ;;
	gone)
		veth "$2" && ip link set "$2" up master "$3"
		sleep 0.4
		ip link del "$2"
		;;
	apart) veth "$2" && ip link set "$2" up ;;
	elsewhere)
		other_bridge
		veth "$2" && ip link set "$2" up master br9
		;;
	down) veth "$2" && ip link set "$2" master "$3" ;;
	unplugged) veth "$2" && ip link set "$2" up master "$3" ;;
	silent)
		veth "$2" && ip link set "$2" up master "$3"
		inside ip link set eth0 up
		;;
	tap-elsewhere)
		other_bridge
		# At once: the driver puts one that is on no bridge on the run's.
		ip link add "$2" master br9 type veth peer name eth0 netns $pid
		;;
	esac
	wait $pid
END
chmod +x "$tmp/instance"

types=
add() {	# NAME TOPOLOGY
	cat >"$tmp/$1.conf" <<-END
		title = $1
		driver = exec
		virtualization = container
		topology = $2
		command = $tmp/instance $1 @DEV@ @BRIDGE@
		timeout_s = 1
	END
	types=${types:+$types,}$tmp/$1.conf
}
for how in absent misnamed gone apart elsewhere down unplugged silent; do add $how veth; done
add tap-absent tap-launch
add tap-elsewhere tap-launch
add tap-unopened tap
"$VNFTRACE" bench -T "$types" -r 1 --no-reference -o "$tmp/dir" >"$tmp/page" 2>"$tmp/said"
check "no instance answered: exit 3" [ $? = 3 ]

says() {	# TYPE EXPRESSION: all of its reason
	local why
	why=$(json "$tmp/dir/results.json" ".rows[] | select(.type == \"$1\") | .failed[0].why")
	# What is the same in all of them: a name of ours is one word of letters and digits.
	if grep -qxE "$2: it said nothing" <<<"$why"; then ok "$1: $why"; else
		not_ok "$1: it says \"$why\", not \"$2\""
	fi
}
dev='vnft[0-9a-f]{6}[vt][0-9]+' bridge='vnft[0-9a-f]{6}b[0-9]+' netns='vnft-[0-9a-f]{6}'
late='no RST within 1 s of its launch'
fix='\(its command has to make @DEV@, up and on @BRIDGE@\)'
launch_fix='\(its command has to make @DEV@, and put it on @BRIDGE@ or on none\)'
says absent "$late: its device $dev never appeared in $netns $fix"
says misnamed "$late: its device $dev never appeared in $netns, but wrong0 did, which is not \
on $bridge $fix"
says gone "$late: its device $dev is gone $fix"
says apart "$late: its device $dev is not on bridge $bridge $fix"
says elsewhere "$late: its device $dev is on br9, not on bridge $bridge $fix"
says down "$late: its device $dev is down $fix"
says unplugged "$late: its device $dev has no carrier: nothing is up at its other end $fix"
says silent "$late"
says tap-absent "its device $dev did not appear within 1 s $launch_fix"
says tap-unopened "$late: nobody has opened its device $dev \(its command has to open @DEV@\)"
why=$(json "$tmp/dir/results.json" '.rows[] | select(.type == "tap-elsewhere") | .failed[0].why')
check "tap-elsewhere: $why" \
	grep -qxE "its device $dev is on br9, not on bridge $bridge $launch_fix" <<<"$why"
check "the user is told when it happens" \
	grep -qE "^vnftrace: warning: run [0-9]+: apart: .* is not on bridge" "$tmp/said"
check "nothing is left" wait_for 5 nothing_left
finish
