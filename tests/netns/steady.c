/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A TCP stream whose rate is known: steady NETNS ADDR. Sends 200 chunks, some 2 ms apart, to a
 * socket of its own at ADDR in NETNS, each when the one before has arrived, so that it passes the
 * device within its send(). Prints "BYTES LEAST MOST": its bytes, and the least and the most time
 * in ns between the first chunk's passing the device and the last one's, by stamps around both
 * send(). The connection is closed a while later.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHUNKS		200
#define CHUNK_BYTES	1000
#define GAP_US		2000
#define AFTER_US	50000	/* more than a tick of any kernel */

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static int enter(int fd)
{
	return fd < 0 ? -1 : setns(fd, CLONE_NEWNET);
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(7100) };
	uint64_t first_ns[2] = { 0 }, last_ns[2] = { 0 };
	int own_fd, fd[3], one = 1, i;
	static char chunk[CHUNK_BYTES];
	char path[128];

	if (argc != 3)
		return 2;
	to.sin_addr.s_addr = inet_addr(argv[2]);
	snprintf(path, sizeof(path), "/run/netns/%s", argv[1]);
	own_fd = open("/proc/self/ns/net", O_RDONLY);
	if (enter(open(path, O_RDONLY)))
		return 2;
	fd[2] = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd[2], SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd[2], (void *)&to, sizeof(to)) || listen(fd[2], 1) || enter(own_fd))
		return 2;
	fd[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(fd[0], (void *)&to, sizeof(to)))
		return 2;
	fd[1] = accept(fd[2], NULL, NULL);
	for (i = 0; i < CHUNKS; i++) {
		last_ns[0] = now_ns();
		if (send(fd[0], chunk, sizeof(chunk), 0) != sizeof(chunk))
			return 1;
		last_ns[1] = now_ns();
		if (!i) {
			first_ns[0] = last_ns[0];
			first_ns[1] = last_ns[1];
		}
		if (recv(fd[1], chunk, sizeof(chunk), MSG_WAITALL) != sizeof(chunk))
			return 1;
		usleep(GAP_US);
	}
	usleep(AFTER_US);
	printf("%d %llu %llu\n", CHUNKS * CHUNK_BYTES,
	       (unsigned long long)(last_ns[0] - first_ns[1]),
	       (unsigned long long)(last_ns[1] - first_ns[0]));
	return 0;
}
