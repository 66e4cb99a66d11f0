/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text in HTML and XML.
 */
#ifndef VNFT_LIB_TEXT_MARKUP_H
#define VNFT_LIB_TEXT_MARKUP_H

#include <stddef.h>
#include <stdio.h>

/*
 * @bytes of @text as text, between tags and in attributes alike: cleaned as for a terminal
 * (clean.h), and without a character that markup is made of.
 */
void vnft_markup_text(FILE *to, const char *text, size_t bytes);

#endif
