# SPDX-License-Identifier: GPL-2.0
# Sourced by tests/run and tests/bench/run: makes what tests need and a build does not give.
# A test names that in its head, one or more of
#
#	# needs: image NAME [SERIES], ...	scripts/images/NAME SERIES, in the cache NAME-SERIES
#	# needs: module SERIES, ...		our module for that kernel of the lab
#
# and finds these images in its cache, and no other (tests/runner/with-images). So a cache that
# happens to be full hides nothing. What a VM of the lab boots is the need of its room, and no head
# names it.

# One need a line.
needs_of() {	# TEST
	local kernel
	kernel=$(kernel_of "$1")
	case $1 in
	lab/* | lab-long/*) printf '%s\n' "module $kernel" "lab $kernel" ;;
	xen/* | xen-long/*) printf '%s\n' "module $kernel" "image xen" "image xen-dom0 $kernel" ;;
	kvm/*) printf '%s\n' "module $kernel" "image kvm-host $kernel" ;;
	esac
	needs_named "$(file_of "$1")"
}

needs_named() {	# FILE
	head_lines needs "$1" | tr ',' '\n' | sed 's/^ *//; s/ *$//; /^$/d'
}

# The images that a test names, as they are called in the cache.
images_of() {	# TEST
	needs_named "$(file_of "$1")" | sed -n 's/^image //p' | tr ' ' - | xargs
}

# By need, why it cannot be made; empty when it is made. The scripts that make them know what is
# there already. When two make the same at once, one waits for the other.
declare -A needs_made

needs_make() {	# LOG NEED...: fails when one cannot be made; LOG says why
	local log=$1 need code=0
	shift
	for need; do
		if [ -z "${needs_made[$need]+tried}" ]; then
			if needs_make_one $need >"$log" 2>&1 </dev/null; then
				needs_made[$need]=''
				grep -E '^image .* in [0-9]+ s$' "$log"
			else
				needs_made[$need]="cannot make $need: $(cat "$log")"
			fi
		fi
		[ -z "${needs_made[$need]}" ] || code=1
	done
	for need; do
		echo "${needs_made[$need]}"
	done | grep . >"$log"
	return $code
}

needs_make_one() {	# WORD...
	case $1 in
	image)
		[ -x "scripts/images/$2" ] || { echo "no scripts/images/$2" && return 1; }
		"scripts/images/$2" "${@:3}"
		;;
	lab) scripts/lab/base "$2" ;;
	module) MAKEFLAGS='' make -s -j"$(nproc)" BUILD="${BUILD:-build}" "kmod-lab-$2" ;;
	*) echo "no such need" && return 1 ;;
	esac
}
