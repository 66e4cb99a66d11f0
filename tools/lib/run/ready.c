/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --ready-file of the verbs that observe.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../text/error.h"
#include "ready.h"

void vnft_ready_clear(const char *path)
{
	if (path)
		unlink(path);
}

int vnft_ready_say(const char *path)
{
	int fd;

	if (!path)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return vnft_fail(-errno, "%s: cannot create it: %s", path, strerror(errno));
	close(fd);
	return 0;
}
