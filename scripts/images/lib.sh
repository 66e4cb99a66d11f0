# SPDX-License-Identifier: GPL-2.0
#
# What every image script shares; sourced, never run.
#
#	input_file F...		a file of ours that goes into the image
#	input_pkg P...		an installed package that goes into the image
#	input_deb F...		a downloaded package or source file that goes into the image
#	input_image N...	another image that goes into the image
#	image_open NAME		returns with $out (an empty directory to fill), or leaves the
#				script with success because this very image is there already
#	image_close		writes the manifest and puts the image in its place
#
# An image is a directory store/NAME-KEY in the cache. KEY is a hash over all its inputs and the
# text of its script; images/NAME is a symlink to the newest. So equal inputs are never built
# twice, and a reader never sees a half-built image. Downloads are kept and used as they are: a
# security update does not cost a kernel build. An empty cache fetches the newest again.
set -eu -o pipefail

cache=${VNFT_CACHE:-/var/cache/vnftrace}
images_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
image_inputs=

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

input() {
	image_inputs+="$1=$2"$'\n'
}

input_file() {
	local f sum
	for f; do
		sum=$(sha256sum <"$f")
		input "input.${f##*/}" "${sum%% *}"
	done
}

input_pkg() {
	local p v
	for p; do
		v=$(dpkg-query -W -f '${Version}' "$p" 2>/dev/null) ||
			die "package $p is not installed: scripts/setup run images"
		input "package.$p" "$v"
	done
}

# The name holds the version, and apt checked the content when it fetched it.
input_deb() {
	local f
	for f; do
		input "download.${f##*/}" "$(stat -c %s "$f")"
	done
}

input_image() {
	local i
	for i; do
		input "image.$i" "$(basename "$(readlink -e "$cache/images/$i")")"
	done
}

image_open() {
	name=$1
	input_file "$0"
	input format 1 # count up when a change in this file changes what images hold
	image_key=$(printf '%s' "$image_inputs" | sha256sum | cut -c1-16)
	image_dir=$cache/store/$name-$image_key
	mkdir -p "$cache"/{store,images,tmp,lock,download}
	if image_present; then
		exit 0
	fi
	# Two builds of one image: the second waits, then finds the work done.
	exec {image_lock}>"$cache/lock/$name"
	flock "$image_lock"
	if image_present; then
		exit 0
	fi
	[ ! -d "$image_dir" ] || { image_link && exit 0; }
	# We hold the lock: what lies here is from a build that was killed.
	rm -rf "$cache/tmp/$name".??????
	work=$(mktemp -d "$cache/tmp/$name.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	out=$work/out
	mkdir -m 755 "$out"
	echo "image $name: building" >&2
}

image_present() {
	[ "$(readlink "$cache/images/$name")" = "../store/$name-$image_key" ] &&
		[ -f "$image_dir/manifest" ]
}

image_link() {
	ln -sfn "../store/$name-$image_key" "$cache/tmp/$name.link.$$"
	mv -T "$cache/tmp/$name.link.$$" "$cache/images/$name"
}

image_close() {
	{
		echo "name=$name"
		echo "key=$image_key"
		printf '%s' "$image_inputs"
		find "$out" -maxdepth 1 -type f -printf '%f\n' | sort | while read -r f; do
			echo "bytes.$f=$(stat -c %s "$out/$f")"
			echo "sha256.$f=$(sha256sum <"$out/$f" | cut -d' ' -f1)"
		done
	} >"$work/manifest"
	mv "$work/manifest" "$out/manifest"
	mv -T "$out" "$image_dir"
	image_link
	echo "image $name: $(du -sh "$image_dir" | cut -f1) in $SECONDS s" >&2
}

# For long and noisy commands. Says nothing when one succeeds, and its last lines when it fails.
quietly() {
	if ! "$@" >"$work/log" 2>&1; then
		tail -n 40 "$work/log" >&2
		die "failed: $*"
	fi
}

# Prints the path of the Debian package $1 (a glob) in the cache. When there is none, fetches the
# package that $2 names ($1 when absent).
fetch_deb() {
	cached_deb "$1" || {
		fetch "${2:-$1}" apt-get -qq download "${2:-$1}"
		cached_deb "$1" || die "no package $1 was fetched"
	}
}

cached_deb() {
	find "$cache/download/" -path "*/${1}_*.deb" 2>/dev/null | sort -V | tail -n 1 | grep .
}

# Prints the image of the lab's kernel $1.
series_kernel() {
	case $1 in
	debug*) echo "debug-kernel${1#debug}" ;;
	*) echo "debian-kernel-$1" ;;
	esac
}

