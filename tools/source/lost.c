/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words for the causes of loss.
 */
#include "lost.h"

#include "../../kmod/uapi/vnftrace.h"

static const char *const words[] = {
#define WORD(id, word) [VNFT_LOST_##id] = word,
	VNFT_LOST_WORDS(WORD)
};
_Static_assert(sizeof(words) / sizeof(words[0]) == VNFT_LOST_NR, "a word for every cause");

const char *vnft_lost_name(uint32_t cause)
{
	return cause < VNFT_LOST_NR && words[cause] ? words[cause] : "?";
}

bool vnft_lost_in_records(uint32_t cause)
{
	return cause != VNFT_LOST_EVICTED;
}
