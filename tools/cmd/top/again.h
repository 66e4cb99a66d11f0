/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page that is made anew from time to time: drawn in place on a terminal, else printed again.
 */
#ifndef VNFT_CMD_TOP_AGAIN_H
#define VNFT_CMD_TOP_AGAIN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "../../lib/text/view.h"

/**
 * struct vnft_again_page - one of them
 * @value: NULL: nothing has changed since the one before
 * @views: how it looks
 * @note: a line below it, or NULL
 * @last: no other follows
 */
struct vnft_again_page {
	json_t *value;
	const struct vnft_view *views;
	const char *note;
	bool last;
};

/**
 * struct vnft_again_ask - what is shown again
 * @event: what each page is in JSON, where it is an object a line
 * @make: 0, or negative errno after vnft_fail(). The page's value becomes the caller's
 */
struct vnft_again_ask {
	const char *event;
	uint64_t interval_ns;
	bool json;
	int (*make)(struct vnft_again_page *page, void *arg);
	void *arg;
};

/* Until the last page, q on a terminal, or an interrupt: 0, or negative errno after vnft_fail(). */
int vnft_again(const struct vnft_again_ask *ask);

#endif
