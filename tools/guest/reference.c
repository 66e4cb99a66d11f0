/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reference of a bench: tools/vnftrace-reference.c, started as a container's runtime is.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/host/place.h"
#include "../lib/run/child.h"
#include "../lib/run/clock.h"
#include "../lib/text/error.h"
#include "parts.h"

#define PROGRAM		"vnftrace-reference"
#define STOP_MS		2000
#define TIMEOUT_S	5

/**
 * struct reference_state - of one instance
 * @path: of the program
 */
struct reference_state {
	struct vnft_child child;
	char path[4096];
	char log[160];
};

void vnft_guest_reference_type(struct vnft_type *type)
{
	*type = (struct vnft_type) {
		.name = "reference", .title = "reference", .driver = "reference",
		.virtualization = "container", .process = "vnftrace-refere",
		.topology = VNFT_TOPOLOGY_VETH, .answerer = VNFT_ANSWER_LINUX,
		.timeout_s = TIMEOUT_S,
	};
}

static int reference_check(const struct vnft_type *type)
{
	char path[4096];

	if (vnft_helper_find(PROGRAM, path, sizeof(path)))
		return 0;
	return vnft_fail(-EOPNOTSUPP, "no program %s: `make` builds it beside vnftrace, `make "
			 "install` puts it there", path);
}

static int reference_prepare(struct vnft_instance *in)
{
	struct reference_state *s = calloc(1, sizeof(*s));

	if (!s)
		return vnft_fail(-ENOMEM, "out of memory");
	in->priv = s;
	in->accel = VNFT_ACCEL_NONE;
	s->child.out_fd = -1;
	snprintf(s->log, sizeof(s->log), "%s/%s.log", in->place.journal->dir, in->place.name);
	if (!vnft_helper_find(PROGRAM, s->path, sizeof(s->path)))
		return reference_check(in->type);
	return 0;
}

static int reference_start(struct vnft_instance *in)
{
	struct reference_state *s = in->priv;
	struct vnft_guest_veth_words say;
	char *const argv[] = { s->path, in->place.device, in->place.bridge, say.address, say.prefix,
			       say.gateway, say.mac, NULL };
	int err;

	vnft_guest_veth_say(&in->place, &say);
	err = vnft_child_start(&s->child, argv, s->log);
	in->t0_ns = s->child.begun_ns;
	in->exec_by_ns = s->child.exec_by_ns;
	in->started_ns = vnft_now_ns();
	if (err)
		return err;
	snprintf(in->device, sizeof(in->device), "%s", in->place.device);
	err = vnft_held_take(&in->process, s->child.pid);
	return err ? err : vnft_guest_note_process(in->place.journal, in->process.pid);
}

static void reference_last_words(struct vnft_instance *in, char *to, size_t bytes)
{
	const struct reference_state *s = in->priv;

	vnft_said_last(s ? s->log : "", to, bytes);
}

static int reference_stop(struct vnft_instance *in)
{
	struct reference_state *s = in->priv;

	if (!s || s->child.pid <= 0)
		return 0;
	in->stop_ns = vnft_now_ns();
	vnft_child_stop(&s->child, STOP_MS);
	in->stopped_ns = vnft_now_ns();
	vnft_held_drop(&in->process);
	return 0;
}

static void reference_release(struct vnft_instance *in)
{
	reference_stop(in);
	free(in->priv);
	in->priv = NULL;
}

const struct vnft_guest_ops vnft_guest_reference = {
	.name = "reference",
	.check = reference_check,
	.prepare = reference_prepare,
	.start = reference_start,
	.last_words = reference_last_words,
	.stop = reference_stop,
	.release = reference_release,
};
