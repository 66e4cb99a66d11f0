/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A type's command lines, split into words.
 */
#ifndef VNFT_GUEST_WORDS_H
#define VNFT_GUEST_WORDS_H

#include <stddef.h>

struct vnft_instance;

/**
 * struct vnft_words - a command line as words
 * @argv: NULL-terminated
 */
struct vnft_words {
	char **argv;
	size_t n;
};
/*
 * Split as sh does: white space, '...', "...", backslash; nothing is substituted. With an instance,
 * @FIELD@s are filled in after the split, so that a value never becomes two words.
 * 0, or -EINVAL (open quote), -E2BIG, -ENOMEM after vnft_fail().
 */
int vnft_words_split(struct vnft_words *words, const char *text, const struct vnft_instance *in);
void vnft_words_free(struct vnft_words *words);

#endif
