/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Completion for bash, zsh and fish: scripts that ask `vnftrace --offer` (offer.h) for the words.
 */
#ifndef VNFT_LIB_COMPLETION_H
#define VNFT_LIB_COMPLETION_H

/* Prints the script for @shell, NULL for bash; 0 or -EINVAL after vnft_fail(). */
int vnft_help_completion(const char *shell);

#endif
