/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From what can be seen of an instance's device to a sentence. The first thing that is wrong is the
 * cause of the others.
 */
#include "hang.h"

#include <stdio.h>
#include <string.h>

static void say_absent(const struct vnft_bench_hang *h, char *why, size_t bytes)
{
	char other[64] = "";

	if (h->other[0])
		snprintf(other, sizeof(other), ", but %s did, which is not on %s", h->other,
			 h->bridge);
	snprintf(why, bytes, "its device%s%s never appeared%s%s%s", h->named[0] ? " " : "",
		 h->named, h->netns[0] ? " in " : "", h->netns, other);
}

bool vnft_bench_hang_why(const struct vnft_bench_hang *h, char *why, size_t bytes)
{
	size_t n;

	why[0] = '\0';
	if (!h->device[0])
		say_absent(h, why, bytes);
	else if (!h->there)
		snprintf(why, bytes, "its device %s is gone", h->device);
	else if (h->bridge[0] && !h->master[0])
		snprintf(why, bytes, "its device %s is not on bridge %s", h->device, h->bridge);
	else if (h->bridge[0] && strcmp(h->master, h->bridge))
		snprintf(why, bytes, "its device %s is on %s, not on bridge %s", h->device,
			 h->master, h->bridge);
	else if (!h->up)
		snprintf(why, bytes, "its device %s is down", h->device);
	else if (!h->carrier && h->made_before)
		snprintf(why, bytes, "nobody has opened its device %s", h->device);
	else if (!h->carrier)
		snprintf(why, bytes, "its device %s has no carrier: nothing is up at its other end",
			 h->device);
	n = strlen(why);
	if (n && h->fix && h->fix[0])
		snprintf(why + n, bytes - n, " (%s)", h->fix);
	return n;
}
