/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Completion for bash, from the tables. Devices come from /sys, types from `vnftrace types
 * --names`.
 */
#include "completion.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "option.h"
#include "verb.h"

static void put_words(const char *text)
{
	for (; *text; text++)
		putchar(*text == '|' ? ' ' : *text);
}

/* The shell call that offers words for an argument of kind @complete. */
static void put_offer(const char *complete, bool list)
{
	if (!complete) {
		printf("COMPREPLY=()");
	} else if (strchr(complete, '|')) {
		printf("_vnftrace_offer \"");
		put_words(complete);
		printf("\"");
	} else {
		printf("_vnftrace_offer_%s %s", complete, list ? "list" : "one");
	}
}

static void put_choices(const struct vnft_opt *opt)
{
	printf("_vnftrace_offer \"");
	for (size_t i = 0; opt->choices[i]; i++)
		printf("%s%s", i ? " " : "", opt->choices[i]);
	printf("\"");
}

static void put_verb(const struct vnft_cmd *cmd)
{
	const struct vnft_opt *opt;

	printf("\t%s)\n\t\tcase $prev in\n", cmd->name);
	for (size_t i = 0; (opt = vnft_opt_at(cmd, i)); i++) {
		if (opt->type == VNFT_OPT_FLAG)
			continue;
		printf("\t\t--%s", opt->name);
		if (opt->letter)
			printf("|-%c", opt->letter);
		printf(") ");
		if (opt->type == VNFT_OPT_CHOICE)
			put_choices(opt);
		else
			put_offer(opt->complete, opt->type == VNFT_OPT_LIST);
		printf("; return ;;\n");
	}
	printf("\t\tesac\n\t\tcase $cur in\n\t\t-*) _vnftrace_offer \"");
	for (size_t i = 0; (opt = vnft_opt_at(cmd, i)); i++)
		printf("%s--%s", i ? " " : "", opt->name);
	printf("\" ;;\n\t\t*) ");
	put_offer(cmd->max_args ? cmd->complete : NULL, false);
	printf(" ;;\n\t\tesac\n\t\t;;\n");
}

int vnft_help_completion(void)
{
	printf("# bash completion for vnftrace, made by vnftrace --completion\n"
	       "_vnftrace_offer() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\"); }\n"
	       "_vnftrace_offer_file() { mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); }\n"
	       "_vnftrace_offer_dir() { mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); }\n"
	       "# A list is completed behind its last comma.\n"
	       "_vnftrace_offer_words() {\n"
	       "\tlocal before=\"\"\n"
	       "\tif [ \"$1\" = list ] && [[ $cur == *,* ]]; then before=${cur%%,*},; fi\n"
	       "\tmapfile -t COMPREPLY < <(compgen -P \"$before\" -W \"$2\" -- \"${cur##*,}\")\n"
	       "}\n"
	       "_vnftrace_offer_dev() { _vnftrace_offer_words \"$1\" \"$(cd /sys/class/net && echo "
	       "*)\"; }\n"
	       "_vnftrace_offer_type() {\n"
	       "\t_vnftrace_offer_words \"$1\" \"$(\"${COMP_WORDS[0]}\" types --names "
	       "2>/dev/null)\"\n"
	       "}\n"
	       "_vnftrace() {\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	       "\tCOMPREPLY=()\n"
	       "\t# --name=value reaches us as three words\n"
	       "\tif [ \"$cur\" = = ]; then cur=\"\"; elif [ \"$prev\" = = ]; then "
	       "prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
	       "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\t_vnftrace_offer \"");
	for (size_t i = 0; vnft_cmds[i]; i++)
		printf("%s ", vnft_cmds[i]->name);
	printf("help --help --version --list-verbs --man --completion\"\n\t\treturn\n\tfi\n"
	       "\tcase ${COMP_WORDS[1]} in\n");
	for (size_t i = 0; vnft_cmds[i]; i++)
		put_verb(vnft_cmds[i]);
	printf("\thelp | --man)\n\t\t_vnftrace_offer \"");
	for (size_t i = 0; vnft_cmds[i]; i++)
		printf("%s%s", i ? " " : "", vnft_cmds[i]->name);
	printf("\"\n\t\t;;\n\tesac\n}\ncomplete -F _vnftrace vnftrace\n");
	return 0;
}
