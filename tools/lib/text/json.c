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
#include "error.h"

void vnft_json_null(json_t *object, const char *key, const char *why)
{
	char why_key[160];

	snprintf(why_key, sizeof(why_key), "%s_why", key);
	json_object_set_new(object, key, json_null());
	/* A reason may quote bytes from outside; a null without reason would be worse. */
	if (json_object_set_new(object, why_key, json_string(why)))
		json_object_set_new(object, why_key, json_string("the reason is not valid UTF-8"));
}

int vnft_json_save(const json_t *value, const char *path)
{
	char *text = json_dumps(value, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	struct vnft_output *out = NULL;
	int err;

	if (!text)
		return vnft_fail(-ENOMEM, "%s: out of memory", path);
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
		vnft_fail(-EFBIG, "%s: not a file of at most %zu bytes", path, max_bytes);
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
