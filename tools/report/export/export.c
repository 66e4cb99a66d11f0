/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a record file to a stream, whatever the format.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "export.h"

struct walk {
	struct vnft_export x;
	const struct vnft_export_format *format;
	bool begun;
};

static int begin(struct walk *w, const struct vnft_record *manifest)
{
	w->begun = true;
	w->x.manifest = *manifest;
	return w->format->begin ? w->format->begin(&w->x) : 0;
}

static void name_device(struct vnft_export *x, const struct vnft_record *r)
{
	memcpy(x->ifname[r->device], r->dev.name, VNFT_IFNAME_LEN);
	x->ifname[r->device][VNFT_IFNAME_LEN - 1] = '\0';
}

static int take(const struct vnft_record *r, void *arg)
{
	struct walk *w = arg;
	int err;

	if (r->kind == VNFT_KIND_MANIFEST)
		return begin(w, r);
	if (r->kind == VNFT_KIND_FLOW)
		return vnft_flows_add(&w->x.flows, r);
	if (r->kind == VNFT_KIND_DEVICE)
		name_device(&w->x, r);
	err = w->format->record(&w->x, r);
	w->x.records++;
	if (!err && ferror(w->x.to))
		err = vnft_fail(-EIO, "%s: cannot write", w->x.to_name);
	return err;
}

int vnft_export(const struct vnft_export_format *format, const char *path, FILE *to,
		const char *to_name)
{
	struct walk *w = calloc(1, sizeof(*w));
	int err, late;

	if (!w)
		return vnft_fail(-ENOMEM, "%s: out of memory", path);
	w->format = format;
	w->x.to = to;
	w->x.to_name = to_name;
	w->x.path = path;
	err = vnft_records_each(path, take, w);
	if (w->begun && format->end) {
		late = format->end(&w->x, err);
		err = err ? err : late;
	}
	if (!err && (fflush(to) || ferror(to)))
		err = vnft_fail(-EIO, "%s: cannot write", to_name);
	vnft_flows_free(&w->x.flows);
	free(w);
	return err;
}
