#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/setup leaves no policy-rc.d, however it ends: with an apt that waits until it is told, in
# a mount namespace whose /run and /usr/sbin are our own.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ "${1:-}" != inside ]; then
	unshare -rm true 2>/dev/null || {
		. tests/lib.sh
		skip "no mount namespace here" "setup"
		finish
	}
	exec unshare -rm --propagation private "$0" inside
fi
. tests/lib.sh
room=$(mktemp -d -t vnft-setup-XXXXXX)
trap 'rm -rf "$room"' EXIT
mkdir "$room/bin" "$room/sbin"
mount -t tmpfs tmpfs /run
mount --bind "$room/sbin" /usr/sbin
policy=/usr/sbin/policy-rc.d

# Nothing is installed. apt-get says what its daemons would be answered, and ends at SIGTERM or when
# "go on" is there.
cat >"$room/bin/dpkg-query" <<'EOF'
#!/bin/sh
exit 1
EOF
cat >"$room/bin/apt-get" <<'EOF'
#!/bin/bash
trap 'echo stopped >>"$ROOM/said"; exit 100' TERM
case " $* " in
*" install "*) ;;
*) exit 0 ;;
esac
/usr/sbin/policy-rc.d 2>/dev/null
echo "answer $?" >>"$ROOM/said"
until [ -e "$ROOM/go on" ]; do sleep 0.05; done
EOF
chmod 755 "$room"/bin/*
export ROOM=$room PATH=$room/bin:$PATH

installed() {	# COMMAND...: as if everything were installed
	mkdir -p "$room/all"
	printf '#!/bin/sh\nshift 3\nprintf "installed %%s\\n" "$@"\n' >"$room/all/dpkg-query"
	chmod 755 "$room/all/dpkg-query"
	PATH=$room/all:$PATH "$@"
}
begin() {	# COMMAND...: a setup at work
	rm -f "$room/said" "$room/go on"
	"$@" scripts/setup build >"$room/out" 2>&1 &
	pid=$!
	wait_for 20 grep -qs answer "$room/said"
}
end() {		# CODE WHAT: of the setup
	local got=0
	wait "$pid" || got=$?
	if [ $got = "$1" ]; then ok "$2"; else not_ok "$2: exit $got, not $1"; fi
}
no_policy() { check "$1: no policy-rc.d is left" [ ! -e "$policy" ]; }

begin env
check "no daemon is started" grep -qx 'answer 101' "$room/said"
touch "$room/go on"
end 0 "a setup that ends"
no_policy "it ended"

# A shell's children in the background ignore SIGINT; env gives it back.
for signal in TERM HUP INT; do
	begin env --default-signal=INT
	kill -$signal $pid
	end 1 "SIG$signal: fails"
	check "SIG$signal: apt was told, and waited for" grep -qx stopped "$room/said"
	no_policy "SIG$signal"
done

begin env
kill -KILL $pid
wait $pid 2>/dev/null
check "SIGKILL: it is left while apt works" [ -e "$policy" ]
installed scripts/setup build
check "also by the next one" [ -e "$policy" ]
touch "$room/go on"
wait_for 20 flock -n /run/vnftrace-setup true
begin env
touch "$room/go on"
end 0 "the next one to install"
no_policy "it ended"

begin env
kill -KILL $pid
wait $pid 2>/dev/null
touch "$room/go on"
wait_for 20 flock -n /run/vnftrace-setup true
exits 0 "one with nothing to install" installed scripts/setup build
no_policy "it removed what was left"

printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"
begin env
touch "$room/go on"
end 0 "with somebody else's policy-rc.d"
check "that one stays" [ -e "$policy" ]
finish
