/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file of --ready-file.
 */
#include "ready.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../text/error.h"
#include "output.h"

int vnft_ready_take(struct vnft_output **ready, const char *path)
{
	struct stat st;

	*ready = NULL;
	if (!path)
		return 0;
	if (!lstat(path, &st)) {
		if (!S_ISREG(st.st_mode) || st.st_size)
			return vnft_fail(-EEXIST, "%s: exists, and is no empty file of an earlier "
						  "time: give --ready-file a free name", path);
		if (unlink(path))
			return vnft_fail(-errno, "%s: cannot be removed: %s", path,
					 strerror(errno));
	}
	return vnft_output_open(ready, path, VNFT_OUTPUT_WHOLE);
}

int vnft_ready_say(struct vnft_output **ready)
{
	int err = *ready ? vnft_output_finish(*ready) : 0;

	*ready = NULL;
	return err;
}
