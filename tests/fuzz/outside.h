/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzzers of whole readers share: an input as a file, and what must hold for everything
 * that is printed of it.
 */
#ifndef TESTS_FUZZ_OUTSIDE_H
#define TESTS_FUZZ_OUTSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../tools/lib/text/clean.h"
#include "../../tools/lib/text/error.h"

#define OUTSIDE_PATH_BYTES 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static inline void must(bool what)
{
	if (!what)
		abort();
}

/* A file of these bytes, the same one for every input. */
static inline void outside_file(char path[OUTSIDE_PATH_BYTES], const uint8_t *data, size_t bytes)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("input", MFD_CLOEXEC);
	must(fd >= 0 && !ftruncate(fd, 0) && pwrite(fd, data, bytes, 0) == (ssize_t)bytes);
	snprintf(path, OUTSIDE_PATH_BYTES, "/proc/self/fd/%d", fd);
}

/* No byte of it may talk to a terminal; where lines are allowed, they end with a line feed. */
static inline void must_be_clean(const char *text, bool lines)
{
	uint32_t code;
	size_t n;

	for (; *text; text += n) {
		n = vnft_utf8(text, &code);
		must(n && (vnft_code_printable(code) || (lines && code == '\n')));
	}
}

/* The line that says why, when there is one: it names what it is about. */
static inline void must_name(const char *what)
{
	must(!strncmp(vnft_why(), what, strlen(what)));
	must_be_clean(vnft_why(), false);
}

#endif
