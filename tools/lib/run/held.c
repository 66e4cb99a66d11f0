/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes by pidfd.
 */
#include "held.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "../text/error.h"
#include "clock.h"

#define SLICE_MS 50

int vnft_held_take(struct vnft_held *held, pid_t pid)
{
	int fd = pidfd_open(pid, 0);

	*held = (struct vnft_held){ 0 };
	if (fd < 0)
		return vnft_fail(-errno, "process %d: %s", pid, strerror(errno));
	*held = (struct vnft_held){ .pid = pid, .fd = fd };
	return 0;
}

int vnft_held_copy(struct vnft_held *held, const struct vnft_held *from)
{
	int fd = from->pid > 0 ? fcntl(from->fd, F_DUPFD_CLOEXEC, 0) : -1;

	*held = (struct vnft_held){ 0 };
	if (from->pid <= 0 || fd < 0)
		return vnft_fail(from->pid > 0 ? -errno : -ESRCH, "process %d cannot be held",
				 from->pid);
	*held = (struct vnft_held){ .pid = from->pid, .fd = fd };
	return 0;
}

void vnft_held_drop(struct vnft_held *held)
{
	if (held->pid > 0)
		close(held->fd);
	*held = (struct vnft_held){ 0 };
}

/* A pidfd is readable as soon as the process is a zombie: reaping is its parent's business. */
static bool ended(const struct vnft_held *held, int timeout_ms)
{
	struct pollfd p = { .fd = held->fd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) > 0;
}

bool vnft_held_lives(const struct vnft_held *held)
{
	return held->pid > 0 && !ended(held, 0);
}

bool vnft_held_wait(const struct vnft_held *held, unsigned int timeout_ms)
{
	const uint64_t end_ns = vnft_now_ns() + timeout_ms * 1000000ULL;

	while (held->pid > 0 && !ended(held, SLICE_MS))
		if (vnft_now_ns() > end_ns)
			return false;
	return true;
}

int vnft_held_open(const struct vnft_held *held)
{
	char path[32];
	int fd;

	if (held->pid <= 0)
		return -ESRCH;
	snprintf(path, sizeof(path), "/proc/%d", held->pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	/* The number was still its own when that was opened. */
	if (vnft_held_lives(held))
		return fd;
	close(fd);
	return -ESRCH;
}

FILE *vnft_held_file(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;

	if (fd >= 0 && !f)
		close(fd);
	return f;
}
