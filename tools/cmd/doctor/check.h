/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One check of doctor: what it is good for stands in the table, what it found in the finding.
 */
#ifndef VNFT_CMD_DOCTOR_CHECK_H
#define VNFT_CMD_DOCTOR_CHECK_H

#include <stdbool.h>

enum vnft_status {
	VNFT_STATUS_OK,
	VNFT_STATUS_MISSING,	/* not there: can be installed, mounted, granted */
	VNFT_STATUS_UNUSABLE,	/* there, and does not work */
};

/**
 * struct vnft_finding - what a check saw
 * @what: one line
 * @fix: the command that fixes it, to be pasted as it is; "" when ok or when there is none
 * @fix_why: what would, where no command does, or what is left to do after it
 */
struct vnft_finding {
	enum vnft_status status;
	char what[256];
	char fix[640];
	char fix_why[192];
};

/**
 * struct vnft_check - one line of doctor's table
 * @id: stable: scripts ask for it
 * @costs: what the user loses without it
 * @arg: for @look
 */
struct vnft_check {
	const char *id;
	const char *costs;
	void (*look)(const struct vnft_check *check, struct vnft_finding *finding);
	const char *arg;
	int number;
};

/* Each ended by a NULL id. */
extern const struct vnft_check vnft_checks_kernel[];	/* kernel.c */
extern const struct vnft_check vnft_checks_host[];	/* host.c */

/* Set a finding: the text is that of printf; @fix may be NULL. */
void vnft_found(struct vnft_finding *f, enum vnft_status status, const char *fix,
		const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* What no command can do, for a finding that is not ok; the text is that of printf. */
void vnft_found_no_fix(struct vnft_finding *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* First line of a file; false and "" when there is none. */
bool vnft_doctor_line(const char *path, char *to, unsigned int bytes);

/* Where a program is, on PATH or among the system's programs. */
bool vnft_doctor_program(const char *name, char *path, unsigned int bytes);

/* Can a unix socket be connected to? If @ask, it is sent, and the answer lands in @answer. */
bool vnft_doctor_socket(const char *path, const char *ask, char *answer, unsigned int bytes);

#endif
