/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Driver engine: a container by an engine that has no daemon. t0 is right before the exec of what
 * starts it. Most stay in the foreground as long as the container runs. Each engine is a row of a
 * table and a file.
 */
#include "engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/host/accel.h"
#include "../../lib/run/child.h"
#include "../../lib/run/clock.h"
#include "../../lib/text/error.h"
#include "../../lib/undo/ours.h"
#include "../drivers.h"
#include "../runtime/runtime.h"
#include "../type/key.h"

#define RUN_MS		20000
#define STOP_MS		10000

static const struct vnft_engine *const engines[] = {
	&vnft_engine_lxc, &vnft_engine_nspawn, &vnft_engine_podman, NULL
};

/**
 * struct engine_state - of one instance
 * @child: the engine, none when it does not stay
 * @made: there is something to stop
 * @known: in->process is the container's first process, and no longer the engine
 */
struct engine_state {
	const struct vnft_engine *engine;
	struct vnft_engine_place at;
	struct vnft_child child;
	char log[144];
	int mounts_fd;
	bool made, known;
};

static const struct vnft_engine *engine_named(const char *name)
{
	size_t i;

	for (i = 0; engines[i] && strcmp(engines[i]->name, name); i++)
		;
	return engines[i];
}

static int engine_check_type(struct vnft_type *type)
{
	const char *names[sizeof(engines) / sizeof(engines[0])] = { NULL };
	const struct vnft_engine *engine = engine_named(type->runtime);
	char known[128];
	size_t i;

	if (engine && !engine->limits && (type->memory_mib || type->vcpus))
		return vnft_fail(-EBADMSG, "runtime %s limits nothing: leave \"memory_mib\" and "
				 "\"vcpus\" out", engine->name);
	if (engine)
		return vnft_guest_check_container(type, engine->macvlan);
	for (i = 0; engines[i]; i++)
		names[i] = engines[i]->name;
	vnft_word_list(known, sizeof(known), names);
	return vnft_fail(-EBADMSG, "driver engine needs a \"runtime\": one of %s", known);
}

static int engine_check(const struct vnft_type *type)
{
	const struct vnft_engine *engine = engine_named(type->runtime);
	char path[PATH_MAX];

	if (geteuid())
		return vnft_fail(-EOPNOTSUPP, "%s: %s makes namespaces and cgroups: run as root",
				 type->name, engine->program);
	if (!vnft_guest_find(engine->program, path, sizeof(path)))
		return vnft_fail(-EOPNOTSUPP, "%s: no program %s: apt-get install %s", type->name,
				 engine->program, engine->package);
	if (engine->check && engine->check(type))
		return -EOPNOTSUPP;
	return vnft_guest_check_root(type);
}

/* The directory of an instance, its cgroups, and the mounts that its engine sees. */
static int prepare_place(struct vnft_instance *in, struct engine_state *s)
{
	struct vnft_journal *journal = in->place.journal;
	int err;

	snprintf(s->at.dir, sizeof(s->at.dir), "%s/%s", journal->dir, in->place.name);
	snprintf(s->log, sizeof(s->log), "%s/log", s->at.dir);
	vnft_guest_veth_say(&in->place, &s->at.say);
	if (!realpath(in->type->image, s->at.image))
		return vnft_fail(-errno, "%s: %s", in->type->image, strerror(errno));
	err = vnft_words_split(&s->at.command, in->type->command, in);
	if (!err)
		err = vnft_journal_note(journal, "dir %s", s->at.dir);
	if (!err)
		err = vnft_journal_note(journal, "engine %s", in->place.name);
	if (!err && mkdir(s->at.dir, 0700))
		err = vnft_fail(-errno, "%s: cannot make it: %s", s->at.dir, strerror(errno));
	return err ? err : vnft_guest_mounts(s->engine->needs, s->at.image, &s->mounts_fd);
}

/* An engine's own first complaint is the cause of all that it says behind it. */
static void engine_said(const struct engine_state *s, char *to, size_t bytes)
{
	const size_t n = strlen(s->engine->program);
	FILE *f = fopen(s->log, "re");
	char line[512] = "";

	if (f && !fgets(line, sizeof(line), f))
		line[0] = 0;
	if (f)
		fclose(f);
	line[strcspn(line, "\r\n")] = 0;
	if (!strncmp(line, s->engine->program, n) && line[n] == ':')
		snprintf(to, bytes, "%s", line);
	else
		vnft_said_last(s->log, to, bytes);
}

