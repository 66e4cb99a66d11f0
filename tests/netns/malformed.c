/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames whose headers lie or end early, 500 in each direction of a tap, with good echoes among
 * them: malformed TAP tcx|clsact|module. Every one is counted once under its cause, only the good
 * ones are recorded. The seed is fixed; what a frame must count as follows from how it was spoilt,
 * not from our parser.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/source/open.h"
#include "../../tools/source/source.h"
#include "../../tools/stat/records/pair.h"
#include "../unit/unit.h"

#define FRAMES		500
#define GOOD_EVERY	10
#define ECHO_ID		0x5151

static uint64_t seed = 20261122;
static int tap_fd, packet_fd;

static uint32_t any(uint32_t below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(seed >> 33) % below;
}

static void put16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* Whole frames that a parser would love to record: echo, SYN, UDP, ARP request. */
static int echo4(uint8_t *f, uint16_t seq)
{
	memset(f, 0, 512);
	memcpy(f, "\x02\0\0\0\x09\x02\x02\0\0\0\x09\x01\x08\0", 14);
	f[14] = 0x45;
	put16(f + 16, 84);
	f[22] = 64;
	f[23] = 1;
	memcpy(f + 26, "\xc6\x12\x09\x01\xc6\x12\x09\x02", 8);
	f[34] = 8;
	put16(f + 38, ECHO_ID);
	put16(f + 40, seq);
	return 98;
}

static int syn4(uint8_t *f)
{
	echo4(f, 0);
	put16(f + 16, 40);
	f[23] = 6;
	memset(f + 34, 0, 20);
	put16(f + 34, 40000);
	put16(f + 36, 9);
	put16(f + 40, any(65536));
	f[46] = 5 << 4;
	f[47] = 2;
	return 54;
}

static int udp4(uint8_t *f)
{
	echo4(f, 0);
	put16(f + 16, 60);
	f[23] = 17;
	memset(f + 34, 0, 40);
	put16(f + 34, 5000);
	put16(f + 36, 53);
	put16(f + 38, 40);
	return 74;
}

static int arp(uint8_t *f)
{
	echo4(f, 0);
	put16(f + 12, 0x0806);
	memset(f + 14, 0, 28);
	memcpy(f + 14, "\0\x01\x08\0\x06\x04\0\x01", 8);
	return 42;
}

/* IPv6 echo request behind @headers extension headers of @bytes each. */
static int echo6(uint8_t *f, int headers, int bytes)
{
	int at = 54, i;

	echo4(f, 0);
	put16(f + 12, 0x86dd);
	memset(f + 14, 0, 1000);
	f[14] = 0x60;
	put16(f + 18, (uint32_t)(headers * bytes + 16));
	f[20] = headers ? 60 : 58;
	f[21] = 64;
	memcpy(f + 22, "\x20\x01\x0d\xb8", 4);
	memcpy(f + 38, "\x20\x01\x0d\xb8", 4);
	f[37] = 1;
	f[53] = 2;
	for (i = 0; i < headers; i++, at += bytes) {
		f[at] = i + 1 < headers ? 60 : 58;
		f[at + 1] = (uint8_t)(bytes / 8 - 1);
	}
	f[at] = 128;
	put16(f + at + 4, ECHO_ID);
	return at + 16;
}

enum cause { MALFORMED, TRUNCATED };

