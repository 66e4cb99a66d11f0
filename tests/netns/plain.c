/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a type with workload = tcp may find in its instance: plain WHAT:PORT..., a process for each.
 * sink reads all; source sends without end; echo sends back what it reads; deaf reads nothing; once
 * reads a mebibyte and closes.
 */
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ONCE_BYTES (1u << 20)

static char block[128 << 10];

static bool write_all(int fd, size_t bytes)
{
	size_t done = 0;
	ssize_t n;

	for (; done < bytes; done += (size_t)n) {
		n = write(fd, block + done, bytes - done);
		if (n <= 0)
			return false;
	}
	return true;
}

static void talk(const char *what, int fd)
{
	size_t left = ONCE_BYTES;
	ssize_t n;

	if (!strcmp(what, "deaf"))
		return;		/* and keeps it open */
	if (!strcmp(what, "source"))
		while (write_all(fd, sizeof(block)))
			;
	else
		while ((n = read(fd, block, sizeof(block))) > 0) {
			if (!strcmp(what, "echo") && !write_all(fd, (size_t)n))
				break;
			if (!strcmp(what, "once") && (size_t)n >= left)
				break;
			left -= (size_t)n;
		}
	close(fd);
}

static int serve(const char *what, uint16_t port)
{
	const struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	const int one = 1;
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (const struct sockaddr *)&at, sizeof(at)) || listen(listener, 5)) {
		perror("plain");
		return 1;
	}
	while ((fd = accept(listener, NULL, NULL)) >= 0)
		talk(what, fd);
	return 1;
}

int main(int argc, char **argv)
{
	int i;

	signal(SIGPIPE, SIG_IGN);
	for (i = 1; i < argc; i++) {
		char *port = strchr(argv[i], ':');

		if (!port)
			return 2;
		*port++ = '\0';
		if (!fork()) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			return serve(argv[i], (uint16_t)atoi(port));
		}
	}
	while (wait(NULL) > 0)
		;
	return 1;
}
