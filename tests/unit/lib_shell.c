/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A word that was quoted comes out of bash as it went in, and holds nothing for a terminal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/lib/text/clean.h"
#include "../../tools/lib/text/shell.h"
#include "unit.h"

static void through_bash(const char *word)
{
	char command[2048], clean[2048], back[1024] = "";
	size_t n = 0;
	FILE *f;

	snprintf(command, sizeof(command), "%s", vnft_shell(word));
	vnft_text_clean(clean, sizeof(clean), command);
	CHECK(!strcmp(clean, command), "no message changes it: %s", command);
	setenv("WORD", command, 1);
	f = popen("bash -c 'eval \"printf %s $WORD\"'", "r");
	if (f) {
		n = fread(back, 1, sizeof(back) - 1, f);
		pclose(f);
	}
	back[n] = '\0';
	CHECK(!strcmp(back, word), "bash reads %s as it was", command);
}

int main(void)
{
	static const char *const words[] = {
		"a b", "a;b", "$(id)", "`id`", "a'b", "a\\b", "a\"b", "*", "~", "#x", "a&b", "a|b",
		"a>b", "!x", "{a,b}", "µ-é", "n\xff\xfe", "t\tt", "\x1b[31m", "\xff" "9",
		"b\\xff", "it's\xff", "guests/a b",
	};
	size_t i;

	CHECK(!strcmp(vnft_shell("hn/tap0.7"), "hn/tap0.7") &&
	      !strcmp(vnft_shell("pid:12/eth0"), "pid:12/eth0"), "what is plain stays plain");
	CHECK(!strcmp(vnft_shell("net:[4026531840]/eth0"), "'net:[4026531840]/eth0'"),
	      "brackets are a pattern to a shell");
	CHECK(!strcmp(vnft_shell(""), "''"), "nothing is a word, too");
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		through_bash(words[i]);
	return unit_done();
}
