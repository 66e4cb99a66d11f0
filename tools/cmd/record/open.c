/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The begin and the end of a recording. With two observers every device is in the file twice, under
 * the id that each of them gave it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../kmod/core/hooks.h"
#include "../../lib/cli/option.h"
#include "../../lib/net/link.h"
#include "../../lib/run/clock.h"
#include "../../lib/run/output.h"
#include "../../lib/run/ready.h"
#include "../../lib/text/error.h"
#include "../../lib/text/view.h"
#include "../../source/file_write.h"
#include "../../source/module/session.h"
#include "../../source/open.h"
#include "../../source/spec.h"
#include "record.h"

int vnft_recording_stages(const struct vnft_list *names, uint64_t *hooks)
{
	const struct vnft_hook_row *row;
	uint64_t found;
	size_t i;
	unsigned int h;

	for (*hooks = 0, i = 0; i < names->n; i++) {
		bool all = !strcmp(names->item[i], "all");

		for (found = 0, h = 1; h < VNFT_HOOK_MAX; h++) {
			row = vnft_hook_row(h);
			if (row->name && (all ? row->where != VNFT_HOOK_BOUNDARY :
						!strcmp(names->item[i], row->name)))
				found |= 1ULL << h;
		}
		if (!found)
			return vnft_fail(-EINVAL,
					 "record: --stages %s: no such stage: docs/hooks.md lists "
					 "them, or `all`",
					 names->item[i]);
		*hooks |= found;
	}
	return 0;
}

static bool uses(enum vnft_observer asked, enum vnft_observer one)
{
	return asked == one || asked == VNFT_OBSERVER_BOTH;
}

static int open_sides(struct vnft_recording *r)
{
	struct vnft_source_config source = {
		.ring_records = (uint32_t)r->ask->ring_records,
		.side = (enum vnft_side_choice)r->ask->side,
		.adopt = true,
	};
	enum vnft_observer asked = (enum vnft_observer)r->ask->observer, who;
	bool stages = false;
	int err;

	/*
	 * A named hook means BPF. For stages the module is the better choice: it can stamp more of
	 * them.
	 */
	if (asked == VNFT_OBSERVER_AUTO && r->ask->hook != VNFT_HOOK_AUTO)
		asked = VNFT_OBSERVER_BPF;
	if (asked == VNFT_OBSERVER_AUTO && r->stages && !vnft_module_usable())
		asked = VNFT_OBSERVER_MODULE;
	err = vnft_observer_choose(asked, &asked);
	for (who = VNFT_OBSERVER_BPF; !err && who <= VNFT_OBSERVER_MODULE; who++) {
		struct vnft_recording_side *side = &r->side[r->sides];

		if (!uses(asked, who))
			continue;
		source.hook = who == VNFT_OBSERVER_BPF ? (enum vnft_hook_choice)r->ask->hook :
							 VNFT_HOOK_AUTO;
		side->recording = r;
		side->observer = who;
		err = vnft_source_open(&side->source, who, &source);
		r->sides += !err;
		stages |= !err && side->source->ops->stages;
	}
	if (!err && r->stages && !stages)
		err = vnft_fail(-EOPNOTSUPP,
				"record: this observer has no stages: try another --observer");
	return err;
}

static int attach(struct vnft_recording_side *side, const char *spec, struct vnft_recorded *dev)
{
	dev->observer = side;
	dev->spec = spec;
	return side->source->ops->attach(side->source, spec, &dev->id);
}

static int define(struct vnft_recording *r, struct vnft_recorded *dev)
{
	struct vnft_source_device device;
	char ifname[VNFT_IFNAME_LEN];
	struct vnft_link_info info;
	int err, back;

	err = dev->observer->source->ops->device(dev->observer->source, dev->id, &device);
	dev->side = device.side;
	if (!err)
		err = vnft_spec_enter(dev->spec, ifname, &back);
	if (err)
		return err;
	err = vnft_link_get(ifname, &info);
	vnft_spec_leave(back);
	r->by_id[dev->id] = (uint32_t)(dev - r->dev) + 1;
	return err ? err : vnft_file_define(r->writer, dev->id, &info, &device);
}

