/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest whose TCP is as lwIP's on a unikernel: lwip TAP. Its network is up 200 ms after its
 * start. Its port 9 is closed, and answers RST. Its port 5201 listens at once, but what the guest
 * sends from there gets lost until 330 ms. A SYN from a pair (address, port) that is in
 * SYN-RECEIVED is ignored; its SYN-ACK is repeated after 3 s. A RST lets go of the pair.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define UP_MS		200u
#define SERVICE_MS	330u
#define REPEAT_MS	3000u
#define SERVICE_PORT	5201u
#define SYN		0x02
#define RST		0x04
#define ACK		0x10

struct frame {
	uint8_t dst[6], src[6];
	uint16_t type;
	uint8_t version, tos;
	uint16_t bytes, id, fragment;
	uint8_t ttl, proto;
	uint16_t sum;
	uint32_t from, to;
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint8_t offset, flags;
	uint16_t window, check, urgent;
} __attribute__((packed));

/* By the peer's port: there is one peer. @until_ms: when its SYN-ACK is repeated; 0: no pair. */
static struct {
	uint64_t until_ms;
	struct frame syn;
} received[65536];

static int tap_fd;
static uint64_t begun_ms;

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static uint32_t sum_of(const void *from, size_t bytes, uint32_t sum)
{
	const uint8_t *b = from;
	size_t i;

	for (i = 0; i < bytes; i++)
		sum += i & 1 ? b[i] : (uint32_t)b[i] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* RST or SYN-ACK to a SYN. */
static void answer(const struct frame *syn, uint8_t flags)
{
	struct frame f = {
		.type = syn->type, .version = 0x45, .bytes = htons(40), .fragment = htons(0x4000),
		.ttl = 255, .proto = 6, .from = syn->to, .to = syn->from, .sport = syn->dport,
		.dport = syn->sport, .seq = flags & SYN ? htonl(6510) : 0,
		.ack = htonl(ntohl(syn->seq) + 1), .offset = 0x50, .flags = flags,
		.window = htons(5840),
	};

	memcpy(f.dst, syn->src, 6);
	memcpy(f.src, syn->dst, 6);
	f.sum = fold(sum_of(&f.version, 20, 0));
	f.check = fold(sum_of(&f.from, 8 + 20, 6 + 20));
	if (write(tap_fd, &f, sizeof(f)) < 0)
		exit(1);
}

static void listen_to(const struct frame *f, uint64_t at_ms)
{
	uint16_t peer = ntohs(f->sport);

	if (f->flags & RST) {
		received[peer].until_ms = 0;
		return;
	}
	if (!(f->flags & SYN) || received[peer].until_ms)
		return;
	received[peer].syn = *f;
	received[peer].until_ms = at_ms + REPEAT_MS;
	if (at_ms - begun_ms >= SERVICE_MS)
		answer(f, SYN | ACK);
}

static void take(const struct frame *f, uint64_t at_ms)
{
	if (at_ms - begun_ms < UP_MS || f->type != htons(0x800) || f->version != 0x45 ||
	    f->proto != 6)
		return;
	if (ntohs(f->dport) == SERVICE_PORT)
		listen_to(f, at_ms);
	else if (f->flags == SYN)
		answer(f, RST | ACK);
}

static void repeat(uint64_t at_ms)
{
	unsigned int i;

	for (i = 0; i < 65536; i++) {
		if (!received[i].until_ms || at_ms < received[i].until_ms)
			continue;
		received[i].until_ms = at_ms + REPEAT_MS;
		answer(&received[i].syn, SYN | ACK);
	}
}

int main(int argc, char **argv)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	struct pollfd fd = { .events = POLLIN };
	uint8_t bytes[2048];
	uint64_t next_ms = 0;

	if (argc != 2)
		return 2;
	begun_ms = now_ms();
	tap_fd = fd.fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", argv[1]);
	if (tap_fd < 0 || ioctl(tap_fd, TUNSETIFF, &ifr)) {
		fprintf(stderr, "lwip: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	for (;;) {
		poll(&fd, 1, 10);
		while (read(tap_fd, bytes, sizeof(bytes)) >= (ssize_t)sizeof(struct frame))
			take((const struct frame *)bytes, now_ms());
		if (now_ms() < next_ms)
			continue;
		repeat(now_ms());
		next_ms = now_ms() + 10;
	}
}
