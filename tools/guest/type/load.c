/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where type files are, and reading them. What may stand in one: parse.c.
 */
#include "type.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/cli/guess.h"
#include "../../lib/host/place.h"
#include "../../lib/text/error.h"
#include "../../source/kind.h"
#include "parse.h"

#define FILE_BYTES_MAX	(64 * 1024)
#define SUFFIX		".conf"

static bool name_ok(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-");

	return n && !name[n] && n < VNFT_TYPE_NAME_LEN && name[0] != '.' && name[0] != '-';
}

/* Whole file in a new buffer. */
static int read_file(const char *path, char **text, size_t *bytes)
{
	/* NONBLOCK: a fifo of that name must not hang us. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char near[512];
	ssize_t n = -1;

	if (fd < 0) {
		n = errno;
		vnft_guess_path(path, near, sizeof(near));
		return vnft_fail((int)-n, "%s: %s%s", path, strerror((int)n), near);
	}
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > FILE_BYTES_MAX) {
		close(fd);
		return vnft_fail(-EBADMSG,
				 "%s: not a type file: a regular file of at most %d bytes",
				 path, FILE_BYTES_MAX);
	}
	*text = malloc(FILE_BYTES_MAX);
	if (*text)
		n = read(fd, *text, FILE_BYTES_MAX);
	close(fd);
	if (n < 0) {
		free(*text);
		return vnft_fail(-EIO, "%s: cannot be read", path);
	}
	*bytes = (size_t)n;
	return 0;
}

static int load_file(struct vnft_type *type, const char *path)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	size_t bytes = 0, n = strlen(base), suffix = strlen(SUFFIX);
	char *text = NULL, images[512];
	int err;

	err = vnft_file_refuse(path, VNFT_FILE_TYPE, VNFT_FILE_EMPTY);
	if (err)
		return err;
	memset(type, 0, sizeof(*type));
	if (n > suffix && !strcmp(base + n - suffix, SUFFIX))
		n -= suffix;
	snprintf(type->name, sizeof(type->name), "%.*s", (int)n, base);
	if (n >= sizeof(type->name) || !name_ok(type->name))
		return vnft_fail(-EBADMSG, "%s: a type's name has at most %d of a-z 0-9 . -", path,
				 VNFT_TYPE_NAME_LEN - 1);
	err = read_file(path, &text, &bytes);
	if (err)
		return err;
	snprintf(images, sizeof(images), "%s/images", vnft_cache_dir());
	err = vnft_type_parse(type, path, text, bytes, images);
	free(text);
	return err;
}

static int is_type_file(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name), suffix = strlen(SUFFIX);

	return entry->d_name[0] != '.' && n > suffix &&
	       !strcmp(entry->d_name + n - suffix, SUFFIX);
}

static int no_such(const char *name)
{
	char type[256], nearest[256] = "";
	struct vnft_guess guess;
	struct dirent *entry;
	DIR *d = opendir(vnft_types_dir());

	/* A file that is here, and no type of that name. */
	if (!access(name, F_OK)) {
		if (d)
			closedir(d);
		if (vnft_file_refuse(name, VNFT_FILE_TYPE, VNFT_FILE_EMPTY))
			return -EINVAL;
		return vnft_fail(-EINVAL, "%.64s: no such type: the file is ./%.64s", name, name);
	}
	vnft_guess_begin(&guess, name);
	while (d && (entry = readdir(d))) {
		if (!is_type_file(entry))
			continue;
		snprintf(type, sizeof(type), "%.*s",
			 (int)(strlen(entry->d_name) - strlen(SUFFIX)), entry->d_name);
		vnft_guess_try(&guess, type);
		if (guess.nearest != type)
			continue;
		memcpy(nearest, type, sizeof(nearest));
		guess.nearest = nearest;
	}
	if (d)
		closedir(d);
	if (nearest[0])
		return vnft_fail(-EINVAL, "%.64s: no such type: did you mean %s?", name, nearest);
	return vnft_fail(-EINVAL, "%.64s: no such type: `vnftrace types` lists them, a path with "
			 "'/' names any file", name);
}

int vnft_type_load(struct vnft_type *type, const char *name)
{
	size_t n = strlen(name), suffix = strlen(SUFFIX);
	char path[4096];

	if (strchr(name, '/') || (n > suffix && !strcmp(name + n - suffix, SUFFIX)))
		return load_file(type, name);
	if (name_ok(name))
		snprintf(path, sizeof(path), "%s/%s" SUFFIX, vnft_types_dir(), name);
	if (!name_ok(name) || access(path, F_OK))
		return no_such(name);
	return load_file(type, path);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);	/* whatever the locale is */
}

int vnft_type_each(int (*fn)(const struct vnft_type *type, int err, void *arg), void *arg)
{
	const char *dir = vnft_types_dir();
	struct dirent **entry;
	int n = scandir(dir, &entry, is_type_file, by_name), i, stop = 0;

	if (n < 0)
		return vnft_fail(-ENOENT, "%s: no types there (%s): set VNFT_TYPES", dir,
				 strerror(errno));
	for (i = 0; i < n; i++) {
		struct vnft_type type;
		char path[4096];

		if (!stop) {
			snprintf(path, sizeof(path), "%s/%s", dir, entry[i]->d_name);
			stop = fn(&type, load_file(&type, path), arg);
		}
		free(entry[i]);
	}
	free(entry);
	return stop;
}
