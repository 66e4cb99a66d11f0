/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of an attachment in words.
 */
#include "attachment.h"

#include <stdio.h>

static const char *const word[] = {
	[VNFT_HOOKED] = "counting",
	[VNFT_HOOKED_REMOVED] = "removed",
	[VNFT_HOOKED_REPLACED] = "replaced",
	[VNFT_HOOKED_DEVICE_GONE] = "device gone",
	[VNFT_HOOKED_OUT_OF_REACH] = "namespace out of reach",
};

bool vnft_hooked_both(const uint8_t hooked[VNFT_DIR_NR])
{
	return hooked[VNFT_DIR_IN] == VNFT_HOOKED && hooked[VNFT_DIR_OUT] == VNFT_HOOKED;
}

bool vnft_hooked_lost(const uint8_t hooked[VNFT_DIR_NR])
{
	int dir;

	for (dir = 0; dir < VNFT_DIR_NR; dir++)
		if (hooked[dir] == VNFT_HOOKED_REMOVED || hooked[dir] == VNFT_HOOKED_REPLACED)
			return true;
	return false;
}

bool vnft_hooked_none(const uint8_t hooked[VNFT_DIR_NR])
{
	return hooked[VNFT_DIR_IN] != VNFT_HOOKED && hooked[VNFT_DIR_OUT] != VNFT_HOOKED;
}

const char *vnft_hooked_say(const uint8_t hooked[VNFT_DIR_NR], char *text, size_t bytes)
{
	const uint8_t in = hooked[VNFT_DIR_IN], out = hooked[VNFT_DIR_OUT];

	if (in == out)
		snprintf(text, bytes, "%s%s", vnft_hooked_lost(hooked) ? "both programs " : "",
			 word[in]);
	else if (in == VNFT_HOOKED || out == VNFT_HOOKED)
		snprintf(text, bytes, "%s only, %s program %s", in ? "out" : "in",
			 in ? "in" : "out", word[in ? in : out]);
	else
		snprintf(text, bytes, "in program %s, out program %s", word[in], word[out]);
	return text;
}
