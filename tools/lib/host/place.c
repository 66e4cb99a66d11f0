/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where things lie: this binary and its helpers, the type files, the image cache.
 */
#include "place.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char self[PATH_MAX];
static int dir_len;	/* of its directory */
static char types[PATH_MAX];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void find(void)
{
	static const char *const beside[] = {
		"/../tools/guest/types",		/* build/vnftrace in the source tree */
		"/../../tools/guest/types",		/* build/tests/NAME */
		"/../../../tools/guest/types",		/* build/tests/unit/NAME */
		"/../share/vnftrace/types",		/* installed: PREFIX/bin */
	};
	const char *given = getenv("VNFT_TYPES");
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char path[PATH_MAX + 64], real[PATH_MAX];

	self[n > 0 ? n : 0] = '\0';
	dir_len = (int)(strrchr(self, '/') ? strrchr(self, '/') - self : 0);
	if (given && *given) {
		snprintf(types, sizeof(types), "%s", given);
		return;
	}
	snprintf(types, sizeof(types), "/usr/share/vnftrace/types");
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(path, sizeof(path), "%.*s%s", dir_len, self, beside[i]);
		if (realpath(path, real) && !access(real, R_OK | X_OK)) {
			memcpy(types, real, sizeof(types));
			return;
		}
	}
}

const char *vnft_self_path(void)
{
	pthread_once(&once, find);
	return self;
}

bool vnft_helper_find(const char *name, char *to, size_t bytes)
{
	static const char *const beside[] = {
		"",			/* build/vnftrace */
		"/..",			/* build/tests/NAME */
		"/../..",		/* build/tests/netns/NAME */
		"/../libexec/vnftrace",	/* installed: PREFIX/bin */
	};
	char path[PATH_MAX + 128], real[PATH_MAX];

	pthread_once(&once, find);
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(path, sizeof(path), "%.*s%s/%s", dir_len, self, beside[i], name);
		if (realpath(path, real) && !access(real, X_OK)) {
			snprintf(to, bytes, "%s", real);
			return true;
		}
	}
	snprintf(to, bytes, "%s", path);
	return false;
}

const char *vnft_types_dir(void)
{
	pthread_once(&once, find);
	return types;
}

const char *vnft_cache_dir(void)
{
	const char *given = getenv("VNFT_CACHE");

	return given && *given ? given : "/var/cache/vnftrace";
}
