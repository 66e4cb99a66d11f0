/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages drawn in place, where they scroll, or one below the other.
 */
#include "again.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/run/clock.h"
#include "../../lib/run/interrupt.h"
#include "../../lib/text/error.h"
#include "../../lib/text/json.h"
#include "../../lib/text/text.h"
#include "screen.h"

/**
 * struct again_text - a page as text
 * @line: @n of them, into @text
 * @first: the one at the top of a screen
 */
struct again_text {
	char *text, **line;
	size_t n, first;
};

static void text_free(struct again_text *t)
{
	free(t->text);
	free(t->line);
	t->text = NULL;
	t->line = NULL;
	t->n = 0;
}

static void write_text(FILE *to, const struct vnft_again_page *page)
{
	const time_t now_s = time(NULL);
	char clock[16] = "";
	struct tm tm;

	if (localtime_r(&now_s, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	fprintf(to, "%s\n", clock);
	vnft_view_text(to, page->value, page->views);
	if (page->note)
		fprintf(to, "%s\n", page->note);
}

/* Keeps the place that is looked at. */
static int text_make(struct again_text *t, const struct vnft_again_page *page)
{
	size_t bytes, i;
	char *at;
	FILE *f;

	text_free(t);
	f = open_memstream(&t->text, &bytes);
	if (!f)
		return vnft_fail(-ENOMEM, "out of memory");
	write_text(f, page);
	if (fclose(f))
		return vnft_fail(-ENOMEM, "out of memory");
	for (i = 0; i < bytes; i++)
		t->n += t->text[i] == '\n';
	t->line = calloc(t->n ? t->n : 1, sizeof(*t->line));
	if (!t->line)
		return vnft_fail(-ENOMEM, "out of memory");
	for (i = 0, at = t->text; i < t->n; i++)
		t->line[i] = strsep(&at, "\n");
	return 0;
}

static void draw(const struct vnft_screen *s, struct again_text *t, int key)
{
	char line[4096], foot[96];
	int columns, lines, at;
	size_t visible;

	s->size(&columns, &lines);
	visible = lines > 2 ? (size_t)lines - 2 : 1;
	vnft_screen_scroll(key, &t->first, t->n, visible);
	s->clear();
	for (at = 0; (size_t)at < visible && t->first + (size_t)at < t->n; at++) {
		vnft_text_cut(line, sizeof(line), t->line[t->first + (size_t)at], (size_t)columns);
		s->put(at, line, false);
	}
	snprintf(foot, sizeof(foot), "lines %zu-%zu of %zu  q:end", t->n ? t->first + 1 : 0,
		 t->first + (size_t)at, t->n);
	vnft_text_cut(line, sizeof(line), foot, (size_t)columns);
	s->put(lines - 1, line, true);
	s->show();
}

static int print_text(const struct vnft_again_page *page)
{
	write_text(stdout, page);
	putchar('\n');
	return 0;
}

static void print_json(const struct vnft_again_ask *ask, json_t *value)
{
	json_t *o = json_pack("{s:s, s:I}", "event", ask->event, "time_ns",
			      (json_int_t)vnft_now_ns());

	json_object_update(o, value);
	vnft_json_print(o, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15));
	putchar('\n');
	json_decref(o);
}

static int print(const struct vnft_again_ask *ask, const struct vnft_again_page *page)
{
	vnft_view_printed = true;
	if (ask->json)
		print_json(ask, page->value);
	else
		print_text(page);
	if (fflush(stdout) || ferror(stdout))
		return vnft_fail(-EIO, "stdout: cannot write: %s", strerror(errno));
	return 0;
}

/* True: the user, or a signal, ends it. */
static bool wait_on_screen(const struct vnft_screen *s, struct again_text *t, uint64_t due_ns)
{
	int key;

	while (!vnft_interrupted() && vnft_now_ns() < due_ns) {
		key = s->key(VNFT_SCREEN_WAIT_MS);
		if (key == 'q' || key == VNFT_KEY_HANGUP)
			return true;
		if (key)
			draw(s, t, key);
	}
	return vnft_interrupted();
}

static int show(const struct vnft_again_ask *ask, const struct vnft_screen *screen,
		struct again_text *text, struct vnft_again_page *page)
{
	int err;

	*page = (struct vnft_again_page) { .value = NULL };
	err = ask->make(page, ask->arg);
	if (err || !page->value)
		return err;
	err = screen ? text_make(text, page) : print(ask, page);
	if (!err && screen)
		draw(screen, text, VNFT_KEY_NONE);
	json_decref(page->value);
	return err;
}

int vnft_again(const struct vnft_again_ask *ask)
{
	const struct vnft_screen *screen = ask->json ? NULL : vnft_screen_of_terminal();
	struct again_text text = { .text = NULL };
	struct vnft_again_page page;
	uint64_t due_ns;
	size_t i;
	int err;

	vnft_interrupt_catch();
	if (screen && !screen->open())
		screen = NULL;
	do {
		err = show(ask, screen, &text, &page);
		if (err || page.last)
			break;
		due_ns = vnft_now_ns() + ask->interval_ns;
	} while (!(screen ? wait_on_screen(screen, &text, due_ns) :
			    vnft_sleep_ns(ask->interval_ns)));
	if (screen)
		screen->close();
	/* What is complete stays to be seen. */
	for (i = 0; screen && !err && page.last && i < text.n; i++)
		puts(text.line[i]);
	text_free(&text);
	return err;
}
