/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which Docker: the one that runs on this host, or a private one that lives as long as the
 * session.
 *
 * The private dockerd runs in the session's network namespace, and in a PID and a mount namespace
 * of its own, with a /run of its own: its containerd, shims, containers, mounts and sockets all die
 * with one process, and that one dies with us, unless it is to be kept. What it leaves in files and
 * cgroups is noted in the session's objects beforehand.
 */
#include "docker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/run/child.h"
#include "../../lib/run/clock.h"
#include "../../lib/run/interrupt.h"
#include "../../lib/undo/journal.h"
#include "../../lib/text/error.h"
#include "../../lib/text/json.h"
#include "../runtime/runtime.h"

#define SYSTEM_SOCKET	"/var/run/docker.sock"
#define READY_MS	20000
#define LOOK_MS		20

/*
 * First process of the PID namespace. It makes the private /run, in which only the daemon's
 * directory is the real one. Then it does what a first process must: it reaps orphans (shims are
 * such), and passes SIGTERM on. $1 is the directory.
 */
static const char first_process[] =
	"set -e; d=$1; shift; "
	"mount -t tmpfs -o mode=755 vnft-run /mnt; "
	"mkdir -p /mnt/${d#/run/}; "
	"mount --bind $d /mnt/${d#/run/}; "
	"mount --rbind /mnt /run; "
	"set +e; dockerd \"$@\" & p=$!; "
	"trap 'kill -TERM $p' TERM; "
	"while kill -0 $p 2>/dev/null; do wait $p; done";

/**
 * struct daemon - the private one of this process's run
 */
static struct daemon {
	char run_id[8];
	char dir[96], socket[108];
	struct vnft_child child;
} private_daemon = { .child.out_fd = -1 };

const char *vnft_docker_system(void)
{
	static char path[108];
	static int answers = -1;
	const char *host = getenv("DOCKER_HOST");
	struct vnft_docker docker;

	if (answers < 0) {
		/* Over TCP its devices would be another host's. */
		if (host && !strncmp(host, "unix://", 7))
			snprintf(path, sizeof(path), "%.100s", host + 7);
		else
			snprintf(path, sizeof(path), SYSTEM_SOCKET);
		answers = !access(path, F_OK) && !vnft_docker_open(&docker, path);
		if (answers)
			vnft_docker_close(&docker);
	}
	return answers ? path : NULL;
}

int vnft_docker_can_start(void)
{
	static const struct {
		const char *program, *package;
	} need[] = {
		{ "dockerd", "docker.io" }, { "containerd", "containerd" }, { "runc", "runc" },
		{ "unshare", "util-linux" }, { "setpriv", "util-linux" },
	};
	char path[512];
	size_t i;

	if (geteuid())
		return vnft_fail(-EOPNOTSUPP,
				 "docker: nobody answers at %s, and only root can start a "
				 "private dockerd: run as root", SYSTEM_SOCKET);
	for (i = 0; i < sizeof(need) / sizeof(need[0]); i++)
		if (!vnft_guest_find(need[i].program, path, sizeof(path)))
			return vnft_fail(-EOPNOTSUPP,
					 "docker: nobody answers at %s, and there is no %s "
					 "to start: apt-get install %s", SYSTEM_SOCKET,
					 need[i].program, need[i].package);
	return 0;
}

/* The child of @parent: the first process of the daemon's PID namespace. */
static pid_t child_of(pid_t parent)
{
	char path[64];
	int pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
	f = fopen(path, "re");
	if (f && fscanf(f, "%d", &pid) != 1)
		pid = 0;
	if (f)
		fclose(f);
	return pid;
}

