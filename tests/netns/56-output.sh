#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What record and probe do to the file that they are given: nothing that was there is lost, what was
# recorded before a failure or a kill can be read, and no two write one file.
#
#	[netns vnfto-PID]  198.18.0.1 vnfto0 --- veth --- vnfto1 in [vnfto-PID-g] 198.18.0.2
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
ns=vnfto-$$ dev=vnfto0
tmp=$(mktemp -d)
children=()
clean() {
	[ ${#children[@]} = 0 ] || kill "${children[@]}" 2>/dev/null
	ip netns delete "$ns" 2>/dev/null
	ip netns delete "$ns-g" 2>/dev/null
	mountpoint -q "$tmp/small" && umount "$tmp/small"
	rm -rf "$tmp"
}
trap clean EXIT

ip netns add "$ns" && ip netns add "$ns-g" || exit 1
ip -n "$ns" link add "$dev" type veth peer name vnfto1 netns "$ns-g" || exit 1
ip -n "$ns" addr add 198.18.0.1/24 dev "$dev"
ip -n "$ns" link set "$dev" up
ip -n "$ns-g" addr add 198.18.0.2/24 dev vnfto1
ip -n "$ns-g" link set vnfto1 up
at() { ip netns exec "$ns" "$@"; }
at ping -qc1 198.18.0.2 >/dev/null || exit 1
record() { at "$VNFTRACE" record "$dev" "$@"; }
probe() { at "$VNFTRACE" probe icmp 198.18.0.2 -d "$dev" "$@"; }
# COMMAND...: the process of a recorder itself, not of a shell around it; ready when it records.
begin() {
	rm -f "$tmp/ready"
	ip netns exec "$ns" "$VNFTRACE" record "$dev" --ready-file "$tmp/ready" "$@" \
		>"$tmp/page" 2>"$tmp/err" &
	recorder=$!
	children+=($recorder)
	wait_for 20 test -e "$tmp/ready" || cat "$tmp/err"
}
says() { grep -qF -e "$1" "$tmp/err" || { cat "$tmp/err"; return 1; }; }
quiet() { "$@" >"$tmp/page" 2>"$tmp/err"; }
records() { "$VNFTRACE" report -j "$1" 2>"$tmp/warning" | jq .file.records; }
finished() { "$VNFTRACE" report -j "$1" 2>"$tmp/warning" | jq .file.finished; }
warns() { records "$1" >/dev/null; grep -qF -e "$2" "$tmp/warning"; }
cd "$tmp" || exit 1

# --- a file that is there
echo good >old
for verb in "record -d 100ms" "probe -c 10"; do
	# shellcheck disable=SC2086 # a verb and its end
	exits 1 "${verb%% *}: a file that is there is refused" quiet $verb -o old
	check "${verb%% *}: and how to replace it is said" says "old: exists: give another name, or"
	check "${verb%% *}: it is as it was" [ "$(cat old)" = good ]
done
exits 1 "a recording that is refused" quiet record -o old --force -d 100ms no-such-device
check "leaves the file, and nothing else" [ "$(cat old; echo old*)" = "$(echo good; echo old)" ]
exits 1 "a new file of one that is refused" quiet record -o new -d 100ms no-such-device
check "is not there" test ! -e new
exits 0 "--force replaces it" quiet record -o old --force -d 100ms
check "by a finished one" [ "$(finished old; echo old*)" = "$(echo true; echo old)" ]
exits 0 "probe --force" quiet probe -c 10 -o old --force
check "by its own" [ "$(records old)" -ge 20 ]

# --- places where no file can be
mkdir dir
exits 1 "a directory" quiet record -o dir --ready-file ready -d 10s
check "is refused at once" says "dir: a directory: name a file in it"
check "before anything is recorded" test ! -e ready
exits 1 "no directory" quiet record -o none/file -d 10s
check "the reason names it" says "none/file: cannot be created: No such file or directory"
# One without capabilities over files, but with those to record.
mkdir -m 555 readonly
chown 65534 readonly
exits 1 "a directory that may not be written" quiet ip netns exec "$ns" setpriv --reuid 65534 \
	--clear-groups --inh-caps=-all,+net_admin,+bpf,+perfmon \
	--ambient-caps=-all,+net_admin,+bpf,+perfmon "$VNFTRACE" record "$dev" \
	-o "$tmp/readonly/file" -d 10s
check "the reason names it, too" says "readonly/file: cannot be created: Permission denied"

# --- what is no file
mknod null c 1 3
exits 0 "a device is written to" quiet record -o null -d 100ms
exits 0 "--force or not" quiet record -o null --force -d 100ms
exits 0 "by probe, too" quiet probe -o null -c 10
check "and stays one" test -c null
mkfifo fifo
exits 1 "a FIFO that nobody reads" quiet record -o fifo -d 10s
check "says so" says "fifo: nobody reads this FIFO: start its reader first"
cat fifo >through &
children+=($!)
exits 0 "one that is read" quiet record -o fifo -d 300ms
wait $!
check "gets it all and stays one" [ -p fifo -a "$(finished through)" = true ]
record -o - -d 300ms >stdout 2>err
check "- is standard output, and the page goes to stderr" \
	[ "$(finished stdout; grep -c "^duration" err)" = "$(echo true; echo 1)" ]
record -o - -j -d 300ms >stdout 2>page
check "as JSON, too" [ "$(finished stdout; jq .valid page)" = "$(echo true; echo true)" ]
record -o - -d 20s 2>err | head -c 64 >first
check "a reader that goes away ends it" [ "${PIPESTATUS[0]}" = 1 ]
check "and it says so" says "stdout: its reader went away"
exits 1 "the ready file is no device" quiet record -o x --ready-file null -d 100ms
exits 1 "and no file that has something in it" quiet record -o x --ready-file old -d 100ms
check "neither is touched" [ -c null -a -s old -a ! -e x ]

# --- two of one name
begin -o shared
exits 1 "a second recorder of a name" quiet record -o shared -d 100ms
check "is told why" says "shared: another process is writing it: give another name"
exits 1 "--force or not" quiet record -o shared --force -d 100ms
kill -INT $recorder
wait $recorder
check "the first has its file" [ "$(finished shared)" = true ]
begin -o shared --force
exits 1 "a second one beside --force" quiet record -o shared --force -d 100ms
kill -INT $recorder
wait $recorder
check "the first has its file, too" [ "$(finished shared; echo shared*)" = \
	"$(echo true; echo shared)" ]

# --- kill -9
begin -o killed
at ping -q -i 0.01 -c 100 198.18.0.2 >/dev/null
sleep 1.1
before=$(stat -c %s killed)
kill -9 $recorder
wait $recorder 2>/dev/null
check "what is older than a second is in the file of a killed recorder" [ "$before" -ge 12800 ]
check "report reads it" [ "$(records killed)" -ge 200 ]
check "and says that it is not finished" warns killed "killed: not finished: "
check "in JSON, too" [ "$(finished killed)" = false ]
echo "# killed: $(records killed) records of 100 echoes can be read"
head -c $(($(stat -c %s killed) - 10)) killed >cut
check "a file that is cut in a record is read" [ "$(records cut)" = $(($(records killed) - 1)) ]
check "and that is said, too" warns cut "54 bytes of one more are left out"
begin -o old --force
at ping -q -i 0.01 -c 10 198.18.0.2 >/dev/null
sleep 1.1
was=$(records old)
kill -9 $recorder
wait $recorder 2>/dev/null
check "killed with --force: the old file is there" [ "$(finished old; records old)" = \
	"$(echo true; echo "$was")" ]
check "and the new one beside it" [ "$(records old.part)" -ge 20 ]
exits 1 "which is not overwritten" quiet record -o old --force -d 100ms
check "before somebody looked at it" says "old.part: was left by a writer that did not finish"
rm old.part

# --- a full disk
mkdir small
mount -t tmpfs -o size=64k tmpfs small
ip netns exec "$ns" ping -q -f 198.18.0.2 >/dev/null &
children+=($!)
exits 1 "the disk is full" quiet record -o small/full -d 30s
check "it says so" says "small/full: cannot be written: No space left on device: make room"
check "and what is kept" says "(the 1024 records before that are kept)"
check "which can be read" [ "$(records small/full)" = 1024 ]
check "as not finished" warns small/full "not finished"
rm small/full
cp old small/old
exits 1 "the disk is full, with --force" quiet record -o small/old --force -d 30s
check "the old file is there" cmp old small/old
check "and the new one beside it" [ "$(records small/old.part)" -gt 100 ]
kill "${children[-1]}" 2>/dev/null
rm small/old*
head -c 60k /dev/zero >small/fill	# one page is left: 64 records
exits 1 "probe on a full disk" quiet probe -c 200 -i 1ms -o small/probe
check "says so" says "small/probe: cannot be written: No space left on device"
check "and what is kept can be read" [ "$(records small/probe)" = 64 ]
rm small/probe
head -c 4k /dev/zero >>small/fill 2>/dev/null
exits 1 "no room for a single record" quiet record -o small/none -d 10s
check "is an end before it began" test ! -e small/none
exits 1 "/dev/full" quiet record -o /dev/full -d 10s
check "is one, too, and is left alone" test -c /dev/full
finish
