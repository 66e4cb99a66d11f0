/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All records of a file, one after another.
 */
#include "../../lib/run/interrupt.h"
#include "../../lib/text/error.h"
#include "../../source/file.h"
#include "../report.h"

#include <errno.h>

int vnft_records_each(const char *path, vnft_record_fn fn, void *arg)
{
	struct vnft_source *source;
	int n, err = vnft_file_open(&source, path);

	if (err)
		return err;
	do {
		n = source->ops->drain(source, fn, arg);
		if (n > 0 && vnft_interrupted())
			n = vnft_fail(-EINTR, "%s: interrupted", path);
	} while (n > 0);
	source->ops->close(source);
	return n;
}

bool vnft_records_unfinished(const char *path, char *how, size_t bytes)
{
	struct vnft_source *source;
	bool unfinished;

	if (vnft_file_open(&source, path))
		return false;
	unfinished = vnft_file_unfinished(source, how, bytes);
	source->ops->close(source);
	return unfinished;
}
