/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Driver exec: an instance is whatever the type's command line starts, and lives as long as that
 * process. A VMM that nobody here thought of is measured without a line of C, also one that reads a
 * file in the place of options.
 */
#include "drivers.h"
#include "parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/host/accel.h"
#include "../lib/net/link.h"
#include "../lib/net/link_set.h"
#include "../lib/run/child.h"
#include "../lib/run/clock.h"
#include "../lib/run/interrupt.h"
#include "../lib/text/error.h"
#include "type/expand.h"
#include "type/words.h"

#define FAIL_MS		20	/* after t0 and the launch are stamped */
#define STOP_MS		10000
#define DEVICE_S	10
#define TEARDOWN_MS	30000

#define PATH_BYTES	160
#define CONFIG_BYTES	8192

/**
 * struct exec_state - of one instance
 * @command: its words; @child: the process they started
 * @log: what that prints; @console, @config: the files that a command may name
 */
struct exec_state {
	struct vnft_words command;
	struct vnft_child child;
	char log[PATH_BYTES], console[PATH_BYTES], config[PATH_BYTES];
};

static int exec_check(const struct vnft_type *type)
{
	enum vnft_accel accel;
	int err = vnft_guest_check_command(type);

	if (!err)
		err = vnft_guest_check_images(type);
	return err ? err : vnft_guest_choose_accel(type, &accel);
}

/* The file that its command reads. */
static int write_config(const struct vnft_instance *in, const struct exec_state *s)
{
	char text[CONFIG_BYTES];
	int err;

	if (!in->type->config[0])
		return 0;
	err = vnft_type_expand(in->type->config, in, text, sizeof(text) - 1);
	if (err)
		return err;
	strcat(text, "\n");
	return vnft_guest_write_new(s->config, text);
}

static int exec_prepare(struct vnft_instance *in)
{
	struct exec_state *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return vnft_fail(-ENOMEM, "out of memory");
	in->priv = s;
	s->child.out_fd = -1;	/* 0 is stdin */
	err = vnft_guest_choose_accel(in->type, &in->accel);
	if (!err)
		err = vnft_words_split(&s->command, in->type->command, in);
	snprintf(s->log, sizeof(s->log), "%s/%s.log", in->place.journal->dir, in->place.name);
	if (!in->device[0])
		snprintf(in->device, sizeof(in->device), "%s", in->place.device);
	if (!err)
		err = vnft_type_expand("@CONSOLE@", in, s->console, sizeof(s->console));
	if (!err)
		err = vnft_type_expand("@CONFIG@", in, s->config, sizeof(s->config));
	return err ? err : write_config(in, s);
}

static const char *exec_device_fix(const struct vnft_type *type)
{
	switch (type->topology) {
	case VNFT_TOPOLOGY_TAP:
		return "its command has to open @DEV@";
	case VNFT_TOPOLOGY_TAP_LAUNCH:
		return "its command has to make @DEV@, and put it on @BRIDGE@ or on none";
	default:
		return "its command has to make @DEV@, up and on @BRIDGE@";
	}
}

/* Until the device is there, or the instance is not, or a time is over that no VMM needs. */
static int await_device(struct vnft_instance *in, struct vnft_link_info *info)
{
	const char *device = in->place.device;
	const uint32_t wait_s = in->type->timeout_s < DEVICE_S ? in->type->timeout_s : DEVICE_S;
	const uint64_t until_ns = vnft_now_ns() + wait_s * 1000000000ULL;
	struct exec_state *s = in->priv;
	char said[256];

	while (vnft_link_get(device, info)) {
		const bool lives = vnft_held_lives(&in->process);

		if (lives && vnft_now_ns() < until_ns) {
			if (vnft_sleep_ms(1))
				return vnft_fail(-EINTR, "interrupted");
			continue;
		}
		vnft_said_last(s->log, said, sizeof(said));
		if (!lives)
			return vnft_fail(-ECHILD, "%s: ended before its device %s appeared: %s",
					 in->type->name, device, said);
		return vnft_fail(-ENODEV, "%s: its device %s did not appear within %u s (%s): %s",
				 in->type->name, device, wait_s, exec_device_fix(in->type), said);
	}
	return 0;
}

/*
 * With tap-launch the command makes the device. A VMM that runs no script does not put it on a
 * bridge: we wait for the device and do that, unless the command has.
 */
static int adopt_device(struct vnft_instance *in)
{
	const struct vnft_place *p = &in->place;
	struct vnft_link_info info, master;
	int err;

	err = await_device(in, &info);
	if (err)
		return err;
	if (!info.master_ifindex)
		err = vnft_link_set_master(p->device, p->bridge);
	else if (!vnft_link_get_index(info.master_ifindex, &master) &&
		 strcmp(master.name, p->bridge))
		err = vnft_fail(-ENODEV, "%s: its device %s is on %s, not on bridge %s (%s)",
				in->type->name, p->device, master.name, p->bridge,
				exec_device_fix(in->type));
	return err ? err : vnft_link_set_up(p->device, true);
}

static int exec_start(struct vnft_instance *in)
{
	struct exec_state *s = in->priv;
	char said[256];
	int err;

	err = vnft_child_start(&s->child, s->command.argv, s->log);
	in->t0_ns = s->child.begun_ns;
	in->exec_by_ns = s->child.exec_by_ns;
	in->started_ns = vnft_now_ns();
	if (err)
		return err;
	err = vnft_held_take(&in->process, s->child.pid);
	if (err)
		return err;
	/* A command that ends at once has failed, and its own words are the best reason. */
	err = vnft_child_wait(&s->child, FAIL_MS, NULL);
	if (err == -EINTR)
		return err;
	if (!err) {
		vnft_held_drop(&in->process);
		vnft_said_last(s->log, said, sizeof(said));
		return vnft_fail(-ECHILD, "%s: %s ended at once: %s", in->type->name,
				 s->command.argv[0], said);
	}
	err = vnft_guest_note_process(in->place.journal, in->process.pid);
	if (!err && in->type->topology == VNFT_TOPOLOGY_TAP_LAUNCH)
		err = adopt_device(in);
	return err;
}

