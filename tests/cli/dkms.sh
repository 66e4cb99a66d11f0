#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# DKMS takes what `make install-dkms` installs, and builds, installs and removes the module for both
# lab kernels, and refuses kernels of another series. All of it in a mount namespace with empty
# /usr/src, /lib/modules and /var/lib/dkms: the host's own stay as they are.
#
# needs: image kernel-headers 6.1, image kernel-headers 6.12
if [ "$1" != inside ]; then
	exec unshare --mount --propagation private "$0" inside
fi
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh

for dir in /usr/src /lib/modules /var/lib/dkms; do
	mkdir -p "$dir" && mount -t tmpfs vnft-test "$dir" || exit 1
done
log=/usr/src/log
quiet() { "$@" >"$log" 2>&1 || { cat "$log"; return 1; }; }
said() { dkms status -m vnftrace -v "$version" | grep -q "$1"; }

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
module=(-m vnftrace -v "$version")
check "make install-dkms" quiet make -s install-dkms
check "dkms add" quiet dkms add "${module[@]}"
for series in 6.1 6.12; do
	headers=$(readlink -f "${VNFT_CACHE:-/var/cache/vnftrace}/images/kernel-headers-$series")
	release=$(<"$headers/release")
	mkdir "/lib/modules/$release"
	ln -s "$headers/build" "/lib/modules/$release/build"
	check "dkms build for $release" quiet dkms build "${module[@]}" -k "$release"
	check "dkms install for $release" quiet dkms install "${module[@]}" -k "$release"
	check "dkms says installed" said "$release.*: installed"
	check "modprobe would load it, and it is version $version" \
		[ "$(modinfo -k "$release" -F version vnftrace)" = "$version" ]
done
# It is the number that is refused: the headers are those that it was built with.
refused() {	# RELEASE
	local said
	mkdir "/lib/modules/$1"
	ln -s "$headers/build" "/lib/modules/$1/build"
	said=$(dkms build "${module[@]}" -k "$1" 2>&1)
	[[ $? = 77 && $said == *BUILD_EXCLUSIVE* ]]
}
for release in 5.10.0-32-amd64 6.0.19-amd64 6.6.13-amd64 6.120.1-amd64 16.1.4-amd64; do
	check "dkms build for $release is refused" refused "$release"
done
check "dkms remove" quiet dkms remove "${module[@]}" --all
check "nothing of it is left" \
	[ -z "$(find /lib/modules/ -name 'vnftrace*'; ls -d /var/lib/dkms/vnftrace 2>/dev/null)" ]
finish
