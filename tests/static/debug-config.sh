#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel of `make check-long` is seldom built, and scripts/lab/base wants each of its modules of
# every kernel. So a module that the lab begins to use has its option in that configuration. It
# goes by letters: geneve is CONFIG_GENEVE, sch_tbf CONFIG_NET_SCH_TBF.
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh

modules() { sed -n '/^modules=(/,/)$/p' "$1" | sed 's/^modules=(//; s/)$//' | xargs -n 1; }
letters() { sed 's/^br_/bridge_/' | tr a-z A-Z | tr -cd 'A-Z0-9\n'; }
options=$(sed -n 's/^CONFIG_\(.*\)=[ym]$/\1/p' scripts/images/debug.config | letters)
lacking() {	# MODULE...: those that no option turns on
	local module
	for module; do
		grep -qF "$(letters <<<"$module")" <<<"$options" || echo "$module"
	done
}

mapfile -t all < <(modules scripts/lab/base)
check "the lab's modules are found (${#all[@]})" [ ${#all[@]} -gt 30 ]
check "each is in scripts/images/debug.config" [ -z "$(lacking "${all[@]}")" ]
lacking "${all[@]}"
check "one that is not would be found" [ "$(lacking veth no_such tun)" = no_such ]
finish
