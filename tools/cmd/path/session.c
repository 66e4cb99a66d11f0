/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Following frames, from what was asked for to the page.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/run/interrupt.h"
#include "../../lib/run/output.h"
#include "../../lib/run/ready.h"
#include "../../report/report.h"
#include "../../source/open.h"
#include "path.h"

#define EVERY_CLASS	((1U << VNFT_CLASS_NR) - 1)

static int choose_classes(struct vnft_tracing *t)
{
	const struct vnft_list *names = &t->ask->classes;
	uint8_t class;
	size_t i;

	t->record_mask = names->n ? 0 : EVERY_CLASS;
	for (i = 0; i < names->n; i++) {
		for (class = 0; class < VNFT_CLASS_NR; class++)
			if (!strcmp(names->item[i], vnft_class_name(class)))
				break;
		if (class == VNFT_CLASS_NR)
			return vnft_fail(-EINVAL, "path: --only %s: no such class of frames: "
					 "`vnftrace path --help` lists them", names->item[i]);
		t->record_mask |= 1U << class;
	}
	return 0;
}

/* The stages that its ways are made of, and the device's own hooks, where they begin and end. */
static int attach(struct vnft_tracing *t, struct vnft_traced *link, enum vnft_path_end which)
{
	struct vnft_traced_end *end = &link->end[which];
	struct vnft_source *s = t->source;
	struct vnft_source_device device;
	uint64_t hooks = vnft_path_hooks(link->link, which);
	int err;

	if (!end->spec[0])
		return 0;
	err = s->ops->attach(s, end->spec, &end->id);
	if (err)
		return err;
	t->near[end->id] = which == VNFT_PATH_NEAR;
	err = s->ops->device(s, end->id, &device);
	end->asked = (hooks & ~vnft_hooks_boundary(hooks)) | 1ULL << device.hook[VNFT_DIR_IN] |
		     1ULL << device.hook[VNFT_DIR_OUT];
	return err ? err : s->ops->stages(s, end->id, end->asked, &end->armed);
}

/* Without these a way has no beginning, no end, or no middle. */
static int check_armed(const struct vnft_traced_end *end)
{
	const uint64_t core = VNFT_HOOK_BIT(DEV_START_XMIT) | VNFT_HOOK_BIT(RECEIVE);

	if (!end->id || !(core & ~end->armed))
		return 0;
	return vnft_fail(-EOPNOTSUPP, "%s: this kernel does not let us stamp frames inside the "
			 "stack: `vnftrace doctor` says why", end->spec);
}

static int open_source(struct vnft_tracing *t)
{
	const struct vnft_source_config config = {
		.hook = (enum vnft_hook_choice)t->ask->hook,
		.ring_records = (uint32_t)t->ask->ring_records,
	};
	int err = vnft_source_open(&t->source, VNFT_OBSERVER_BPF, &config);
	unsigned int i, end;

	for (i = 0; i < t->links && !err; i++)
		for (end = 0; end < VNFT_PATH_ENDS && !err; end++) {
			err = attach(t, &t->link[i], (enum vnft_path_end)end);
			err = err ? err : check_armed(&t->link[i].end[end]);
		}
	return err;
}

static int open_path(struct vnft_tracing *t)
{
	struct vnft_path_link links[VNFT_PATH_LINKS_MAX];
	unsigned int i, end;

	for (i = 0; i < t->links; i++) {
		links[i].link = t->link[i].link;
		for (end = 0; end < VNFT_PATH_ENDS; end++) {
			links[i].id[end] = t->link[i].end[end].id;
			links[i].armed[end] = t->link[i].end[end].armed;
			links[i].mtu_bytes[end] = t->link[i].end[end].mtu_bytes;
		}
	}
	return vnft_path_new(&t->path, links, t->links);
}

static void close_all(struct vnft_tracing *t)
{
	if (t->source)
		t->source->ops->close(t->source);
	vnft_output_discard(t->ready);
	vnft_path_free(t->path);
	free(t);
}

int vnft_tracing(const struct vnft_tracing_ask *ask, char **specs, int n, bool as_json)
{
	struct vnft_tracing *t = calloc(1, sizeof(*t));
	enum vnft_exit code;
	char why[1024];
	int err;

	if (!t)
		return vnft_exit_code(vnft_fail(-ENOMEM, "out of memory"));
	t->ask = ask;
	err = choose_classes(t);
	if (!err)
		err = vnft_ready_take(&t->ready, ask->ready_file);
	vnft_interrupt_catch();
	if (!err)
		err = vnft_tracing_find(t, specs, n);
	if (!err)
		err = open_source(t);
	if (!err)
		err = open_path(t);
	if (!err)
		err = vnft_tracing_collect(t);
	if (!err)
		vnft_tracing_cost(t);
	code = err ? vnft_exit_code(err) : vnft_tracing_page(t, as_json);
	snprintf(why, sizeof(why), "%s", vnft_why());
	close_all(t);
	if (code)
		vnft_fail(err ? err : -EIO, "%s", why);
	return code;
}
