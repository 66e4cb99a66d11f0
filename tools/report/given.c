/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a path that was given to report or export is: a record file, or results of bench.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/cli/guess.h"
#include "../lib/text/error.h"
#include "../source/kind.h"
#include "report.h"

/* Corrupt record files must reach the reader that says what is wrong, not the JSON parser. */
static bool looks_like_json(const char *path)
{
	size_t len = strlen(path);

	return len > 5 && !strcmp(path + len - 5, ".json");
}

int vnft_report_given(const char *path, struct vnft_given *given)
{
	char near[512], why[128];
	enum vnft_file_kind kind;
	struct stat st;
	int err;

	if (stat(path, &st)) {
		err = errno == ENOENT ? -ENOENT : -EIO;
		snprintf(why, sizeof(why), "%s", strerror(errno));
		vnft_guess_path(path, near, sizeof(near));
		return vnft_fail(err, "%s: %s%s", path, why, near);
	}
	given->dir = S_ISDIR(st.st_mode);
	if (!given->dir && !S_ISREG(st.st_mode))
		return vnft_fail(-EBADMSG, "%s: not a regular file", path);
	kind = vnft_file_kind(path);
	err = kind == VNFT_FILE_EMPTY ? 0 :
	      vnft_file_refuse(path, VNFT_FILE_RECORDS,
			       given->dir ? VNFT_FILE_RESULTS : VNFT_FILE_JSON);
	given->records = kind == VNFT_FILE_RECORDS ||
			 (!given->dir && kind != VNFT_FILE_JSON && !looks_like_json(path));
	return err;
}
