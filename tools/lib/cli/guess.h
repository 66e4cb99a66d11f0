/* SPDX-License-Identifier: GPL-2.0 */
/*
 * "Did you mean": the nearest known word.
 */
#ifndef VNFT_LIB_GUESS_H
#define VNFT_LIB_GUESS_H

#include <stddef.h>

/**
 * struct vnft_guess - a search under way
 * @nearest: the candidate nearest to @word so far, NULL if none is near
 */
struct vnft_guess {
	const char *word;
	const char *nearest;
	unsigned int distance;
};
void vnft_guess_begin(struct vnft_guess *guess, const char *word);
void vnft_guess_try(struct vnft_guess *guess, const char *candidate);

/*
 * ": did you mean PATH?" in @to for the entry of @path's directory that is nearest to its last
 * part, or "" if none is near.
 */
void vnft_guess_path(const char *path, char *to, size_t bytes);

#endif
