/* SPDX-License-Identifier: GPL-2.0 */
#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "markup.h"

static void put_escaped(FILE *to, const char *text)
{
	static const char special[] = "&<>\"'";
	static const char *const instead[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };
	const char *at;
	size_t plain;

	for (; *text; text = at + 1) {
		plain = strcspn(text, special);
		at = text + plain;
		fwrite(text, 1, plain, to);
		if (!*at)
			return;
		fputs(instead[strchr(special, *at) - special], to);
	}
}

void vnft_markup_text(FILE *to, const char *text, size_t bytes)
{
	char small[512], raw[512], *clean = small, *copy = raw;

	if (VNFT_NAME_SHOWN_BYTES(bytes) > sizeof(small)) {
		clean = malloc(VNFT_NAME_SHOWN_BYTES(bytes));
		copy = malloc(bytes + 1);
	}
	if (clean && copy) {
		memcpy(copy, text, bytes);
		copy[bytes] = '\0';
		vnft_text_clean(clean, VNFT_NAME_SHOWN_BYTES(bytes), copy);
		put_escaped(to, clean);
	} else {
		fputs("(no memory for this text)", to);
	}
	if (clean != small) {
		free(clean);
		free(copy);
	}
}
