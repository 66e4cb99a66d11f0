/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bpf file system that pins live in. Every mount of it is new and empty, and `ip netns exec`
 * gives its command a mount namespace with a fresh /sys. A pin that was made there would die with
 * the command. So pins live in the mount namespace of the oldest ancestor that we may look into:
 * init, or the shell that ran `ip netns exec`. /proc/PID/root leads there.
 */
#include "pinfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/host/cap.h"
#include "../../lib/host/process.h"
#include "../../lib/run/owned.h"
#include "../../lib/text/error.h"
#include "pindir.h"

#define BPFFS "/sys/fs/bpf"

static pid_t parent_of(pid_t pid)
{
	struct vnft_process p;

	return vnft_process_read(pid, &p) ? p.parent : 0;
}

static bool mount_namespace(pid_t pid, ino_t *inode)
{
	char path[40];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)pid);
	if (stat(path, &st))
		return false;
	*inode = st.st_ino;
	return true;
}

/* The oldest ancestor to see, or 0 when it shares our mount namespace. */
static pid_t keeper(void)
{
	pid_t pid, found = 0;
	ino_t ours, inode;
	int depth;

	if (!mount_namespace(getpid(), &ours))
		return 0;
	/* The walk is bounded, because pids may be used again meanwhile. */
	for (pid = getppid(), depth = 0; pid > 0 && depth < 1024; pid = parent_of(pid), depth++)
		if (mount_namespace(pid, &inode))
			found = inode == ours ? 0 : pid;
	return found;
}

static bool is_bpffs(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && (unsigned long)fs.f_type == BPF_FS_MAGIC;
}

static int mount_here(void)
{
	if (!mount("bpf", BPFFS, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700"))
		return 0;
	return -errno;
}

/* A mount must be made from inside its namespace, so a child does it. */
static int mount_there(pid_t pid)
{
	char path[40];
	int fd, status;
	pid_t child;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	child = fork();
	if (!child)
		_exit(setns(fd, CLONE_NEWNS) ? errno : -mount_here());
	close(fd);
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

/* Capabilities open no directory: it has to be this user's. */
static int refuse(const char *path, int err)
{
	if (err != EACCES && err != EPERM)
		return vnft_fail(-err, "%s: cannot be used: %s", path, strerror(err));
	return vnft_fail(-EPERM, "%s: no permission, and pins live there: as root `chmod 711 " BPFFS
			 " && install -d -o %u -m 700 " BPFFS "/vnftrace`", path, geteuid());
}

int vnft_pinfs_path(char *path, size_t bytes, bool make)
{
	pid_t pid = keeper();
	char fs[64];
	int err = 0, fd;

	if (pid)
		snprintf(fs, sizeof(fs), "/proc/%d/root" BPFFS, (int)pid);
	else
		snprintf(fs, sizeof(fs), BPFFS);
	snprintf(path, bytes, "%s/vnftrace", fs);
	if (!is_bpffs(fs)) {
		if (!make)
			return -ENOENT;
		err = pid ? mount_there(pid) : mount_here();
		if (err)
			return vnft_fail(err, BPFFS ": cannot mount the bpf file system: %s: "
					 "`mount -t bpf bpf " BPFFS "`", strerror(-err));
	}
	/* Who could put a link or a map there would lead us to any file, or to maps of theirs. */
	fd = vnft_owned_open(path, make ? 0700 : 0);
	if (fd == -EPERM && !geteuid())
		return fd;
	if (fd < 0)
		return fd == -ENOENT ? fd : refuse(path, -fd);
	close(fd);
	if (!access(path, R_OK | (make ? W_OK : 0) | X_OK))
		return 0;
	return errno == ENOENT ? -ENOENT : refuse(path, errno);
}

int vnft_pinfs_usable(char *path, size_t bytes)
{
	int err = vnft_pinfs_path(path, bytes, false);
	char fs[VNFT_PIN_PATH];

	if (err == -ENOENT) {
		snprintf(fs, sizeof(fs), "%.*s", (int)(strrchr(path, '/') - path), path);
		if (!is_bpffs(fs))
			return vnft_cap_have(CAP_SYS_ADMIN) ? 0 :
			       vnft_fail(-ENOENT, BPFFS " is not a bpf file system");
		return access(fs, W_OK | X_OK) ? refuse(path, errno) : 0;
	}
	if (!err && access(path, W_OK))
		return refuse(path, errno);
	return err;
}
