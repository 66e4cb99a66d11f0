/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tokens as names of abstract unix sockets.
 */
#include "owner.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../lib/text/error.h"

#define TRIES 64

/* The socket of this name, or -EADDRINUSE if somebody has it. */
static int hold(uint32_t token)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), err, n;

	if (fd < 0)
		return -errno;
	n = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "vnftrace-filter-%06x", token);
	if (!bind(fd, (struct sockaddr *)&name,
		  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int vnft_owner_take(uint32_t *token)
{
	int fd = -EADDRINUSE, tries;

	for (tries = 0; fd == -EADDRINUSE && tries < TRIES; tries++) {
		if (getrandom(token, sizeof(*token), 0) != (ssize_t)sizeof(*token))
			return vnft_fail(-errno, "no random number: %s", strerror(errno));
		*token &= (1U << VNFT_OWNER_BITS) - 1;
		fd = hold(*token);
	}
	return fd >= 0 ? fd : vnft_fail(fd, "cannot hold a name for our filters: %s",
					strerror(-fd));
}

bool vnft_owner_lives(uint32_t token)
{
	int fd = hold(token);

	if (fd >= 0)
		close(fd);
	return fd < 0;
}
