/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a file that was named is, by its first bytes.
 */
#include "kind.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../kmod/uapi/vnftrace.h"
#include "../lib/text/error.h"

#define HEAD_BYTES 1024

static bool is_capture(const char *head, size_t bytes)
{
	static const uint32_t magics[] = {
		0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a
	};
	uint32_t first;

	if (bytes < sizeof(first))
		return false;
	memcpy(&first, head, sizeof(first));
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (first == magics[i])
			return true;
	return false;
}

static bool is_records(const char *head, size_t bytes)
{
	struct vnft_record first;

	if (bytes < sizeof(first))
		return false;
	memcpy(&first, head, sizeof(first));
	return first.kind == VNFT_KIND_MANIFEST && first.flow == VNFT_MAGIC;
}

/* Comments, then "key = value". @head ends with a zero byte. */
static bool is_type(const char *head)
{
	size_t key;

	while (*head == '#' || isspace((unsigned char)*head)) {
		if (*head == '#')
			head += strcspn(head, "\n");
		head += *head != '\0';
	}
	key = strspn(head, "abcdefghijklmnopqrstuvwxyz0123456789_-");
	return key && head[key + strspn(head + key, " \t")] == '=';
}

static enum vnft_file_kind kind_of(const char *head, size_t bytes)
{
	if (!bytes)
		return VNFT_FILE_EMPTY;
	if (is_records(head, bytes))
		return VNFT_FILE_RECORDS;
	if (is_capture(head, bytes))
		return VNFT_FILE_CAPTURE;
	if (head[strspn(head, " \t\r\n")] == '{')
		return VNFT_FILE_JSON;
	return is_type(head) ? VNFT_FILE_TYPE : VNFT_FILE_UNKNOWN;
}

enum vnft_file_kind vnft_file_kind(const char *path)
{
	char head[HEAD_BYTES + 1], results[4096];
	struct stat st;
	ssize_t n;
	int fd;

	if (stat(path, &st))
		return VNFT_FILE_UNKNOWN;
	if (S_ISDIR(st.st_mode)) {
		n = snprintf(results, sizeof(results), "%s/results.json", path);
		return (size_t)n < sizeof(results) && !access(results, F_OK) ?
		       VNFT_FILE_RESULTS : VNFT_FILE_DIRECTORY;
	}
	if (!S_ISREG(st.st_mode))
		return VNFT_FILE_UNKNOWN;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	n = fd >= 0 ? read(fd, head, HEAD_BYTES) : -1;
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return VNFT_FILE_UNKNOWN;
	head[n] = '\0';
	return kind_of(head, (size_t)n);
}

int vnft_file_refuse(const char *path, enum vnft_file_kind a, enum vnft_file_kind b)
{
	static const struct {
		const char *what, *command;
	} say[] = {
		[VNFT_FILE_EMPTY] = { "is empty", NULL },
		[VNFT_FILE_RECORDS] = { "is a record file", "vnftrace report" },
		[VNFT_FILE_JSON] = { "is JSON, as results.json is", "vnftrace report" },
		[VNFT_FILE_CAPTURE] = { "is a packet capture", "tcpdump -r" },
		[VNFT_FILE_TYPE] = { "is the file of a type", "vnftrace types" },
		[VNFT_FILE_RESULTS] = { "is a directory of bench", "vnftrace report" },
		[VNFT_FILE_DIRECTORY] = { "is a directory without a results.json", NULL },
	};
	enum vnft_file_kind kind = vnft_file_kind(path);

	if (kind == VNFT_FILE_UNKNOWN || kind == a || kind == b)
		return 0;
	return vnft_fail(-EBADMSG, "%s: %s%s%s%s%s", path, say[kind].what,
			 say[kind].command ? ": " : "",
			 say[kind].command ? say[kind].command : "",
			 say[kind].command ? " " : "", say[kind].command ? path : "");
}
