/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest that holds every echo request for an exact time: holder tap|veth NETNS DEV HOLD_NS. On a
 * tap it reads and writes the file, as a VMM does; on a veth it has a packet socket (tell the
 * kernel not to answer). It polls without sleeping. Ended by SIGTERM, it prints "N P50 P99": how
 * many it answered, and for how long it really held them in ns, from the return of its read() to
 * the call of its write().
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAMES_MAX	1000000
#define ETH_BYTES	14

static volatile sig_atomic_t ended;
static uint64_t held_ns[FRAMES_MAX];

static void die(const char *what)
{
	fprintf(stderr, "holder: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void end(int sig)
{
	ended = 1;
}

static void enter(const char *netns)
{
	char path[128];
	int ns;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	ns = open(path, O_RDONLY);
	if (ns < 0 || setns(ns, CLONE_NEWNET))
		die(path);
	close(ns);
}

static int open_tap(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &ifr))
		die(name);
	return fd;
}

static int open_socket(const char *name)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(0x0800),
				  .sll_ifindex = (int)if_nametoindex(name) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(0x0800));

	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)))
		die(name);
	return fd;
}

static bool is_request(const uint8_t *f, ssize_t bytes)
{
	return bytes >= ETH_BYTES + 28 && f[12] == 8 && !f[13] && f[14] == 0x45 && f[23] == 1 &&
	       f[34] == 8 && !f[35];
}

/* The answer in its place. The type alone changes, from 8 to 0, in the checksum. */
static void turn(uint8_t *f)
{
	uint8_t swap[6];
	uint32_t sum;

	memcpy(swap, f, 6);
	memcpy(f, f + 6, 6);
	memcpy(f + 6, swap, 6);
	memcpy(swap, f + 26, 4);
	memcpy(f + 26, f + 30, 4);
	memcpy(f + 30, swap, 4);
	f[34] = 0;
	sum = ((uint32_t)f[36] << 8 | f[37]) + 0x800;
	sum = (sum & 0xffff) + (sum >> 16);
	f[36] = (uint8_t)(sum >> 8);
	f[37] = (uint8_t)sum;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	static uint8_t frame[65536];
	uint64_t hold_ns, read_ns;
	size_t n = 0;
	ssize_t bytes;
	int fd;

	if (argc != 5)
		return 2;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, end);
	hold_ns = strtoull(argv[4], NULL, 10);
	enter(argv[2]);
	fd = !strcmp(argv[1], "tap") ? open_tap(argv[3]) : open_socket(argv[3]);
	while (!ended) {
		bytes = read(fd, frame, sizeof(frame));
		if (bytes <= 0) {
			/* A tap's reader that always runs leaves the host one CPU less. */
			sched_yield();
			continue;
		}
		read_ns = now_ns();
		if (!is_request(frame, bytes) || n == FRAMES_MAX)
			continue;
		turn(frame);
		while (now_ns() - read_ns < hold_ns)
			;
		held_ns[n++] = now_ns() - read_ns;
		if (write(fd, frame, (size_t)bytes) < 0)
			die("write");
	}
	qsort(held_ns, n, sizeof(held_ns[0]), by_value);
	printf("%zu %llu %llu\n", n, (unsigned long long)(n ? held_ns[n / 2] : 0),
	       (unsigned long long)(n ? held_ns[n * 99 / 100] : 0));
	return 0;
}
