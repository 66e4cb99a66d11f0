/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A container whose network comes later: what tests/bench/drift plants. Called as a runtime
 * (`NAME run … --bundle DIR …`) it lets the bundle's hook go through NAME-hook, which is this
 * program again, and starts the runtime. Called as NAME-hook it waits, then becomes the hook. The
 * wait lies there because nothing after it waits for a clock of the kernel's own: before the
 * runtime, most of it would be lost in the grace period that a cgroup waits for.
 *
 * In the file NAME.later, NAME being how it was called, are the nanoseconds to wait and the
 * program. 0 ns go the same way.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

/* @path: how it was called, found in PATH as the shell does. */
static int find(const char *name, char *path, size_t bytes)
{
	const char *dir = strchr(name, '/') ? "" : getenv("PATH");
	size_t len;

	for (; dir; dir = dir[len] ? dir + len + 1 : NULL) {
		len = strcspn(dir, ":");
		snprintf(path, bytes, "%.*s%s%s", (int)len, dir, len ? "/" : "", name);
		if (!access(path, X_OK))
			return 0;
	}
	return -1;
}

static bool read_plan(const char *self, long long *ns, char *program)
{
	char path[PATH_MAX + 8];
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), "%s.later", self);
	f = fopen(path, "re");
	ok = f && fscanf(f, "%lld %4000s", ns, program) == 2;
	if (f)
		fclose(f);
	return ok;
}

/* The hook of the bundle becomes SELF-hook, for a program reads its plan by how it is called. */
static bool take_hook(const char *self, const char *dir)
{
	char config[PATH_MAX], hook[PATH_MAX + 8];
	json_t *root, *first;
	bool ok;

	snprintf(config, sizeof(config), "%s/config.json", dir);
	snprintf(hook, sizeof(hook), "%s-hook", self);
	root = json_load_file(config, 0, NULL);
	first = json_array_get(json_object_get(json_object_get(root, "hooks"), "createRuntime"), 0);
	json_array_set_new(json_object_get(first, "args"), 0, json_string(hook));
	ok = first && !json_object_set_new(first, "path", json_string(hook)) &&
	     !json_dump_file(root, config, JSON_INDENT(2));
	json_decref(root);
	return ok;
}

int main(int argc, char **argv)
{
	char self[PATH_MAX], program[PATH_MAX];
	struct timespec wait;
	const char *dir = NULL;
	bool run = false;
	long long ns;
	int i;

	if (argc < 1 || find(argv[0], self, sizeof(self)) || !read_plan(self, &ns, program)) {
		fprintf(stderr, "later: no file NAME.later that says how long, and what\n");
		return 127;
	}
	for (i = 1; i < argc; i++) {
		run = run || !strcmp(argv[i], "run");
		if (i + 1 < argc && !strcmp(argv[i], "--bundle"))
			dir = argv[i + 1];
	}
	if (run && (!dir || !take_hook(self, dir))) {
		fprintf(stderr, "later: the bundle has no hook createRuntime\n");
		return 127;
	}
	if (strlen(self) > 5 && !strcmp(self + strlen(self) - 5, "-hook")) {
		wait = (struct timespec) { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
		while (nanosleep(&wait, &wait) && errno == EINTR)
			;
	}
	argv[0] = program;
	execv(program, argv);
	fprintf(stderr, "later: %s: %s\n", program, strerror(errno));
	return 127;
}
