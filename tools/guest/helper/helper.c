/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An instance that is one of the small programs beside vnftrace: it is told where its network is,
 * and what it becomes lives as long as that process.
 */
#include "../parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/host/place.h"
#include "../../lib/run/child.h"
#include "../../lib/run/clock.h"
#include "../../lib/text/error.h"
#include "../type/words.h"

#define STOP_MS		2000
/* The program, its topology, what vnft_guest_veth_say() says, and the end. */
#define WORDS_OF_PLACE	9

/**
 * struct helper_state - of one instance
 * @path: of the program
 * @command: what it becomes, no words for nothing
 */
struct helper_state {
	struct vnft_child child;
	struct vnft_words command;
	char path[4096];
	char log[160];
};

int vnft_guest_helper_check(const char *program)
{
	char path[4096];

	if (vnft_helper_find(program, path, sizeof(path)))
		return 0;
	return vnft_fail(-EOPNOTSUPP, "no program %s: `make` builds it beside vnftrace, `make "
			 "install` puts it there", path);
}

int vnft_guest_helper_prepare(struct vnft_instance *in, const char *program)
{
	struct helper_state *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return vnft_fail(-ENOMEM, "out of memory");
	in->priv = s;
	s->child.out_fd = -1;
	err = vnft_type_accel(in->type, &in->accel);
	if (err)
		return err;
	snprintf(s->log, sizeof(s->log), "%s/%s.log", in->place.journal->dir, in->place.name);
	if (!vnft_helper_find(program, s->path, sizeof(s->path)))
		return vnft_guest_helper_check(program);
	return vnft_words_split(&s->command, in->type->command, in);
}

int vnft_guest_helper_start(struct vnft_instance *in, const char *topology)
{
	struct helper_state *s = in->priv;
	struct vnft_guest_veth_words say;
	char **argv = calloc(WORDS_OF_PLACE + s->command.n, sizeof(*argv));
	size_t n = 0;
	int err;

	if (!argv)
		return vnft_fail(-ENOMEM, "out of memory");
	vnft_guest_veth_say(&in->place, &say);
	argv[n++] = s->path;
	if (topology)
		argv[n++] = (char *)topology;
	argv[n++] = in->place.device;
	argv[n++] = in->place.bridge;
	argv[n++] = say.address;
	argv[n++] = say.prefix;
	argv[n++] = say.gateway;
	argv[n++] = say.mac;
	memcpy(argv + n, s->command.argv, s->command.n * sizeof(*argv));
	err = vnft_child_start(&s->child, argv, s->log);
	free(argv);
	in->t0_ns = s->child.begun_ns;
	in->exec_by_ns = s->child.exec_by_ns;
	in->started_ns = vnft_now_ns();
	if (err)
		return err;
	/* Where the host has a device of its own, that one is known already. */
	if (!in->device[0])
		snprintf(in->device, sizeof(in->device), "%s", in->place.device);
	err = vnft_held_take(&in->process, s->child.pid);
	return err ? err : vnft_guest_note_process(in->place.journal, in->process.pid);
}

void vnft_guest_helper_last_words(struct vnft_instance *in, char *to, size_t bytes)
{
	const struct helper_state *s = in->priv;

	vnft_said_last(s ? s->log : "", to, bytes);
}

void vnft_guest_helper_console_file(const struct vnft_instance *in,
				    struct vnft_guest_console_file *to)
{
	const struct helper_state *s = in->priv;

	snprintf(to->path, sizeof(to->path), "%s", s->log);
	to->mixed = vnft_type_has_kernel(in->type);
}

int vnft_guest_helper_stop(struct vnft_instance *in)
{
	struct helper_state *s = in->priv;

	if (!s || s->child.pid <= 0)
		return 0;
	in->stop_ns = vnft_now_ns();
	vnft_child_stop(&s->child, STOP_MS);
	in->stopped_ns = vnft_now_ns();
	vnft_held_drop(&in->process);
	return 0;
}

void vnft_guest_helper_release(struct vnft_instance *in)
{
	struct helper_state *s = in->priv;

	if (!s)
		return;
	vnft_guest_helper_stop(in);
	vnft_words_free(&s->command);
	free(s);
	in->priv = NULL;
}
