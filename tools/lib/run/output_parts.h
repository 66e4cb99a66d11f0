/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the output share: output_take.c finds the target and takes it, output.c writes.
 */
#ifndef VNFT_LIB_OUTPUT_PARTS_H
#define VNFT_LIB_OUTPUT_PARTS_H

#include <limits.h>
#include <sys/stat.h>

#include "output.h"
#include "way.h"

/**
 * struct vnft_output - a file being written
 * @way: to it; everything is done in its directory, whatever the path means by then
 * @part: what the user calls it until it is finished, NULL if it has its own name or none
 * @part_name: the last part of that
 * @file: a regular file that we made
 * @flags: as given to vnft_output_open()
 * @whole: without its end it is nothing
 */
struct vnft_output {
	struct vnft_way way;
	char *path, *part, part_name[NAME_MAX + sizeof(".part")];
	int fd;
	unsigned int flags;
	bool file, whole, to_stdout;
	uint64_t bytes;
};

/* Check the target that o->path is, and take it: 0, or negative errno after vnft_fail(). */
int vnft_output_take(struct vnft_output *o);
/* The last part of its name now. */
const char *vnft_output_name_now(const struct vnft_output *o);
/* What to call it: the name that the user will look for. */
const char *vnft_output_said(const struct vnft_output *o);
/* What has @name in the directory of the target, as fstatat(). */
int vnft_output_look_at(const struct vnft_output *o, const char *name, struct stat *st);
/* Returns @err after vnft_fail() with its text. */
int vnft_output_fail(const struct vnft_output *o, int err, const char *what);

#endif
