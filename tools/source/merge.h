/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The records of all CPUs in one order of time. Within a CPU the order is its sequence, whatever
 * the stamps say: one that lies before its predecessor is counted and stays where it is.
 */
#ifndef VNFT_SOURCE_MERGE_H
#define VNFT_SOURCE_MERGE_H

#include <stdint.h>

#include "source.h"

struct vnft_merge;

int vnft_merge_open(struct vnft_merge **merge, uint32_t ncpus);
/* Takes part as a vnft_record_fn with the merge as its arg; keeps a copy. */
int vnft_merge_add(const struct vnft_record *record, void *merge);
/*
 * Hand out everything added, and forget it: definitions (MANIFEST, DEVICE as defined) first, the
 * rest by stamp; at the same stamp userspace's records (seq 0) after those of the CPUs.
 */
int vnft_merge_run(struct vnft_merge *merge, vnft_record_fn fn, void *arg);
/* Stamps before their predecessor's on the same CPU (VNFT_LOST_BACKWARDS), in all runs. */
uint64_t vnft_merge_backwards(const struct vnft_merge *merge);
void vnft_merge_close(struct vnft_merge *merge);

#endif
