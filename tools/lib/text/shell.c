/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 'x' takes every byte but a quote as it is. $'x' has escapes for bytes that no terminal may see.
 */
#include "shell.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "clean.h"

#define WORDS		4
#define WORD_BYTES	1024

static bool is_safe(const char *word)
{
	return *word && *word != '-' &&
	       !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				  "_@%+=:,./-")];
}

/* The character at @at as it stands in $'x'; returns how many bytes of @at it is. */
static size_t escape(const char *at, char piece[8])
{
	uint32_t code;
	size_t n = vnft_utf8(at, &code);

	if (!n || !vnft_code_printable(code)) {
		snprintf(piece, 8, "\\x%02x", (unsigned char)*at);
		/* A digit behind it would be read as one of its own. */
		if (isxdigit((unsigned char)at[1]))
			snprintf(piece, 8, "\\%03o", (unsigned char)*at);
		return 1;
	}
	snprintf(piece, 8, "%s%.*s", *at == '\'' || *at == '\\' ? "\\" : "", (int)n, at);
	return n;
}

const char *vnft_shell(const char *word)
{
	static _Thread_local char quoted[WORDS][WORD_BYTES];
	static _Thread_local unsigned int turn;
	char *to = quoted[turn++ % WORDS], piece[8];
	bool plain = !strchr(word, '\'');
	size_t used, n, taken;
	uint32_t code;

	if (is_safe(word))
		return word;
	for (const char *at = word; *at && plain; at += n) {
		n = vnft_utf8(at, &code);
		plain = n && vnft_code_printable(code);
		n = n ? n : 1;
	}
	used = (size_t)snprintf(to, WORD_BYTES, plain ? "'" : "$'");
	for (; *word; word += taken) {
		taken = 1;
		if (plain)
			snprintf(piece, sizeof(piece), "%c", *word);
		else
			taken = escape(word, piece);
		n = strlen(piece);
		/* Cut, it would be another word. */
		if (used + n + 2 > WORD_BYTES)
			return "'...'";
		memcpy(to + used, piece, n);
		used += n;
	}
	snprintf(to + used, WORD_BYTES - used, "'");
	return to;
}
