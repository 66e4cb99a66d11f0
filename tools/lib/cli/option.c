/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parser: words of a command line → fields of a verb's config struct, by its table.
 */
#include "option.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guess.h"
#include "verb.h"
#include "../text/duration.h"
#include "../text/error.h"

/* The options of every verb, ended by a NULL name. */
static const struct vnft_opt common_opts[] = {
	{ .name = "json", .letter = 'j', .type = VNFT_OPT_FLAG,
	  .offset = offsetof(struct vnft_common, json), .help = "print JSON instead of text" },
	{ .name = "verbose", .letter = 'v', .type = VNFT_OPT_FLAG,
	  .offset = offsetof(struct vnft_common, verbose),
	  .help = "say on stderr what is being done" },
	{ .name = "help", .letter = 'h', .type = VNFT_OPT_FLAG,
	  .offset = offsetof(struct vnft_common, help), .help = "print this help" },
	{ 0 }
};

const struct vnft_opt *vnft_opt_at(const struct vnft_cmd *cmd, size_t i)
{
	size_t n = 0;

	while (cmd->opts && cmd->opts[n].name)
		n++;
	if (i < n)
		return &cmd->opts[i];
	i -= n;
	return i < sizeof(common_opts) / sizeof(common_opts[0]) - 1 ?
		&common_opts[i] : NULL;
}

void vnft_opt_arg(const struct vnft_opt *opt, char *to, size_t bytes)
{
	size_t used = 0;

	to[0] = '\0';
	if (opt->type == VNFT_OPT_FLAG)
		return;
	if (opt->type != VNFT_OPT_CHOICE || !opt->choices) {
		snprintf(to, bytes, "%s", opt->arg ? opt->arg : "VALUE");
		return;
	}
	for (size_t i = 0; opt->choices[i] && used < bytes; i++)
		used += (size_t)snprintf(to + used, bytes - used, "%s%s", i ? "|" : "",
					 opt->choices[i]);
}

void vnft_opt_number(const struct vnft_opt *opt, uint64_t value, char *to, size_t bytes)
{
	if (opt->type == VNFT_OPT_DURATION_NS)
		vnft_duration_text(value, to, bytes);
	else
		snprintf(to, bytes, "%" PRIu64, value);
}

static int put_number(const struct vnft_cmd *cmd, const struct vnft_opt *opt, const char *text,
		      uint64_t *to)
{
	char low[32], high[32], *end;
	uint64_t value;
	int err = 0;

	if (opt->type == VNFT_OPT_DURATION_NS) {
		err = vnft_parse_duration_ns(text, &value);
		if (err)
			return vnft_fail(err, "%s: --%s: %s", cmd->name, opt->name, vnft_why());
	} else {
		errno = 0;
		value = strtoull(text, &end, 10);
		if (!isdigit((unsigned char)*text) || *end)
			return vnft_fail(-EINVAL, "%s: --%s: %.40s: not a whole number", cmd->name,
					 opt->name, text);
		err = errno;
	}
	vnft_opt_number(opt, opt->min, low, sizeof(low));
	vnft_opt_number(opt, opt->max, high, sizeof(high));
	if (!err && value >= opt->min && (!opt->max || value <= opt->max)) {
		*to = value;
		return 0;
	}
	if (opt->max)
		return vnft_fail(-EINVAL, "%s: --%s: %.40s: out of range: %s to %s", cmd->name,
				 opt->name, text, low, high);
	return vnft_fail(-EINVAL, "%s: --%s: %.40s: out of range: at least %s", cmd->name,
			 opt->name, text, low);
}

static int put_choice(const struct vnft_cmd *cmd, const struct vnft_opt *opt, const char *text,
		      int *to)
{
	char allowed[256];

	for (int i = 0; opt->choices[i]; i++)
		if (!strcmp(text, opt->choices[i])) {
			*to = i;
			return 0;
		}
	vnft_opt_arg(opt, allowed, sizeof(allowed));
	return vnft_fail(-EINVAL, "%s: --%s: %.40s: not one of %s", cmd->name, opt->name, text,
			 allowed);
}

static int put_list(const struct vnft_cmd *cmd, const struct vnft_opt *opt, const char *text,
		    struct vnft_list *to)
{
	char *copy = strdup(text), *item;	/* lives as long as the config: the process */

	if (!copy)
		return vnft_fail(-ENOMEM, "out of memory");
	while ((item = strsep(&copy, ","))) {
		if (!*item)
			return vnft_fail(-EINVAL, "%s: --%s: %.40s: an item is empty", cmd->name,
					 opt->name, text);
		if (to->n == VNFT_LIST_MAX)
			return vnft_fail(-EINVAL, "%s: --%s: more than %d items", cmd->name,
					 opt->name, VNFT_LIST_MAX);
		to->item[to->n++] = item;
	}
	return 0;
}

static int put_each(const struct vnft_cmd *cmd, const struct vnft_opt *opt, const char *text,
		    struct vnft_list *to)
{
	if (!*text)
		return vnft_fail(-EINVAL, "%s: --%s: empty: give %s", cmd->name, opt->name,
				 opt->arg);
	if (to->n == VNFT_LIST_MAX)
		return vnft_fail(-EINVAL, "%s: --%s: more than %d times", cmd->name, opt->name,
				 VNFT_LIST_MAX);
	to->item[to->n++] = text;
	return 0;
}

