/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Driver oci: a container by an OCI runtime (crun, runc) alone, no daemon. t0 is right before
 * `run`, which creates and starts in one go.
 */
#include "oci.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/host/accel.h"
#include "../../lib/net/veth.h"
#include "../../lib/run/child.h"
#include "../../lib/run/clock.h"
#include "../../lib/undo/dirs.h"
#include "../../lib/undo/journal.h"
#include "../../lib/text/error.h"
#include "../drivers.h"
#include "../runtime/runtime.h"

#define RUN_MS		20000
#define DELETE_MS	20000
#define GONE_MS		10000

/**
 * struct oci_state - of one instance
 * @dir: bundle, log and the runtime's own state, below the session's directory
 */
struct oci_state {
	char dir[128], root[144], log[144], pid_file[144];
	int mounts_fd;
	bool made;
};

static int oci_check(const struct vnft_type *type)
{
	char path[PATH_MAX];
	int err;

	if (geteuid())
		return vnft_fail(-EOPNOTSUPP, "%s: %s makes namespaces and cgroups: run as root",
				 type->name, type->runtime);
	if (!vnft_guest_find(type->runtime, path, sizeof(path)))
		return vnft_fail(-EOPNOTSUPP, "%s: no program %s: %s%s", type->name, type->runtime,
				 type->needs[0] ? "" : "apt-get install ",
				 type->needs[0] ? type->needs : type->runtime);
	err = vnft_guest_check_hook(type);
	return err ? err : vnft_guest_check_root(type);
}

static unsigned int mounts_of(const char *runtime)
{
	return VNFT_MOUNTS_CGROUPS | (strcmp(runtime, "runsc") ? 0 : VNFT_MOUNTS_NO_SYSCTL);
}

static int oci_delete(int mounts_fd, const char *runtime, const char *root, const char *name)
{
	char *const argv[] = { (char *)runtime, "--root", (char *)root, "delete", "--force",
			       (char *)name, NULL };
	struct vnft_guest_mounts_back back;
	char log[256], said[256];
	int got;

	snprintf(log, sizeof(log), "%s/../log", root);
	got = vnft_guest_mounts_enter(mounts_fd, &back);
	if (got)
		return got;
	got = vnft_guest_finish(argv, DELETE_MS, log);
	vnft_guest_mounts_leave(&back);
	if (got > 0) {
		vnft_said_last(log, said, sizeof(said));
		return vnft_fail(-EIO, "%s: %s delete: %s", name, runtime, said);
	}
	return got;
}

static int oci_prepare(struct vnft_instance *in)
{
	const struct vnft_place *p = &in->place;
	struct oci_state *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return vnft_fail(-ENOMEM, "out of memory");
	in->priv = s;
	in->accel = VNFT_ACCEL_NONE;
	s->mounts_fd = -1;
	snprintf(s->dir, sizeof(s->dir), "%s/%s", p->journal->dir, p->name);
	snprintf(s->root, sizeof(s->root), "%s/state", s->dir);
	snprintf(s->log, sizeof(s->log), "%s/log", s->dir);
	snprintf(s->pid_file, sizeof(s->pid_file), "%s/pid", s->dir);
	err = vnft_journal_note(p->journal, "dir %s", s->dir);
	if (!err && (mkdir(s->dir, 0700) || mkdir(s->root, 0700)))
		err = vnft_fail(-errno, "%s: cannot make it: %s", s->dir, strerror(errno));
	if (!err)
		err = vnft_oci_bundle(in, s->dir);
	if (!err)
		err = vnft_guest_mounts(mounts_of(in->type->runtime), NULL, &s->mounts_fd);
	return err;
}

static int oci_start(struct vnft_instance *in)
{
	struct oci_state *s = in->priv;
	const char *runtime = in->type->runtime;
	char *const argv[] = { (char *)runtime, "--root", s->root, "run", "--detach", "--bundle",
			       s->dir, "--pid-file", s->pid_file, in->place.name, NULL };
	struct vnft_guest_mounts_back back;
	struct vnft_child child;
	char said[256];
	long long pid;
	int err, status = 0;

	err = vnft_journal_note(in->place.journal, "oci %s %s %s", runtime, s->root,
				in->place.name);
	if (!err)
		err = vnft_guest_mounts_enter(s->mounts_fd, &back);
	if (err)
		return err;
	s->made = true;
	err = vnft_child_start(&child, argv, s->log);
	in->t0_ns = child.begun_ns;
	in->exec_by_ns = child.exec_by_ns;
	vnft_guest_mounts_leave(&back);
	if (err)
		return err;
	err = vnft_child_wait(&child, RUN_MS, &status);
	in->started_ns = vnft_now_ns();
	if (err) {
		vnft_child_stop(&child, 1000);
		return err;
	}
	if (status) {
		vnft_said_last(s->log, said, sizeof(said));
		return vnft_fail(-EIO, "%s: %s run failed: %s", in->type->name, runtime, said);
	}
	pid = vnft_guest_read_pid(s->pid_file);
	if (pid <= 0)
		return vnft_fail(-EIO, "%s: %s wrote no process number", in->type->name, runtime);
	err = vnft_guest_hold(&in->process, pid, in->place.name, runtime);
	if (err == -ECHILD) {
		vnft_said_last(s->log, said, sizeof(said));
		return vnft_fail(err, "%s: its workload ended at once: %s", in->type->name, said);
	}
	if (err)
		return err;
	vnft_guest_cgroup(&in->process, in->cgroup, sizeof(in->cgroup));
	snprintf(in->device, sizeof(in->device), "%s", in->place.device);
	return 0;
}

