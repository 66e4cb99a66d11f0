/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The line that says why, kept where it was known best; and the exit code it leads to.
 */
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "clean.h"

#define WHY_BYTES 1024

int vnft_verbose;

static _Thread_local char why[WHY_BYTES];

/* Names in a message may come from outside: it is cleaned here, whoever prints it. */
static void format(char *to, const char *fmt, va_list ap)
{
	char raw[WHY_BYTES];
	size_t n;

	if (vsnprintf(raw, sizeof(raw), fmt, ap) < 0)
		raw[0] = '\0';
	n = strlen(raw);
	while (n && raw[n - 1] == '\n')
		raw[--n] = '\0';
	vnft_text_clean(to, WHY_BYTES, raw);
}

int vnft_fail(int err, const char *fmt, ...)
{
	char line[WHY_BYTES];	/* an argument may be vnft_why() itself */
	va_list ap;

	va_start(ap, fmt);
	format(line, fmt, ap);
	va_end(ap);
	memcpy(why, line, sizeof(why));
	return err;
}

const char *vnft_why(void)
{
	return why[0] ? why : "failed, and nobody said why (a bug: please report it)";
}

const char *vnft_why_of(const char *name)
{
	const char *whole = vnft_why();
	const size_t n = strlen(name);

	if (!n || strncmp(whole, name, n) || strncmp(whole + n, ": ", 2))
		return whole;
	return whole + n + 2;
}

bool vnft_failed(void)
{
	return why[0];
}

enum vnft_exit vnft_exit_code(int err)
{
	switch (err) {
	case 0:
		return VNFT_EXIT_OK;
	case -EINVAL:
		return VNFT_EXIT_USAGE;
	case -EPERM:
	case -EOPNOTSUPP:
		return VNFT_EXIT_IMPOSSIBLE;
	default:
		return VNFT_EXIT_FAILED;
	}
}

void vnft_warn(const char *fmt, ...)
{
	char line[WHY_BYTES];
	va_list ap;

	va_start(ap, fmt);
	format(line, fmt, ap);
	va_end(ap);
	fprintf(stderr, "vnftrace: warning: %s\n", line);
}

void vnft_note(const char *fmt, ...)
{
	char line[WHY_BYTES];
	va_list ap;

	va_start(ap, fmt);
	format(line, fmt, ap);
	va_end(ap);
	fprintf(stderr, "vnftrace: %s\n", line);
}

void vnft_debug(const char *fmt, ...)
{
	char line[WHY_BYTES];
	va_list ap;

	if (!vnft_verbose)
		return;
	va_start(ap, fmt);
	format(line, fmt, ap);
	va_end(ap);
	fprintf(stderr, "vnftrace: %s\n", line);
}
