/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page is whole, or is not there (lib/run/output.h).
 */
#include "page.h"

#include <errno.h>

#include "../../lib/run/interrupt.h"
#include "../../lib/run/output.h"
#include "../../lib/text/json.h"
#include "../../lib/text/view.h"

static const struct vnft_column columns[] = {
	{ "page", "file" }, { "size", "size_bytes" }, { NULL, NULL }
};
static const struct vnft_view views[] = { { NULL, "", columns }, { NULL, NULL, NULL } };

int vnft_report_page_open(struct vnft_report_page *page, const char *path, bool force)
{
	int err;

	vnft_interrupt_catch();
	err = vnft_output_open(&page->out, path,
			       VNFT_OUTPUT_WHOLE | (force ? VNFT_OUTPUT_REPLACE : 0));
	if (err)
		return err;
	page->path = path;
	if (vnft_output_is_stdout(page->out))
		vnft_view_use_stderr();
	page->to = vnft_output_stream(page->out);
	if (page->to)
		return 0;
	vnft_output_discard(page->out);
	return -ENOMEM;
}

int vnft_report_page_close(struct vnft_report_page *page, int err, bool json)
{
	const bool to_stdout = vnft_output_is_stdout(page->out);
	json_t *said;
	bool failed;
	uint64_t bytes;

	/* vnft_output_stream() has said why it failed. */
	failed = ferror(page->to);
	failed |= fclose(page->to) != 0;
	if (!err && failed)
		err = -EIO;
	bytes = vnft_output_bytes(page->out);
	if (err)
		vnft_output_discard(page->out);
	else
		err = vnft_output_finish(page->out);
	if (err || (to_stdout && !json))
		return err;
	said = json_object();
	json_object_set_new(said, "file", vnft_json_name(page->path));
	json_object_set_new(said, "size_bytes", json_integer((json_int_t)bytes));
	return vnft_view_print(said, json, views);
}
