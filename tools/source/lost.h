/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words for the causes of loss: the keys of every "lost" in JSON.
 */
#ifndef VNFT_SOURCE_LOST_H
#define VNFT_SOURCE_LOST_H

#include <stdbool.h>
#include <stdint.h>

/* Every cause once: X(id, word), in the order of enum vnft_lost. */
#define VNFT_LOST_WORDS(X)		\
	X(RING_FULL, "ring_full")	\
	X(EVICTED, "evicted")		\
	X(FLOW_EVICTED, "flow_evicted")	\
	X(TRUNCATED, "truncated")	\
	X(NESTED, "nested")		\
	X(RECURSION, "recursion")	\
	X(BACKWARDS, "backwards")	\
	X(UNREAD, "unread")

/* "?" for a cause that this version does not know. */
const char *vnft_lost_name(uint32_t cause);

/*
 * Is @cause a loss where the records are at hand? A request that the kernel's table gave up is
 * none: it is paired from its record. Pages of such data show VNFT_LOST_EVICTED as "table_evicted".
 */
bool vnft_lost_in_records(uint32_t cause);

#endif
