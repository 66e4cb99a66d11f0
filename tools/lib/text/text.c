/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Widths of text without a locale: code points, less those that combine, twice those that are wide.
 */
#include "text.h"

#include <stdint.h>
#include <string.h>

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

size_t vnft_text_width(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t width = 0;

	while (*at) {
		int more = *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : *at >= 0xc0 ? 1 : 0;
		uint32_t code = more ? *at & (0x3fU >> more) : *at;

		for (at++; more && (*at & 0xc0) == 0x80; more--)
			code = code << 6 | (*at++ & 0x3f);
		width += (size_t)code_width(code);
	}
	return width;
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
