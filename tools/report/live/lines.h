/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An interval's object as lines of text that are no wider than they may be. They are clean: names
 * in the object passed lib/text/clean.h.
 */
#ifndef VNFT_REPORT_LIVE_LINES_H
#define VNFT_REPORT_LIVE_LINES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define VNFT_LIVE_LINE_BYTES	2048
#define VNFT_LIVE_NARROWEST	20
#define VNFT_LIVE_COLUMNS	8

/**
 * struct vnft_live_layout - how wide what is
 * @width: columns of a line, 0: as many as it takes
 * @name, @instance: of these two; 0: left out
 * @shown: which of the numbers are shown
 */
struct vnft_live_layout {
	size_t width, name, instance;
	bool shown[VNFT_LIVE_COLUMNS];
};

/*
 * Where the width is not enough, these are left out, one after the other: the instance,
 * retransmissions, losses, p99, p50, bits per second.
 */
void vnft_live_lay_out(struct vnft_live_layout *layout, const json_t *interval, size_t width);
/* "14:03:05  1.00 s  3 devices ..." */
void vnft_live_title(const struct vnft_live_layout *layout, const json_t *interval, char *to,
		     size_t bytes);
void vnft_live_head(const struct vnft_live_layout *layout, char *to, size_t bytes);
/* Of one of its devices. */
void vnft_live_line(const struct vnft_live_layout *layout, const json_t *device, char *to,
		    size_t bytes);
/* What was lost by which cause, in all devices; false if nothing was. */
bool vnft_live_loss_line(const struct vnft_live_layout *layout, const json_t *interval, char *to,
			 size_t bytes);
/* Where there is nothing to show: how to attach. */
void vnft_live_nothing(const struct vnft_live_layout *layout, char *to, size_t bytes);
/* What was said, cut to the width. */
void vnft_live_fit(const struct vnft_live_layout *layout, char *line, size_t bytes);

#endif
