/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hash for tables whose keys others choose: whoever sends frames chooses addresses, ports and
 * numbers, and whoever hands out a record file chooses all of it. SipHash-2-4, under a key that
 * every process has of its own: nobody can choose keys that meet in one bucket.
 */
#ifndef VNFT_STAT_KEYED_H
#define VNFT_STAT_KEYED_H

#include <stddef.h>
#include <stdint.h>

uint64_t vnft_keyed_hash(const uint64_t *word, size_t n);

/* The same under a key that is given, for the published test values. */
uint64_t vnft_keyed_hash_under(const uint64_t key[2], const uint64_t *word, size_t n);

#endif
