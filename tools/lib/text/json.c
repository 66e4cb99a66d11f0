/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON values with reasons, and JSON files that are whole or not there.
 */
#include "json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../run/output.h"
#include "clean.h"
#include "error.h"

static json_t *cleaned(const char *text, void (*clean)(char *, size_t, const char *))
{
	size_t bytes = VNFT_NAME_SHOWN_BYTES(strlen(text));
	char *to = malloc(bytes);
	json_t *value = NULL;

	if (to) {
		clean(to, bytes, text);
		value = json_string(to);
	}
	free(to);
	return value;
}

json_t *vnft_json_text(const char *text)
{
	return cleaned(text, vnft_text_clean);
}

json_t *vnft_json_name(const char *name)
{
	return cleaned(name, vnft_name_show);
}

json_t *vnft_json_typed(const char *typed)
{
	size_t bytes = strlen(typed) + 1;
	char *name = malloc(bytes);
	json_t *value = NULL;

	if (name)
		value = vnft_json_name(vnft_name_read(name, bytes, typed) ? name : typed);
	free(name);
	return value;
}

/* jansson hands over whole characters; outside of strings there are none of the hidden ones. */
static int print_piece(const char *text, size_t bytes, void *arg)
{
	const char *at = text, *end = text + bytes;
	char whole[8];
	uint32_t code;
	FILE *to = arg;
	size_t n;

	for (; at < end; at += n) {
		n = (size_t)(end - at) < sizeof(whole) ? (size_t)(end - at) : sizeof(whole) - 1;
		memcpy(whole, at, n);
		whole[n] = '\0';
		n = vnft_utf8(whole, &code);
		if (!n)
			return -1;
		/* Those below a space are the layout's: in a string they are escaped already. */
		if (code < ' ' || vnft_code_printable(code)) {
			if (fwrite(at, 1, n, to) != n)
				return -1;
		} else if (fprintf(to, "\\u%04X", code) < 0) {
			return -1;
		}
	}
	return 0;
}

int vnft_json_print(const json_t *value, FILE *to, size_t flags)
{
	return json_dump_callback(value, print_piece, to, flags);
}

void vnft_json_null(json_t *object, const char *key, const char *why)
{
	char why_key[160];

	snprintf(why_key, sizeof(why_key), "%s_why", key);
	json_object_set_new(object, key, json_null());
	json_object_set_new(object, why_key, vnft_json_text(why));
}

int vnft_json_save(const json_t *value, const char *path)
{
	struct vnft_output *out = NULL;
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);
	int err;

	err = f ? vnft_json_print(value, f, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : -1;
	if (f && fclose(f))
		err = -1;
	if (err) {
		free(text);
		return vnft_fail(-ENOMEM, "%s: out of memory", path);
	}
	err = vnft_output_open(&out, path, VNFT_OUTPUT_REPLACE | VNFT_OUTPUT_WHOLE);
	if (!err)
		err = vnft_output_write(out, text, strlen(text));
	if (!err)
		err = vnft_output_write(out, "\n", 1);
	free(text);
	if (!err)
		return vnft_output_finish(out);
	vnft_output_discard(out);
	return err;
}

json_t *vnft_json_load(const char *path, size_t max_bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	json_error_t error;
	json_t *value = NULL;
	struct stat st;
	size_t used = 0;
	char *text;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st)) {
		vnft_fail(-errno, "%s: cannot read: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	text = S_ISREG(st.st_mode) && (size_t)st.st_size <= max_bytes ?
		malloc((size_t)st.st_size + 1) : NULL;
	if (!text) {
		vnft_fail(-EFBIG, "%s: not a regular file of at most %zu bytes", path, max_bytes);
		close(fd);
		return NULL;
	}
	while (used < (size_t)st.st_size &&
	       (n = read(fd, text + used, (size_t)st.st_size - used)) > 0)
		used += (size_t)n;
	close(fd);
	value = json_loadb(text, used, JSON_REJECT_DUPLICATES, &error);
	if (!value)
		vnft_fail(-EBADMSG, "%s:%d: not JSON: %s", path, error.line, error.text);
	free(text);
	return value;
}
