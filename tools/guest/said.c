/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a guest or a program said: its last words, for the one line that says why it failed, and the
 * last part of it, to be kept.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/text/error.h"

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

/* The guest wrote this: nothing of it may reach a terminal as anything but text. */
static void make_printable(char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (text[i] != '\n' && (text[i] < ' ' || text[i] > '~'))
			text[i] = text[i] ? ' ' : '.';
	text[n] = 0;
}

void vnft_said_tail(const char *path, char text[VNFT_SAID_TAIL_BYTES + 1])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	off_t end = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
	off_t from = end > VNFT_SAID_TAIL_BYTES ? end - VNFT_SAID_TAIL_BYTES : 0;
	ssize_t n = fd >= 0 ? pread(fd, text, VNFT_SAID_TAIL_BYTES, from) : 0;

	if (fd >= 0)
		close(fd);
	make_printable(text, n > 0 ? (size_t)n : 0);
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

/* How much is allocated for a text of so many bytes, of which few consoles have many. */
static size_t room_for(size_t bytes)
{
	size_t room = 4096;

	while (room < bytes)
		room *= 2;
	return room;
}

int vnft_said_keep(struct vnft_guest_console *to, const char *data, size_t bytes)
{
	const size_t max = VNFT_GUEST_CONSOLE_BYTES;
	const size_t room = room_for(bytes < max - to->bytes ? to->bytes + bytes : max);
	size_t cut;
	char *text;

	if (bytes && (!to->text || room > room_for(to->bytes))) {
		text = realloc(to->text, room);
		if (!text)
			return vnft_fail(-ENOMEM, "out of memory");
		to->text = text;
	}
	to->said_bytes += bytes;
	if (bytes > max) {
		data += bytes - max;
		bytes = max;
	}
	cut = to->bytes + bytes > max ? to->bytes + bytes - max : 0;
	if (cut)
		memmove(to->text, to->text + cut, to->bytes - cut);
	to->bytes -= cut;
	if (bytes)
		memcpy(to->text + to->bytes, data, bytes);
	to->bytes += bytes;
	return 0;
}

int vnft_said_keep_file(struct vnft_guest_console *to, const char *path)
{
	size_t max = VNFT_GUEST_CONSOLE_BYTES;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), err = 0;
	struct stat st = { 0 };
	char *text = NULL;
	ssize_t n = 0;
	off_t from;

	if (fd < 0)
		return errno == ENOENT ? 0 : vnft_fail(-errno, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		err = vnft_fail(-EBADMSG, "%s: no regular file", path);
	else if (st.st_size < (off_t)max)
		max = (size_t)st.st_size;
	if (!err && max)
		text = malloc(max);
	if (text) {
		from = st.st_size - (off_t)max;
		/* It may be cut meanwhile: what is read is what counts. */
		n = pread(fd, text, max, from);
		if (n > 0)
			err = vnft_said_keep(to, text, (size_t)n);
		if (n > 0 && !err)
			to->said_bytes += (uint64_t)from;
	} else if (!err && st.st_size) {
		err = vnft_fail(-ENOMEM, "out of memory");
	}
	if (n < 0)
		err = vnft_fail(-EIO, "%s: cannot be read", path);
	free(text);
	close(fd);
	return err;
}

bool vnft_said_last_line(const struct vnft_guest_console *of, char line[VNFT_SAID_LINE_BYTES])
{
	char text[VNFT_SAID_TAIL_BYTES + 1];
	const size_t n = of->bytes < VNFT_SAID_TAIL_BYTES ? of->bytes : VNFT_SAID_TAIL_BYTES;

	if (n)
		memcpy(text, of->text + of->bytes - n, n);
	make_printable(text, n);
	return vnft_said_pop_line(text, line);
}
