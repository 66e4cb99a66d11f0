/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of verbs.
 */
#ifndef VNFT_LIB_VERB_H
#define VNFT_LIB_VERB_H

#include <stddef.h>

struct vnft_opt;

/**
 * struct vnft_cmd - one verb; lives in tools/cmd/VERB.c as vnft_cmd_VERB
 * @name: as typed
 * @summary: one line, no full stop
 * @args: positional arguments for the synopsis, e.g. "DEV..."
 * @min_args: fewer is a usage error
 * @max_args: more is a usage error; -1 for no limit
 * @complete: what completion offers for positional arguments, as in struct vnft_opt; "KIND OTHER":
 *	KIND for the first of them alone
 * @text: paragraphs for help and man page: what it does, units, defaults, time-outs. An empty line
 *        ends a paragraph; lines that begin with a space stay as they are
 * @examples: "command\tcomment" lines, NULL-terminated
 * @opts: table, ended by a NULL name
 * @config_bytes: size of the config struct
 * @defaults: initial value of the config struct, or NULL for zero
 * @run: config (struct vnft_common first), positional arguments; returns an exit code
 */
struct vnft_cmd {
	const char *name;
	const char *summary;
	const char *args;
	int min_args;
	int max_args;
	const char *complete;
	const char *text;
	const char *const *examples;
	const struct vnft_opt *opts;
	size_t config_bytes;
	const void *defaults;
	int (*run)(const void *config, int argc, char **argv);
};

/* All verbs, NULL-terminated; defined in tools/vnftrace.c. */
extern const struct vnft_cmd *const vnft_cmds[];

/* NULL: there is no such verb. */
const struct vnft_cmd *vnft_cmd_find(const char *name);

#endif
