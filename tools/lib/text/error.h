/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One line that names the thing and the fix. A function that fails calls vnft_fail() where
 * it knows most, and everybody above hands the number on: main() prints the line once, a
 * bench row carries it as its reason.
 */
#ifndef VNFT_LIB_ERROR_H
#define VNFT_LIB_ERROR_H

#include <stdbool.h>

/**
 * enum vnft_exit - exit codes of every verb
 */
enum vnft_exit {
	VNFT_EXIT_OK		= 0,
	VNFT_EXIT_FAILED	= 1,
	VNFT_EXIT_USAGE		= 2,
	VNFT_EXIT_INVALID	= 3,	/* threshold passed, or a run with too much loss */
	VNFT_EXIT_IMPOSSIBLE	= 4,	/* not possible on this host */
};

/**
 * vnft_fail() - remember why (per thread) and return @err
 * @err: negative errno. -EINVAL becomes exit 2 (the command line is wrong), -EPERM and
 *       -EOPNOTSUPP become exit 4 (not possible here), all others 1.
 * @fmt: one line without newline: "DEV: what is wrong: what to do"
 */
int vnft_fail(int err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The line of this thread's last vnft_fail(), never NULL; and whether there is one. */
const char *vnft_why(void);
/* The same without "NAME: " in front of it, for where NAME stands already. */
const char *vnft_why_of(const char *name);
bool vnft_failed(void);

/* Exit code for a negative errno that came out of vnft_fail(); 0 for 0. */
enum vnft_exit vnft_exit_code(int err);

/* Message on stderr that is no failure: "vnftrace: warning: …". */
void vnft_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Message on stderr of what is about to be done: "vnftrace: …". */
void vnft_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Message on stderr if --verbose was given. */
void vnft_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
extern int vnft_verbose;

#endif
