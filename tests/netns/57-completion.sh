#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A device, a namespace, a type file, a file and a directory whose names are commands: TAB offers
# them in bash, zsh and fish, what gets on the command line is the name, and nothing of it is run.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
ns=vnftn-$$
tmp=$(mktemp -d)
evil_ns="\$(touch x)$$"
clean() {
	ip netns delete "$ns" 2>/dev/null
	ip netns delete "$evil_ns" 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT
ip netns add "$ns" && ip netns add "$evil_ns" || exit 1
# A device's name has no blank, and at most 15 bytes.
for dev in '$(touch${IFS}x)' '`>x`' ';>x'; do
	ip -n "$ns" link add "$dev" type bridge || exit 1
done
mkdir "$tmp/bin" "$tmp/types" "$tmp/desk" "$tmp/desk/"'$(touch x).d'
cat >"$tmp/types/plain.conf" <<-'END'
	title = plain
	driver = exec
	virtualization = container
	topology = tap
	command = true
END
cp "$tmp/types/plain.conf" "$tmp/types/"'$(touch x).conf'
cp "$tmp/types/plain.conf" "$tmp/types/"'`touch x`.conf'
: >"$tmp/desk/"'$(touch x).rec'
export TOOL=$VNFTRACE VNFT_TYPES=$tmp/types OFFERED=$tmp/offered SAID=$tmp/said HOME=$tmp
export XDG_CONFIG_HOME=$tmp/config XDG_DATA_HOME=$tmp/data TERM=xterm LC_ALL=C.UTF-8
# In place of the tool: completion reaches it, and a command line is only kept.
cat >"$tmp/bin/vnftrace" <<'END'
#!/bin/bash
if [ "${1-}" != --offer ]; then
	printf '<%s>' "$@" >>"$SAID"
	echo >>"$SAID"
	exit
fi
"$TOOL" "$@"
code=$?
printf . >>"$OFFERED"
exit $code
END
chmod 755 "$tmp/bin/vnftrace"
export PATH=$tmp/bin:$PATH

in_shell() {	# SHELL: begins it with completion and the prompt that type-keys waits for
	local init=$tmp/init.$1
	"$VNFTRACE" --completion "$1" >"$tmp/completion.$1"
	case $1 in
	bash)
		printf '%s\n' "PS1='ready> '" "bind 'set enable-bracketed-paste off'" \
			"bind 'set show-all-if-ambiguous on'" \
			". $tmp/completion.bash" >"$init"
		shell=(bash --noprofile --rcfile "$init" -i)
		;;
	zsh)
		mkdir -p "$tmp/zsh"
		printf '%s\n' "PS1='ready> '" 'unset zle_bracketed_paste' \
			"autoload -Uz compinit; compinit -D -u" \
			". $tmp/completion.zsh" >"$tmp/zsh/.zshrc"
		shell=(env "ZDOTDIR=$tmp/zsh" zsh -d -i)
		;;
	fish)
		printf '%s\n' "function fish_prompt; printf 'ready> '; end" \
			". $tmp/completion.fish" >"$init"
		shell=(fish --no-config -C "source $init" -i)
		;;
	esac
}

# Typed, with the TABs, and what the tool is given for it.
keys() {
	printf '%s\n' \
		$'vnftrace att\t\\$\\(touch\\$\t' \
		$'vnftrace attach \\`\t' \
		$'vnftrace attach \\;\t' \
		$'vnftrace attach \\$\\(touch\\ x\t\t' \
		$'vnftrace types pla\t' \
		$'vnftrace bench --types=pla\t' \
		$'vnftrace report \\$\\(touch\\ x\\).r\t' \
		$'vnftrace compare \\$\\(touch\\ x\\).\t' \
		$'vnftrace attach \t' \
		$'vnftrace bench -T \t' \
		exit
}
wanted() {
	printf '%s\n' '<attach><$(touch${IFS}x)>' '<attach><`>x`>' '<attach><;>x>' \
		"<attach><$evil_ns/lo>" '<types><plain>' '<bench><--types=plain>' \
		'<report><$(touch x).rec>' '<compare><$(touch x).d>'
}

# However the shell shows them.
offered() { tr -d '\\\n' <"$tmp/screen" | grep -qE '\$\(touch\$\{IFS\}x\) .*>x'; }
for name in bash zsh fish; do
	if ! command -v "$name" >/dev/null; then
		skip "no $name: scripts/setup test" "no name is run by completion in $name"
		continue
	fi
	: >"$SAID" >"$OFFERED"
	in_shell "$name"
	keys | (cd "$tmp/desk" && timeout 120 ip netns exec "$ns" \
		"$OLDPWD/tests/netns/type-keys" "$OFFERED" "${shell[@]}") >"$tmp/screen" 2>&1
	check "$name: no name is run" [ ! -e "$tmp/desk/x" ]
	rm -f "$tmp/desk/x"
	# zsh takes the slash of a directory away again.
	if diff <(wanted) <(sed 's:/>$:>:' "$SAID" | head -n 8) >"$tmp/diff"; then
		ok "$name: what completion puts on the command line is the name"
	else
		not_ok "$name: what completion puts on the command line is the name"
		sed 's/^/# /' "$tmp/diff"
		tail -n 20 "$tmp/screen" | cat -v | sed 's/^/# /'
	fi
	check "$name: all names are offered" offered
done
finish