# Prints the path of Debian's kernel package of series $1 (6.1) in the cache.
fetch_kernel() {
	case $1 in
	*-rt) cached_deb "linux-image-${1%-rt}.[0-9]*-rt-amd64" ;;
	*) cached_deb "linux-image-$1.[0-9]*[0-9]-amd64" ;;
	esac || renew_kernel "$1"
}

# Fetches the newest kernel package of series $1 and prints its path.
renew_kernel() {
	local meta=linux-image-$1-amd64 newest
	# Bookworm's own kernels have no metapackage with a version in its name.
	case $1 in
	6.1) meta=linux-image-amd64 ;;
	6.1-rt) meta=linux-image-rt-amd64 ;;
	esac
	apt_knows "$meta" || die "apt knows no package $meta"
	newest=$(apt-cache depends --important "$meta" |
		awk '$1 == "Depends:" && $2 ~ /^linux-image-/ { print $2; exit }')
	fetch_deb "$newest"
}

# Prints the paths of the packages that make up the headers of fetch_kernel's kernel. When the
# archive has moved on and has none for the kernel in the cache, fetches a new kernel and its
# headers.
fetch_headers() {
	local kernel
	kernel=$(fetch_kernel "$1")
	headers_of "$kernel" || {
		kernel=$(renew_kernel "$1")
		headers_of "$kernel" || die "no headers for ${kernel##*/}"
	}
}

# The same for the oldest release of series $1 that apt or the cache has.
fetch_oldest_headers() {
	local oldest
	apt_knows linux-headers-amd64 || die "apt knows no kernel headers"
	oldest=$({
		apt-cache pkgnames linux-headers-
		find "$cache/download/" -maxdepth 1 -printf '%f\n'
	} | sed -n "/^linux-headers-${1/./\\.}\.[0-9.+a-z-]*-amd64\$/p" |
		grep -vE -- '-(rt|cloud)-' | sort -V | head -n 1)
	[ -n "$oldest" ] || die "apt knows no headers of $1"
	headers_of "linux-image-${oldest#linux-headers-}" || die "no headers: $oldest"
}

