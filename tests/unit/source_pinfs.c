/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program pinned in the bpf file system of another mount namespace is found. One behind a FUSE
 * file system whose daemon does not answer keeps nobody waiting.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../tools/source/bpf/pinfs_others.h"
#include "unit.h"

#define PINS	"/sys/fs/bpf/vnftrace"
#define LIMIT_S	10

static char dir[] = "/tmp/vnft-unit-XXXXXX";

static int load(uint32_t *id)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", insns, 2, NULL);

	if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &bytes))
		return -1;
	*id = info.id;
	return fd;
}

/* A process with mounts of its own, made by @mounts: its number once they are there, or 0. */
static pid_t start(bool (*mounts)(int prog), int prog)
{
	char ready = 0;
	int fd[2];
	pid_t pid;

	if (pipe(fd))
		return 0;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    !mounts(prog) || write(fd[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(fd[1]);
	if (read(fd[0], &ready, 1) != 1) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		pid = 0;
	}
	close(fd[0]);
	return pid;
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Another one takes another network namespace. */
static bool sysfs(void)
{
	return !unshare(CLONE_NEWNET) && !mount("sysfs", "/sys", "sysfs", 0, NULL);
}

static bool bpffs(int prog)
{
	return sysfs() && !mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL) && !mkdir(PINS, 0700) &&
	       !mkdir(PINS "/1-2", 0700) && !bpf_obj_pin(prog, PINS "/1-2/prog_out");
}

static bool twice(int prog)
{
	return sysfs() && !mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL) && bpffs(prog);
}

static bool hidden(int prog)
{
	return bpffs(prog) && sysfs();
}

static bool linked(int prog)
{
	return bpffs(prog) && !rename(PINS, "/sys/fs/bpf/real") && !symlink("real", PINS);
}

static bool covered(int prog)
{
	return bpffs(prog) && !mount("tmpfs", PINS, "tmpfs", 0, NULL) &&
	       !mkdir(PINS "/1-2", 0700);
}

static bool none(int prog)
{
	return sysfs();
}

static void ask(const char *what, bool (*mounts)(int prog), enum vnft_pinfs_answer want)
{
	struct vnft_pinfs_seen seen = { .devs = 0 };
	uint32_t id = 0;
	int prog = load(&id);
	pid_t pid = prog >= 0 ? start(mounts, prog) : 0;

	if (!pid) {
		SKIP(what, "no right to load a program or to mount");
	} else {
		CHECK_EQ(vnft_pinfs_ask(pid, id, &seen), want, "%s", what);
		CHECK_EQ(vnft_pinfs_ask(pid, id, &seen), VNFT_PINFS_NONE,
			 "%s: no second look", what);
		memset(&seen, 0, sizeof(seen));
		CHECK(vnft_pinfs_ask(pid, id + 1, &seen) != VNFT_PINFS_HOLDS,
		      "%s: no other program", what);
		stop(pid);
	}
	if (prog >= 0)
		close(prog);
}

/* --- a FUSE file system: a root with any directory in it, and every answer is valid for no time */

static void attr(struct fuse_attr *a, uint64_t node)
{
	a->ino = node;
	a->mode = S_IFDIR | 0755;
	a->nlink = 2;
	a->blksize = 4096;
}

static void answer(int fd, const struct fuse_in_header *in)
{
	struct {
		struct fuse_out_header head;
		union {
			struct fuse_init_out init;
			struct fuse_entry_out entry;
			struct fuse_attr_out attr;
		};
	} out = { .head.unique = in->unique };
	size_t bytes = 0;

	switch (in->opcode) {
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		return;
	case FUSE_INIT:
		out.init.major = FUSE_KERNEL_VERSION;
		out.init.minor = 31;
		out.init.max_write = 4096;
		bytes = sizeof(out.init);
		break;
	case FUSE_LOOKUP:
		out.entry.nodeid = 2;
		attr(&out.entry.attr, 2);
		bytes = sizeof(out.entry);
		break;
	case FUSE_GETATTR:
		attr(&out.attr.attr, in->nodeid);
		bytes = sizeof(out.attr);
		break;
	default:
		out.head.error = -ENOSYS;
	}
	out.head.len = (uint32_t)(sizeof(out.head) + bytes);
	if (write(fd, &out, out.head.len) < 0 && errno != ENOENT)
		_exit(1);
}

static int fuse_fd = -1;

static pid_t serve(void)
{
	static char request[1 << 17];
	pid_t pid = fork();

	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!pid) {
		if (read(fuse_fd, request, sizeof(request)) > 0)
			answer(fuse_fd, (const void *)request);
		else if (errno != EINTR && errno != EPERM)
			_exit(0);
		else
			usleep(1000);	/* not mounted yet */
	}
	return pid;
}

static bool fuse_root(int prog)
{
	char options[96], path[64];

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		 fuse_fd);
	if (mount("vnft", dir, "fuse", 0, options))
		return false;
	close(fuse_fd);
	snprintf(path, sizeof(path), "%s/sys", dir);
	if (mount("sysfs", path, "sysfs", 0, NULL))
		return false;
	strcat(path, "/fs/bpf");
	return !mount("bpf", path, "bpf", 0, NULL) && !chroot(dir) && !chdir("/");
}

/* Whatever the order of our own mounts. */
static void own(void)
{
	struct vnft_pinfs_seen seen = { .devs = 0 };

	CHECK_EQ(vnft_pinfs_ask(getpid(), 0, &seen), VNFT_PINFS_NONE, "our own can be seen");
}

/* The answer of a process that asks; -1 if it does not come. Who waits for FUSE can be killed. */
static int asked(pid_t about)
{
	struct vnft_pinfs_seen seen = { .devs = 0 };
	pid_t asker = fork();
	int status = 0, tries;

	if (!asker)
		_exit(vnft_pinfs_ask(about, 1, &seen));
	for (tries = 0; tries < LIMIT_S * 100; tries++) {
		if (waitpid(asker, &status, WNOHANG) == asker)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		usleep(10000);
	}
	stop(asker);
	return -1;
}

static void stuck(void)
{
	pid_t server, pid;

	fuse_fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	server = fuse_fd >= 0 ? serve() : 0;
	pid = server > 0 ? start(fuse_root, -1) : 0;
	if (fuse_fd >= 0)
		close(fuse_fd);
	if (!pid) {
		SKIP("a FUSE daemon that does not answer", "no FUSE here");
	} else {
		kill(server, SIGSTOP);
		CHECK_EQ(asked(pid), VNFT_PINFS_UNSEEN,
			 "nobody waits for a FUSE daemon, and what is behind it was not seen");
		stop(pid);
	}
	if (server > 0)
		stop(server);
}

int main(void)
{
	if (geteuid() || !mkdtemp(dir)) {
		SKIP("bpf file systems of others", "not root");
		return 0;
	}
	ask("a program that is pinned", bpffs, VNFT_PINFS_HOLDS);
	ask("above others", twice, VNFT_PINFS_HOLDS);
	ask("behind another sysfs", hidden, VNFT_PINFS_NONE);
	ask("behind a link", linked, VNFT_PINFS_NONE);
	ask("behind another file system", covered, VNFT_PINFS_NONE);
	ask("no bpf file system", none, VNFT_PINFS_NONE);
	own();
	stuck();
	rmdir(dir);
	return unit_done();
}
