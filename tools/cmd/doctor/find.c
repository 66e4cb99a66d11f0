/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the checks look with, and how they put down what they found.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "check.h"

void vnft_found(struct vnft_finding *f, enum vnft_status status, const char *fix,
		const char *fmt, ...)
{
	va_list ap;

	f->status = status;
	va_start(ap, fmt);
	vsnprintf(f->what, sizeof(f->what), fmt, ap);
	va_end(ap);
	snprintf(f->fix, sizeof(f->fix), "%s", status == VNFT_STATUS_OK || !fix ? "" : fix);
}

void vnft_found_no_fix(struct vnft_finding *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->fix_why, sizeof(f->fix_why), fmt, ap);
	va_end(ap);
}

bool vnft_doctor_line(const char *path, char *to, unsigned int bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, to, bytes - 1) : -1;

	if (fd >= 0)
		close(fd);
	to[n > 0 ? n : 0] = '\0';
	to[strcspn(to, "\n")] = '\0';
	return n >= 0;
}

bool vnft_doctor_program(const char *name, char *path, unsigned int bytes)
{
	const char *given = getenv("PATH");
	char dirs[4096], *rest = dirs, *dir;

	/* Daemons and qemu's helpers live in sbin, which is on no user's PATH. */
	snprintf(dirs, sizeof(dirs), "%s:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin",
		 given ? given : "");
	while ((dir = strsep(&rest, ":"))) {
		snprintf(path, bytes, "%s/%s", dir, name);
		if (*dir && !access(path, X_OK))
			return true;
	}
	return false;
}

bool vnft_doctor_socket(const char *path, const char *ask, char *answer, unsigned int bytes)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = 1 };
	bool ok = false;
	ssize_t n;

	if (fd < 0 || strlen(path) >= sizeof(to.sun_path))
		goto out;
	memcpy(to.sun_path, path, strlen(path));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	ok = !connect(fd, (struct sockaddr *)&to, sizeof(to));
	if (ok && ask) {
		n = send(fd, ask, strlen(ask), MSG_NOSIGNAL) > 0 ? recv(fd, answer, bytes - 1, 0)
								 : -1;
		ok = n > 0;
		answer[ok ? n : 0] = '\0';
	}
out:
	if (fd >= 0)
		close(fd);
	return ok;
}
