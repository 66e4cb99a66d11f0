/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A results.json from its file, and what readers ask of it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/cli/guess.h"
#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "../source/kind.h"
#include "check.h"
#include "read.h"

#define FILE_BYTES_MAX	(64u << 20)

json_t *vnft_results_load(const char *path)
{
	char file[4096], near[512];
	struct stat st;
	json_t *results;

	if (stat(path, &st)) {
		int err = errno;

		vnft_guess_path(path, near, sizeof(near));
		vnft_fail(-err, "%s: %s%s", path, strerror(err), err == ENOENT ? near : "");
		return NULL;
	}
	if (vnft_file_refuse(path, VNFT_FILE_JSON, VNFT_FILE_RESULTS))
		return NULL;
	if ((size_t)snprintf(file, sizeof(file), "%s%s", path,
			     S_ISDIR(st.st_mode) ? "/" VNFT_RESULTS_FILE : "") >= sizeof(file)) {
		vnft_fail(-ENAMETOOLONG, "%s: path too long", path);
		return NULL;
	}
	results = vnft_json_load(file, FILE_BYTES_MAX);
	if (results && vnft_results_check(results, file)) {
		json_decref(results);
		return NULL;
	}
	return results;
}

const char *vnft_results_host(const json_t *results)
{
	const json_t *name = vnft_view_at(results, "manifest.host.hostname");

	return json_is_string(name) ? json_string_value(name) : "?";
}

/* Words of the setup in its order, and the cache state that is not the usual one. */
void vnft_results_label(const json_t *row, char *to, size_t bytes)
{
	const char *type = json_string_value(json_object_get(row, "type"));
	const char *cache = json_string_value(json_object_get(row, "cache"));
	const char *key, *text, *sep = " (";
	size_t used;
	json_t *item;

	used = (size_t)snprintf(to, bytes, "%s", type ? type : "?");
	json_object_foreach(json_object_get(row, "setup"), key, item) {
		text = json_string_value(item);
		if (!text || used >= bytes)
			continue;
		used += (size_t)snprintf(to + used, bytes - used, "%s%s", sep, text);
		sep = ", ";
	}
	if (cache && !strcmp(cache, "cold") && used < bytes) {
		used += (size_t)snprintf(to + used, bytes - used, "%scold", sep);
		sep = ", ";
	}
	if (sep[0] == ',' && used < bytes)
		used += (size_t)snprintf(to + used, bytes - used, ")");
	/* Cut, but not within a character. */
	for (used = used < bytes ? 0 : bytes - 1; used && (to[used - 1] & 0x80); used--)
		to[used - 1] = '\0';
}

void vnft_results_name(const json_t *rows, const json_t *row, char *to, size_t bytes)
{
	const json_t *type = json_object_get(row, "type");
	unsigned int number = 0, all = 0;
	char other[256], label[256];
	json_t *one;
	size_t i;

	vnft_results_label(row, label, sizeof(label));
	json_array_foreach(rows, i, one) {
		if (!json_equal(json_object_get(one, "type"), type))
			continue;
		vnft_results_label(one, other, sizeof(other));
		if (strcmp(other, label))
			continue;
		all++;
		if (one == row)
			number = all;
	}
	if (all < 2) {
		vnft_results_label(row, to, bytes);
		return;
	}
	/* The number is what must not be cut. */
	snprintf(other, sizeof(other), "#%u", number);
	vnft_results_label(row, to, bytes - strlen(other));
	snprintf(to + strlen(to), bytes - strlen(to), "%s", other);
}

bool vnft_results_is_called(const json_t *rows, const json_t *row, const char *name)
{
	const char *type = json_string_value(json_object_get(row, "type"));
	char label[256], whole[256];

	if (!type || strncmp(name, type, strlen(type)))
		return false;
	vnft_results_label(row, label, sizeof(label));
	vnft_results_name(rows, row, whole, sizeof(whole));
	return !strcmp(type, name) || !strcmp(label, name) || !strcmp(whole, name);
}

int vnft_results_samples(const json_t *row, const char *path, struct vnft_samples *samples)
{
	const json_t *array = vnft_view_at(row, path);
	json_t *v;
	size_t i;
	int err;

	json_array_foreach(array, i, v) {
		err = vnft_samples_add(samples, json_number_value(v));
		if (err)
			return err;
	}
	return 0;
}

const struct vnft_key *vnft_results_sampled(const struct vnft_key *from, const char **path,
					    int *base_bytes)
{
	static const char row[] = "rows[].", samples[] = ".samples_";
	const char *at;

	for (; from->path; from++) {
		at = strstr(from->path, samples);
		if (from->type != VNFT_KEY_SAMPLES || !at ||
		    strncmp(from->path, row, sizeof(row) - 1))
			continue;
		*path = from->path + sizeof(row) - 1;
		*base_bytes = (int)(at - *path);
		return from;
	}
	return NULL;
}
