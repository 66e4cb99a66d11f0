/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A recording from what was asked for to its page.
 */
#include <errno.h>
#include <stdio.h>

#include "../../lib/run/interrupt.h"
#include "../../lib/text/error.h"
#include "../../source/file_write.h"
#include "../../source/spec.h"
#include "record.h"

/* Refuse what no observer can do, before anything is opened. */
static int check(struct vnft_recording *r)
{
	const struct vnft_recording_ask *c = r->ask;
	int err;

	if (!c->output)
		return vnft_fail(-EINVAL, "record: name the file with -o FILE");
	err = vnft_recording_stages(&c->stages, &r->stages);
	if (err)
		return err;
	if (c->hook != VNFT_HOOK_AUTO && c->observer == VNFT_OBSERVER_MODULE)
		return vnft_fail(-EINVAL,
				 "record: --hook is for the BPF observer: leave it out with "
				 "--observer module");
	return 0;
}

int vnft_recording(const struct vnft_recording_ask *ask, char **specs, int n, bool as_json)
{
	struct vnft_recording r = { .ask = ask };
	enum vnft_exit code;
	char why[1024];
	int err;

	err = check(&r);
	if (!err)
		err = vnft_spec_distinct(specs, (size_t)n);
	if (err)
		return vnft_exit_code(err);
	vnft_interrupt_catch();
	err = vnft_recording_start(&r, specs, n);
	if (!err)
		err = vnft_recording_collect(&r);
	code = err ? vnft_exit_code(err) : vnft_recording_finish(&r, as_json);
	snprintf(why, sizeof(why), "%s", vnft_why());
	if (r.begun && r.writer && !vnft_file_tick(r.writer))
		vnft_warn("%s: not finished: it has what came before this failed", ask->output);
	vnft_recording_close(&r);
	if (code)
		vnft_fail(err ? err : -EIO, "%s", why);
	return code;
}
