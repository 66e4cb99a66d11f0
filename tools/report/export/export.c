/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a record file or a results.json to a stream, whatever the format.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/clean.h"
#include "../../lib/text/error.h"
#include "../../results/read.h"
#include "export.h"

/**
 * struct walk - an export under way
 * @wanted: by id of the device, if only one name is
 * @found: some device, or row, has that name
 */
struct walk {
	struct vnft_export x;
	const struct vnft_export_format *format;
	bool begun, found;
	bool wanted[UINT16_MAX + 1];
};

static int begin(struct walk *w, const struct vnft_record *manifest)
{
	w->begun = true;
	w->x.manifest = *manifest;
	return w->format->begin ? w->format->begin(&w->x) : 0;
}

static void name_device(struct walk *w, const struct vnft_record *r)
{
	struct vnft_export *x = &w->x;
	char shown[VNFT_NAME_SHOWN_BYTES(VNFT_IFNAME_LEN)];

	memcpy(x->ifname[r->device], r->dev.name, VNFT_IFNAME_LEN);
	x->ifname[r->device][VNFT_IFNAME_LEN - 1] = '\0';
	vnft_name_show(shown, sizeof(shown), x->ifname[r->device]);
	if (!x->only || strcmp(x->only, shown))
		return;
	w->found = true;
	w->wanted[r->device] = true;	/* whatever it is renamed to */
}

/* The stream has failed: @to_name is NULL where it has said why. */
static int fail_stream(const struct vnft_export *x)
{
	return x->to_name ? vnft_fail(-EIO, "%s: cannot write", x->to_name) : -EIO;
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
		name_device(w, r);
	if (w->x.only && r->device && !w->wanted[r->device])
		return 0;
	err = w->format->record(&w->x, r);
	w->x.records++;
	if (!err && ferror(w->x.to))
		err = fail_stream(&w->x);
	return err;
}

static struct walk *new_walk(const struct vnft_export_format *format,
			     const struct vnft_export_ask *ask)
{
	struct walk *w = calloc(1, sizeof(*w));

	if (!w) {
		vnft_fail(-ENOMEM, "%s: out of memory", ask->path);
		return NULL;
	}
	w->format = format;
	w->x.to = ask->to;
	w->x.to_name = ask->to_name;
	w->x.path = ask->path;
	w->x.only = ask->only;
	return w;
}

static int end_walk(struct walk *w, struct vnft_export_ask *ask, int err)
{
	if (!err && (fflush(w->x.to) || ferror(w->x.to)))
		err = fail_stream(&w->x);
	ask->records = w->x.records;
	vnft_flows_free(&w->x.flows);
	free(w);
	return err;
}

int vnft_export(const struct vnft_export_format *format, struct vnft_export_ask *ask)
{
	struct walk *w = new_walk(format, ask);
	int err, late;

	if (!w)
		return -ENOMEM;
	if (!vnft_records_unfinished(ask->path, w->x.unfinished, sizeof(w->x.unfinished)))
		w->x.unfinished[0] = '\0';
	err = vnft_records_each(ask->path, take, w);
	if (!err && ask->only && !w->found)
		err = vnft_fail(-EINVAL, "%s: no device %s in it: `vnftrace report %s` lists them",
				ask->path, ask->only, ask->path);
	if (w->begun && format->end) {
		late = format->end(&w->x, err);
		err = err ? err : late;
	}
	return end_walk(w, ask, err);
}

/* Names of the host and of types: as records/anonymize.h does it, by numbers. */
static void hide_names(json_t *results)
{
	json_t *rows = json_object_get(results, "rows"), *row, *known = json_object();
	json_t *host = json_object_get(json_object_get(results, "manifest"), "host");
	char name[32];
	size_t i;

	if (json_is_object(host))
		json_object_set_new(host, "hostname", json_string("host1"));
	json_array_foreach(rows, i, row) {
		const char *type = json_string_value(json_object_get(row, "type"));

		if (!json_object_get(known, type)) {
			snprintf(name, sizeof(name), "type%zu", json_object_size(known) + 1);
			json_object_set_new(known, type, json_string(name));
		}
		json_object_set(row, "type", json_object_get(known, type));
	}
	json_decref(known);
}

int vnft_export_results(const struct vnft_export_format *format, struct vnft_export_ask *ask)
{
	json_t *results = vnft_results_load(ask->path);
	struct walk *w = results ? new_walk(format, ask) : NULL;
	int err;

	if (!w) {
		json_decref(results);
		return -EBADMSG;
	}
	if (vnft_records_anonymized())
		hide_names(results);
	err = format->results(&w->x, results);
	if (!err && ask->only && !w->x.records)
		err = vnft_fail(-EINVAL, "%s: no row %s in it: `vnftrace report %s` lists them",
				ask->path, ask->only, ask->path);
	json_decref(results);
	return end_walk(w, ask, err);
}

uint64_t vnft_export_wall_ns(const struct vnft_export *x, const struct vnft_record *r)
{
	const uint64_t offset_ns = (uint64_t)x->manifest.manifest.realtime_offset_ns;
	const uint64_t wall_ns = r->time_ns + offset_ns;

	/* Either may be anything in a file: the sum may have left its range at either end. */
	if (x->manifest.manifest.realtime_offset_ns >= 0)
		return wall_ns < offset_ns ? 0 : wall_ns;
	return wall_ns > r->time_ns ? 0 : wall_ns;
}

bool vnft_export_row(const struct vnft_export *x, const json_t *rows, const json_t *row,
		     char *label, size_t bytes)
{
	const char *type = json_string_value(json_object_get(row, "type"));
	char name[256];

	vnft_results_name(rows, row, name, sizeof(name));
	vnft_text_clean(label, bytes, name);
	return !x->only || !strcmp(x->only, label) || !strcmp(x->only, type);
}