/* When the hook had done each of its steps (tools/lib/net/veth.h). */
static void oci_phases(struct vnft_instance *in)
{
	const struct oci_state *s = in->priv;
	struct vnft_veth_times times;
	const struct {
		const char *name;
		const uint64_t *time_ns;
	} step[] = {
		{ "namespace", &times.namespace_ns }, { "veth", &times.veth_ns },
		{ "bridge", &times.bridge_ns }, { "address", &times.address_ns },
	};
	char path[160];
	size_t i;

	_Static_assert(sizeof(step) / sizeof(step[0]) <= VNFT_GUEST_PHASES, "room for every step");
	snprintf(path, sizeof(path), "%s/" VNFT_OCI_TIMES, s->dir);
	vnft_veth_times_read(path, &times);
	for (i = 0; i < sizeof(step) / sizeof(step[0]); i++) {
		in->phase[i].name = step[i].name;
		in->phase[i].time_ns = *step[i].time_ns;
		snprintf(in->phase[i].why, sizeof(in->phase[i].why), "%s",
			 *step[i].time_ns ? "" : "the hook did not say when");
	}
	in->phases = (unsigned int)i;
}

static void oci_last_words(struct vnft_instance *in, char *to, size_t bytes)
{
	const struct oci_state *s = in->priv;

	vnft_said_last(s ? s->log : "", to, bytes);
}

/* What the container prints goes where its runtime prints, which runs detached. */
static int oci_console(struct vnft_instance *in, struct vnft_guest_console *to)
{
	const struct oci_state *s = in->priv;

	return s ? vnft_said_keep_file(to, s->log) : 0;
}

static void oci_console_file(const struct vnft_instance *in, struct vnft_guest_console_file *to)
{
	const struct oci_state *s = in->priv;

	snprintf(to->path, sizeof(to->path), "%s", s->log);
}

static int oci_stop(struct vnft_instance *in)
{
	struct oci_state *s = in->priv;
	int err, gone;

	if (!s || !s->made)
		return 0;
	in->stop_ns = vnft_now_ns();
	err = oci_delete(s->mounts_fd, in->type->runtime, s->root, in->place.name);
	gone = vnft_guest_wait_ended(&in->process, GONE_MS);
	in->stopped_ns = vnft_now_ns();
	vnft_held_drop(&in->process);
	in->cgroup[0] = 0;
	if (!err)
		s->made = false;
	return err ? err : gone;
}

static void oci_release(struct vnft_instance *in)
{
	struct oci_state *s = in->priv;

	if (!s)
		return;
	if (s->made && oci_stop(in))
		vnft_warn("%s", vnft_why());
	if (s->mounts_fd >= 0)
		close(s->mounts_fd);
	vnft_guest_remove_dir(s->dir);
	free(s);
	in->priv = NULL;
}

/* "RUNTIME ROOT NAME": of a session that is dead. */
static int oci_undo(const char *rest)
{
	char runtime[64], root[200], name[64], path[512];
	int fd = -1, err;

	if (sscanf(rest, "%63s %199s %63s", runtime, root, name) != 3 ||
	    strncmp(root, VNFT_RUN_DIR "/", strlen(VNFT_RUN_DIR) + 1) || strstr(root, "..") ||
	    strncmp(name, "vnft", 4) || strchr(name, '/') || strchr(runtime, '/'))
		return vnft_fail(-EINVAL, "oci %.80s: not an object of ours: ignored", rest);
	snprintf(path, sizeof(path), "%s/%s", root, name);
	if (access(path, F_OK) || !vnft_guest_find(runtime, path, sizeof(path)))
		return 0;
	err = vnft_guest_mounts(mounts_of(runtime), NULL, &fd);
	if (!err)
		err = oci_delete(fd, runtime, root, name);
	if (fd >= 0)
		close(fd);
	return err;
}

static json_t *oci_manifest(const struct vnft_type *type)
{
	char version[256];

	vnft_guest_version(type->runtime, "--version", version, sizeof(version));
	return json_pack("{s:s, s:s, s:s}", "runtime", type->runtime, "version", version,
			 "root", type->image);
}

static int oci_check_type(struct vnft_type *type)
{
	int err = vnft_guest_check_container(type, false);

	if (err || type->runtime[0])
		return err;
	return vnft_fail(-EBADMSG, "driver oci needs a \"runtime\": crun, runc or runsc");
}

const struct vnft_guest_ops vnft_guest_oci = {
	.name = "oci",
	.virtualization = "container",
	.check_type = oci_check_type,
	.undo_kind = "oci",
	.undo = oci_undo,
	.holds_init = true,
	.hook = VNFT_OCI_HOOK,
	.check = oci_check,
	.prepare = oci_prepare,
	.start = oci_start,
	.phases = oci_phases,
	.memory = vnft_guest_container_memory,
	.last_words = oci_last_words,
	.console = oci_console,
	.console_file = oci_console_file,
	.stop = oci_stop,
	.release = oci_release,
	.manifest = oci_manifest,
};