static int put(const struct vnft_cmd *cmd, const struct vnft_opt *opt, const char *text,
	       void *config)
{
	void *field = (char *)config + opt->offset;

	switch (opt->type) {
	case VNFT_OPT_FLAG:
		*(bool *)field = true;
		return 0;
	case VNFT_OPT_STRING:
		if (!*text)
			return vnft_fail(-EINVAL, "%s: --%s: empty: give %s", cmd->name, opt->name,
					 opt->arg);
		*(const char **)field = text;
		return 0;
	case VNFT_OPT_LIST:
		return put_list(cmd, opt, text, field);
	case VNFT_OPT_EACH:
		return put_each(cmd, opt, text, field);
	case VNFT_OPT_CHOICE:
		return put_choice(cmd, opt, text, field);
	default:
		return put_number(cmd, opt, text, field);
	}
}

static int unknown(const struct vnft_cmd *cmd, const char *word, const char *name, size_t len)
{
	const struct vnft_opt *opt;
	struct vnft_guess guess;
	char text[64];

	snprintf(text, sizeof(text), "%.*s", (int)(len < 60 ? len : 60), name);
	vnft_guess_begin(&guess, text);
	for (size_t i = 0; (opt = vnft_opt_at(cmd, i)); i++)
		vnft_guess_try(&guess, opt->name);
	if (guess.nearest && !strncmp(word, "--", 2))
		return vnft_fail(-EINVAL, "%s: --%s: unknown option: did you mean --%s?", cmd->name,
				 text, guess.nearest);
	return vnft_fail(-EINVAL, "%s: %.60s: unknown option: see vnftrace %s --help", cmd->name,
			 word, cmd->name);
}

static int missing(const struct vnft_cmd *cmd, const struct vnft_opt *opt)
{
	char arg[256];

	vnft_opt_arg(opt, arg, sizeof(arg));
	return vnft_fail(-EINVAL, "%s: --%s: no value: give %s", cmd->name, opt->name, arg);
}

/* "--name", "--name=value" or "--name value"; moves *@argv on when it takes the next word. */
static int parse_long(const struct vnft_cmd *cmd, void *config, char ***argv)
{
	const char *name = **argv + 2, *value = strchr(name, '=');
	size_t len = value ? (size_t)(value - name) : strlen(name);
	const struct vnft_opt *opt;
	size_t i;

	for (i = 0; (opt = vnft_opt_at(cmd, i)); i++)
		if (strlen(opt->name) == len && !strncmp(opt->name, name, len))
			break;
	if (!opt)
		return unknown(cmd, **argv, name, len);
	if (opt->type == VNFT_OPT_FLAG)
		return value ? vnft_fail(-EINVAL, "%s: --%s: %.40s: it takes no value", cmd->name,
					 opt->name, value + 1) : put(cmd, opt, NULL, config);
	if (value)
		return put(cmd, opt, value + 1, config);
	if (!(*argv)[1])
		return missing(cmd, opt);
	return put(cmd, opt, *++*argv, config);
}

/* "-r5", "-r 5", and flags in one word as in "-jv". */
static int parse_short(const struct vnft_cmd *cmd, void *config, char ***argv)
{
	const struct vnft_opt *opt, *old;
	const char *at;
	int err;

	for (at = **argv + 1; *at; at++) {
		for (size_t i = 0; (opt = vnft_opt_at(cmd, i)); i++)
			if (opt->letter == *at)
				break;
		for (size_t i = 0; !opt && (old = vnft_opt_at(cmd, i)); i++)
			if (old->old_letter == *at)
				opt = old;
		if (!opt)
			return unknown(cmd, **argv, "", 0);
		if (opt->type != VNFT_OPT_FLAG) {
			if (at[1])
				return put(cmd, opt, at + 1, config);
			if (!(*argv)[1])
				return missing(cmd, opt);
			return put(cmd, opt, *++*argv, config);
		}
		err = put(cmd, opt, NULL, config);
		if (err)
			return err;
	}
	return 0;
}

int vnft_opt_parse(const struct vnft_cmd *cmd, void *config, int argc, char **argv, char **args)
{
	const struct vnft_common *common = config;
	char **end = argv + argc;
	bool options = true;
	int n = 0, err;

	for (; argv < end && *argv; argv++) {
		const char *word = *argv;

		if (!options || word[0] != '-' || !word[1]) {
			args[n++] = *argv;
			continue;
		}
		if (!strcmp(word, "--")) {
			options = false;
			continue;
		}
		err = word[1] == '-' ? parse_long(cmd, config, &argv) :
				       parse_short(cmd, config, &argv);
		if (err)
			return err;
		if (common->help)
			return 0;
	}
	if (n < cmd->min_args)
		return vnft_fail(-EINVAL, "%s: needs %s: see vnftrace %s --help", cmd->name,
				 cmd->args ? cmd->args : "arguments", cmd->name);
	if (cmd->max_args >= 0 && n > cmd->max_args)
		return vnft_fail(-EINVAL,
				 "%s: %.40s: one argument too many: see vnftrace %s --help",
				 cmd->name, args[cmd->max_args], cmd->name);
	return n;
}
