/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files that a type names: their size on disk, and their pages in the page cache, which tell a
 * cold start from a warm one.
 */
#include "image.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

void vnft_bench_image(const struct vnft_type *type, uint64_t *file_bytes, uint64_t *disk_bytes)
{
	memset(&total, 0, sizeof(total));
	walk(type, add_file);
	*file_bytes = total.file_bytes;
	*disk_bytes = total.disk_bytes;
}