static int run_teardown(struct vnft_instance *in, const char *log)
{
	struct vnft_words words;
	char said[256];
	int got;

	got = vnft_words_split(&words, in->type->teardown, in);
	if (got)
		return got;
	got = vnft_guest_finish(words.argv, TEARDOWN_MS, log);
	vnft_words_free(&words);
	if (got <= 0)
		return got;
	vnft_said_last(log, said, sizeof(said));
	return vnft_fail(-EIO, "%s: its teardown command failed: %s", in->type->name, said);
}

/*
 * A guest that runs, or panicked, knows best what is wrong. A VMM that has ended does, unless it
 * kept its peace.
 */
static void exec_last_words(struct vnft_instance *in, char *to, size_t bytes)
{
	const struct exec_state *s = in->priv;
	char said[2 * VNFT_SAID_LINE_BYTES + 8], log[2 * VNFT_SAID_LINE_BYTES + 8];

	if (s && (vnft_said_panic(s->console, said, sizeof(said)) ||
		  ((vnft_held_lives(&in->process) || !vnft_said_end(s->log, log, sizeof(log))) &&
		   vnft_said_end(s->console, said, sizeof(said)))))
		snprintf(to, bytes, "its console: %s", said);
	else
		vnft_said_last(s ? s->log : "", to, bytes);
}

/* Its console, where the command was told the file, and then what the VMM itself has printed. */
static int exec_console(struct vnft_instance *in, struct vnft_guest_console *to)
{
	const struct exec_state *s = in->priv;
	int err = s ? vnft_said_keep_file(to, s->console) : 0;

	return err || !s ? err : vnft_said_keep_file(to, s->log);
}

/* A command that was not told the file may let its guest speak where it prints. */
static void exec_console_file(const struct vnft_instance *in, struct vnft_guest_console_file *to)
{
	static const char field[] = "@CONSOLE@";
	const struct exec_state *s = in->priv;
	const struct vnft_type *t = in->type;
	const bool named = strstr(t->command, field) || strstr(t->config, field) ||
			   strstr(t->append, field);

	snprintf(to->path, sizeof(to->path), "%s", named ? s->console : s->log);
	snprintf(to->why, sizeof(to->why), "its command made no file %s", field);
	to->mixed = !named && vnft_type_has_kernel(t);
}

static int exec_stop(struct vnft_instance *in)
{
	struct exec_state *s = in->priv;
	int err = 0;

	if (!s || s->child.pid <= 0)
		return 0;
	in->stop_ns = vnft_now_ns();
	if (in->type->teardown[0]) {
		err = run_teardown(in, s->log);
		if (!err && vnft_guest_wait_child(&s->child, STOP_MS) < 0)
			err = vnft_fail(-ETIMEDOUT,
					"%s: still runs %d s after its teardown command",
					in->type->name, STOP_MS / 1000);
	}
	vnft_child_stop(&s->child, STOP_MS);
	in->stopped_ns = vnft_now_ns();
	vnft_held_drop(&in->process);
	return err;
}

static void exec_release(struct vnft_instance *in)
{
	struct exec_state *s = in->priv;

	if (!s)
		return;
	vnft_child_stop(&s->child, STOP_MS);
	/* /run is memory, and a session may have thousands of runs. */
	unlink(s->log);
	unlink(s->console);
	unlink(s->config);
	vnft_words_free(&s->command);
	free(s);
	in->priv = NULL;
	vnft_held_drop(&in->process);
}

static json_t *exec_manifest(const struct vnft_type *type)
{
	struct vnft_words words;
	char version[256] = "";
	json_t *o = json_object();

	json_object_set_new(o, "command", json_string(type->command));
	if (type->config[0])
		json_object_set_new(o, "config", json_string(type->config));
	if (!vnft_words_split(&words, type->command, NULL)) {
		if (words.n)
			vnft_guest_version(words.argv[0], "--version", version, sizeof(version));
		json_object_set_new(o, "version", version[0] ? json_string(version) : json_null());
		vnft_words_free(&words);
	}
	return o;
}

static int exec_check_type(struct vnft_type *type)
{
	const bool reads = strstr(type->command, "@CONFIG@");

	if (!type->command[0])
		return vnft_fail(-EBADMSG, "driver exec needs a \"command\": what starts an "
				 "instance");
	if (reads && !type->config[0])
		return vnft_fail(-EBADMSG, "@CONFIG@ needs a \"config\": what stands in that file");
	if (!reads && type->config[0])
		return vnft_fail(-EBADMSG, "\"config\" without @CONFIG@ in \"command\": nobody "
				 "would read it");
	return 0;
}

static const struct vnft_guest_own exec_own[] = {
	{ "config", NULL }, { "@CONFIG@", NULL }, { "@CONSOLE@", NULL }, { NULL, NULL }
};

const struct vnft_guest_ops vnft_guest_exec = {
	.name = "exec",
	.own = exec_own,
	.check_type = exec_check_type,
	.check = exec_check,
	.device_fix = exec_device_fix,
	.prepare = exec_prepare,
	.start = exec_start,
	.memory = vnft_guest_memory,
	.last_words = exec_last_words,
	.console = exec_console,
	.console_file = exec_console_file,
	.stop = exec_stop,
	.release = exec_release,
	.manifest = exec_manifest,
};
