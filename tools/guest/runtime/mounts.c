/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Some things are a reason for a mount namespace that the host does not see.
 *
 * crun refuses a host whose cgroups are v1 but for some controller (hugetlb, mostly) that nobody
 * mounted there, so that it is still v2's: "cgroups in hybrid mode not supported". For such a host
 * we make one in which /sys/fs/cgroup has the missing hierarchies too.
 *
 * Others keep locks, mounts and state in /run and /dev/shm that outlive them when they are killed.
 * For them these directories are empty, and their own.
 *
 * gVisor's runsc takes a network namespace for the host's first one as long as it sees
 * /proc/sys/net, and then does not take the devices over. For it there is none.
 *
 * And /sys tells of the devices of the network namespace in which it was mounted: LXC looks there
 * for its bridge.
 *
 * The host keeps what it has, and the namespace is gone with the last process and descriptor that
 * uses it.
 */
#include "runtime.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "../../lib/text/error.h"
#include "../../lib/undo/dirs.h"

#define CGROUPS		"/sys/fs/cgroup"
#define ENTRIES_MAX	64

/**
 * struct entry - what /sys/fs/cgroup holds: a hierarchy or a link to one
 */
struct entry {
	char name[64], target[64];
	int tree_fd;
};

struct job {
	char controllers[256];	/* that v2 has, with spaces between; "": no need for cgroups */
	unsigned int needs;
	const char *read_only;
	int fd, err;
	char why[256];
};

/*
 * The controllers that belong to cgroup v2 on a host whose /sys/fs/cgroup holds a directory for
 * every hierarchy; false on any other host.
 */
static bool hybrid(char *controllers, size_t bytes)
{
	struct statfs fs;
	FILE *f;

	controllers[0] = 0;
	if (statfs(CGROUPS, &fs) || fs.f_type == CGROUP2_SUPER_MAGIC)
		return false;
	f = fopen(CGROUPS "/unified/cgroup.controllers", "re");
	if (!f)
		return false;
	if (!fgets(controllers, (int)bytes, f))
		controllers[0] = 0;
	fclose(f);
	controllers[strcspn(controllers, "\n")] = 0;
	return controllers[0];
}

/* Pick up every entry before the new directory hides them. */
static int pick_up(struct entry *list, size_t *n)
{
	DIR *dir = opendir(CGROUPS);
	char path[400];
	struct dirent *de;

	*n = 0;
	if (!dir)
		return -errno;
	while ((de = readdir(dir)) && *n < ENTRIES_MAX) {
		struct entry *e = &list[*n];
		ssize_t len;

		if (de->d_name[0] == '.' || strlen(de->d_name) >= sizeof(e->name))
			continue;
		memset(e, 0, sizeof(*e));
		strcpy(e->name, de->d_name);
		snprintf(path, sizeof(path), CGROUPS "/%s", e->name);
		e->tree_fd = -1;
		len = readlink(path, e->target, sizeof(e->target) - 1);
		if (len < 0) {
			e->target[0] = 0;
			e->tree_fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
					       AT_RECURSIVE);
			if (e->tree_fd < 0)
				continue;
		}
		++*n;
	}
	closedir(dir);
	return 0;
}

static int put_down(const struct entry *e)
{
	char path[400];

	snprintf(path, sizeof(path), CGROUPS "/%s", e->name);
	if (e->target[0])
		return symlink(e->target, path) ? -errno : 0;
	if (mkdir(path, 0755))
		return -errno;
	return move_mount(e->tree_fd, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) ? -errno : 0;
}

