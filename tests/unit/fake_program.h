/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program of a given name, first on PATH, that prints what a test likes.
 */
#ifndef TESTS_UNIT_FAKE_PROGRAM_H
#define TESTS_UNIT_FAKE_PROGRAM_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char fake_dir[] = "/tmp/vnft-unit-XXXXXX";

/* Once, before the others: a directory of our own, in which they work. */
static inline void fake_begin(void)
{
	char path[4200];

	if (!mkdtemp(fake_dir) || chdir(fake_dir))
		exit(1);
	snprintf(path, sizeof(path), "%s:%.4000s", fake_dir, getenv("PATH") ?: "/usr/bin:/bin");
	setenv("PATH", path, 1);
}

static inline int fake_end(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", fake_dir);
	return system(command) != 0;
}

/* The program: @script is shell, and may print the file "answer". */
static inline void fake(const char *name, const char *script, const char *answer)
{
	FILE *f = fopen(name, "w");

	if (!f || fprintf(f, "#!/bin/sh\ncd %s\necho \"$@\" >args\n%s\n", fake_dir, script) < 0 ||
	    fclose(f) || chmod(name, 0755))
		exit(1);
	f = fopen("answer", "w");
	if (!f || fputs(answer, f) < 0 || fclose(f))
		exit(1);
}

/* Are these among the words that the program was called with? */
static inline bool fake_asked_for(const char *words)
{
	char line[256] = "";
	FILE *f = fopen("args", "r");

	if (!f || !fgets(line, sizeof(line), f) || fclose(f))
		return false;
	return strstr(line, words);
}

#endif
