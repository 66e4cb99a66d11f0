/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One letter, one meaning: every verb of the tool keeps to the table of letters.
 */
#include <string.h>

int vnftrace_main(int argc, char **argv);
#define main vnftrace_main
#include "../../tools/vnftrace.c"
#undef main

#include "../../tools/lib/cli/letters.h"
#include "../../tools/lib/cli/option.h"
#include "unit.h"

static char letter_of(const char *name)
{
	for (const struct vnft_letter *l = vnft_letters; l->letter; l++)
		if (!strcmp(l->name, name))
			return l->letter;
	return 0;
}

/* Is @letter one of the verb's options, as it is or as it was? */
static unsigned int uses(const struct vnft_cmd *cmd, char letter)
{
	const struct vnft_opt *opt;
	unsigned int n = 0;

	for (size_t i = 0; (opt = vnft_opt_at(cmd, i)); i++)
		n += (opt->letter == letter) + (opt->old_letter == letter);
	return n;
}

int main(void)
{
	const struct vnft_opt *opt;

	for (const struct vnft_letter *l = vnft_letters; l->letter; l++) {
		unsigned int verbs = 0;

		for (const struct vnft_letter *m = l + 1; m->letter; m++)
			QUIET(l->letter != m->letter && strcmp(l->name, m->name),
			      "-%c stands once in the table", l->letter);
		for (size_t v = 0; vnft_cmds[v]; v++)
			verbs += uses(vnft_cmds[v], l->letter) > 0;
		CHECK(verbs, "-%c --%s is used by %u verbs", l->letter, l->name, verbs);
	}
	for (size_t v = 0; vnft_cmds[v]; v++) {
		for (size_t i = 0; (opt = vnft_opt_at(vnft_cmds[v], i)); i++) {
			QUIET(opt->letter == letter_of(opt->name), "%s --%s has the letter -%c",
			      vnft_cmds[v]->name, opt->name, letter_of(opt->name));
			QUIET(!opt->old_letter || uses(vnft_cmds[v], opt->old_letter) == 1,
			      "%s: -%c, as --%s was spelled, has no other meaning there",
			      vnft_cmds[v]->name, opt->old_letter, opt->name);
		}
		CHECK(true, "%s keeps to the table", vnft_cmds[v]->name);
	}
	return unit_done();
}
