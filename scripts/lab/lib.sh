# SPDX-License-Identifier: GPL-2.0
#
# What a lab script shares; sourced, never run. The script sets $lab, what errors call the machine,
# $timeout, and $image, an image with kernel, initrd, modules, release and perhaps libraries, and
# calls in this order:
#
#	lab_options "NAME..." ARG...	sets $NAME of each --NAME VALUE, the array add and $command
#	lab_pack			makes $work, a directory for this run, and in it the initrd
#	lab_shares [DIR]		sets the array shares, arguments of QEMU: the cache, and DIR
#					for results (mount_shares in init mounts them)
#	lab_tcg_clock			prints kernel parameters
#	lab_shell QEMU_ARG...		boots with the console on this terminal
#	lab_boot QEMU_ARG...		boots, shows what $command prints, and exits with its status
. "$(dirname "${BASH_SOURCE[0]}")/../images/lib.sh"
tree=$(cd "$images_dir/../.." && pwd)
build=${BUILD:-build}
[[ $build = /* ]] || build=$tree/$build
pid='' work='' tmp=${TMPDIR:-/tmp} add=() command=

# The first paragraph of the script's header.
lab_usage() {
	sed -n '/^# scripts/,$ { /^#$/q; s/^# /usage: /; s/^#//; p }' "$0" >&2
	exit 2
}

lab_options() {
	local names=" $1 "
	shift
	while [ $# -gt 0 ]; do
		case $1 in
		--) shift && break ;;
		--*)
			[ $# -ge 2 ] || lab_usage
			if [ "$1" = --add ]; then
				add+=("$2")
			elif [[ $names = *" ${1#--} "* ]]; then
				declare -g "${1#--}=$2"
			else
				lab_usage
			fi
			shift 2
			;;
		-*) lab_usage ;;
		*) break ;;
		esac
	done
	[ $# -eq 0 ] || command=$(printf '%q ' "$@")
}

# Kernel parameters for --checks: the allocators poison what is free, put red zones around what is
# not, and look at both.
lab_checks() {
	case $checks in
	'') ;;
	memory) echo " slub_debug=FZP page_poison=1" ;;
	*) lab_usage ;;
	esac
}

# Kernel parameters for the clock of a guest that is emulated. It counts by this host's time stamp
# counter, and the kernel is told how fast that is: what it would find out by itself on a busy host
# may be wrong by any factor.
lab_tcg_clock() {
	local khz
	khz=$("$build/tests/lab/tsc_khz" 2>/dev/null) || khz=
	echo " tsc=reliable no_timer_check${khz:+ tsc_early_khz=$khz}"
}

lab_cleanup() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || true
	wait
	[ -z "$work" ] || rm -rf "$work"
}

# What a run that was killed left: its directory is named after its process.
lab_sweep() {
	local dir owner
	for dir in "$tmp"/vnftlab.*.??????; do
		owner=${dir#"$tmp"/vnftlab.}
		[ ! -d "$dir" ] || kill -0 "${owner%%.*}" 2>/dev/null || rm -rf "$dir"
	done
}

lab_pack() {
	trap lab_cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	lab_sweep
	work=$(mktemp -d "$tmp/vnftlab.$$.XXXXXX")
	pack_tree "$work/root" | cat "$image/initrd" - >"$work/initrd"
	rm -rf "$work/root"
}

# What the tree holds today, as another archive behind the cached one.
pack_tree() {
	local root=$1 to=$1/vnftrace path programs
	mkdir -p "$to/build" "$root/lab"
	for path in tests scripts tools/guest/types; do
		[ ! -d "$tree/$path" ] || (cd "$tree" && cp -a --parents "$path" "$to/")
	done
	# Every megabyte takes the machine time to unpack: no programs that never run there, and no
	# symbols for a debugger.
	for path in vnftrace vnftrace-oci-hook vnftrace-reference vnftrace-process vif-vnft \
		tests/{bench,lab,netns}; do
		[ ! -e "$build/$path" ] || (cd "$build" && cp -a --parents "$path" "$to/build/")
	done
	find "$to/build" -type f -perm -100 -exec strip -g {} + 2>/dev/null || true
	pack_module "$root"
	for path in "${add[@]}"; do
		cp -a "$path" "$to/"
	done
	mapfile -d '' programs < <(find "$to" -type f -perm -100 -print0)
	root_libraries "$root" "${programs[@]}"
	if [ -e "$image/libraries" ]; then
		(cd "$root" && { sha256sum -c "$image/libraries" 2>/dev/null || true; } |
			sed -n 's/: OK$//p' | xargs -r rm)
	fi
	[ -z "$command" ] || printf '%s\n' "$command" >"$root/lab/command"
	pack_cpio "$root"
}

# Our module among the kernel's own: the index is made here, where it takes no time.
pack_module() {
	local release module to=$1/usr/lib/modules
	release=$(<"$image/release")
	module=$build/kmod/$release/vnftrace.ko
	[ -e "$module" ] || return 0
	mkdir -p "$to" "$1/vnftrace/build/kmod"
	cp -a "$image/modules/$release" "$to/"
	install -D -m 644 "$module" "$to/$release/extra/vnftrace.ko"
	strip -g "$to/$release/extra/vnftrace.ko"
	ln -s usr/lib "$1/lib"
	depmod -b "$1" "$release"
	rm "$1/lib"
	# What the image itself holds need not come twice.
	rm -rf "${to:?}/$release/kernel"
	ln -s "/lib/modules/$release/extra/vnftrace.ko" "$1/vnftrace/build/kmod/vnftrace.ko"
}

lab_shares() {
	local dir
	shares=(-fsdev "local,id=cache,path=${cache//,/,,},security_model=none,readonly=on"
		-device virtio-9p-pci,fsdev=cache,mount_tag=cache)
	[ -n "$1" ] || return 0
	mkdir -p "$1"
	dir=$(realpath "$1")
	shares+=(-fsdev "local,id=results,path=${dir//,/,,},security_model=none"
		-device virtio-9p-pci,fsdev=results,mount_tag=results)
}

lab_shell() {
	setpriv --pdeathsig KILL qemu-system-x86_64 -nodefaults -no-user-config -no-reboot \
		-display none -serial mon:stdio "$@"
	exit
}

lab_boot() {
	local rc=0 status tainted
	# Output and status have a channel each; the console is a log that is shown when things
	# go wrong. A stdin at its end would close the output's channel: this one never ends.
	mkfifo "$work/stdin"
	# Whoever kills this script without asking takes the guest along.
	setpriv --pdeathsig TERM timeout -k 3 "$timeout" setpriv --pdeathsig KILL \
		qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none \
		-serial "file:$work/console" -chardev stdio,id=output,signal=off \
		-chardev "file,id=status,path=$work/status" -device virtio-serial-pci \
		-device virtserialport,chardev=output,nr=1 \
		-device virtserialport,chardev=status,nr=2 \
		"$@" <>"$work/stdin" 2>"$work/stderr" &
	pid=$!
	wait "$pid" || rc=$?
	pid=

	if ! read -r status 2>/dev/null <"$work/status" || [[ $status != exit=*tainted=* ]]; then
		case $rc in
		124 | 137) lab_failed 124 "no answer within $timeout s" ;;
		*) lab_failed 125 "the guest ended without a word (QEMU: $rc)" ;;
		esac
	fi
	tainted=${status#*tainted=} status=${status#exit=}
	status=${status%% *}
	# Bad page, oops, warning, lockup: no test passes on a kernel that said one of these.
	if [ $((tainted & (1 << 5 | 1 << 7 | 1 << 9 | 1 << 14))) != 0 ] ||
		grep -aqE "$complaints" "$work/console"; then
		echo "lab: $lab complained (tainted $tainted); its log from there:" >&2
		{ grep -aE -A 120 -m 1 "$complaints" "$work/console" || cat "$work/console"; } >&2
		exit $((status ? status : 1))
	fi
	exit "$status"
}

lab_failed() {
	echo "lab: $lab: $2" >&2
	tail -n 30 "$work/stderr" "$work/console" >&2 || true
	exit "$1"
}

# What the checkers of a kernel say; not all of it taints.
complaints='WARNING:|BUG:|KASAN:|UBSAN:|ODEBUG|INFO: (possible|task|trying|rcu)|suspicious RCU'
complaints+='|unreferenced object|leaked reference|unregister_netdevice: waiting|Oops'
complaints+='|pagealloc: (memory corruption|single bit)'
complaints+='|list_(add|del) corruption|refcount_t:|Xen (WARN|BUG|call trace)'
