/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a guest that never answered said last: a panic on its console, else the console's last
 * lines; and QEMU's own last line if it ended.
 */
#include "libvirt.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TAIL_BYTES	8192
#define LINE_BYTES	160

/* Last part of a file as text; a partial first line is left in. */
static void read_tail(const char *path, char text[TAIL_BYTES + 1])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	off_t end = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
	ssize_t n =
		fd >= 0 ? pread(fd, text, TAIL_BYTES, end > TAIL_BYTES ? end - TAIL_BYTES : 0) : 0;
	ssize_t i;

	if (fd >= 0)
		close(fd);
	if (n < 0)
		n = 0;
	/* The guest wrote this: nothing of it may reach a terminal as anything but text. */
	for (i = 0; i < n; i++)
		if (text[i] != '\n' && (text[i] < ' ' || text[i] > '~'))
			text[i] = text[i] ? ' ' : '.';
	text[n] = 0;
}

/* Cut the last line that says something off @text. */
static bool pop_line(char *text, char line[LINE_BYTES])
{
	for (;;) {
		char *from = strrchr(text, '\n');
		char *at = from ? from + 1 : text;

		vnft_libvirt_one_line(at, line, LINE_BYTES);
		*(from ? from : text) = 0;
		if (line[0])
			return true;
		if (!from)
			return false;
	}
}

static bool panic_words(const char *console, char *to, size_t bytes)
{
	char text[TAIL_BYTES + 1], *panic;

	read_tail(console, text);
	panic = strstr(text, "Kernel panic");
	if (!panic)
		return false;
	panic[strcspn(panic, "\n")] = 0;
	vnft_libvirt_one_line(panic, to, bytes);
	return true;
}

static bool console_words(const char *console, char *to, size_t bytes)
{
	char text[TAIL_BYTES + 1], last[LINE_BYTES], before[LINE_BYTES];

	read_tail(console, text);
	if (!pop_line(text, last))
		return false;
	if (pop_line(text, before))
		snprintf(to, bytes, "%s | %s", before, last);
	else
		snprintf(to, bytes, "%s", last);
	return true;
}

static bool log_words(const char *name, char *to, size_t bytes)
{
	char text[TAIL_BYTES + 1], path[256], line[LINE_BYTES];

	if (!vnft_libvirt_embed_root()[0])
		return false;
	snprintf(path, sizeof(path), "%s/log/qemu/%s.log", vnft_libvirt_embed_root(), name);
	read_tail(path, text);
	while (pop_line(text, line)) {
		/* What libvirt wrote about its end, or made QEMU write. */
		if (strstr(line, "shutting down") || strstr(line, "terminating on signal"))
			continue;
		if (!strstr(line, VNFT_LIBVIRT_EMULATOR ":"))
			return false;
		snprintf(to, bytes, "%s", line);
		return true;
	}
	return false;
}

bool vnft_libvirt_console_words(const char *console, char *to, size_t bytes)
{
	return panic_words(console, to, bytes) || console_words(console, to, bytes);
}

void vnft_libvirt_words(const char *name, const char *console, bool gone, char *to, size_t bytes)
{
	char said[2 * LINE_BYTES + 8];

	if (panic_words(console, said, sizeof(said)))
		snprintf(to, bytes, "%s", said);
	else if (gone && log_words(name, said, sizeof(said)))
		snprintf(to, bytes, "QEMU ended: %s", said);
	else if (console_words(console, said, sizeof(said)))
		snprintf(to, bytes, "its console%s: %s", gone ? " before it ended" : "", said);
	else
		snprintf(to, bytes, "nothing on its serial console%s",
			 gone ? ", and QEMU ended" : "");
}
