/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The records as one JSON array, an item a line.
 */
#include "../../lib/text/json.h"
#include "../../lib/text/view.h"
#include "export.h"

static int record(struct vnft_export *x, const struct vnft_record *r)
{
	json_t *o = vnft_export_record_json(x, r);

	fputs(x->records ? ",\n" : "[\n", x->to);
	vnft_json_print(o, x->to, JSON_COMPACT);
	json_decref(o);
	return 0;
}

/* A file that is refused at once becomes no array: the error is the JSON value then. */
static int end(struct vnft_export *x, int err)
{
	if (!x->records && err)
		return 0;
	fputs(x->records ? "\n]\n" : "[]\n", x->to);
	if (x->to == stdout)
		vnft_view_printed = true;
	return 0;
}

const struct vnft_export_format vnft_export_json = {
	.name = "json",
	.what = "one JSON array",
	.record = record,
	.end = end,
};
