/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A command line to words, as sh splits it. wordexp() is not used: it runs a shell for half of
 * its work, and we want nothing substituted.
 */
#include "words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "expand.h"

#define WORDS_MAX	256
#define WORD_BYTES_MAX	4096

/*
 * Take one word off *@text into @to, which has room for all of *@text.
 * 1 for a word, 0 at the end, -EINVAL for a quote that stays open.
 */
static int next_word(const char **text, char *to)
{
	const char *s = *text + strspn(*text, " \t\n");
	char quote = 0;
	int any = 0;

	for (; *s && (quote || !strchr(" \t\n", *s)); s++) {
		any = 1;
		if (*s == quote) {
			quote = 0;
		} else if (!quote && (*s == '\'' || *s == '"')) {
			quote = *s;
		} else if (*s == '\\' && quote != '\'') {
			/* In double quotes a backslash is one, except before these two. */
			if (quote && s[1] != '"' && s[1] != '\\')
				*to++ = *s;
			else if (*++s)
				*to++ = *s;
			else
				return -EINVAL;
		} else {
			*to++ = *s;
		}
	}
	*to = 0;
	*text = s;
	return quote ? -EINVAL : any;
}

static int fill(char **word, const struct vnft_instance *in)
{
	char *filled = malloc(WORD_BYTES_MAX);
	int err;

	if (!filled)
		return vnft_fail(-ENOMEM, "out of memory");
	err = vnft_type_expand(*word, in, filled, WORD_BYTES_MAX);
	if (err) {
		free(filled);
		return err;
	}
	free(*word);
	*word = filled;
	return 0;
}

int vnft_words_split(struct vnft_words *words, const char *text, const struct vnft_instance *in)
{
	const char *whole = text;
	char *room = malloc(strlen(text) + 1);
	int err = -ENOMEM, more = 0;

	words->n = 0;
	words->argv = calloc(WORDS_MAX + 1, sizeof(*words->argv));
	if (!room || !words->argv) {
		vnft_fail(err, "out of memory");
		goto out;
	}
	while ((more = next_word(&text, room)) > 0) {
		if (words->n == WORDS_MAX) {
			err = vnft_fail(-E2BIG, "a command line has more than %d words", WORDS_MAX);
			goto out;
		}
		words->argv[words->n] = strdup(room);
		if (!words->argv[words->n]) {
			err = vnft_fail(-ENOMEM, "out of memory");
			goto out;
		}
		words->n++;
		err = in ? fill(&words->argv[words->n - 1], in) : 0;
		if (err)
			goto out;
	}
	err = more ? vnft_fail(-EINVAL, "a quote or backslash stays open: %.200s", whole) : 0;
out:
	free(room);
	if (err)
		vnft_words_free(words);
	return err;
}

void vnft_words_free(struct vnft_words *words)
{
	size_t i;

	for (i = 0; words->argv && i < words->n; i++)
		free(words->argv[i]);
	free(words->argv);
	words->argv = NULL;
	words->n = 0;
}
