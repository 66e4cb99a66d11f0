# SPDX-License-Identifier: GPL-2.0
# Sourced by lab tests of the module: load it so that it tells of every birth and death, and prove
# after its removal that each "created" has met its "destroyed" and that the kernel said no word.

module_load() {
	check "the module loads, its self-tests pass" modprobe vnftrace selftest=1 dyndbg=+p
}

# A kernel that was booted with --checks memory looks whether the poison of what is free is whole,
# and says in its log what it found.
slabs_validate() {
	local cache looked=0
	grep -q slub_debug= /proc/cmdline || return 0
	for cache in /sys/kernel/slab/kmalloc-*/validate; do
		echo 1 >"$cache" && looked=$((looked + 1))
	done 2>/dev/null
	check "the allocator looks at its caches ($looked)" [ $looked -ge 20 ]
}

module_unload() {
	local log created destroyed
	local words='\bBUG\b|WARNING|Oops|Call Trace|pagealloc: |unreferenced object|refcount_t'
	check "nobody holds the module: it goes" rmmod vnftrace
	slabs_validate
	log=$(dmesg)
	created=$(grep -oE 'created (session|device|probe) [0-9]+' <<<"$log" |
		cut -d' ' -f2- | sort)
	destroyed=$(grep -oE 'destroyed (session|device|probe) [0-9]+' <<<"$log" |
		cut -d' ' -f2- | sort)
	if [ -z "$created" ]; then
		skip "this kernel has no dynamic debug" "every created is destroyed"
	elif [ "$created" = "$destroyed" ]; then
		ok "every created is destroyed ($(wc -l <<<"$created"))"
	else
		not_ok "what was created and not destroyed, or destroyed and not created:"
		diff <(echo "$created") <(echo "$destroyed") | head -20
	fi
	# Only these words count: init and drivers say other things about the machine.
	log=$(grep -E "$words|detected stall" <<<"$log")
	check "no warning in the kernel log" [ -z "$log" ]
	[ -z "$log" ] || echo "$log"
}
