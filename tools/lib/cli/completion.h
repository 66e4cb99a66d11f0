/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Completion for bash, from the tables.
 */
#ifndef VNFT_LIB_COMPLETION_H
#define VNFT_LIB_COMPLETION_H

/* Prints it; returns 0. */
int vnft_help_completion(void);

#endif
