/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --help, and what the man pages say alike.
 */
#ifndef VNFT_LIB_HELP_H
#define VNFT_LIB_HELP_H

#include <stddef.h>

struct vnft_cmd;
struct vnft_opt;

void vnft_help(const struct vnft_cmd *cmd);		/* NULL: the overview */

/* "between SYNs (default 1ms, 10us to 10s)": the help text, the default and the range. */
void vnft_opt_help(const struct vnft_cmd *cmd, const struct vnft_opt *opt, char *to,
		   size_t bytes);

/* The exit codes, "code\ttext" per line; for the man pages and the overview. */
extern const char *const vnft_exit_texts[];

#endif
