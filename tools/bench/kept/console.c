/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Consoles of instances, as files of text. A guest may say anything: in the file every byte that is
 * no printable character is "\xHH", so that whoever shows it to a terminal shows text. It may hold
 * what is nobody else's business, too: only the owner reads it.
 */
#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/text/clean.h"
#include "../../lib/text/error.h"

/* Longer lines are cleaned in pieces. */
#define LINE_BYTES	4096

/* The next piece of @text, as text, with the line feed or NUL that ends it; its length. */
static size_t write_piece(FILE *to, const char *text, size_t bytes)
{
	char piece[LINE_BYTES], shown[VNFT_NAME_SHOWN_BYTES(LINE_BYTES)];
	size_t n = 0, len;

	while (n < bytes && n < LINE_BYTES - 1 && text[n] && text[n] != '\n')
		n++;
	memcpy(piece, text, n);
	len = n;
	/* A terminal needs the carriage return, a file does not. */
	while (n < bytes && text[n] == '\n' && len && piece[len - 1] == '\r')
		len--;
	piece[len] = '\0';
	vnft_text_clean(shown, sizeof(shown), piece);
	fputs(shown, to);
	if (n == bytes || n == LINE_BYTES - 1)
		return n;
	fputs(text[n] ? "\n" : "\\x00", to);
	return n + 1;
}

static void write_clean(FILE *to, const struct vnft_guest_console *console)
{
	const char *at = console->text, *end = at + console->bytes;

	if (console->said_bytes > console->bytes)
		fprintf(to, "[vnftrace: %llu bytes of before are cut]\n",
			(unsigned long long)(console->said_bytes - console->bytes));
	while (at < end)
		at += write_piece(to, at, (size_t)(end - at));
	if (end[-1] != '\n')
		fputc('\n', to);
}

/* Into a new file. 0, or negative errno; then there is none. */
static int write_file(int dir, const char *name, const struct vnft_guest_console *console)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	FILE *to = fd >= 0 ? fdopen(fd, "w") : NULL;
	int err = to ? 0 : -errno;

	if (to) {
		write_clean(to, console);
		err = fflush(to) ? -errno : 0;
		if (fclose(to) && !err)
			err = -errno;
	} else if (fd >= 0) {
		close(fd);
	}
	if (err && fd >= 0)
		unlinkat(dir, name, 0);
	return err;
}

void vnft_bench_console(struct vnft_bench *b, const struct vnft_bench_row *row,
			struct vnft_instance *in, struct vnft_results_run *s)
{
	struct vnft_results_console *kept = &s->console;
	struct vnft_guest_console console = { 0 };
	char name[sizeof(kept->file)] = "";
	int err;

	/* Without t0 it was not started. */
	if (!in->t0_ns || !row->ops->console)
		return;
	if (row->ops->console(in, &console)) {
		snprintf(kept->why, sizeof(kept->why), "%s", vnft_why());
	} else if (console.bytes) {
		snprintf(name, sizeof(name), "console-%u", s->number);
		err = write_file(b->directory.fd, name, &console);
		if (err) {
			snprintf(kept->why, sizeof(kept->why), "%s: %s", name, strerror(-err));
		} else {
			memcpy(kept->file, name, sizeof(name));
			kept->said_bytes = console.said_bytes;
			kept->kept_bytes = console.bytes;
		}
	}
	free(console.text);
}