static int launch(struct vnft_journal *journal, struct daemon *d)
{
	char data[128], exec[128], pid_file[128], socket[128], parent[64], log[128], config[128];
	/*
	 * setpriv: when we die, unshare gets SIGKILL, and --kill-child passes that on. The words
	 * are left out for one that is to outlive us.
	 */
	enum { DIES_WITH_US = 3 };
	char *const argv[] = {
		"setpriv", "--pdeathsig", "KILL",
		"unshare", "--pid", "--fork", "--kill-child", "--mount", "--propagation", "slave",
		"--mount-proc", "sh", "-c", (char *)first_process, "sh", d->dir,
		"--data-root", data, "--exec-root", exec, "--pidfile", pid_file, "--host", socket,
		"--cgroup-parent", parent, "--exec-opt", "native.cgroupdriver=cgroupfs",
		"--config-file", config,
		"--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-forward=false",
		"--ip-masq=false", "--userland-proxy=false", NULL
	};
	json_t *empty;
	int err;

	snprintf(data, sizeof(data), "%s/data", d->dir);
	snprintf(exec, sizeof(exec), "%s/exec", d->dir);
	snprintf(pid_file, sizeof(pid_file), "%s/pid", d->dir);
	snprintf(socket, sizeof(socket), "unix://%s", d->socket);
	snprintf(parent, sizeof(parent), "/%s", journal->netns);
	snprintf(log, sizeof(log), "%s/log", d->dir);
	/*
	 * Ours, and empty: an option in the host's /etc/docker/daemon.json and here is an error to
	 * dockerd.
	 */
	snprintf(config, sizeof(config), "%s/daemon.json", d->dir);
	empty = json_object();
	err = vnft_json_save(empty, config);
	json_decref(empty);
	return err ? err : vnft_child_start(&d->child, argv +
					    (vnft_child_outlives() ? DIES_WITH_US : 0), log);
}

/* Wait until the daemon answers; an error if it ends or the time is over. */
static int await(struct daemon *d, struct vnft_docker *docker)
{
	const uint64_t until_ns = vnft_now_ns() + READY_MS * 1000000ULL;
	char log[128], said[400];
	bool ended = false;

	snprintf(log, sizeof(log), "%s/log", d->dir);
	while (vnft_docker_open(docker, d->socket)) {
		ended = !vnft_child_wait(&d->child, 0, NULL);
		if (ended || vnft_now_ns() > until_ns) {
			vnft_said_last(log, said, sizeof(said));
			return vnft_fail(-ECONNREFUSED, "docker: a private dockerd %s: %s", ended ?
					 "ended" : "did not answer in time", said);
		}
		if (vnft_sleep_ms(LOOK_MS))
			return vnft_fail(-EINTR, "interrupted");
	}
	return 0;
}

static int start_private(struct vnft_journal *journal, struct daemon *d, struct vnft_docker *docker)
{
	pid_t first;
	int err;

	vnft_child_stop(&d->child, 0); /* an earlier session's, ended by vnft_journal_end() */
	memset(d, 0, sizeof(*d));
	d->child.out_fd = -1;
	snprintf(d->run_id, sizeof(d->run_id), "%s", journal->id);
	snprintf(d->dir, sizeof(d->dir), "%s/docker", journal->dir);
	snprintf(d->socket, sizeof(d->socket), "%s/socket", d->dir);
	err = vnft_docker_can_start();
	if (!err)
		err = vnft_journal_note(journal, "dir %s", d->dir);
	/* The daemon puts its containers below vnft-ID in every hierarchy. */
	if (!err)
		err = vnft_guest_note_cgroups(journal, journal->netns);
	if (!err && mkdir(d->dir, 0700) && errno != EEXIST)
		err = vnft_fail(-errno, "%s: cannot make it: %s", d->dir, strerror(errno));
	if (!err)
		err = launch(journal, d);
	if (!err)
		err = await(d, docker);
	first = err ? 0 : child_of(d->child.pid);
	if (!err)
		err = vnft_guest_note_process(journal, first ? first : d->child.pid);
	if (err) {
		char why[512];

		snprintf(why, sizeof(why), "%s", vnft_why());
		/* SIGTERM is blocked in unshare; its children are in its session and hear it. */
		vnft_child_stop(&d->child, 2000);
		vnft_docker_close(docker);
		d->run_id[0] = 0;
		return vnft_fail(err, "%s", why);
	}
	return 0;
}

int vnft_docker_get(struct vnft_journal *journal, struct vnft_docker *docker)
{
	const char *system = vnft_docker_system();
	struct daemon *d = &private_daemon;
	int err;

	if (system)
		return vnft_docker_open(docker, system);
	if (strcmp(d->run_id, journal->id))
		err = start_private(journal, d, docker);
	else
		err = vnft_docker_open(docker, d->socket);
	/* The daemon died or somebody stopped it: the next instance gets a new one. */
	if (err == -ECONNREFUSED)
		d->run_id[0] = 0;
	docker->private_daemon = true;
	return err;
}
