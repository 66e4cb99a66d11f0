/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --help, from the tables.
 */
#include "help.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "option.h"
#include "verb.h"

#define WIDTH 80
#define OPTION_COLUMN 28

const char *const vnft_exit_texts[] = {
	"0\tdone",
	"1\tfailed: the line on stderr says what and why",
	"2\tthe command line is wrong",
	"3\ta threshold was passed, or a run lost too much to be valid",
	"4\tnot possible on this host: see vnftrace doctor",
	NULL
};

static size_t columns(const char *text, size_t bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n += (text[i] & 0xc0) != 0x80;
	return n;
}

/* Fill lines from column @at to WIDTH, following lines indented by @indent. */
static void wrap(const char *text, size_t at, size_t indent)
{
	bool first = true;

	while (*text) {
		size_t len, width;

		text += strspn(text, " \n");
		len = strcspn(text, " \n");
		if (!len)
			break;
		width = columns(text, len);
		if (!first && at + 1 + width > WIDTH) {
			printf("\n%*s", (int)indent, "");
			at = indent;
			first = true;
		}
		printf("%s%.*s", first ? "" : " ", (int)len, text);
		at += width + !first;
		first = false;
		text += len;
	}
	putchar('\n');
}

/* Paragraphs end at an empty line; lines that begin with a space are left alone. */
static void print_text(const char *text)
{
	while (*text) {
		const char *end = strstr(text, "\n\n");
		size_t len = end ? (size_t)(end - text) : strlen(text);
		char part[4096];

		snprintf(part, sizeof(part), "%.*s", (int)len, text);
		if (part[0] == ' ')
			printf("%s\n", part);
		else
			wrap(part, 0, 0);
		putchar('\n');
		text += len;
		text += strspn(text, "\n");
	}
}

static void default_text(const struct vnft_cmd *cmd, const struct vnft_opt *opt, char *to,
			 size_t bytes)
{
	const void *field = cmd->defaults ? (const char *)cmd->defaults + opt->offset : NULL;
	bool number = opt->type == VNFT_OPT_U64 || opt->type == VNFT_OPT_DURATION_NS;

	to[0] = '\0';
	/* A number that cannot be typed stands for "not given". */
	if (number && field && opt->max && *(const uint64_t *)field > opt->max)
		return;
	if (opt->type == VNFT_OPT_CHOICE)
		snprintf(to, bytes, "%s", opt->choices[field ? *(const int *)field : 0]);
	if (!field)
		return;
	if (opt->type == VNFT_OPT_STRING && *(const char *const *)field)
		snprintf(to, bytes, "%s", *(const char *const *)field);
	else if (number && *(const uint64_t *)field)
		vnft_opt_number(opt, *(const uint64_t *)field, to, bytes);
}

/* "1ms to 10s", "at least 1" or "". */
static void range_text(const struct vnft_opt *opt, char *to, size_t bytes)
{
	bool number = opt->type == VNFT_OPT_U64 || opt->type == VNFT_OPT_DURATION_NS;
	char low[32], high[32];

	to[0] = '\0';
	vnft_opt_number(opt, opt->min, low, sizeof(low));
	vnft_opt_number(opt, opt->max, high, sizeof(high));
	if (number && opt->max)
		snprintf(to, bytes, "%s to %s", low, high);
	else if (number && opt->min)
		snprintf(to, bytes, "at least %s", low);
}

void vnft_opt_help(const struct vnft_cmd *cmd, const struct vnft_opt *opt, char *to, size_t bytes)
{
	const char *help = opt->help ? opt->help : "", *mark = strchr(help, '@');
	char preset[128], range[96];
	size_t used;

	default_text(cmd, opt, preset, sizeof(preset));
	range_text(opt, range, sizeof(range));
	used = (size_t)snprintf(to, bytes, "%.*s%s%s", (int)strcspn(help, "@"), help,
				mark ? preset : "", mark ? mark + 1 : "");
	/* The help text names it, or says in words what is done without the option. */
	if (strstr(help, "default"))
		preset[0] = '\0';
	if (used < bytes && (preset[0] || range[0]))
		snprintf(to + used, bytes - used, " (%s%s%s%s)", preset[0] ? "default " : "",
			 preset, preset[0] && range[0] ? ", " : "", range);
}

static void print_option(const struct vnft_cmd *cmd, const struct vnft_opt *opt)
{
	char left[256], arg[192], all[1024];
	int used;

	vnft_opt_arg(opt, arg, sizeof(arg));
	vnft_opt_help(cmd, opt, all, sizeof(all));
	if (opt->letter)
		used = snprintf(left, sizeof(left), "  -%c, --%s%s%s", opt->letter, opt->name,
				arg[0] ? " " : "", arg);
	else
		used = snprintf(left, sizeof(left), "      --%s%s%s", opt->name, arg[0] ? " " : "",
				arg);
	if (used + 2 > OPTION_COLUMN)
		printf("%s\n%*s", left, OPTION_COLUMN, "");
	else
		printf("%-*s", OPTION_COLUMN, left);
	wrap(all, OPTION_COLUMN, OPTION_COLUMN);
}

static void print_examples(const char *const *examples)
{
	printf("\nExamples:\n");
	for (; *examples; examples++) {
		size_t len = strcspn(*examples, "\t");

		printf("  %.*s\n", (int)len, *examples);
		if ((*examples)[len]) {
			printf("      ");
			wrap(*examples + len + 1, 6, 6);
		}
	}
}

static void verb_help(const struct vnft_cmd *cmd)
{
	const struct vnft_opt *opt;

	printf("Usage: vnftrace %s [OPTION]...%s%s\n\n", cmd->name,
	       cmd->args && *cmd->args ? " " : "", cmd->args ? cmd->args : "");
	print_text(cmd->summary);
	if (cmd->text)
		print_text(cmd->text);
	printf("Options:\n");
	for (size_t i = 0; (opt = vnft_opt_at(cmd, i)); i++)
		print_option(cmd, opt);
	if (cmd->examples && *cmd->examples)
		print_examples(cmd->examples);
}

static void overview(void)
{
	printf("Usage: vnftrace VERB [OPTION]... [ARGUMENT]...\n\n"
	       "Measures virtualized network functions from inside the host's kernel: "
	       "instantiation\n"
	       "time, round-trip time, throughput and path overhead per virtualization type.\n\n"
	       "Verbs:\n");
	for (size_t i = 0; vnft_cmds[i]; i++)
		printf("  %-10s  %s\n", vnft_cmds[i]->name, vnft_cmds[i]->summary);
	printf("\n"
	       "  vnftrace help VERB              options of a verb, as vnftrace VERB --help\n"
	       "  vnftrace --version              version of this tool\n"
	       "  vnftrace --list-verbs           the verbs, one a line\n"
	       "  vnftrace --man [VERB]           manual page, as troff\n"
	       "  vnftrace --completion [SHELL]   completion for bash, zsh or fish\n"
	       "\nExit codes:\n");
	for (size_t i = 0; vnft_exit_texts[i]; i++)
		printf("  %c  %s\n", vnft_exit_texts[i][0], vnft_exit_texts[i] + 2);
}

void vnft_help(const struct vnft_cmd *cmd)
{
	if (cmd)
		verb_help(cmd);
	else
		overview();
}
