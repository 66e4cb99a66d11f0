/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON values with reasons, and JSON files that are whole or not there.
 */
#ifndef VNFT_LIB_JSON_H
#define VNFT_LIB_JSON_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

/* A string of text from outside: cleaned as a sentence, or as a name that can be read back. */
json_t *vnft_json_text(const char *text);
json_t *vnft_json_name(const char *name);
/* The same of a name as it was typed, in bytes or with escapes. */
json_t *vnft_json_typed(const char *typed);

/* Print @value: as json_dumpf(), and what clean.h calls not printable is written as \uXXXX. */
int vnft_json_print(const json_t *value, FILE *to, size_t flags);

/* Set @key to null and KEY_why to the reason. */
void vnft_json_null(json_t *object, const char *key, const char *why);

/*
 * Write @value to @path, by the rules of lib/run/output.h: a file that is there stays until the new
 * one is on disk. 0 or -errno after vnft_fail().
 */
int vnft_json_save(const json_t *value, const char *path);

/* Read a JSON file of at most @max_bytes; NULL after vnft_fail(). */
json_t *vnft_json_load(const char *path, size_t max_bytes);

#endif
