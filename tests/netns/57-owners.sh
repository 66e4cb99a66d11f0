#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Directories that others own or may write to: nothing in them is believed, and nothing is removed
# through them. A user makes them beforehand, and root's commands are led nowhere. Everything is in
# namespaces of its own, as in 58-capabilities.sh.
#
# needs: image container
set -u
cd "$(dirname "$0")/../.." || exit 1
[ -n "${VNFTC_INSIDE:-}" ] || exec env VNFTC_INSIDE=1 unshare --mount --net --pid --fork \
	--mount-proc --propagation private bash "tests/netns/$(basename "$0")"
. tests/lib.sh
mount -t tmpfs -o mode=755 tmpfs /run && mount -t tmpfs tmpfs /mnt || exit 1
cd /mnt || exit 1
ip link set lo up
ip link add vnfto0 type bridge && ip link set vnfto0 up || exit 1
pins=/sys/fs/bpf/vnftrace
user() { setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
	--bounding-set=-all -- "$@"; }
tool() { "$VNFTRACE" "$@" >out 2>err; }
says() { grep -qE -e "$1" err; }
victims() {	# what a user would have root remove
	rm -rf precious && mkdir -p precious/1-2
	touch precious/{state,conf,link_in,ids} precious/1-2/{state,conf,link_in}
}
unharmed() { [ "$(find precious -type f | wc -l)" = 7 ]; }
bpffs() {	# MODE: a new one
	umount /sys/fs/bpf 2>/dev/null
	mount -t bpf -o "mode=$1" bpf /sys/fs/bpf || exit 1
}

mount -t bpf -o mode=1777 bpf /sys/fs/bpf || exit 1
refused() {	# WHAT SAYS: every verb that has to do with pins
	local verb
	for verb in "attach vnfto0" status "detach vnfto0" "detach --all" "report --dev vnfto0"; do
		# shellcheck disable=SC2086 # a verb and its words
		exits 4 "$1: $verb" tool $verb
		check "$1: $verb says why" says "$pins: $2"
	done
	check "$1: nothing is removed" unharmed
	tool doctor -j
	check "$1: doctor names it" jq -e --arg says "$2" '.checks[] | select(.id == "bpffs") |
		.status == "unusable" and (.what | test($says))' out
}
victims
user mkdir -m 755 $pins && user ln -s /mnt/precious $pins/1-2 || exit 1
refused "a user's directory with a link" "belongs to user 65534"
bpffs 1777
user mkdir -m 755 $pins $pins/1-2 && user ln -s /mnt/precious/state $pins/1-2/conf || exit 1
refused "a user's directory of links" "belongs to user 65534"
bpffs 1777
user ln -s /mnt/precious $pins || exit 1
refused "a link" "no directory"
bpffs 1777
mkdir -m 777 $pins || exit 1
refused "root's, where all may write" "others may write"
bpffs 1777
exits 0 "root's own beside others" tool attach vnfto0
check "is nobody else's" [ "$(stat -c %u:%a $pins)" = 0:700 ]
exits 0 "and goes again" tool detach --all
check "with all that is in it" [ ! -e $pins ]

# A session that a user makes up, whose objects root would undo.
session() {	# DIRECTORY
	mkdir -m 755 "$1" "$1/abc123" && touch "$1/abc123/lock" &&
		printf 'dir /run/vnftrace/abc123/x\n' >"$1/abc123/objects" &&
		mkdir "$1/abc123/x" && touch "$1/abc123/x/precious"
}
user_run() { chown -hR 65534:65534 "$1"; }
session /run/vnftrace && user_run /run/vnftrace || exit 1
tool detach --all
check "sessions of a user's /run/vnftrace are not undone" [ -e /run/vnftrace/abc123/x/precious ]
rm -rf /run/vnftrace
session /mnt/run && ln -s /mnt/run /run/vnftrace || exit 1
tool detach --all
check "nor those behind a link" [ -e /mnt/run/abc123/x/precious ]
rm /run/vnftrace
session /run/vnftrace && tool detach --all
check "those of root's are" [ ! -e /run/vnftrace/abc123 ]

