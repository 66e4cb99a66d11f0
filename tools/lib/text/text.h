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

/* @text in @width columns, filled with spaces on one side. */
void vnft_text_pad(FILE *to, const char *text, size_t width, int right);

#endif
