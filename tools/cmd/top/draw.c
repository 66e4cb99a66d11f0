/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Intervals on a screen, and the keys there.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/run/clock.h"
#include "../../lib/run/interrupt.h"
#include "../../lib/text/error.h"
#include "../../report/live/lines.h"
#include "screen.h"
#include "top.h"

#define HEAD	2	/* lines above the rows, and below them */
#define FOOT	2

static size_t rows_visible(int lines)
{
	return lines > HEAD + FOOT ? (size_t)(lines - HEAD - FOOT) : 1;
}

/* "1-20 of 200", and the keys. */
static void foot(const struct vnft_top *top, size_t visible, char *to, size_t bytes)
{
	const size_t last = top->first + visible < top->n ? top->first + visible : top->n;
	size_t n, i;

	n = (size_t)snprintf(to, bytes, "%zu-%zu of %zu  q:end m:RTT",
			     top->n ? top->first + 1 : 0, last, top->n);
	for (i = 0; i < VNFT_LIVE_KEYS && n < bytes; i++)
		n += (size_t)snprintf(to + n, bytes - n, " %c:%s", vnft_live_key_letters[i],
				      vnft_live_key_names[i]);
}

static void draw(struct vnft_top *top)
{
	const struct vnft_screen *s = top->screen;
	char line[VNFT_LIVE_LINE_BYTES];
	struct vnft_live_layout layout;
	int columns, lines, at = HEAD;
	size_t visible, i;

	s->size(&columns, &lines);
	visible = rows_visible(lines);
	vnft_screen_scroll(VNFT_KEY_NONE, &top->first, top->n, visible);
	s->clear();
	if (columns < VNFT_LIVE_NARROWEST) {
		s->show();
		return;
	}
	vnft_live_lay_out(&layout, top->value, (size_t)columns);
	vnft_live_title(&layout, top->value, line, sizeof(line));
	s->put(0, line, false);
	if (top->n)
		vnft_live_head(&layout, line, sizeof(line));
	else
		vnft_live_nothing(&layout, line, sizeof(line));
	s->put(1, line, true);
	for (i = top->first; i < top->n && i < top->first + visible; i++) {
		vnft_live_line(&layout, json_array_get(json_object_get(top->value, "devices"), i),
			       line, sizeof(line));
		s->put(at++, line, false);
	}
	if (vnft_live_loss_line(&layout, top->value, line, sizeof(line)))
		s->put(lines - FOOT, line, true);
	foot(top, visible, line, sizeof(line));
	vnft_live_fit(&layout, line, sizeof(line));
	s->put(lines - 1, line, false);
	s->show();
}

/* Before there is an interval. */
static void draw_begin(const struct vnft_screen *s)
{
	s->clear();
	s->put(0, "vnftrace top: the first interval", false);
	s->show();
}

static struct vnft_live_which next_which(struct vnft_live_which which)
{
	struct vnft_live_which next;
	int i;

	for (i = 0; i < VNFT_LIVE_WHICH_NR; i++) {
		next = vnft_live_which(i);
		if (next.pairing == which.pairing && next.request == which.request)
			break;
	}
	return vnft_live_which((i + 1) % VNFT_LIVE_WHICH_NR);
}

/* 0; 1 to end it; negative errno. */
static int on_key(struct vnft_top *top, int key)
{
	const char *letter = key > 0 && key < 0x80 ? strchr(vnft_live_key_letters, key) : NULL;
	int err = 0, columns, lines;

	if (key == 'q' || key == VNFT_KEY_HANGUP)
		return 1;
	if (key == 'm')
		top->interval.which = next_which(top->interval.which);
	if (letter)
		top->interval.key = (enum vnft_live_key)(letter - vnft_live_key_letters);
	if ((letter || key == 'm') && top->interval.number)
		err = vnft_top_sort(top);
	top->screen->size(&columns, &lines);
	vnft_screen_scroll(key, &top->first, top->n, rows_visible(lines));
	if (!err && top->interval.number)
		draw(top);
	return err;
}

/* Until it is time for the next look: 0; 1 to end it; negative errno. */
static int wait_for(struct vnft_top *top, uint64_t due_ns)
{
	uint64_t now_ns, left_ms;
	int err = 0, key;

	while (!err && !vnft_interrupted() && (now_ns = vnft_now_ns()) < due_ns) {
		left_ms = (due_ns - now_ns) / 1000000 + 1;
		key = top->screen->key(left_ms < VNFT_SCREEN_WAIT_MS ? (int)left_ms :
				       VNFT_SCREEN_WAIT_MS);
		if (key)
			err = on_key(top, key);
	}
	return err ? err : vnft_interrupted();
}

int vnft_top_on_screen(struct vnft_top *top)
{
	int err = 0;

	if (!top->screen->open())
		return -EOPNOTSUPP;
	draw_begin(top->screen);
	while (!err && !vnft_top_enough(top)) {
		err = wait_for(top, vnft_top_due_ns(top));
		if (err)
			break;
		err = vnft_top_look(top);
		if (!err)
			draw(top);
	}
	top->screen->close();
	return err < 0 ? err : 0;
}
