# SPDX-License-Identifier: GPL-2.0
#
# What the images of the lab's hosts share (xen-dom0, kvm-host); sourced behind lib.sh, never run.
# Such an image is the lab's kernel and initramfs with a second archive behind that, of what a host
# of guests has more. A script makes its image so:
#
#	host_open NAME SERIES		image_open, with $root, a directory to fill; $kernel, $base
#					and $release are what it stands on
#	host_cpu_map			libvirt's list of processors
#	host_close MODULE...		adds modules, and libraries of what is in $root; packs
#
# What the lab's init shall do there is scripts/lab/NAME-init, installed as usr/lib/vnftlab/setup.

host_open() {	# NAME SERIES
	"$images_dir/../lab/base" "$2"
	input_image "$(series_kernel "$2")" "lab-$2"
	input_file "$images_dir/host.sh"
	image_open "$1-$2"

	kernel=$cache/images/$(series_kernel "$2")
	base=$cache/images/lab-$2
	release=$(<"$base/release")
	root=$work/root
	mkdir -p "$root/usr/bin" "$root/usr/lib/vnftlab"
}

host_cpu_map() {
	mkdir -p "$root/usr/share/libvirt"
	cp -a /usr/share/libvirt/cpu_map "$root/usr/share/libvirt/"
	# libvirt does not know a processor that lacks what its oldest model has. The emulated one
	# has no VME.
	sed -i "/'vme'/d" "$root/usr/share/libvirt/cpu_map/x86_486.xml"
}

host_close() {
	host_libraries
	host_modules "$@"
	cp -L --reflink=auto "$base/kernel" "$base/release" "$out/"
	pack_cpio "$root" | cat "$base/initrd" - >"$out/initrd"
	image_close
}

# Libraries that came with what was filled in are in place; others come from here unless the base
# has them.
host_libraries() {
	local libs
	cpio -it --quiet <"$base/initrd" | sed 's|^|/|' | sort >"$work/has"
	libs=$(echo "$root"/usr/lib/*-linux-gnu)
	find "$root" -type f \( -perm -100 -o -name '*.so*' \) -print0 >"$work/programs"
	# A script has no libraries: ldd says so with its status.
	{ LD_LIBRARY_PATH=$libs xargs -0 ldd <"$work/programs" 2>/dev/null || true; } |
		awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | grep -vF "$root" |
		sed 's|^/lib/|/usr/lib/|' | sort -u | comm -23 - "$work/has" |
		while read -r lib; do
			install -D -m 644 "$lib" "$root$lib"
		done
	# scripts/lab/lib.sh leaves these out of the tree that it packs.
	(cd "$root" && find usr/lib -name '*.so*' -type f -exec sha256sum {} +) >"$out/libraries"
}

host_modules() {	# MODULE...
	local m
	mkdir -p "$root/usr/lib/modules"
	cp -a "$base/modules/$release" "$root/usr/lib/modules/"
	for m; do
		modprobe -d "$kernel" -S "$release" --show-depends "$m" ||
			die "kernel $release has no $m"
	done | awk '$1 == "insmod" { print $2 }' | sort -u | while read -r path; do
		install -D -m 644 "$path" "$root/usr/lib/modules/${path#"$kernel"/lib/modules/}"
	done
	ln -s usr/lib "$root/lib"
	depmod -b "$root" "$release"
	rm "$root/lib"
	cp -a "$root/usr/lib/modules" "$out/"
	# The base's archive already holds these.
	(cd "$base/modules" && find "$release/kernel" -type f) |
		(cd "$root/usr/lib/modules" && xargs rm -f)
}
