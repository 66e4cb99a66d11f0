/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Widths of text without a locale: code points, less those that combine, twice those that are wide.
 */
#include "text.h"

#include <stdint.h>
#include <string.h>

#define ELLIPSIS "…"

static const struct {
	uint32_t first, last;
	int width;
} special[] = {
	{ 0x0300, 0x036f, 0 }, { 0x200b, 0x200f, 0 }, { 0xfe00, 0xfe0f, 0 },
	{ 0x1100, 0x115f, 2 }, { 0x2e80, 0xa4cf, 2 }, { 0xac00, 0xd7a3, 2 },
	{ 0xf900, 0xfaff, 2 }, { 0xfe30, 0xfe6f, 2 }, { 0xff00, 0xff60, 2 },
	{ 0xffe0, 0xffe6, 2 }, { 0x1f300, 0x1faff, 2 }, { 0x20000, 0x3fffd, 2 },
};

static int code_width(uint32_t code)
{
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (code >= special[i].first && code <= special[i].last)
			return special[i].width;
	return 1;
}

/* The first character of @text, which is not empty: its bytes, and its columns in *@width. */
static size_t first(const char *text, size_t *width)
{
	const unsigned char *at = (const unsigned char *)text;
	int more = *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : *at >= 0xc0 ? 1 : 0;
	uint32_t code = more ? *at & (0x3fU >> more) : *at;

	for (at++; more && (*at & 0xc0) == 0x80; more--)
		code = code << 6 | (*at++ & 0x3f);
	*width = (size_t)code_width(code);
	return (size_t)(at - (const unsigned char *)text);
}

size_t vnft_text_width(const char *text)
{
	size_t width = 0, own;

	while (*text) {
		text += first(text, &own);
		width += own;
	}
	return width;
}

void vnft_text_cut(char *to, size_t bytes, const char *text, size_t width)
{
	size_t n = 0, len, own, used = 0;

	while (text[n]) {
		len = first(text + n, &own);
		if (used + own > width || n + len >= bytes)
			break;
		used += own;
		n += len;
	}
	if (bytes) {
		memcpy(to, text, n);
		to[n] = '\0';
	}
}

void vnft_text_shorten(char *to, size_t bytes, const char *text, size_t width)
{
	const size_t whole = vnft_text_width(text);
	size_t own, left = whole, n;

	if (whole <= width || width < 3) {
		vnft_text_cut(to, bytes, text, width);
		return;
	}
	/* The end is the longer part: a device stands behind its namespace. */
	vnft_text_cut(to, bytes, text, (width - 1) / 2);
	while (*text && left > width / 2) {
		text += first(text, &own);
		left -= own;
	}
	n = strlen(to);
	snprintf(to + n, bytes - n, ELLIPSIS "%s", text);
}

void vnft_text_pad(FILE *to, const char *text, size_t width, int right)
{
	size_t own = vnft_text_width(text);
	int fill = width > own ? (int)(width - own) : 0;

	if (right)
		fprintf(to, "%*s%s", fill, "", text);
	else
		fprintf(to, "%s%*s", text, fill, "");
}
