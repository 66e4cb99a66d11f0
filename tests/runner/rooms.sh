# SPDX-License-Identifier: GPL-2.0
# Sourced by tests/run: which tests there are, and what runs each. A test is called ROOM/NAME, and
# ROOM/NAME@KERNEL where it runs in a VM: one test on two kernels is two.

rooms="unit static cli fuzz netns lab xen kvm"
lab_kernels="6.1 6.12"

# The tests of a room, in the order in which they run.
tests_of() {	# ROOM
	local kernel
	case $1 in
	unit) tests_named unit tests/unit/*.c ;;
	# tests/fuzz/long is for people, and `make check-long`.
	fuzz) printf 'fuzz/%s\n' replay coverage tshark ;;
	static | cli | netns) tests_named "$1" tests/"$1"/*.sh ;;
	lab)
		for kernel in $lab_kernels; do
			tests_named lab tests/lab/*.{sh,c} | sed "s/\$/@$kernel/"
		done
		# What a kernel may upset whose softirqs are threads. Its heads say it.
		tests_named lab $(grep -lE '^(#| \*) also: 6\.1-rt$' tests/lab/*.{sh,c}) |
			sed 's/$/@6.1-rt/'
		;;
	lab-long) tests_named lab-long tests/lab/*.{sh,c} | sed 's/$/@debug/' ;;
	xen-long) host_tests xen debug-xen | sed 's,^xen/,xen-long/,' ;;
	xen | kvm)
		for kernel in $lab_kernels; do
			host_tests "$1" "$kernel"
		done
		;;
	*) return 1 ;;
	esac
}

# Scripts that can be executed; others are sourced by them. Of the lab's programs those that ask for
# the wrapper: others are parts of a script's test.
tests_named() {	# ROOM FILE...
	local file room=$1 name
	shift
	for file; do
		name=${file##*/}
		case $file in
		tests/unit/*.c) echo "$room/${name%.c}" ;;
		*.c) [ -z "$(head_lines runs "$file")" ] || echo "$room/${name%.c}" ;;
		*) [ ! -x "$file" ] || echo "$room/${name%.sh}" ;;
		esac
	done | sort
}

# If the head of the script names that kernel.
host_tests() {	# ROOM KERNEL
	local name
	for name in $(tests_named "$1" tests/"$1"/*.sh); do
		[[ " $(head_lines kernels "tests/$name.sh") " != *" $2 "* ]] || echo "$name@$2"
	done
}

# What a file's head says behind "KEY:", one line for each.
head_lines() {	# KEY FILE
	sed -nE "1,40 s/^(#| \*) $1: *//p" "$2"
}

room_of() { echo "${1%%/*}"; }
name_of() {
	local name=${1#*/}
	echo "${name%@*}"
}
kernel_of() { [[ $1 != *@* ]] || echo "${1##*@}"; }

# The file whose head names what the test needs.
file_of() {	# TEST
	local base
	base=tests/$(room_of "$1")/$(name_of "$1")
	base=${base/#tests\/lab-long\//tests/lab/} base=${base/#tests\/xen-long\//tests/xen/}
	case $base in
	tests/fuzz/*) echo "$base" ;;
	*) if [ -e "$base.sh" ]; then echo "$base.sh"; else echo "$base.c"; fi ;;
	esac
}

# What may run at the same time as a test: nothing beside one of netns, which measures times on this
# machine, unless its head says that a VM may ("beside: a VM"): it measures nothing. A VM keeps one
# CPU busy and knows nothing of this machine. The other rooms measure nothing either.
company_of() {	# TEST
	case $1 in
	netns/*) [ "$(head_lines beside "$(file_of "$1")")" != "a VM" ] || { echo vm && return; }
		echo none ;;
	*@*) echo vm ;;
	*) echo here ;;
	esac
}

# Tests of one row run one after the other: unit tests have fixed names on this machine, and those
# of fuzz share what they build.
row_of() {	# TEST
	case $1 in
	unit/* | fuzz/* | netns/*) room_of "$1" ;;
	*) echo "$1" ;;
	esac
}

# Sets limit_s and the array command.
command_of() {	# TEST
	local file kernel=''
	file=$(file_of "$1") kernel=$(kernel_of "$1")
	case $1 in
	unit/*) limit_s=120 command=("$VNFT_TESTS/$1") ;;
	static/*) limit_s=600 command=("$file") ;;
	cli/*) limit_s=300 command=("$file") ;;
	fuzz/* | netns/*) limit_s=900 command=("$file") ;;
	lab/*) limit_s=600 && lab_command scripts/lab/run ;;
	lab-long/*) limit_s=7200 && lab_command scripts/lab/run env VNFT_LONG=1 ;;
	xen/* | xen-long/*)
		limit_s=1500
		[[ $1 != xen-long/* ]] || limit_s=7200
		lab_command scripts/lab/xen tests/runner/with-images "$(images_of "$1")"
		;;
	kvm/*)
		limit_s=600
		lab_command scripts/lab/kvm tests/runner/with-images "$(images_of "$1")"
		;;
	esac
	case $1 in
	static/* | cli/* | netns/*)
		command=(tests/runner/with-images "$(images_of "$1")" "${command[@]}")
		;;
	esac
}

# A test's head may say what its machine is like: "boot: --possible 64".
lab_command() {	# BOOT [WRAPPER...]: for command_of
	local boot=$1 how
	read -ra how < <(head_lines boot "$file")
	shift
	command=(nice -n "${vm_nice:-0}" "$boot" --kernel "$kernel" --timeout $((limit_s - 30))
		"${how[@]}" -- "$@")
	case $file in
	*.c) command+=(tests/lab/with-module "$(basename "$file" .c)") ;;
	*) command+=("$file") ;;
	esac
}
