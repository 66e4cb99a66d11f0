/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The directory of a session: new or empty, and its own for as long as it lives.
 */
#ifndef VNFT_BENCH_DIRECTORY_H
#define VNFT_BENCH_DIRECTORY_H

#include <stdbool.h>

/**
 * struct vnft_bench_directory - a directory that was taken
 * @fd: holds its lock; -1: none
 * @made: it was not there before
 */
struct vnft_bench_directory {
	const char *path;
	int fd;
	bool made;
};

/*
 * Make the directory @path, or take it if it is empty and nobody writes in it. 0, or negative errno
 * after vnft_fail(); nothing has changed then.
 */
int vnft_bench_directory_take(struct vnft_bench_directory *d, const char *path);
/* Give it back; one that was made and stayed empty is removed. */
void vnft_bench_directory_leave(struct vnft_bench_directory *d);

#endif
