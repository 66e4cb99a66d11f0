/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All records of a file, one after another.
 */
#include "../../lib/run/interrupt.h"
#include "../../lib/text/error.h"
#include "../../source/file.h"
#include "../report.h"
#include "anonymize.h"

#include <errno.h>

static struct vnft_anonymous *anonymous;

struct hidden_walk {
	vnft_record_fn fn;
	void *arg;
};

static int without_names(const struct vnft_record *r, void *arg)
{
	const struct hidden_walk *w = arg;
	struct vnft_record copy = *r;

	vnft_anonymous_record(anonymous, &copy);
	return w->fn(&copy, w->arg);
}

int vnft_records_anonymize(bool on)
{
	vnft_anonymous_free(anonymous);
	anonymous = NULL;
	return on ? vnft_anonymous_new(&anonymous) : 0;
}

bool vnft_records_anonymized(void)
{
	return anonymous;
}

int vnft_records_each(const char *path, vnft_record_fn fn, void *arg)
{
	struct vnft_source *source;
	struct hidden_walk w = { fn, arg };
	int n, err = vnft_file_open(&source, path);

	if (err)
		return err;
	do {
		n = source->ops->drain(source, anonymous ? without_names : fn,
					anonymous ? &w : arg);
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