/* A spoilt frame; *@cause is what it must be counted as. */
static int spoil(uint8_t *f, enum cause *cause)
{
	int bytes, cut;

	*cause = MALFORMED;
	switch (any(19)) {
	case 0:		/* not version 4 */
		bytes = echo4(f, 1);
		f[14] = (uint8_t)((5 + any(11)) << 4 | 5);
		return bytes;
	case 1:		/* header shorter than a header */
		bytes = echo4(f, 1);
		f[14] = (uint8_t)(0x40 | any(5));
		return bytes;
	case 2:		/* whole shorter than its header */
		bytes = echo4(f, 1);
		put16(f + 16, any(20));
		return bytes;
	case 3:		/* whole longer than the frame */
		bytes = any(2) ? echo4(f, 1) : syn4(f);
		put16(f + 16, (uint32_t)bytes - 13 + any(1000));
		return bytes;
	case 4:		/* TCP header shorter than a header */
		bytes = syn4(f);
		f[46] = (uint8_t)(any(5) << 4);
		return bytes;
	case 5:		/* TCP header longer than the segment */
		bytes = syn4(f);
		f[46] = (uint8_t)((6 + any(10)) << 4);
		return bytes;
	case 6:		/* UDP shorter than its header */
		bytes = udp4(f);
		put16(f + 38, any(8));
		return bytes;
	case 7:		/* UDP longer than its packet */
		bytes = udp4(f);
		put16(f + 38, 41 + any(1000));
		return bytes;
	case 8:		/* echo that ends inside of its header; what follows is padding */
		bytes = echo4(f, 1);
		put16(f + 16, 20 + any(8));
		return bytes;
	case 9:		/* not version 6 */
		bytes = echo6(f, 0, 0);
		f[14] = (uint8_t)((7 + any(9)) << 4);
		return bytes;
	case 10:	/* IPv6 longer than the frame */
		bytes = echo6(f, 0, 0);
		put16(f + 18, 17 + any(1000));
		return bytes;
	case 11:	/* ends in the TCP or ICMP header and says so: a packet holds its headers */
		cut = any(2) ? syn4(f) - 1 - (int)any(19) : (echo4(f, 1), 34 + (int)any(8));
		put16(f + 16, (uint32_t)cut - 14);
		return cut;
	case 12:	/* extension header longer than the packet */
		bytes = echo6(f, 1, 8);
		f[55] = (uint8_t)(3 + any(28));
		return bytes;
	}
	*cause = TRUNCATED;
	switch (any(6)) {
	case 0:		/* ends in the IPv4 header */
		echo4(f, 1);
		return 14 + (int)any(20);
	case 1:		/* a first fragment too small for the TCP header */
		cut = syn4(f) - 1 - (int)any(19);
		put16(f + 16, (uint32_t)cut - 14);
		put16(f + 20, 0x2000);
		return cut;
	case 2:		/* ends in the ARP packet */
		return arp(f) - 1 - (int)any(27);
	case 3:		/* ends in the IPv6 header */
		echo6(f, 0, 0);
		return 14 + (int)any(40);
	case 4:		/* more extension headers than anybody needs */
		return echo6(f, 7 + (int)any(3), 8);
	default:	/* extension headers longer than anybody needs */
		return echo6(f, 1, 264 + 8 * (int)any(10));
	}
}

static bool inject(enum vnft_dir dir, const uint8_t *f, int bytes)
{
	uint8_t sink[2048];

	if (dir == VNFT_DIR_IN)
		return write(tap_fd, f, (size_t)bytes) == bytes;
	if (send(packet_fd, f, (size_t)bytes, 0) != bytes)
		return false;
	while (read(tap_fd, sink, sizeof(sink)) > 0)
		;
	return true;
}

struct seen {
	uint64_t good[VNFT_DIR_NR], other;
	int next[VNFT_DIR_NR];
};

/* Good echoes carry a number of their own, in order; nothing else may come. */
static int see(const struct vnft_record *r, void *arg)
{
	struct seen *seen = arg;
	int dir = vnft_hook_dir(r->hook);

	if (r->kind != VNFT_KIND_PACKET)
		return 0;
	if (r->class == VNFT_CLASS_ECHO_REQUEST &&
	    r->packet.tcp_seq == ((uint32_t)ECHO_ID << 16 | (uint32_t)(1000 + seen->next[dir]))) {
		seen->good[dir]++;
		seen->next[dir]++;
		return 0;
	}
	if (seen->other++ < 5)
		printf("# invented: class %u, tcp_seq %08x\n", r->class, r->packet.tcp_seq);
	return 0;
}

