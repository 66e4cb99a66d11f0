/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Manual pages in troff's man macros, from the tables.
 */
#include "man.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "help.h"
#include "option.h"
#include "verb.h"
#include "../host/version.h"
#include "../text/error.h"

/*
 * One UTF-8 character as troff's name for it; returns its length. Bytes that are none become '?'.
 */
static size_t put_wide(const unsigned char *at)
{
	size_t n = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	unsigned int code = at[0] & (0x7fU >> n);

	for (size_t i = 1; i < n; i++) {
		if ((at[i] & 0xc0) != 0x80) {
			putchar('?');
			return 1;
		}
		code = code << 6 | (at[i] & 0x3f);
	}
	printf("\\[u%04X]", code);
	return n;
}

/* Text that troff takes for nothing but text. */
static void put(const char *text, size_t len)
{
	bool line_start = true;

	for (size_t i = 0; i < len; ) {
		unsigned char c = (unsigned char)text[i];

		if (line_start && (c == '.' || c == '\''))
			printf("\\&");
		line_start = c == '\n';
		if (c >= 0x80) {
			i += put_wide((const unsigned char *)text + i);
			continue;
		}
		if (c == '\\')
			printf("\\e");
		else if (c == '-')
			printf("\\-");
		else
			putchar(c);
		i++;
	}
}

static void put_line(const char *text)
{
	put(text, strlen(text));
	putchar('\n');
}

static void put_upper(const char *text)
{
	for (; *text; text++) {
		char c = (char)toupper((unsigned char)*text);

		put(&c, 1);
	}
}

static void put_text(const char *text)
{
	bool first = true;	/* a heading begins a paragraph by itself */

	for (; *text; first = false) {
		const char *end = strstr(text, "\n\n");
		size_t len = end ? (size_t)(end - text) : strlen(text);

		while (len && text[len - 1] == '\n')
			len--;
		printf("%s%s", first ? "" : ".PP\n", text[0] == ' ' ? ".nf\n" : "");
		put(text, len);
		printf(text[0] == ' ' ? "\n.fi\n" : "\n");
		text = end ? end : text + strlen(text);
		text += strspn(text, "\n");
	}
}

static void title(const char *verb)
{
	printf(".\\\" Made by vnftrace --man from its option tables.\n.TH VNFTRACE");
	if (verb) {
		printf("\\-");
		put_upper(verb);
	}
	printf(" 1 %s \"vnftrace %s\" \"User Commands\"\n.SH NAME\nvnftrace", VNFT_VERSION_DATE,
	       VNFT_VERSION);
	if (verb) {
		printf("\\-");
		put(verb, strlen(verb));
	}
	printf(" \\- ");
}

static void put_option(const struct vnft_cmd *cmd, const struct vnft_opt *opt)
{
	char arg[192], text[1024];

	vnft_opt_arg(opt, arg, sizeof(arg));
	vnft_opt_help(cmd, opt, text, sizeof(text));
	printf(".TP\n");
	if (opt->letter)
		printf("\\fB\\-%c\\fR, ", opt->letter);
	printf("\\fB\\-\\-");
	put(opt->name, strlen(opt->name));
	printf("\\fR");
	if (arg[0]) {
		printf(" \\fI");
		put(arg, strlen(arg));
		printf("\\fR");
	}
	putchar('\n');
	put_line(text);
}

static void put_examples(const char *const *examples)
{
	printf(".SH EXAMPLES\n");
	for (; *examples; examples++) {
		size_t len = strcspn(*examples, "\t");

		printf(".TP\n\\fB");
		put(*examples, len);
		printf("\\fR\n");
		put_line((*examples)[len] ? *examples + len + 1 : "\\&");
	}
}

static void put_exit_codes(void)
{
	printf(".SH EXIT STATUS\n");
	for (size_t i = 0; vnft_exit_texts[i]; i++) {
		printf(".TP\n.B %c\n", vnft_exit_texts[i][0]);
		put_line(vnft_exit_texts[i] + 2);
	}
}

static void verb_page(const struct vnft_cmd *cmd)
{
	const struct vnft_opt *opt;

	title(cmd->name);
	put_line(cmd->summary);
	printf(".SH SYNOPSIS\n\\fBvnftrace ");
	put(cmd->name, strlen(cmd->name));
	printf("\\fR [\\fIOPTION\\fR]...");
	if (cmd->args && *cmd->args) {
		printf(" \\fI");
		put(cmd->args, strlen(cmd->args));
		printf("\\fR");
	}
	printf("\n.SH DESCRIPTION\n");
	put_text(cmd->text ? cmd->text : cmd->summary);
	printf(".SH OPTIONS\n");
	for (size_t i = 0; (opt = vnft_opt_at(cmd, i)); i++)
		put_option(cmd, opt);
	put_exit_codes();
	if (cmd->examples && *cmd->examples)
		put_examples(cmd->examples);
	printf(".SH SEE ALSO\n.BR vnftrace (1)\n");
}

static void overview_page(void)
{
	title(NULL);
	printf("measure virtualized network functions from inside the kernel\n"
	       ".SH SYNOPSIS\n\\fBvnftrace\\fR \\fIVERB\\fR [\\fIOPTION\\fR]... "
	       "[\\fIARGUMENT\\fR]...\n"
	       ".SH DESCRIPTION\n"
	       "Stamps packets in the host kernel, on the tap, veth and Xen vif devices that every "
	       "guest\n"
	       "hangs from, and turns the stamps into instantiation time, round\\-trip time, "
	       "throughput\n"
	       "and per\\-packet path overhead, per virtualization type.\n"
	       ".SH VERBS\n");
	for (size_t i = 0; vnft_cmds[i]; i++) {
		printf(".TP\n.BR vnftrace\\-");
		put(vnft_cmds[i]->name, strlen(vnft_cmds[i]->name));
		printf(" (1)\n");
		put_line(vnft_cmds[i]->summary);
	}
	printf(".SH OPTIONS\n"
	       ".TP\n.BR \\-h \", \" \\-\\-help\nPrint an overview.\n"
	       ".TP\n.BR \\-V \", \" \\-\\-version\nPrint the version.\n"
	       ".TP\n.B \\-\\-list\\-verbs\nPrint the verbs, one a line.\n"
	       ".TP\n\\fB\\-\\-man\\fR [\\fIVERB\\fR]\nPrint a manual page as troff.\n"
	       ".TP\n\\fB\\-\\-completion\\fR [\\fISHELL\\fR]\n"
	       "Print completion for bash (the default), zsh or fish.\n");
	put_exit_codes();
	printf(".SH FILES\n"
	       ".TP\n.I /run/vnftrace\nRuns that are alive, and what they made.\n"
	       ".TP\n.I /sys/fs/bpf/vnftrace\nPersistent attachments.\n"
	       ".TP\n.I /var/cache/vnftrace\nGuest images.\n"
	       ".SH SEE ALSO\n");
	for (size_t i = 0; vnft_cmds[i]; i++)
		printf(".BR vnftrace\\-%s (1)%s\n", vnft_cmds[i]->name,
		       vnft_cmds[i + 1] ? "," : "");
}

int vnft_help_man(const char *verb)
{
	const struct vnft_cmd *cmd = verb ? vnft_cmd_find(verb) : NULL;

	if (verb && !cmd)
		return vnft_fail(-EINVAL, "--man: %.40s: no such verb: see vnftrace --list-verbs",
				 verb);
	if (cmd)
		verb_page(cmd);
	else
		overview_page();
	return 0;
}
