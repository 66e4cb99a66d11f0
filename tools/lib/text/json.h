/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON values with reasons, and JSON files that are whole or not there.
 */
#ifndef VNFT_LIB_JSON_H
#define VNFT_LIB_JSON_H

#include <jansson.h>
#include <stddef.h>

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
