/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Widths of text on a terminal, for aligned tables.
 */
#ifndef VNFT_LIB_TEXT_H
#define VNFT_LIB_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Columns that UTF-8 @text takes on a terminal. */
size_t vnft_text_width(const char *text);

/* What of @text fits into @width columns and @bytes, by whole characters. */
void vnft_text_cut(char *to, size_t bytes, const char *text, size_t width);
/* The same, of a name: its middle gives way to "…", because both of its ends tell names apart. */
void vnft_text_shorten(char *to, size_t bytes, const char *text, size_t width);

/* @text in @width columns, filled with spaces on one side. */
void vnft_text_pad(FILE *to, const char *text, size_t width, int right);

#endif
