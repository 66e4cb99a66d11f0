/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a console says first: a byte, a line of a Linux kernel, and a line of the first process
 * behind it (docs/method.md, "The console in a launch"). A guest may say anything, in pieces of any
 * size and without end: what is kept of it is one line.
 */
#ifndef VNFT_GUEST_FIRST_LINES_H
#define VNFT_GUEST_FIRST_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VNFT_FIRST_LINES_BYTES	512

/**
 * struct vnft_look - one look at a console: what was new to it came between the two
 * @before_ns: begin of the look before
 * @time_ns: when this one had read what it found; 0: there was none
 */
struct vnft_look {
	uint64_t before_ns, time_ns;
};

/**
 * enum vnft_first_state - what the next byte is a part of
 * @VNFT_FIRST_TEXT: the line
 * @VNFT_FIRST_ESCAPE: behind an ESC
 * @VNFT_FIRST_CONTROL: a control sequence, ESC [ ...
 * @VNFT_FIRST_STRING: a string that is for the terminal, ESC ] ...
 */
enum vnft_first_state {
	VNFT_FIRST_TEXT,
	VNFT_FIRST_ESCAPE,
	VNFT_FIRST_CONTROL,
	VNFT_FIRST_STRING,
};

/**
 * struct vnft_first_lines - of one console
 * @byte, @kernel, @init: the look that found the first byte, and the first byte of these lines;
 *	a @time_ns of 0: not seen
 * @init_text: what is in init's first line; "": it is told by the kernel's lines before it
 * @timed: a line of the kernel began with its time, so that lines of others can be told
 * @begun: the look that found the first byte of the present line
 * @line, @bytes: the present line as far as it came and fits, without what is for a terminal
 * @is_first_of_kernel: the present line holds the kernel's first words
 */
struct vnft_first_lines {
	struct vnft_look byte, kernel, init;
	const char *init_text;
	bool timed;
	enum vnft_first_state state;
	struct vnft_look begun;
	char line[VNFT_FIRST_LINES_BYTES];
	size_t bytes;
	bool is_first_of_kernel;
};

/* @init_text has to stay where it is. */
void vnft_first_lines_begin(struct vnft_first_lines *l, const char *init_text);
/* What @look found, which continues what was before. */
void vnft_first_lines_take(struct vnft_first_lines *l, const char *text, size_t bytes,
			   struct vnft_look look);
/* Is nothing more to be found? */
bool vnft_first_lines_done(const struct vnft_first_lines *l);
/* Why there was no line of the kernel, or of init. */
const char *vnft_first_lines_no_kernel(void);
const char *vnft_first_lines_no_init(const struct vnft_first_lines *l);

#endif
