/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one filter for text that came from outside: names of devices and files, what daemons and
 * guests say, strings out of results and record files. Everything that is printed passes it, so
 * that no byte of it talks to a terminal or reorders a line.
 *
 * A byte is shown as "\xHH" (two small hexadecimal digits) unless it belongs to a printable
 * character in valid UTF-8. Not printable are the controls (C0, DEL and C1), the marks that turn
 * the direction of writing, the separators of lines and paragraphs, and the two numbers that are no
 * characters, which no XML may hold.
 */
#ifndef VNFT_LIB_CLEAN_H
#define VNFT_LIB_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the valid UTF-8 character at @text, its number in *@code; 0 if there is none. */
size_t vnft_utf8(const char *text, uint32_t *code);

/* May the character @code be printed as it is? */
bool vnft_code_printable(uint32_t code);

/*
 * Copy a sentence: blanks of any kind become spaces, so that one line stays one line, and a
 * backslash is left alone, so that clean text does not change. Cut text ends with a whole
 * character. @to and @text do not overlap.
 */
void vnft_text_clean(char *to, size_t bytes, const char *text);

/* Room for the shown form of a name of @n bytes, with the end. */
#define VNFT_NAME_SHOWN_BYTES(n) (4 * (n) + 1)

/*
 * Copy a name so that it can be read back: as above, but a blank that is no space is shown as
 * "\xHH" too, and a backslash as "\x5c" where it would read as such an escape.
 */
void vnft_name_show(char *to, size_t bytes, const char *name);

/*
 * The name that is shown as @shown, or @shown itself if there is no escape in it. False when @to
 * is too small or an escape stands for the end of a string; @to is then "".
 */
bool vnft_name_read(char *to, size_t bytes, const char *shown);

#endif
