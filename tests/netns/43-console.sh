#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What an instance's console says is kept for each run: a program's output, a container's, Docker's
# logs, a VM's serial console. It is named in results.json and on the page, is text whatever a guest
# may send, and is its owner's alone. Last words stand in the reason. Of silence nothing is kept.
#
# needs: image container, image tinyx
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
before=$(leftovers)

cat >"$tmp/talks" <<-'END'
	#!/bin/bash
	[ "${1:-}" != --version ] || exit 0
	# Escape sequences, bytes that are no text, and more of it than is kept.
	head -c 1100000 /dev/zero | tr '\0' x
	printf '\r\n\033]0;owned\a\033[2J\xff\0end\r\n'
	printf '\033[31mout of luck\n'
	sleep 60
END
chmod +x "$tmp/talks"
exec_type() {	# NAME COMMAND
	cat >"$tmp/$1.conf" <<-END
		title = $1
		driver = exec
		virtualization = container
		topology = tap
		command = $2
		timeout_s = 1
	END
}
exec_type talks "$tmp/talks"
exec_type silent 'sleep 60'
exec_type dies "sh -c 'echo no such luck; exit 3'"
dir=$tmp/none
"$VNFTRACE" bench -T "$tmp/talks.conf,$tmp/silent.conf,$tmp/dies.conf" -r 1 --no-reference \
	-o "$dir" >"$tmp/page" 2>&1
check "none answered: exit 3" [ $? = 3 ]
of() {	# TYPE FILTER: of its row
	json "$dir/results.json" ".rows[] | select(.type == \"$1\") | $2"
}
file=$(of talks .consoles[0].file)
check "results.json names the run's file" \
	[ "$file" = "console-$(of talks .failed[0].run)" -a -s "$dir/$file" ]
check "and so does the page" grep -q "no RST within 1 s of its launch: .*($file)$" "$tmp/page"
check "it is its owner's alone" [ "$(stat -c %a "$dir/$file")" = 600 ]
check "it is text" [ "$(tr -d '[:print:]\n' <"$dir/$file" | wc -c)" = 0 ]
tail -n 2 "$dir/$file" >"$tmp/last"
check "of which every byte can be read" diff -u - "$tmp/last" <<-'END'
	\x1b]0;owned\x07\x1b[2J\xff\x00end
	\x1b[31mout of luck
END
said=$(of talks .consoles[0].said_bytes)
check "the last MiB of it, with what was cut" \
	[ "$said" -gt 1100000 -a "$(of talks .consoles[0].kept_bytes)" = 1048576 -a \
	"$(head -n 1 "$dir/$file")" = "[vnftrace: $((said - 1048576)) bytes of before are cut]" ]
check "the last words stand in the reason, as text" \
	grep -qF ' has to open @DEV@): \x1b[31mout of luck' <<<"$(of talks .failed[0].why)"
run=$(of silent .failed[0].run)
check "nothing is kept of one that said nothing" \
	[ "$(of silent '.consoles | length')" = 0 -a ! -e "$dir/console-$run" ]
check "of one that ended at once it is kept" \
	[ "$(<"$dir/$(of dies .consoles[0].file)")" = "no such luck" ]

# What a container prints, and what a kernel does.
cache=${VNFT_CACHE:-/var/cache/vnftrace}
types='' names=''
add() {	# TYPE SED-COMMAND: changed so that it speaks
	sed "$2" "tools/guest/types/$1.conf" >"$tmp/$1.conf"
	if "$VNFT_TESTS/netns/guest" "$tmp/$1.conf" --check 2>"$tmp/why"; then
		types=${types:+$types,}$tmp/$1.conf names="$names $1"
	else
		skip_type "$(cat "$tmp/why")" "$1"
	fi
}
server='exec /usr/bin/iperf3 -s -p @PORT@'
speak="s|^command = .*|command = /bin/sh -c 'echo spoken inside; $server'|"
add container.crun "$speak"
add container.docker "$speak"
add tinyx.kvm 's/ quiet / /'
dir=$tmp/some
exits 0 "bench of$names" to "$tmp/page" "$VNFTRACE" bench -T "$types" -r 1 --no-reference \
	--no-rtt --no-throughput --no-memory -o "$dir"
for name in $names; do
	case $name in
	container.*) words='^spoken inside$' ;;
	*) words='Linux version .*tinyx' ;;
	esac
	check "$name: what it said is kept" grep -q "$words" "$dir/$(of $name .consoles[0].file)"
	json_true "$name: and its first byte is a moment of the launch" "$dir/results.json" \
		".rows[] | select(.type == \"$name\") | .instantiation.phases[] |
		select(.name == \"console\") |
		.n == 1 and .median_ns > 0 and .clock == \"userspace\""
done
exits 0 "results.json is what its schema says" tests/results-schema "$dir/results.json"

# A container whose workload ends at once: its last words, of Docker's logs.
if [[ $names = *docker* ]]; then
	dies="s|^command = .*|command = /bin/sh -c 'echo out of luck; exit 3'|"
	sed "$dies" tools/guest/types/container.docker.conf >"$tmp/dies.docker.conf"
	"$VNFTRACE" bench -T "$tmp/dies.docker.conf" -r 1 --no-reference -o "$tmp/dies" \
		>"$tmp/page" 2>&1
	check "Docker: a workload that ends has its last words in the reason" \
		grep -qE '(at once with 3|before it(s service)? answered).*: out of luck' \
		"$tmp/dies/results.json"
fi
check "nothing is left" wait_for 10 nothing_left
finish
