/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program that starts another one later: what tests/bench/drift plants. In the file NAME.later,
 * NAME being how it was called, are the nanoseconds to wait and the program. It waits when one of
 * its arguments is "run", as in `crun run`, and takes the same way with 0 ns.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int find(const char *name, char *path, size_t bytes)
{
	const char *dir = strchr(name, '/') ? "" : getenv("PATH");
	size_t len;

	for (; dir; dir = dir[len] ? dir + len + 1 : NULL) {
		len = strcspn(dir, ":");
		snprintf(path, bytes, "%.*s%s%s.later", (int)len, dir, len ? "/" : "", name);
		if (!access(path, R_OK))
			return 0;
	}
	return -1;
}

int main(int argc, char **argv)
{
	char path[PATH_MAX], program[PATH_MAX];
	struct timespec wait = { 0 };
	long long ns;
	FILE *f;
	int i;

	f = argc > 0 && !find(argv[0], path, sizeof(path)) ? fopen(path, "re") : NULL;
	if (!f || fscanf(f, "%lld %4000s", &ns, program) != 2) {
		fprintf(stderr, "later: no file %s.later that says how long, and what\n", argv[0]);
		return 127;
	}
	fclose(f);
	for (i = 1; i < argc && strcmp(argv[i], "run"); i++)
		;
	wait.tv_sec = i < argc ? ns / 1000000000 : 0;
	wait.tv_nsec = i < argc ? ns % 1000000000 : 0;
	while (nanosleep(&wait, &wait) && errno == EINTR)
		;
	argv[0] = program;
	execv(program, argv);
	fprintf(stderr, "later: %s: %s\n", program, strerror(errno));
	return 127;
}
