/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file that the user asked for. Every verb that writes one does it through here, so that one rule
 * holds for all:
 *
 *   - The target is checked, and taken, before anything else is started.
 *   - A file that exists is replaced only when that was asked for, and only when the new one is
 *     finished. Until then, and for ever if that fails, the old one stays.
 *   - A file that is being written is locked: a second writer of the same name is refused.
 *   - All is done in the directory that was opened at the start, and no link of somebody else's is
 *     followed, on the way or at its end.
 *   - A character device or a FIFO is written to as it is and never removed or replaced. Nobody
 *     reads the FIFO: refused. A block device, socket or directory is refused.
 *   - "-" is standard output, and so is any name of the file that standard output is.
 */
#ifndef VNFT_LIB_OUTPUT_H
#define VNFT_LIB_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct vnft_output;

/**
 * enum vnft_output_flag - how a file is to be written; or them
 * @VNFT_OUTPUT_REPLACE: a regular file of that name may be replaced (--force)
 * @VNFT_OUTPUT_WHOLE: the name appears when the file is finished, and never without. Otherwise a
 *		       new file has its name from the start, so that what a killed process wrote
 *		       can be found and read.
 * @VNFT_OUTPUT_BINARY: nothing for a terminal
 * @VNFT_OUTPUT_ANEW: an empty regular file of that name is removed; anything else is refused
 */
enum vnft_output_flag {
	VNFT_OUTPUT_REPLACE	= 1 << 0,
	VNFT_OUTPUT_WHOLE	= 1 << 1,
	VNFT_OUTPUT_BINARY	= 1 << 2,
	VNFT_OUTPUT_ANEW	= 1 << 3,
};

/**
 * vnft_output_open() - check the target and take it
 * @flags: of enum vnft_output_flag
 *
 * From then on the process ignores SIGPIPE if the target is no file: a reader that goes away is an
 * error of vnft_output_write().
 *
 * Return: 0, or negative errno after vnft_fail(); nothing of the target has changed then.
 */
int vnft_output_open(struct vnft_output **output, const char *path, unsigned int flags);

/*
 * Write all of it. Where a pipe's reader does not read, an interrupt ends the wait after a second.
 * 0, or negative errno after vnft_fail().
 */
int vnft_output_write(struct vnft_output *o, const void *data, size_t bytes);

/*
 * The same as a stream: fclose() it before the output is finished. A write that fails sets ferror()
 * and has called vnft_fail(). NULL after vnft_fail().
 */
FILE *vnft_output_stream(struct vnft_output *o);

/* Bytes written so far. */
uint64_t vnft_output_bytes(const struct vnft_output *o);
/* After a failed write: cut a regular file back to a whole number of @unit_bytes. */
void vnft_output_trim(struct vnft_output *o, size_t unit_bytes);
/* The name under which the data is now: the path, PATH.part before the end, or "stdout". */
const char *vnft_output_name(const struct vnft_output *o);
/* Does the data go to standard output? Then nothing else may. */
bool vnft_output_is_stdout(const struct vnft_output *o);
/* Is it a regular file, which keeps what was written? */
bool vnft_output_is_file(const struct vnft_output *o);

/*
 * The file is complete: on disk, and under its name. Frees @o whatever happens. 0, or negative
 * errno after vnft_fail(): a file to be WHOLE is not there then, of any other what was written is
 * kept.
 */
int vnft_output_finish(struct vnft_output *o);
/* The file will not be complete: keep what was written, under its present name. Frees @o. */
void vnft_output_keep(struct vnft_output *o);
/* Nothing of worth was written: remove what open() made, no more. Frees @o; NULL is allowed. */
void vnft_output_discard(struct vnft_output *o);

#endif