headers_of() {
	local release=${1##*linux-image-} name
	release=${release%%_*} name=linux-headers-${release%%_*}
	if [ ! -d "$cache/download/$name" ]; then
		apt_knows "$name" || return 1
		# shellcheck disable=SC2046 # package names are words
		fetch "$name" apt-get -qq download "$name" $(apt-cache depends --important "$name" |
			awk '$1 == "Depends:" && $2 ~ /^linux-(headers|kbuild)-/ { print $2 }') ||
			return 1
	fi
	find "$cache/download/$name" -name '*.deb' | sort
}

apt_knows() {
	apt-cache show "$1" >/dev/null 2>&1 || {
		apt_update
		apt-cache show "$1" >/dev/null 2>&1
	}
}

# One at a time: apt refuses a second, which would then look into lists that are half written. A
# foreign source that does not answer must not stop what Debian's own can give.
apt_update() {
	mkdir -p "$cache/lock"
	flock "$cache/lock/apt" apt-get -qq update >&2 || true
}

# Prints the paths of the files of the Debian source package $1, and fetches them when there are
# none. The host's apt sources stay as they are; source packages are asked for in a private copy.
fetch_source() {
	mkdir -p "$cache/lock"
	(
		flock 8
		[ -d "$cache/download/$1.source" ] || fetch_new_source "$1"
	) 8>"$cache/lock/source"
	find "$cache/download/$1.source/" -type f | sort
}

fetch_new_source() {
	local s parts=$cache/apt/src.parts apt
	rm -rf "$parts"
	mkdir -p "$cache/apt/lists/partial" "$parts"
	for s in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
		/etc/apt/sources.list.d/*.sources; do
		[ ! -f "$s" ] ||
			sed -E 's/^(Types:).*/\1 deb-src/; s/^deb /deb-src /' "$s" \
				>"$parts/${s##*/}"
	done
	apt=(apt-get -qq -o "Dir::Etc::SourceParts=$parts" -o Dir::Etc::SourceList=/dev/null
		-o "Dir::State::Lists=$cache/apt/lists")
	# A foreign source without source packages stops nothing: the fetch below decides.
	apt_once "$cache" "${apt[@]}" update || echo "deb-src: $(<"$cache/apt/log")" >&2
	fetch "$1.source" "${apt[@]}" --download-only source "$1"
}

# Fills the directory download/$1 by an apt-get command that writes to its working directory. When
# that fails, tries once more with new package lists. The directory is there whole or not at all,
# and one is filled at a time.
fetch() {
	local to=$cache/download/$1 tmp=$cache/tmp/download
	shift
	mkdir -p "$cache"/{apt,download,lock,tmp}
	(
		flock 9
		[ ! -d "$to" ] || exit 0
		rm -rf "$tmp"
		mkdir "$tmp"
		apt_once "$tmp" "$@" || {
			apt_update
			apt_once "$tmp" "$@" || die "$* failed: $(<"$cache/apt/log")"
		}
		mv -T "$tmp" "$to"
	) 9>"$cache/lock/download"
}

apt_once() {
	(cd "$1" && "$2" -o APT::Sandbox::User=root "${@:3}") >"$cache/apt/log" 2>&1
}

# An empty root file system in which /bin, /sbin and /usr/sbin are /usr/bin, with busybox.
root_skeleton() {
	local applet
	mkdir -p "$1"/{usr/bin,usr/lib,usr/lib64,etc,dev,proc,sys,run,root,tmp,var}
	chmod 1777 "$1/tmp"
	ln -s usr/bin "$1/bin"
	ln -s usr/bin "$1/sbin"
	ln -s bin "$1/usr/sbin"
	ln -s usr/lib "$1/lib"
	ln -s usr/lib64 "$1/lib64"
	ln -s ../run "$1/var/run"
	cp -L "$(command -v busybox)" "$1/usr/bin/busybox"
	for applet in $("$1/usr/bin/busybox" --list); do
		[ "$applet" = busybox ] || ln -s busybox "$1/usr/bin/$applet"
	done
	echo root:x:0:0:root:/root:/bin/sh >"$1/etc/passwd"
	echo root:x:0: >"$1/etc/group"
	echo 127.0.0.1 localhost >"$1/etc/hosts"
}

# Copies programs into /usr/bin of root $1, and the libraries that they need to where they are.
root_programs() {
	local root=$1 p path
	shift
	for p; do
		path=$(command -v "$p") || die "no program $p: scripts/setup images lab"
		rm -f "$root/usr/bin/$p"
		cp -L "$path" "$root/usr/bin/$p"
		root_libraries "$root" "$path"
	done
}

root_libraries() {
	local root=$1 lib to
	shift
	# ldd fails for a static program, which needs no library.
	{ ldd "$@" 2>/dev/null || true; } | { grep -oE '/[^ :]+\.so[^ :]*' || true; } | sort -u |
		while read -r lib; do
			# /lib is a symlink to /usr/lib in every root here.
			case $lib in
			/lib*) to=$root/usr$lib ;;
			*) to=$root$lib ;;
			esac
			[ -e "$to" ] || { mkdir -p "${to%/*}" && cp -L "$lib" "$to"; }
		done
}

# The same tree gives the same archive.
pack_cpio() {
	find "$1" -exec touch -h -d @0 {} +
	(cd "$1" && find . -print0 | sort -z |
		cpio -0 -o -H newc --quiet --reproducible -R 0:0)
}
