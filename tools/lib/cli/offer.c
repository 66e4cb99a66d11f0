/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What completion offers, from the tables of verbs and options.
 */
#include "offer.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "option.h"
#include "verb.h"
#include "../text/clean.h"

#define NAME_BYTES 512

/* What is typed: @before stays as it is, and the words begin with @typed. */
struct typing {
	const char *before;
	size_t before_bytes;
	const char *typed;
};

static void put_name(const char *name, void *arg)
{
	const struct typing *place = arg;
	char shown[VNFT_NAME_SHOWN_BYTES(NAME_BYTES)];

	vnft_name_show(shown, sizeof(shown), name);
	if (!strncmp(shown, place->typed, strlen(place->typed)))
		printf("%.*s%s\n", (int)place->before_bytes, place->before, shown);
}

/* "auto|tcx|clsact" */
static void put_words(const char *words, struct typing *place)
{
	char word[NAME_BYTES];
	size_t n;

	for (; *words; words += n + (words[n] == '|')) {
		n = strcspn(words, "|");
		snprintf(word, sizeof(word), "%.*s", (int)n, words);
		put_name(word, place);
	}
}

/* A list is completed behind its last comma. */
static void behind_comma(struct typing *place)
{
	const char *comma = strrchr(place->typed, ',');
	const char *start = place->before_bytes ? place->before : place->typed;

	if (!comma)
		return;
	place->before = start;
	place->before_bytes = (size_t)(comma + 1 - start);
	place->typed = comma + 1;
}

static void put_kind(const char *complete, struct typing *place)
{
	const struct vnft_offer_kind *kind = vnft_offer_kinds;

	if (!complete)
		return;
	if (!strcmp(complete, "file") || !strcmp(complete, "dir")) {
		printf("/%s\n", complete);
		return;
	}
	while (kind->name && strcmp(kind->name, complete))
		kind++;
	if (kind->name)
		kind->each(place->typed, put_name, place);
	else
		put_words(complete, place);
}

static void put_value(const struct vnft_opt *opt, struct typing *place)
{
	if (opt->type == VNFT_OPT_LIST)
		behind_comma(place);
	if (opt->type == VNFT_OPT_CHOICE)
		for (size_t i = 0; opt->choices[i]; i++)
			put_name(opt->choices[i], place);
	else
		put_kind(opt->complete, place);
}

static void put_verbs(struct typing *place)
{
	for (size_t i = 0; vnft_cmds[i]; i++)
		put_name(vnft_cmds[i]->name, place);
}

static void put_options(const struct vnft_cmd *cmd, struct typing *place)
{
	const struct vnft_opt *opt;
	char word[NAME_BYTES];

	for (size_t i = 0; (opt = vnft_opt_at(cmd, i)); i++) {
		snprintf(word, sizeof(word), "--%s", opt->name);
		put_name(word, place);
	}
}

/* The option that @word is, if an argument follows it: "-x", or "--name" up to @bytes. */
static const struct vnft_opt *asks(const struct vnft_cmd *cmd, const char *word, size_t bytes)
{
	const struct vnft_opt *opt;

	for (size_t i = 0; (opt = vnft_opt_at(cmd, i)); i++) {
		if (opt->type == VNFT_OPT_FLAG)
			continue;
		if (bytes == 2 && word[0] == '-' && opt->letter && word[1] == opt->letter)
			return opt;
		if (bytes > 2 && !strncmp(word, "--", 2) && bytes - 2 == strlen(opt->name) &&
		    !strncmp(word + 2, opt->name, bytes - 2))
			return opt;
	}
	return NULL;
}

static bool past_options(int n, char **words)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(words[i], "--"))
			return true;
	return false;
}

/* Is there an argument before the last word? An option's value is none; "=" is bash's word. */
static bool behind_first(const struct vnft_cmd *cmd, int n, char **words)
{
	bool options = true;

	for (int i = 1; i < n - 1; i++) {
		if (!options || words[i][0] != '-' || !words[i][1]) {
			return true;
		} else if (!strcmp(words[i], "--")) {
			options = false;
		} else if (!strcmp(words[i + 1], "=")) {
			i += 2;
		} else if (asks(cmd, words[i], strlen(words[i]))) {
			i++;
		}
	}
	return false;
}

static void put_argument(const struct vnft_cmd *cmd, bool first, struct typing *place)
{
	const char *others = cmd->complete ? strchr(cmd->complete, ' ') : NULL;
	char kind[32];

	if (!others) {
		put_kind(cmd->complete, place);
	} else if (!first) {
		put_kind(others + 1, place);
	} else {
		snprintf(kind, sizeof(kind), "%.*s", (int)(others - cmd->complete), cmd->complete);
		put_kind(kind, place);
	}
}

/* @n words, the first is the verb and the last is being typed. */
static void put_for_verb(const struct vnft_cmd *cmd, int n, char **words, struct typing *place)
{
	const size_t name_bytes = strcspn(place->typed, "=");
	const struct vnft_opt *opt = NULL;
	const char *prev = words[n - 2];

	/* bash makes three words of "--name=value". */
	if (!strcmp(place->typed, "="))
		place->typed = "";
	else if (!strcmp(prev, "=") && n > 2)
		prev = words[n - 3];
	if (!past_options(n - 1, words)) {
		opt = asks(cmd, prev, strlen(prev));
		if (!opt && place->typed[name_bytes]) {
			opt = asks(cmd, place->typed, name_bytes);
			if (opt) {
				place->before = place->typed;
				place->before_bytes = name_bytes + 1;
				place->typed += name_bytes + 1;
			}
		}
		if (opt) {
			put_value(opt, place);
			return;
		}
		if (place->typed[0] == '-') {
			put_options(cmd, place);
			return;
		}
	}
	if (cmd->max_args)
		put_argument(cmd, !behind_first(cmd, n, words), place);
}

void vnft_offer(int n, char **words)
{
	struct typing place = { .before = "", .typed = n ? words[n - 1] : "" };
	const struct vnft_cmd *cmd;

	if (n < 2) {
		put_verbs(&place);
		put_words("help|--help|--version|--list-verbs|--man|--completion", &place);
		return;
	}
	cmd = vnft_cmd_find(words[0]);
	if (cmd)
		put_for_verb(cmd, n, words, &place);
	else if (n == 2 && (!strcmp(words[0], "help") || !strcmp(words[0], "--man")))
		put_verbs(&place);
	else if (n == 2 && !strcmp(words[0], "--completion"))
		put_words("bash|zsh|fish", &place);
}
