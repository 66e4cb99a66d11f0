/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A type's command lines: @FIELD@s filled in, and split into words.
 */
#ifndef VNFT_GUEST_WORDS_H
#define VNFT_GUEST_WORDS_H

#include <stddef.h>

struct vnft_instance;

/* Names of all fields, NULL-terminated. */
extern const char *const vnft_type_fields[];
/* First "@FIELD@" of @text that is unknown, as its length with *at set; 0 if all are known. */
size_t vnft_type_unknown_field(const char *text, const char **at);
/* Fill the fields of @text in for an instance; -EINVAL for an unknown field, -E2BIG. */
int vnft_type_expand(const char *text, const struct vnft_instance *in, char *to, size_t bytes);

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
