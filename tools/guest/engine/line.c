/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an engine is told: a command line, and files.
 */
#include "engine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/text/error.h"

void vnft_engine_word(struct vnft_engine_line *line, const char *fmt, ...)
{
	char *to = line->text + line->used;
	size_t room = sizeof(line->text) - line->used;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(to, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room || line->words == VNFT_ENGINE_WORDS) {
		line->full = true;
		return;
	}
	line->argv[line->words++] = to;
	line->argv[line->words] = NULL;
	line->used += (size_t)n + 1;
}

void vnft_engine_command(struct vnft_engine_line *line, const struct vnft_engine_place *at)
{
	size_t i;

	for (i = 0; i < at->command.n; i++)
		vnft_engine_word(line, "%s", at->command.argv[i]);
}

int vnft_engine_save(const struct vnft_engine_place *at, const char *name, const char *text)
{
	char path[192];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", at->dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return vnft_fail(-errno, "%s: %s", path, strerror(errno));
	n = write(fd, text, strlen(text));
	close(fd);
	return n == (ssize_t)strlen(text) ? 0 : vnft_fail(-EIO, "%s: cannot be written", path);
}
