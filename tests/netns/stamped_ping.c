/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A ping that the kernel times by itself: stamped_ping ADDR COUNT INTERVAL_US. One echo request
 * after another from a raw socket with SO_TIMESTAMPING: the driver stamps the request when it gets
 * it, the stack stamps the reply when it gets that. Nothing of vnftrace has a part in it. Prints
 * "N P50 P90": answered, and the quantiles of the time between the two stamps in ns.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define COUNT_MAX	200000
#define WAIT_MS		1000
#define PAYLOAD_BYTES	56

static uint64_t took_ns[COUNT_MAX];

struct echo {
	struct icmphdr head;
	uint8_t payload[PAYLOAD_BYTES];
};

static uint16_t checksum(const void *of, size_t bytes)
{
	const uint16_t *word = of;
	uint32_t sum = 0;

	for (; bytes > 1; bytes -= 2)
		sum += *word++;
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~((sum & 0xffff) + (sum >> 16));
}

/* The software stamp of what was received, from the queue of errors or of packets; 0: none. */
static uint64_t receive(int fd, int flags, uint8_t *packet, size_t room, ssize_t *bytes)
{
	uint8_t control[512];
	struct iovec iov = { packet, room };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct scm_timestamping stamps;
	struct cmsghdr *c;
	uint64_t ns = 0;

	*bytes = recvmsg(fd, &msg, flags | MSG_DONTWAIT);
	if (*bytes < 0)
		return 0;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPING)
			continue;
		memcpy(&stamps, CMSG_DATA(c), sizeof(stamps));
		ns = (uint64_t)stamps.ts[0].tv_sec * 1000000000 + (uint64_t)stamps.ts[0].tv_nsec;
	}
	return ns;
}

/* Until both stamps of request @seq are there; 0: they did not come. */
static uint64_t round_trip(int fd, uint16_t id, uint16_t seq)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint64_t sent_ns = 0, got_ns = 0, ns;
	const struct icmphdr *icmp;
	uint8_t packet[2048];
	ssize_t bytes;

	while (!sent_ns || !got_ns) {
		if (poll(&pfd, 1, WAIT_MS) <= 0)
			return 0;
		ns = receive(fd, MSG_ERRQUEUE, packet, sizeof(packet), &bytes);
		if (bytes >= 0 && ns)
			sent_ns = ns;
		ns = receive(fd, 0, packet, sizeof(packet), &bytes);
		icmp = (const void *)(packet + (packet[0] & 15) * 4);
		if (bytes >= 28 && icmp->type == ICMP_ECHOREPLY && icmp->un.echo.id == id &&
		    icmp->un.echo.sequence == seq)
			got_ns = ns;
	}
	return got_ns - sent_ns;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	const int flags = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
			  SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct echo echo = { .head.type = ICMP_ECHO };
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
	unsigned int count, n = 0, i;
	uint64_t ns;

	if (argc != 4 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
		return 2;
	count = (unsigned int)atoi(argv[2]);
	if (fd < 0 || count > COUNT_MAX ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)))
		return fprintf(stderr, "stamped_ping: %s\n", strerror(errno)), 1;
	echo.head.un.echo.id = htons((uint16_t)getpid());
	for (i = 0; i < count; i++) {
		echo.head.un.echo.sequence = htons((uint16_t)i);
		echo.head.checksum = 0;
		echo.head.checksum = checksum(&echo, sizeof(echo));
		if (sendto(fd, &echo, sizeof(echo), 0, (void *)&to, sizeof(to)) < 0)
			return fprintf(stderr, "stamped_ping: %s\n", strerror(errno)), 1;
		ns = round_trip(fd, echo.head.un.echo.id, echo.head.un.echo.sequence);
		if (ns)
			took_ns[n++] = ns;
		usleep((useconds_t)atoi(argv[3]));
	}
	qsort(took_ns, n, sizeof(took_ns[0]), by_value);
	printf("%u %llu %llu\n", n, (unsigned long long)(n ? took_ns[n / 2] : 0),
	       (unsigned long long)(n ? took_ns[n * 9 / 10] : 0));
	return 0;
}
