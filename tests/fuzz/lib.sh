# SPDX-License-Identifier: GPL-2.0
# What the scripts of tests/fuzz share; sourced. Everything is written below the build directory.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${BUILD:-build}
out=$build/fuzz
mkdir -p "$out"

# Targets that have seeds: tests/fuzz/make-corpus makes them, tests/fuzz/corpus/ keeps what was
# found.
fuzz_corpus() {
	rm -rf "$out/corpus"
	tests/fuzz/make-corpus "$out/corpus"
}

# The directories of a target's seeds.
fuzz_seeds() {
	local d
	for d in "$out/corpus/$1" "tests/fuzz/corpus/$1"; do
		[ ! -d "$d" ] || echo "$d"
	done
}

# How long an input may be: results.json are longer than all else.
fuzz_max_len() {
	[ "$1" = results ] && echo 16384 || echo 4096
}

fuzz_targets() {
	local f
	for f in tests/fuzz/*.c; do
		f=${f##*/}
		echo "${f%.c}"
	done
}
