/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command table and the option tables. A table entry writes straight into the verb's config
 * struct; help, man page and shell completion are printed from the same entries.
 */
#ifndef VNFT_LIB_OPTION_H
#define VNFT_LIB_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum vnft_opt_type {
	VNFT_OPT_FLAG,		/* bool, no argument */
	VNFT_OPT_STRING,	/* const char * */
	VNFT_OPT_LIST,		/* struct vnft_list: comma separated, and repeatable */
	VNFT_OPT_U64,		/* uint64_t in [min, max] */
	VNFT_OPT_DURATION_NS,	/* uint64_t; "10ms" "1.5s" "200us" "5m"; a unit is required */
	VNFT_OPT_CHOICE,	/* int: index into choices[] */
};

#define VNFT_LIST_MAX 1024
struct vnft_list {
	const char *item[VNFT_LIST_MAX];
	size_t n;
};

/**
 * struct vnft_opt - one option
 * @name: long name without dashes; NULL ends a table
 * @letter: short name or 0
 * @offset: of the field in the verb's config struct
 * @arg: what to call the argument in help, NULL for a flag
 * @min: smallest value of a number or duration
 * @max: largest; 0 means no limit
 * @choices: NULL-terminated words of a VNFT_OPT_CHOICE
 * @complete: what completion offers for the argument: "dev", "type", "file", "dir", words in the
 *            form "syn|icmp", or NULL
 */
struct vnft_opt {
	const char *name;
	char letter;
	enum vnft_opt_type type;
	size_t offset;
	const char *arg;
	const char *help;
	uint64_t min;
	uint64_t max;
	const char *const *choices;
	const char *complete;
};

/**
 * struct vnft_common - first member of every verb's config struct: the options all verbs have
 */
struct vnft_common {
	bool json;		/* -j --json */
	bool verbose;		/* -v --verbose */
	bool help;		/* -h --help */
};

/**
 * struct vnft_cmd - one verb; lives in tools/cmd/VERB.c as vnft_cmd_VERB
 * @name: as typed
 * @summary: one line, no full stop
 * @args: positional arguments for the synopsis, e.g. "DEV..."
 * @min_args: fewer is a usage error
 * @max_args: more is a usage error; -1 for no limit
 * @complete: what completion offers for positional arguments, as in struct vnft_opt
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

/**
 * vnft_opt_parse() - parse a verb's command line
 * @config: config_bytes, already holding the defaults
 * @argv: the words after the verb
 * @args: receives pointers to the positional arguments; room for argc of them
 *
 * Options and positional arguments may be mixed; "--" ends options; "--name=value" and
 * "--name value" are the same. --help ends parsing at once.
 *
 * Return: number of positional arguments, or -EINVAL after vnft_fail().
 */
int vnft_opt_parse(const struct vnft_cmd *cmd, void *config, int argc, char **argv, char **args);

/* "10ms" to nanoseconds; -EINVAL after vnft_fail() names the fault. */
int vnft_parse_duration_ns(const char *text, uint64_t *ns);

/* main(): find the verb, parse, run, print the reason of a failure once; returns the exit code. */
int vnft_dispatch(int argc, char **argv);

void vnft_help(const struct vnft_cmd *cmd);		/* NULL: the overview */
int vnft_help_man(const char *verb);			/* troff, NULL: vnftrace(1) */
int vnft_help_completion(void);				/* bash */

#endif
