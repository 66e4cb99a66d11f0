/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a guest or a program said last, for the one line that says why it failed.
 */
#include "parts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void vnft_said_one_line(const char *from, char *to, size_t bytes)
{
	size_t n = 0;

	for (; *from && n + 1 < bytes; from++) {
		bool blank = (unsigned char)*from <= ' ' || *from == 0x7f;

		if (!blank || (n && to[n - 1] != ' '))
			to[n++] = blank ? ' ' : *from;
	}
	while (n && to[n - 1] == ' ')
		n--;
	if (bytes)
		to[n] = 0;
}

void vnft_said_last(const char *log, char *to, size_t bytes)
{
	char line[1024];
	FILE *f = fopen(log, "re");

	snprintf(to, bytes, "it said nothing");
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\r\n")] = 0;
		if (line[0])
			snprintf(to, bytes, "%s", line);
	}
	if (f)
		fclose(f);
}

void vnft_said_tail(const char *path, char text[VNFT_SAID_TAIL_BYTES + 1])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	off_t end = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
	off_t from = end > VNFT_SAID_TAIL_BYTES ? end - VNFT_SAID_TAIL_BYTES : 0;
	ssize_t n = fd >= 0 ? pread(fd, text, VNFT_SAID_TAIL_BYTES, from) : 0;
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

bool vnft_said_pop_line(char *text, char line[VNFT_SAID_LINE_BYTES])
{
	for (;;) {
		char *from = strrchr(text, '\n');
		char *at = from ? from + 1 : text;

		vnft_said_one_line(at, line, VNFT_SAID_LINE_BYTES);
		*(from ? from : text) = 0;
		if (line[0])
			return true;
		if (!from)
			return false;
	}
}

bool vnft_said_panic(const char *console, char *to, size_t bytes)
{
	char text[VNFT_SAID_TAIL_BYTES + 1], *panic;

	vnft_said_tail(console, text);
	panic = strstr(text, "Kernel panic");
	if (!panic)
		return false;
	panic[strcspn(panic, "\n")] = 0;
	vnft_said_one_line(panic, to, bytes);
	return true;
}

bool vnft_said_end(const char *console, char *to, size_t bytes)
{
	char text[VNFT_SAID_TAIL_BYTES + 1];
	char last[VNFT_SAID_LINE_BYTES], before[VNFT_SAID_LINE_BYTES];

	vnft_said_tail(console, text);
	if (!vnft_said_pop_line(text, last))
		return false;
	if (vnft_said_pop_line(text, before))
		snprintf(to, bytes, "%s | %s", before, last);
	else
		snprintf(to, bytes, "%s", last);
	return true;
}

bool vnft_said_console(const char *console, char *to, size_t bytes)
{
	return vnft_said_panic(console, to, bytes) || vnft_said_end(console, to, bytes);
}
