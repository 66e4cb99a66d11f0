/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The end of a file, and the page: what was recorded, what was lost, and whether that is too much.
 */
#include <errno.h>
#include <jansson.h>

#include "../../lib/text/error.h"
#include "../../lib/text/json.h"
#include "../../lib/text/view.h"
#include "../../report/report.h"
#include "../../source/attachment.h"
#include "../../source/file_write.h"
#include "../../source/lost.h"
#include "../../source/open.h"
#include "../../source/side.h"
#include "record.h"

static uint64_t add_losses(const struct vnft_recorded *dev, const struct vnft_counters *since,
			   json_t *losses)
{
	uint32_t cause;

	for (cause = 0; cause < VNFT_LOST_NR; cause++)
		if (since->lost[cause])
			json_array_append_new(losses,
					      json_pack("{s:o, s:s, s:s, s:I}", "device",
							vnft_json_typed(dev->spec),
							"observer",
							vnft_observer_name(dev->observer->observer),
							"cause", vnft_lost_name(cause), "count",
							(json_int_t)since->lost[cause]));
	return since->lost[VNFT_LOST_RING_FULL] + since->lost[VNFT_LOST_UNREAD];
}

static const char *hooks_text(const struct vnft_recorded *dev, char *text, size_t bytes)
{
	return vnft_hooked_both(dev->hooked) ? "there" : vnft_hooked_say(dev->hooked, text, bytes);
}

/* The first device whose hooks somebody took away while it was recorded, or NULL. */
static const struct vnft_recorded *robbed(const struct vnft_recording *r)
{
	int i;

	for (i = 0; i < r->devices; i++)
		if (vnft_hooked_lost(r->dev[i].hooked))
			return &r->dev[i];
	return NULL;
}

/* Counters since the recording began; also the LOST records of the file. */
static int summarize(struct vnft_recording *r, json_t *devices, json_t *losses, uint64_t *lost)
{
	struct vnft_device_state state;
	char text[VNFT_HOOKED_TEXT_BYTES];
	struct vnft_counters since;
	__u64 *now, *before;
	size_t i;
	int n, err;

	for (n = 0; n < r->devices; n++) {
		struct vnft_recorded *dev = &r->dev[n];

		err = dev->observer->source->ops->state(dev->observer->source, dev->id, &state);
		if (err)
			return err;
		since = state.counters;
		now = (__u64 *)&since;
		before = (__u64 *)&dev->before;
		for (i = 0; i < sizeof(since) / sizeof(*now); i++)
			now[i] -= before[i];
		err = vnft_file_write_lost(r->writer, dev->id, &since);
		if (err)
			return err;
		*lost += add_losses(dev, &since, losses);
		json_array_append_new(devices, json_pack(
			"{s:o, s:s, s:s, s:i, s:s, s:s, s:s, s:I, s:I, s:I}",
			"device", vnft_json_typed(dev->spec),
			"hooks", hooks_text(dev, text, sizeof(text)),
			"observer", vnft_observer_name(dev->observer->observer),
			"id", dev->id, "side", vnft_side_name(dev->side),
			"hook_in", vnft_hook_name(state.hook[VNFT_DIR_IN]),
			"hook_out", vnft_hook_name(state.hook[VNFT_DIR_OUT]),
			"packets_in", (json_int_t)since.dir[VNFT_DIR_IN].packets,
			"packets_out", (json_int_t)since.dir[VNFT_DIR_OUT].packets,
			"recorded", (json_int_t)dev->packets));
	}
	return 0;
}

/* Every stage that was asked for: is it armed? */
static json_t *stages_json(const struct vnft_recording *r)
{
	json_t *out = json_array();
	uint8_t hook;
	int i;

	for (i = 0; i < r->devices; i++)
		for (hook = 1; hook < VNFT_HOOK_MAX; hook++)
			if (r->dev[i].asked & 1ULL << hook)
				json_array_append_new(out, json_pack("{s:s, s:s, s:s, s:b}",
					"device", r->dev[i].spec, "observer",
					vnft_observer_name(r->dev[i].observer->observer), "stage",
					vnft_hook_name(hook), "armed",
					!!(r->dev[i].armed & 1ULL << hook)));
	return out;
}

static const struct vnft_column main_columns[] = {
	{ "file", "file" }, { "duration", "duration_ns" },
	{ "records of the hooks", "hook_records" },
	{ "packets", "packets" }, { "lost records", "lost_records" },
	{ "valid", "valid" }, { 0 }
};
static const struct vnft_column device_columns[] = {
	{ "device", "device" }, { "observer", "observer" }, { "side", "side" }, { "in", "hook_in" },
	{ "out", "hook_out" }, { "passed in", "packets_in" }, { "passed out", "packets_out" },
	{ "recorded", "recorded" }, { "programs", "hooks" }, { 0 }
};
static const struct vnft_column loss_columns[] = { { "device", "device" },
						   { "observer", "observer" },
						   { "cause", "cause" },
						   { "count", "count" },
						   { 0 } };
static const struct vnft_column stage_columns[] = {
	{ "device", "device" }, { "observer", "observer" }, { "stage", "stage" },
	{ "armed", "armed" }, { 0 }
};
static const struct vnft_view views[] = {
	{ NULL, "", main_columns },
	{ "Devices", "devices", device_columns },
	{ "Stages", "stages", stage_columns },
	{ "Lost", "losses", loss_columns },
	{ 0 }
};

enum vnft_exit vnft_recording_finish(struct vnft_recording *r, bool as_json)
{
	json_t *devices = json_array(), *losses = json_array();
	const struct vnft_recorded *dev;
	uint64_t lost = 0;
	json_t *value;
	bool valid;
	int err;

	err = summarize(r, devices, losses, &lost);
	if (!err) {
		err = vnft_file_close(r->writer);
		r->writer = NULL;
	}
	if (err) {
		json_decref(devices);
		json_decref(losses);
		return vnft_exit_code(err);
	}
	/* With TCP segments 0.1 % of the records may be missing, without them none. */
	valid = r->ask->tcp ? lost * 1000 <= r->records + lost : !lost;
	dev = robbed(r);
	value = json_pack("{s:s, s:I, s:I, s:I, s:I, s:b, s:o, s:o, s:o}",
			  "file", r->ask->output,
			  "duration_ns", (json_int_t)(r->ended_ns - r->started_ns),
			  "hook_records", (json_int_t)r->records, "packets", (json_int_t)r->packets,
			  "lost_records", (json_int_t)lost, "valid", valid && !dev,
			  "devices", devices, "stages", stages_json(r), "losses", losses);
	err = vnft_view_print(value, as_json, views);
	if (err)
		return vnft_exit_code(err);
	if (dev) {
		vnft_fail(-EIO, "%s: %s while it was recorded: frames are missing", dev->spec,
			  vnft_hooked_say(dev->hooked, r->text, sizeof(r->text)));
		return VNFT_EXIT_INVALID;
	}
	if (!valid) {
		vnft_fail(-EIO, "%llu of %llu records found no room: fewer devices, or larger "
			  "--ring-records", (unsigned long long)lost,
			  (unsigned long long)(r->records + lost));
		return VNFT_EXIT_INVALID;
	}
	return VNFT_EXIT_OK;
}
