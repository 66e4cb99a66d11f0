/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIKERNEL_XEN_CONSOLE_H
#define UNIKERNEL_XEN_CONSOLE_H

#include <stdbool.h>

/* Whether say() says anything. die() always does. */
void console_open(bool on);

#endif
