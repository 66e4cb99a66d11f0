/* SPDX-License-Identifier: GPL-2.0 */
/*
 * May escape sequences be sent?
 */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool vnft_terminal_escapes(int fd)
{
	const char *term = getenv("TERM"), *plain = getenv("NO_COLOR");

	return isatty(fd) && term && *term && strcmp(term, "dumb") && !(plain && *plain);
}
