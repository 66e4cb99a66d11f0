/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What page.c and page_hops.c share.
 */
#ifndef VNFT_CMD_PATH_PAGE_H
#define VNFT_CMD_PATH_PAGE_H

#include <jansson.h>

#include "path.h"

json_t *vnft_tracing_count(uint64_t n);
void vnft_tracing_put(json_t *o, const char *key, uint64_t n);
/* What of our own stamps is in something, or why that is not known. */
void vnft_tracing_own(const struct vnft_tracing *t, json_t *o, const char *key, double ns);
/* The near end of a link, as the user named it. */
json_t *vnft_tracing_device(const struct vnft_tracing *t, unsigned int link);
/* "to guest", "from guest" by enum vnft_dir. */
const char *vnft_tracing_way(uint8_t dir);

/* Kinds of round trips with their hops; adds to the two counts. */
json_t *vnft_tracing_trips(const struct vnft_tracing *t, uint64_t *followed,
			   uint64_t *not_followed);
/* Frames by link and direction, with their hops; adds to the count. */
json_t *vnft_tracing_frames(const struct vnft_tracing *t, uint64_t *followed);

#endif