/* Start what @fill says, among the engine's mounts. */
static int start_line(struct vnft_instance *in, struct engine_state *s, struct vnft_child *child,
		      vnft_engine_fill *fill)
{
	struct vnft_engine_line *line = calloc(1, sizeof(*line));
	struct vnft_guest_mounts_back back;
	int err;

	if (!line)
		return vnft_fail(-ENOMEM, "out of memory");
	fill(in, &s->at, line);
	err = line->full ? vnft_fail(-E2BIG, "%s: its command line is too long", in->type->name) :
	      vnft_guest_mounts_enter(s->mounts_fd, &back);
	if (!err) {
		err = vnft_child_start(child, line->argv, s->log);
		vnft_guest_mounts_leave(&back);
	}
	free(line);
	return err;
}

/* Run what @fill says to its end. */
static int run_line(struct vnft_instance *in, struct engine_state *s, vnft_engine_fill *fill,
		    const char *doing, struct vnft_child *child)
{
	char said[256];
	int err = start_line(in, s, child, fill);

	if (err)
		return err;
	err = vnft_guest_wait_child(child, RUN_MS);
	if (err < 0)
		vnft_child_stop(child, 1000);
	if (err <= 0)
		return err;
	engine_said(s, said, sizeof(said));
	return vnft_fail(-EIO, "%s: %s cannot %s it: %s", in->type->name, s->engine->name, doing,
			 said);
}

static int engine_create(struct vnft_instance *in, struct engine_state *s)
{
	const uint64_t begun_ns = vnft_now_ns();
	struct vnft_child child;
	int err;

	s->made = true;
	err = run_line(in, s, s->engine->create, "create", &child);
	in->create_ns = vnft_now_ns() - begun_ns;
	return err;
}

static int engine_prepare(struct vnft_instance *in)
{
	struct engine_state *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return vnft_fail(-ENOMEM, "out of memory");
	in->priv = s;
	in->accel = VNFT_ACCEL_NONE;
	s->engine = engine_named(in->type->runtime);
	s->child.out_fd = s->mounts_fd = -1;
	err = prepare_place(in, s);
	if (!err && s->engine->prepare)
		err = s->engine->prepare(in, &s->at);
	return err || !s->engine->create ? err : engine_create(in, s);
}

/* What is known of the container's first process, which in->process is. */
static void know_first(struct vnft_instance *in, struct engine_state *s)
{
	s->known = true;
	vnft_guest_cgroup(&in->process, in->cgroup, sizeof(in->cgroup));
	if (!strstr(in->cgroup, in->place.name))
		in->cgroup[0] = 0;	/* ours: it made none */
	if (in->type->topology == VNFT_TOPOLOGY_VETH &&
	    vnft_guest_find_veth(&in->process, s->engine->ifname, in->device))
		vnft_debug("%s: %s", in->place.name, vnft_why());
}

/* The engine is done, and the container runs. */
static int take_started(struct vnft_instance *in, struct engine_state *s)
{
	char path[192];
	int err;

	snprintf(path, sizeof(path), "%s/%s", s->at.dir, s->engine->pid_file);
	err = vnft_guest_hold(&in->process, vnft_guest_read_pid(path), in->place.name,
			      s->engine->name);
	if (!err)
		know_first(in, s);
	return err;
}

static int engine_start(struct vnft_instance *in)
{
	struct engine_state *s = in->priv;
	int err;

	s->made = true;
	if (s->engine->pid_file)
		err = run_line(in, s, s->engine->start, "start", &s->child);
	else
		err = start_line(in, s, &s->child, s->engine->start);
	in->t0_ns = s->child.begun_ns;
	in->exec_by_ns = s->child.exec_by_ns;
	in->started_ns = vnft_now_ns();
	if (err)
		return err;
	if (s->engine->pid_file)
		return take_started(in, s);
	/* Until it has answered: whoever looks for the first process now disturbs the launch. */
	err = vnft_held_take(&in->process, s->child.pid);
	return err ? err : vnft_guest_note_process(in->place.journal, in->process.pid);
}

/* The container has answered: its first process, its cgroup and its device. */
static void engine_know(struct vnft_instance *in)
{
	struct engine_state *s = in->priv;
	struct vnft_held first;

	if (s->known || s->child.pid <= 0)
		return;
	if (vnft_guest_hold_first(&first, s->child.pid)) {
		vnft_debug("%s: %s", in->place.name, vnft_why());
		return;
	}
	vnft_held_drop(&in->process);
	in->process = first;
	know_first(in, s);
}