/*
 * The stages that were asked for, and the device's own hooks, where every frame's way begins or
 * ends.
 */
static int arm(struct vnft_recording *r, struct vnft_recorded *dev)
{
	struct vnft_source *s = dev->observer->source;
	struct vnft_source_device device;
	int err;

	if (!s->ops->stages)
		return 0;
	err = s->ops->device(s, dev->id, &device);
	if (err)
		return err;
	dev->asked = r->stages | 1ULL << device.hook[VNFT_DIR_IN] |
		     1ULL << device.hook[VNFT_DIR_OUT];
	return s->ops->stages(s, dev->id, dev->asked, &dev->armed);
}

static int arm_all(struct vnft_recording *r)
{
	uint64_t armed = 0;
	int i, err = 0;

	if (!r->stages)
		return 0;
	for (i = 0; i < r->devices && !err; i++) {
		err = arm(r, &r->dev[i]);
		armed |= r->dev[i].armed & r->stages;
	}
	if (!err && !armed)
		err = vnft_fail(-EOPNOTSUPP,
				"record: none of the stages asked for can be stamped on these "
				"devices by this kernel");
	return err;
}

static int begin(struct vnft_recording *r)
{
	const uint32_t mask = VNFT_RECORD_DEFAULT | (r->ask->tcp ? VNFT_RECORD_TCP : 0);
	struct vnft_device_state state;
	struct vnft_source *s;
	int i, err = 0;

	for (i = 0; i < r->devices && !err; i++) {
		s = r->dev[i].observer->source;
		err = s->ops->state(s, r->dev[i].id, &state);
		r->dev[i].before = state.counters;
		if (!err)
			err = s->ops->record(s, r->dev[i].id, mask);
	}
	r->started_ns = vnft_now_ns();
	r->begun = !err;
	return err ? err : vnft_ready_say(&r->ready);
}

/* Before anything is attached: a file that cannot be written ends it here. */
static int take_files(struct vnft_recording *r)
{
	int err = vnft_ready_take(&r->ready, r->ask->ready_file);

	if (!err)
		err = vnft_file_create(&r->writer, r->ask->output, r->ask->force, 0);
	if (!err && vnft_file_is_stdout(r->writer))
		vnft_view_use_stderr();
	return err;
}

int vnft_recording_start(struct vnft_recording *r, char **specs, int n)
{
	int err, i, k;

	r->dev = calloc((size_t)n * VNFT_RECORDING_SIDES, sizeof(*r->dev));
	r->by_id = calloc(UINT16_MAX + 1, sizeof(*r->by_id));
	if (!r->dev || !r->by_id)
		return vnft_fail(-ENOMEM, "out of memory");
	err = take_files(r);
	if (!err)
		err = open_sides(r);
	for (i = 0; i < n && !err; i++)
		for (k = 0; k < r->sides && !err; k++) {
			err = attach(&r->side[k], specs[i], &r->dev[r->devices]);
			r->devices += !err;
		}
	for (i = 0; i < r->devices && !err; i++)
		err = define(r, &r->dev[i]);
	if (!err)
		err = arm_all(r);
	return err ? err : begin(r);
}

void vnft_recording_close(struct vnft_recording *r)
{
	int i;

	for (i = 0; i < r->sides; i++)
		r->side[i].source->ops->close(r->side[i].source);
	r->sides = 0;
	if (r->begun)
		vnft_file_keep(r->writer);
	else
		vnft_file_discard(r->writer);
	r->writer = NULL;
	vnft_output_discard(r->ready);
	r->ready = NULL;
	free(r->dev);
	free(r->by_id);
	r->dev = NULL;
	r->by_id = NULL;
}
