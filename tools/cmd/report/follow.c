/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page is made of the whole file, because frames and replies may lie on both sides of where the
 * last one ended. So that a long file is not read all the time, reading takes a tenth at most.
 */
#include "follow.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "../../lib/run/clock.h"
#include "../../lib/run/interrupt.h"
#include "../../lib/text/error.h"
#include "../../report/report.h"
#include "../top/again.h"

#define LOOK_NS	1000000000ULL
#define SHARE	10

/**
 * struct follow_file - what is followed
 * @bytes: when it was read, which took @took_ns and ended at @read_ns; 0: not yet
 */
struct follow_file {
	const char *path;
	uint64_t bytes, took_ns, read_ns;
};

static int make(struct vnft_again_page *page, void *arg)
{
	struct follow_file *f = arg;
	uint64_t begin_ns = vnft_now_ns();
	struct stat st;
	char how[160];

	if (stat(f->path, &st))
		return vnft_fail(-errno, "%s: %s", f->path, strerror(errno));
	/* Asked before it is read: what is finished then is read as a whole. */
	page->last = !vnft_records_unfinished(f->path, how, sizeof(how));
	if (!page->last && f->read_ns && ((uint64_t)st.st_size == f->bytes ||
					  begin_ns - f->read_ns < SHARE * f->took_ns))
		return 0;
	page->value = vnft_records_tree(f->path);
	if (!page->value)	/* an interrupt is no failure */
		return vnft_interrupted() ? 0 : -EBADMSG;
	page->views = vnft_records_views;
	page->note = page->last ? NULL : "not finished: more may follow";
	f->bytes = (uint64_t)st.st_size;
	f->read_ns = vnft_now_ns();
	f->took_ns = f->read_ns - begin_ns;
	return 0;
}

int vnft_report_follow(const char *path, bool as_json)
{
	struct follow_file file = { .path = path };
	const struct vnft_again_ask ask = {
		.event = "report",
		.interval_ns = LOOK_NS,
		.json = as_json,
		.make = make,
		.arg = &file,
	};

	return vnft_again(&ask);
}