static int add_missing(char *controllers)
{
	char path[400], *save, *word;

	for (word = strtok_r(controllers, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		snprintf(path, sizeof(path), CGROUPS "/%s", word);
		if (mkdir(path, 0755))
			return -errno;
		if (mount("cgroup", path, "cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, word)) {
			/* v2 uses it for somebody: then it stays there. */
			if (errno != EBUSY)
				return -errno;
			rmdir(path);
		}
	}
	return 0;
}

static int build_cgroups(char *controllers)
{
	struct entry list[ENTRIES_MAX];
	size_t n = 0, i;
	int err;

	err = pick_up(list, &n);
	if (!err && mount("vnft-cgroups", CGROUPS, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
			  "mode=755,size=1m"))
		err = -errno;
	for (i = 0; i < n; i++) {
		if (!err)
			err = put_down(&list[i]);
		if (list[i].tree_fd >= 0)
			close(list[i].tree_fd);
	}
	return err ? err : add_missing(controllers);
}

static int hide_state(void)
{
	int tree_fd = open_tree(AT_FDCWD, VNFT_RUN_DIR, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
				AT_RECURSIVE);
	int err = tree_fd < 0 ? -errno : 0;

	if (!err && (mount("vnft-run", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") ||
		     mkdir(VNFT_RUN_DIR, 0755) ||
		     move_mount(tree_fd, "", AT_FDCWD, VNFT_RUN_DIR, MOVE_MOUNT_F_EMPTY_PATH) ||
		     mount("vnft-shm", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")))
		err = -errno;
	if (tree_fd >= 0)
		close(tree_fd);
	return err;
}

/* A /sys of our own network namespace, which is the caller's; with the cgroups that were there. */
static int show_devices(void)
{
	int tree_fd = open_tree(AT_FDCWD, CGROUPS, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
				AT_RECURSIVE);
	int err = tree_fd < 0 ? -errno : 0;

	if (!err && (mount("vnft-sys", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) ||
		     move_mount(tree_fd, "", AT_FDCWD, CGROUPS, MOVE_MOUNT_F_EMPTY_PATH)))
		err = -errno;
	if (tree_fd >= 0)
		close(tree_fd);
	return err;
}

/* LXC pins its root file system by a file in it, unless that cannot be written to. */
static int freeze(const char *path)
{
	return mount(path, path, NULL, MS_BIND, NULL) ||
	       mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) ? -errno : 0;
}

static int build(struct job *job)
{
	int err = 0;

	if (unshare(CLONE_NEWNS))
		return -errno;
	/* Slave: what the host unmounts, such as the name of a namespace, is unmounted here too. */
	if (mount("", "/", NULL, MS_REC | MS_SLAVE, NULL))
		return -errno;
	if (job->controllers[0])
		err = build_cgroups(job->controllers);
	if (!err && (job->needs & VNFT_MOUNTS_STATE))
		err = hide_state();
	if (!err && (job->needs & VNFT_MOUNTS_SYS))
		err = show_devices();
	if (!err && job->read_only)
		err = freeze(job->read_only);
	if (!err && (job->needs & VNFT_MOUNTS_NO_SYSCTL) &&
	    mount("vnft-sysctl", "/proc/sys/net", "tmpfs", MS_NOSUID | MS_NODEV | MS_RDONLY, ""))
		err = -errno;
	if (!err) {
		job->fd = open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC);
		err = job->fd < 0 ? -errno : 0;
	}
	return err;
}

static void *build_thread(void *arg)
{
	struct job *job = arg;

	job->err = build(job);
	return NULL;
}

int vnft_guest_mounts(unsigned int needs, const char *read_only, int *fd)
{
	struct job job = { .fd = -1, .needs = needs, .read_only = read_only };
	pthread_t thread;

	*fd = -1;
	if (!(needs & VNFT_MOUNTS_CGROUPS) || !hybrid(job.controllers, sizeof(job.controllers)))
		job.controllers[0] = 0;
	if (!job.controllers[0] && !(needs & ~VNFT_MOUNTS_CGROUPS) && !read_only)
		return 0;
	/* In a thread that ends, so that ours keeps its mounts, root and directory. */
	if (pthread_create(&thread, NULL, build_thread, &job))
		return vnft_fail(-EAGAIN, "cannot start a thread");
	pthread_join(thread, NULL);
	if (job.err && !job.controllers[0])
		return vnft_fail(job.err, "cannot make mounts of our own: %s", strerror(-job.err));
	if (job.err)
		return vnft_fail(job.err,
				 "cannot make the cgroup hierarchies that crun needs: %s: as "
				 "root, mount -t cgroup -o hugetlb cgroup " CGROUPS "/hugetlb",
				 strerror(-job.err));
	*fd = job.fd;
	return 0;
}

int vnft_guest_mounts_enter(int fd, struct vnft_guest_mounts_back *back)
{
	back->mounts_fd = back->cwd_fd = -1;
	if (fd < 0)
		return 0;
	back->mounts_fd = open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC);
	back->cwd_fd = open(".", O_PATH | O_CLOEXEC);
	/* A thread that shares its root and directory with others may not change namespace. */
	if (back->mounts_fd < 0 || unshare(CLONE_FS) || setns(fd, CLONE_NEWNS)) {
		int err = vnft_fail(-errno, "cannot enter a mount namespace: %s", strerror(errno));

		vnft_guest_mounts_leave(back);
		return err;
	}
	return 0;
}

void vnft_guest_mounts_leave(struct vnft_guest_mounts_back *back)
{
	if (back->mounts_fd >= 0) {
		if (setns(back->mounts_fd, CLONE_NEWNS))
			vnft_warn("cannot return to our mount namespace: %s", strerror(errno));
		close(back->mounts_fd);
	}
	if (back->cwd_fd >= 0) {
		if (fchdir(back->cwd_fd))
			vnft_debug("cannot return to our directory: %s", strerror(errno));
		close(back->cwd_fd);
	}
	back->mounts_fd = back->cwd_fd = -1;
}
