/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an instance costs: image size on disk, the host's available memory; and the page cache of
 * its image, which tells a cold start from a warm one.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/text/json.h"
#include "bench.h"

#define MAX_OPEN_DIRS	16

/* nftw() has no argument for its callback; bench measures one image at a time, in one thread. */
static struct {
	uint64_t file_bytes, disk_bytes;
} total;
static bool want_cold;

static int add_file(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	if (kind == FTW_F || kind == FTW_SL) {
		total.file_bytes += (uint64_t)st->st_size;
		total.disk_bytes += (uint64_t)st->st_blocks * 512;
	}
	return 0;
}

static int warm_file(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	char buf[1 << 16];
	int fd;

	if (kind != FTW_F || !S_ISREG(st->st_mode))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return 0;
	if (want_cold) {
		/* Only clean pages can be dropped. */
		fsync(fd);
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	} else {
		while (read(fd, buf, sizeof(buf)) > 0)
			;
	}
	close(fd);
	return 0;
}

static void walk(const struct vnft_type *type, __nftw_func_t fn)
{
	const char *const path[] = { type->image, type->kernel, type->initrd };
	char real[4096];
	size_t i;

	for (i = 0; i < 3; i++)
		if (path[i][0] && realpath(path[i], real))
			nftw(real, fn, MAX_OPEN_DIRS, FTW_PHYS);
}

void vnft_bench_page_cache(const struct vnft_type *type, bool cold)
{
	want_cold = cold;
	walk(type, warm_file);
}

void vnft_bench_image(const struct vnft_type *type, json_t *row)
{
	json_t *image = json_object();

	memset(&total, 0, sizeof(total));
	walk(type, add_file);
	if (total.file_bytes) {
		json_object_set_new(image, "file_bytes",
				    json_integer((json_int_t)total.file_bytes));
		json_object_set_new(image, "disk_bytes",
				    json_integer((json_int_t)total.disk_bytes));
	} else {
		vnft_json_null(image, "file_bytes", "the type names no image that can be read");
		vnft_json_null(image, "disk_bytes", "the type names no image that can be read");
	}
	json_object_set_new(row, "image", image);
}

uint64_t vnft_bench_available_bytes(void)
{
	unsigned long long kib = 0;
	char line[128];
	FILE *f;

	f = fopen("/proc/meminfo", "re");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
			break;
	fclose(f);
	return kib * 1024;
}
