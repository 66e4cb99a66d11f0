/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Escaping and bounds of XML.
 */
#include "xml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void put(struct vnft_xml *x, const char *text, size_t n)
{
	if (x->err)
		return;
	if (n >= x->bytes - x->used) {
		x->err = -E2BIG;
		return;
	}
	memcpy(x->to + x->used, text, n);
	x->used += n;
	x->to[x->used] = 0;
}

static void put_escaped(struct vnft_xml *x, const char *text)
{
	for (; *text; text++) {
		const unsigned char c = (unsigned char)*text;

		if (c < ' ' || c == 0x7f)
			x->err = x->err ? x->err : -EINVAL;
		else if (c == '&')
			put(x, "&amp;", 5);
		else if (c == '<')
			put(x, "&lt;", 4);
		else if (c == '>')
			put(x, "&gt;", 4);
		else if (c == '\'')
			put(x, "&apos;", 6);
		else if (c == '"')
			put(x, "&quot;", 6);
		else
			put(x, text, 1);
	}
}

void vnft_xml(struct vnft_xml *x, const char *fmt, ...)
{
	char number[16];
	const char *at;
	va_list ap;

	va_start(ap, fmt);
	for (; (at = strchr(fmt, '%')); fmt = at + 2) {
		put(x, fmt, (size_t)(at - fmt));
		if (at[1] == 's') {
			put_escaped(x, va_arg(ap, const char *));
		} else {
			snprintf(number, sizeof(number), "%u", va_arg(ap, unsigned int));
			put(x, number, strlen(number));
		}
	}
	put(x, fmt, strlen(fmt));
	va_end(ap);
}