# Where results go.
install -d -o 65534 theirs
exits 4 "a result directory of somebody else" tool bench -T container.crun -r 1 -o theirs
check "which is said" says 'theirs: belongs to user 65534'
install -d -m 777 open
exits 4 "one where all may write" tool bench -T container.crun -r 1 -o open
check "which is said" says 'open: others may write there'
mkdir real && ln -s real linked
exits 1 "a link to one" tool bench -T container.crun -r 1 -o linked
check "nothing was written" [ -z "$(find theirs open real -type f)" ]

# Where files go: a user's links are not followed, and places that users share can be used.
install -d -m 1777 shared
victims
user ln -s /mnt/precious shared/way && user ln -s /mnt/precious/state shared/file || exit 1
user ln -s /mnt/precious/new shared/new && user ln -s /dev/null shared/device || exit 1
for name in way/x file new device; do
	exits 4 "record through a user's link: $name" tool record vnfto0 -d 10ms \
		-o "shared/$name" --force
	check "which is said" says "shared/$name: a link on its way belongs to user 65534"
	exits 4 "the ready file: $name" tool record vnfto0 -d 10ms -o good.rec \
		--ready-file "shared/$name"
	check "which is said" says "shared/$name: a link on its way belongs to user 65534"
done
check "nothing was written there" unharmed
user mkfifo -m 666 shared/fifo
user bash -c 'exec 3<>shared/fifo && touch shared/read && sleep 60' &
wait_for 5 [ -e shared/read ]
exits 4 "a user's FIFO where all may write" tool record vnfto0 -d 10ms -o shared/fifo
check "which is said" says "shared/fifo: a FIFO of somebody else's"
for place in shared theirs open; do
	exits 0 "record into $place" tool record vnfto0 -d 10ms -o $place/good.rec \
		--ready-file $place/ready
	check "is root's own" [ "$(stat -c %u $place/good.rec $place/ready | uniq)" = 0 ]
done

# The directory is a user's, who exchanges it for a link all the time.
user bash -c 'cd shared && mkdir dir && while [ ! -e stop ]; do
	mv -T dir dir.kept && ln -s /mnt/precious dir && rm dir && mv -T dir.kept dir; done' &
swapper=$!
wait_for 5 [ -e shared/dir ]
for i in {1..40}; do
	tool record vnfto0 -d 1ms -o shared/dir/state --force
	tool record vnfto0 -d 1ms -o "good$i.rec" --ready-file shared/dir/conf
done
touch shared/stop
wait $swapper
check "nothing was led away" unharmed
check "nor written over" [ -z "$(find precious -type f -size +0)" ]

# Images: what root runs.
export VNFT_CACHE=/mnt/cache
mkdir -p cache/images/container/rootfs/proc
guest() { "$VNFT_TESTS/netns/guest" container.crun --check >out 2>err; }
if guest; then
	image() {	# WHAT SAYS
		exits 4 "$1" guest
		check "which is said" says "root file system .*$2"
	}
	chown 65534 cache/images/container/rootfs
	image "a root file system of a user" "rootfs: belongs to user 65534"
	chown 0 cache/images/container/rootfs
	chmod 1777 cache/images/container/rootfs
	image "one that all may write to" "rootfs: others may write there"
	chmod 755 cache/images/container/rootfs
	chmod 777 cache/images
	image "images that all may exchange" "others could exchange it: .chmod go-w /mnt/cache/i"
	chmod 755 cache/images
	chown 65534 cache
	image "a cache of a user" "user 65534, who has /mnt/cache, could exchange it"
	chown 0 cache
	mv cache/images/container cache/store
	ln -s ../store cache/images/container
	exits 0 "root's link" guest
	chown -h 65534 cache/images/container
	image "a user's link" "a link on its way belongs to user 65534"
else
	skip "$(cat err)" "images of others"
fi
finish
