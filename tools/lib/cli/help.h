/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What parser, help, man page and completion share about the option tables.
 */
#ifndef VNFT_LIB_HELP_H
#define VNFT_LIB_HELP_H

#include <stdio.h>

#include "option.h"

/* The options of every verb, ended by a NULL name. */
extern const struct vnft_opt vnft_common_opts[];

/* The @i-th option of a verb: its own, then the common ones; NULL after the last. */
const struct vnft_opt *vnft_opt_at(const struct vnft_cmd *cmd, size_t i);

const struct vnft_cmd *vnft_cmd_find(const char *name);

/* "N" or "auto|tcx|clsact": how the argument is written; "" for a flag. */
void vnft_opt_arg(const struct vnft_opt *opt, char *to, size_t bytes);

/* " (default 10ms, 1ms to 10s)" or "": what the table knows beside the help text. */
void vnft_opt_limits(const struct vnft_cmd *cmd, const struct vnft_opt *opt, char *to,
		     size_t bytes);

/* "10ms": the shortest exact way to write a duration that the parser reads back. */
void vnft_duration_text(uint64_t ns, char *to, size_t bytes);

/* "Did you mean": the candidate nearest to @word, NULL if none is near. */
struct vnft_guess {
	const char *word;
	const char *nearest;
	unsigned int distance;
};
void vnft_guess_begin(struct vnft_guess *guess, const char *word);
void vnft_guess_try(struct vnft_guess *guess, const char *candidate);

/* The exit codes, "code\ttext" per line; for the man pages and the overview. */
extern const char *const vnft_exit_texts[];

#endif