static void open_both(const char *ifname)
{
	struct sockaddr_ll addr = { .sll_family = AF_PACKET };
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int sock = socket(AF_INET, SOCK_DGRAM, 0), tries;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	tap_fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
	CHECK(tap_fd >= 0 && !ioctl(tap_fd, TUNSETIFF, &ifr), "%s: opened as a tap", ifname);
	for (tries = 0; tries < 5000; tries++) {
		if (!ioctl(sock, SIOCGIFFLAGS, &ifr) && ifr.ifr_flags & IFF_RUNNING)
			break;
		usleep(1000);
	}
	/* Waits for the lock under which the queueing discipline is put in place (responder.c). */
	ifr.ifr_qlen = 1000;
	CHECK(tries < 5000 && !ioctl(sock, SIOCSIFTXQLEN, &ifr), "%s: carrier", ifname);
	close(sock);
	addr.sll_ifindex = (int)if_nametoindex(ifname);
	packet_fd = socket(AF_PACKET, SOCK_RAW, 0);
	CHECK(packet_fd >= 0 && !bind(packet_fd, (struct sockaddr *)&addr, sizeof(addr)),
	      "packet socket");
}

int main(int argc, char **argv)
{
	const char *who = argc > 2 ? argv[2] : "tcx";
	bool module = !strcmp(who, "module");
	struct vnft_source_config config = {
		.record_mask = ((1U << VNFT_CLASS_NR) - 1) & ~(1U << VNFT_CLASS_OTHER),
		.hook = module ? VNFT_HOOK_AUTO :
			!strcmp(who, "clsact") ? VNFT_HOOK_CLSACT : VNFT_HOOK_TCX,
	};
	struct vnft_device_state before, after;
	struct vnft_source *source;
	struct seen seen = { .other = 0 };
	uint64_t spoilt[2] = { 0 }, refused = 0;
	uint8_t frame[2048];
	enum cause cause;
	uint16_t id;
	int dir, i;

	if (argc < 2)
		return 2;
	open_both(argv[1]);
	if (!QUIET(!vnft_source_open(&source, module ? VNFT_OBSERVER_MODULE : VNFT_OBSERVER_BPF,
				     &config) && !source->ops->attach(source, argv[1], &id) &&
		   !source->ops->state(source, id, &before), "attach: %s", vnft_why()))
		return unit_done();
	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		for (i = 0; i < FRAMES; i++) {
			refused += !inject(dir, frame, spoil(frame, &cause));
			spoilt[cause]++;
			if (i % GOOD_EVERY == 0)
				refused += !inject(dir, frame,
						   echo4(frame, (uint16_t)(1000 + i / GOOD_EVERY)));
		}
	}
	CHECK(!refused, "the device takes every frame (%llu refused)", (unsigned long long)refused);
	CHECK(source->ops->drain(source, see, &seen) >= 0 &&
		      source->ops->drain(source, see, &seen) >= 0,
	      "drain");
	CHECK(!source->ops->state(source, id, &after), "state");
#define GREW(what) (after.counters.what - before.counters.what)
	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		CHECK(GREW(dir[dir].packets) == FRAMES + FRAMES / GOOD_EVERY,
		      "%s: every frame is counted: %llu", dir ? "out" : "in",
		      (unsigned long long)GREW(dir[dir].packets));
		CHECK(GREW(dir[dir].classes[VNFT_CLASS_OTHER]) == FRAMES,
		      "%s: the spoilt ones as no class of ours: %llu", dir ? "out" : "in",
		      (unsigned long long)GREW(dir[dir].classes[VNFT_CLASS_OTHER]));
		CHECK(seen.good[dir] == FRAMES / GOOD_EVERY,
		      "%s: every good echo among them is recorded: %llu", dir ? "out" : "in",
		      (unsigned long long)seen.good[dir]);
	}
	CHECK(GREW(malformed) == spoilt[MALFORMED], "counted as malformed: %llu of %llu",
	      (unsigned long long)GREW(malformed), (unsigned long long)spoilt[MALFORMED]);
	CHECK(GREW(lost[VNFT_LOST_TRUNCATED]) == spoilt[TRUNCATED],
	      "counted as truncated: %llu of %llu",
	      (unsigned long long)GREW(lost[VNFT_LOST_TRUNCATED]),
	      (unsigned long long)spoilt[TRUNCATED]);
	CHECK(!seen.other, "no record is invented: %llu", (unsigned long long)seen.other);
	source->ops->close(source);
	return unit_done();
}
