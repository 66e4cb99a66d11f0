/* SPDX-License-Identifier: GPL-2.0 */
/*
 * May escape sequences be sent?
 */
#ifndef VNFT_LIB_TERMINAL_H
#define VNFT_LIB_TERMINAL_H

#include <stdbool.h>

/*
 * Only to a terminal whose TERM is set and not "dumb", and not where NO_COLOR is set and not empty
 * (no-color.org): who asks for plain text gets no escape at all.
 */
bool vnft_terminal_escapes(int fd);

#endif