static int engine_memory(struct vnft_instance *in, struct vnft_memory *memory)
{
	engine_know(in);
	if (!((struct engine_state *)in->priv)->known)
		return vnft_fail(-ESRCH, "%s: its first process was not found", in->place.name);
	return in->cgroup[0] ? vnft_guest_container_memory(in, memory) :
			       vnft_guest_memory(in, memory);
}

static void engine_last_words(struct vnft_instance *in, char *to, size_t bytes)
{
	to[0] = 0;
	if (in->priv)
		engine_said(in->priv, to, bytes);
}

/* It prints where its engine does, unless that keeps what it prints in a file of its own. */
static void engine_console_file(const struct vnft_instance *in, struct vnft_guest_console_file *to)
{
	const struct engine_state *s = in->priv;

	if (s->engine->console)
		snprintf(to->path, sizeof(to->path), "%s/%s", s->at.dir, s->engine->console);
	else
		snprintf(to->path, sizeof(to->path), "%s", s->log);
	snprintf(to->why, sizeof(to->why), "%s made no file of what it prints", s->engine->name);
}

/* What the engine itself has for that. */
static int run_stop(struct vnft_instance *in, struct engine_state *s)
{
	struct vnft_child stop;
	int err = run_line(in, s, s->engine->stop, "end", &stop);

	if (!err && s->child.pid > 0 && vnft_guest_wait_child(&s->child, STOP_MS) < 0)
		err = vnft_fail(-ETIMEDOUT, "%s: %s still runs %d s after it was ended",
				in->place.name, s->engine->program, STOP_MS / 1000);
	return err;
}

static int engine_stop(struct vnft_instance *in)
{
	struct engine_state *s = in->priv;
	int err = 0, gone;

	if (!s || !s->made)
		return 0;
	in->stop_ns = vnft_now_ns();
	/* One in the foreground that has ended by itself is not there to be ended. */
	if (s->engine->stop && (s->engine->create || vnft_held_lives(&in->process)))
		err = run_stop(in, s);
	vnft_child_stop(&s->child, STOP_MS);
	gone = vnft_guest_wait_ended(&in->process, STOP_MS);
	in->stopped_ns = vnft_now_ns();
	vnft_held_drop(&in->process);
	in->cgroup[0] = 0;
	if (!err)
		s->made = false;
	return err ? err : gone;
}

/* "NAME": the cgroups that an instance's engine made, among the mounts that it saw. */
static int engine_undo(const char *name)
{
	struct vnft_guest_mounts_back back;
	int fd = -1, err;

	if (!vnft_undo_is_ours(name))
		return vnft_fail(-EINVAL, "engine %.80s: not an object of ours: ignored", name);
	err = vnft_guest_mounts(VNFT_MOUNTS_CGROUPS, NULL, &fd);
	if (!err)
		err = vnft_guest_mounts_enter(fd, &back);
	if (!err) {
		err = vnft_guest_end_cgroups(name);
		vnft_guest_mounts_leave(&back);
	}
	if (fd >= 0)
		close(fd);
	return err;
}

static void engine_release(struct vnft_instance *in)
{
	struct engine_state *s = in->priv;

	if (!s)
		return;
	if (engine_stop(in))
		vnft_warn("%s", vnft_why());
	if (s->mounts_fd >= 0)
		close(s->mounts_fd);
	if (engine_undo(in->place.name))
		vnft_debug("%s", vnft_why());	/* noted: tried again at the session's end */
	vnft_guest_remove_dir(s->at.dir);
	vnft_words_free(&s->at.command);
	free(s);
	in->priv = NULL;
}

static json_t *engine_manifest(const struct vnft_type *type)
{
	const struct vnft_engine *engine = engine_named(type->runtime);
	char version[256];

	vnft_guest_version(engine->program, "--version", version, sizeof(version));
	return json_pack("{s:s, s:s, s:s}", "runtime", engine->program, "version", version,
			 "root", type->image);
}

const struct vnft_guest_ops vnft_guest_engine = {
	.name = "engine",
	.virtualization = "container",
	.check_type = engine_check_type,
	.undo_kind = "engine",
	.undo = engine_undo,
	.check = engine_check,
	.prepare = engine_prepare,
	.start = engine_start,
	.phases = engine_know,
	.memory = engine_memory,
	.last_words = engine_last_words,
	.console_file = engine_console_file,
	.stop = engine_stop,
	.release = engine_release,
	.manifest = engine_manifest,
};
