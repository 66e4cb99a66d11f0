/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cable between two taps, as a VMM would hold them: relay NETNS_A TAP_A NETNS_B TAP_B gso|plain
 * [N]. What is read from one is written to the other, until it is ended, but for one of N frames
 * from A, chosen by chance. With gso both accept checksums
 * to be filled in and TCP of 64 KB in one frame (virtio-net's header in front); plain taps carry
 * frames as a wire does.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#define FRAME_BYTES (12 + 14 + 65535 + 64)

static int fds[2];
static int lose_one_of;

static void die(const char *what)
{
	fprintf(stderr, "relay: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_tap(const char *netns, const char *name, bool gso)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | (gso ? IFF_VNET_HDR : 0) };
	char path[128];
	int ns, fd;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	ns = open(path, O_RDONLY);
	if (ns < 0 || setns(ns, CLONE_NEWNET))
		die(path);
	close(ns);
	fd = open("/dev/net/tun", O_RDWR);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &ifr))
		die(name);
	if (ioctl(fd, TUNSETOFFLOAD, gso ? TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 : 0))
		die("TUNSETOFFLOAD");
	return fd;
}

static void *carry(void *arg)
{
	const int from = *(int *)arg, to = arg == &fds[0] ? fds[1] : fds[0];
	const int one_of = arg == &fds[0] ? lose_one_of : 0;
	unsigned int seed = 1;
	char *frame = malloc(FRAME_BYTES);
	ssize_t bytes;

	if (!frame)
		die("memory");
	while ((bytes = read(from, frame, FRAME_BYTES)) > 0) {
		if (one_of && !(rand_r(&seed) % one_of))
			continue;
		/*
		 * EINVAL, EIO: a frame that the other side does not take, or it is not up yet:
		 * lost, as on a wire.
		 */
		if (write(to, frame, (size_t)bytes) < 0 && errno != EINVAL && errno != EIO)
			die("write");
	}
	die("read");
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc != 6 && argc != 7)
		return 2;
	lose_one_of = argc == 7 ? atoi(argv[6]) : 0;
	prctl(PR_SET_PDEATHSIG, 15);
	fds[0] = open_tap(argv[1], argv[2], !strcmp(argv[5], "gso"));
	fds[1] = open_tap(argv[3], argv[4], !strcmp(argv[5], "gso"));
	if (pthread_create(&thread, NULL, carry, &fds[0]))
		die("thread");
	carry(&fds[1]);
	return 1;
}
