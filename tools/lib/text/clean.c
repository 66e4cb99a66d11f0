/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one filter for text that came from outside.
 */
#include "clean.h"

#include <stdio.h>
#include <string.h>

#define ESCAPE_BYTES 4	/* "\xHH" */

size_t vnft_utf8(const char *text, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *at = (const unsigned char *)text;
	size_t n = at[0] < 0x80 ? 1 : at[0] < 0xc0 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 :
		   at[0] < 0xf8 ? 4 : 0;

	*code = n > 1 ? at[0] & (0x7fU >> n) : at[0];
	/* The byte that ends a string is no continuation: nothing behind it is read. */
	for (size_t i = 1; i < n; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (at[i] & 0x3f);
	}
	if (!n || *code < least[n] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return n;
}

bool vnft_code_printable(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0x00, 0x1f },	    { 0x7f, 0x9f },	{ 0x061c, 0x061c }, { 0x200e, 0x200f },
		{ 0x2028, 0x202e }, { 0x2066, 0x2069 }, { 0xfffe, 0xffff },
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (code >= hidden[i].first && code <= hidden[i].last)
			return false;
	return true;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static unsigned char hex(char c)
{
	return (unsigned char)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static bool is_escape(const char *text)
{
	return text[0] == '\\' && text[1] == 'x' && is_hex(text[2]) && is_hex(text[3]);
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What fits whole, character by character and escape by escape. */
static void copy(char *to, size_t bytes, const char *text, bool name)
{
	char piece[ESCAPE_BYTES + 1];
	size_t used = 0, n, len;
	uint32_t code;

	for (; *text && bytes; text += n) {
		n = vnft_utf8(text, &code);
		if (!name && is_blank(*text)) {
			snprintf(piece, sizeof(piece), " ");
		} else if (n && vnft_code_printable(code) && !(name && is_escape(text))) {
			snprintf(piece, sizeof(piece), "%.*s", (int)n, text);
		} else {
			snprintf(piece, sizeof(piece), "\\x%02x", (unsigned char)*text);
			n = 1;
		}
		len = strlen(piece);
		if (used + len >= bytes)
			break;
		memcpy(to + used, piece, len);
		used += len;
	}
	if (bytes)
		to[used] = '\0';
}

void vnft_text_clean(char *to, size_t bytes, const char *text)
{
	copy(to, bytes, text, false);
}

void vnft_name_show(char *to, size_t bytes, const char *name)
{
	copy(to, bytes, name, true);
}

bool vnft_name_read(char *to, size_t bytes, const char *shown)
{
	size_t used = 0;

	for (; *shown && used + 1 < bytes; used++) {
		bool escape = is_escape(shown);

		to[used] = escape ? (char)(hex(shown[2]) << 4 | hex(shown[3])) : *shown;
		if (!to[used])
			break;
		shown += escape ? ESCAPE_BYTES : 1;
	}
	to[*shown ? 0 : used] = '\0';
	return !*shown;
}
