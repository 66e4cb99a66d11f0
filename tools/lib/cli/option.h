/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Option tables. An entry writes straight into the verb's config struct; help, man page and shell
 * completion are printed from the same entries.
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
	VNFT_OPT_EACH,		/* struct vnft_list: one item each time; it may hold commas */
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
 * @letter: short name or 0; it has one meaning in all verbs (letters.h)
 * @old_letter: what the short name was before, or 0: accepted still, and in no help
 * @offset: of the field in the verb's config struct
 * @arg: what to call the argument in help, NULL for a flag
 * @help: one line without full stop. The default is in the config struct only: it is added at the
 *        end, or stands where the text has an '@'; a text with the word "default" in it says what
 *        is done without the option, and nothing is added
 * @min: smallest value of a number or duration
 * @max: largest; 0 means no limit
 * @choices: NULL-terminated words of a VNFT_OPT_CHOICE
 * @complete: what completion offers for the argument: a kind of words.c ("dev", "type"), "file",
 *            "dir", words in the form "syn|icmp", or NULL
 */
struct vnft_opt {
	const char *name;
	char letter;
	char old_letter;
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

struct vnft_cmd;

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

/* The @i-th option of a verb: its own, then the common ones; NULL after the last. */
const struct vnft_opt *vnft_opt_at(const struct vnft_cmd *cmd, size_t i);

/* "N" or "auto|tcx|clsact": how the argument is written; "" for a flag. */
void vnft_opt_arg(const struct vnft_opt *opt, char *to, size_t bytes);

/* @value of a VNFT_OPT_U64 or VNFT_OPT_DURATION_NS as it is typed. */
void vnft_opt_number(const struct vnft_opt *opt, uint64_t value, char *to, size_t bytes);

#endif
