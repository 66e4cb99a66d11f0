/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What must hold of a page of tools/report/html, whatever results say: it is well formed, has no
 * element that runs or fetches anything, and every place in a picture is a number. For C; with a
 * parser that is not ours, tests/html-page asks the same.
 */
#ifndef TESTS_HTML_H
#define TESTS_HTML_H

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tools/lib/text/clean.h"

#define HTML_DEPTH	32

/**
 * struct html_walk - a page as far as it was read
 * @open: elements that are not closed; @bytes: of their names
 */
struct html_walk {
	const char *open[HTML_DEPTH];
	size_t bytes[HTML_DEPTH];
	unsigned int depth;
};

static inline bool html_is(const char *name, size_t bytes, const char *words)
{
	char wanted[32];

	if (bytes + 3 > sizeof(wanted))
		return false;
	snprintf(wanted, sizeof(wanted), " %.*s ", (int)bytes, name);
	return strstr(words, wanted);
}

/* A number, perhaps in percent. */
static inline bool html_is_place(const char *value, size_t bytes)
{
	size_t i = bytes && value[0] == '-', from = i;

	while (i < bytes && (isdigit((unsigned char)value[i]) || value[i] == '.'))
		i++;
	return i > from && (i == bytes || (value[i] == '%' && i + 1 == bytes));
}

/* One attribute, from its name on: where it ends, or NULL. */
static inline const char *html_attribute(const char *at)
{
	static const char places[] = " x y x1 y1 x2 y2 cx cy r width height ";
	static const char names[] = " lang charset http-equiv content name id class href title "
				    "value role aria-label ";
	size_t name = strcspn(at, "= />\n"), bytes;
	const char *value = at + name + 2;

	if (at[name] != '=' || at[name + 1] != '"')
		return NULL;
	bytes = strcspn(value, "\"<");
	if (value[bytes] != '"')
		return NULL;
	if (html_is(at, name, places))
		return html_is_place(value, bytes) ? value + bytes + 1 : NULL;
	if (!html_is(at, name, names) || (html_is(at, name, " href ") && *value != '#'))
		return NULL;
	return value + bytes + 1;
}

/* A tag, from its '<' on: where it ends, or NULL. */
static inline const char *html_tag(struct html_walk *w, const char *at)
{
	static const char elements[] =
		" html head meta title style body h1 h2 h3 p b i a nav section small div figure "
		"figcaption ul li span data code pre details summary table tr th td svg g rect "
		"circle line text ";
	size_t bytes = strcspn(at + 1, " />\n");

	if (at[1] == '/') {
		bytes = strcspn(at + 2, ">");
		if (!w->depth || w->bytes[w->depth - 1] != bytes ||
		    strncmp(w->open[w->depth - 1], at + 2, bytes))
			return NULL;
		w->depth--;
		return at[2 + bytes] ? at + bytes + 3 : NULL;
	}
	if (!html_is(at + 1, bytes, elements) || w->depth == HTML_DEPTH)
		return NULL;
	w->open[w->depth] = at + 1;
	w->bytes[w->depth++] = bytes;
	at += bytes + 1;
	while (*at == ' ') {
		at = html_attribute(at + 1);
		if (!at)
			return NULL;
	}
	if (at[0] == '/' && at[1] == '>') {
		w->depth--;
		return at + 2;
	}
	return *at == '>' ? at + 1 : NULL;
}

static inline const char *html_entity(const char *at)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strncmp(at, known[i], strlen(known[i])))
			return at + strlen(known[i]);
	return NULL;
}

/* Where the first fault of a page is; NULL: it has none. */
static inline const char *html_fault(const char *text)
{
	static const char head[] = "<!DOCTYPE html>\n";
	struct html_walk w = { .depth = 0 };
	const char *at = text + sizeof(head) - 1, *next;
	uint32_t code;
	size_t n;

	if (strncmp(text, head, sizeof(head) - 1))
		return text;
	for (; *at; at = next) {
		n = vnft_utf8(at, &code);
		next = at + n;
		if (*at == '<')
			next = html_tag(&w, at);
		else if (*at == '&')
			next = html_entity(at);
		else if (!n || (!vnft_code_printable(code) && code != '\n'))
			next = NULL;
		if (!next)
			return at;
	}
	return w.depth ? at : NULL;
}

#endif
