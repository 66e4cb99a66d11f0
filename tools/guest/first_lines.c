/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines of a console, as its bytes come in. A byte is looked at once, and the present line once
 * more for each piece that it comes in: a line is short, and a piece comes every few milliseconds.
 */
#include "first_lines.h"

#include <string.h>

#define DIGITS	"0123456789"
#define BANNER	"Linux version "
#define ESC	0x1b
#define BEL	0x07

/* Does a text have a form, not have it, or may it still get it when more of it comes? */
enum fit { NO, PART, YES };

void vnft_first_lines_begin(struct vnft_first_lines *l, const char *init_text)
{
	*l = (struct vnft_first_lines) { .init_text = init_text };
}

/*
 * "[    0.000000]", as printk has it ("%5lu.%06lu"). printk.time=1 puts it before each line, and
 * most kernels are built so.
 */
static enum fit fits_time(const char *at)
{
	const char *from = at + 1;
	size_t digits;

	if (*at != '[')
		return *at ? NO : PART;
	at = from + strspn(from, " ");
	digits = strspn(at, DIGITS);
	at += digits;
	if (!*at)
		return PART;
	if (!digits || *at != '.' || at - from < 5)
		return NO;
	at++;
	digits = strspn(at, DIGITS);
	if (digits < 6)
		return at[digits] ? NO : PART;
	return digits > 6 ? NO : at[6] == ']' ? YES : at[6] ? NO : PART;
}

/* What xenconsoled puts before each line, if it is told to (--timestamp=guest). */
static enum fit fits_date(const char *at, size_t *bytes)
{
	static const char form[] = "[0000-00-00 00:00:00] ";
	size_t i;

	for (i = 0; form[i]; i++) {
		if (!at[i])
			return PART;
		if (form[i] == '0' ? !strchr(DIGITS, at[i]) : at[i] != form[i])
			return NO;
	}
	*bytes = i;
	return YES;
}

/* Does the line begin with the kernel's time? */
static enum fit fits_kernel(const char *line)
{
	size_t date = 0;
	enum fit dated = fits_date(line, &date), timed = fits_time(line + date);

	/* Its begin may still become one or the other. */
	return timed == NO && dated == PART ? PART : timed;
}

/*
 * The kernel's first words, also behind what a firmware did not end: "Booting from ROM.." has no
 * line feed.
 */
static bool find_kernel(struct vnft_first_lines *l, struct vnft_look look)
{
	const char *at = l->line, *banner = strstr(l->line, BANNER);
	bool timed = false;

	/* What comes first counts: the rest of the line may not be there yet. */
	for (; !timed && (at = strchr(at, '[')) && (!banner || at < banner); at++)
		timed = fits_time(at) == YES;
	if (!timed && !banner)
		return false;
	l->timed |= timed;
	if (fits_kernel(l->line) == YES || banner == l->line)
		l->kernel = l->begun;
	else
		l->kernel = (struct vnft_look) { l->begun.before_ns, look.time_ns };
	return true;
}

/* A line that is not the kernel's, behind one that is. @whole: no more of it will come. */
static bool is_inits(struct vnft_first_lines *l, bool whole)
{
	enum fit fit;

	if (l->init_text[0])
		return strstr(l->line, l->init_text);
	fit = fits_kernel(l->line);
	if (fit == YES)
		l->timed = true;
	return l->timed && !l->is_first_of_kernel && l->line[strspn(l->line, " ")] &&
	       (fit == NO || (fit == PART && whole));
}

static void judge(struct vnft_first_lines *l, bool whole, struct vnft_look look)
{
	if (!l->bytes)
		return;
	if (!l->kernel.time_ns)
		l->is_first_of_kernel = find_kernel(l, look);
	if (!l->init.time_ns && is_inits(l, whole))
		l->init = l->begun;
}

static void add(struct vnft_first_lines *l, unsigned char c, struct vnft_look look)
{
	if (c == '\t')
		c = ' ';
	if (c < ' ' || c == 0x7f)
		return;
	if (!l->bytes)
		l->begun = look;
	if (l->bytes + 1 == sizeof(l->line))
		return;
	l->line[l->bytes++] = (char)c;
	l->line[l->bytes] = 0;
}

/* ECMA-48: what a terminal is told stands between the bytes of a line. */
static void skip(struct vnft_first_lines *l, unsigned char c)
{
	switch (l->state) {
	case VNFT_FIRST_ESCAPE:
		if (c == '[')
			l->state = VNFT_FIRST_CONTROL;
		else if (c && strchr("]PX^_", c))
			l->state = VNFT_FIRST_STRING;
		else if (c < 0x20 || c > 0x2f)
			l->state = VNFT_FIRST_TEXT;
		break;
	case VNFT_FIRST_CONTROL:
		if (c >= 0x40 && c <= 0x7e)
			l->state = VNFT_FIRST_TEXT;
		break;
	default:
		if (c == BEL)
			l->state = VNFT_FIRST_TEXT;
	}
}

void vnft_first_lines_take(struct vnft_first_lines *l, const char *text, size_t bytes,
			   struct vnft_look look)
{
	size_t i;

	if (bytes && !l->byte.time_ns)
		l->byte = look;
	for (i = 0; i < bytes; i++) {
		const unsigned char c = (unsigned char)text[i];

		if (c == '\n') {
			/* Whatever a terminal was being told: lines end. */
			judge(l, true, look);
			l->state = VNFT_FIRST_TEXT;
			l->bytes = 0;
			l->is_first_of_kernel = false;
		} else if (c == ESC) {
			l->state = VNFT_FIRST_ESCAPE;
		} else if (l->state != VNFT_FIRST_TEXT) {
			skip(l, c);
		} else {
			add(l, c, look);
		}
	}
	judge(l, false, look);
}

bool vnft_first_lines_done(const struct vnft_first_lines *l)
{
	return l->byte.time_ns && l->kernel.time_ns && l->init.time_ns;
}

const char *vnft_first_lines_no_kernel(void)
{
	return "no line of a Linux kernel came before the launch was over (quiet?)";
}

const char *vnft_first_lines_no_init(const struct vnft_first_lines *l)
{
	if (l->init_text[0])
		return "no line with its type's console_init came before the launch was over";
	if (l->timed)
		return "no line but the kernel's came before the launch was over";
	return l->kernel.time_ns ?
	       "its kernel's lines have no time (printk.time=1), and its type no console_init" :
	       "no line of its kernel came to tell it from, and its type has no console_init";
}
