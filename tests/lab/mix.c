/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mixed traffic for observers to agree on: mix COUNT DEV [NETNS/PEER]. COUNT frames and more pass
 * DEV, half of them out (a packet socket), half of them in: from a packet socket on PEER, the other
 * end of a veth, or through the tap's own file. By turns:
 *
 *	UDP, TCP with timestamps, TCP of 64 KB with GSO; IPv4 and IPv6; under a VLAN tag
 *	echo requests and, the other way, their replies; SYN and RST, SYN and SYN-ACK
 *	ARP; fragments, first and last; IPv6 with extension headers
 *	any of them with bytes turned over or an early end
 *
 * Their addresses are nobody's, so that no stack answers. The seed is fixed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../tools/source/spec.h"

#define FRAME_MAX	65000
#define MSS		1400

static struct {
	struct virtio_net_hdr gso;
	uint8_t frame[FRAME_MAX];
} out;
static uint8_t *const f = out.frame;
static uint64_t seed = 20261123;
static int end_fd[2];	/* by direction: 0 in, 1 out */
static bool end_is_tap[2];

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

static void put32(uint8_t *at, uint32_t v)
{
	put16(at, v >> 16);
	put16(at + 2, v);
}

/* Ethernet and IP around @bytes of @proto from here (@back: to here); where the payload begins. */
static int ip(bool six, bool back, uint8_t proto, int bytes, uint32_t n)
{
	static const uint8_t end[2] = { 77, 78 };

	memcpy(f, "\x02\0\0\0\x0c\x4e\x02\0\0\0\x0c\x4d", 12);
	put16(f + 12, six ? 0x86dd : 0x0800);
	memset(f + 14, 0, 40);
	if (six) {
		f[14] = 0x60;
		put16(f + 18, (uint32_t)bytes);
		f[20] = proto;
		f[21] = 64;
		memcpy(f + 22, "\x20\x01\x0d\xb8", 4);
		memcpy(f + 38, "\x20\x01\x0d\xb8", 4);
		f[37] = end[back];
		f[53] = end[!back];
		return 54;
	}
	f[14] = 0x45;
	put16(f + 16, 20 + (uint32_t)bytes);
	put16(f + 18, n);
	f[20] = n % 2 ? 0x40 : 0;
	f[22] = 64;
	f[23] = proto;
	memcpy(f + 26, "\xc6\x13\x4d", 3);
	memcpy(f + 30, "\xc6\x13\x4d", 3);
	f[29] = end[back];
	f[33] = end[!back];
	return 34;
}

static int udp(bool six, uint32_t n)
{
	int bytes = 8 + (int)any(1300), at = ip(six, false, 17, bytes, n);

	put16(f + at, 5000 + n % 100);
	put16(f + at + 2, 53);
	put16(f + at + 4, (uint32_t)bytes);
	put16(f + at + 6, 0);
	return at + bytes;
}

static int tcp(bool six, bool back, uint8_t flags, uint32_t seq, uint32_t ack, int payload)
{
	int at = ip(six, back, 6, 32 + payload, seq);

	put16(f + at, back ? 9 : 40000);
	put16(f + at + 2, back ? 40000 : 9);
	put32(f + at + 4, seq);
	put32(f + at + 8, ack);
	f[at + 12] = 8 << 4;
	f[at + 13] = flags;
	memset(f + at + 14, 0, 6);
	memcpy(f + at + 20, "\x01\x01\x08\x0a", 4);
	put32(f + at + 24, seq * 3);
	put32(f + at + 28, seq * 5);
	return at + 32 + payload;
}

static int echo(bool six, bool back, uint32_t n)
{
	int at = ip(six, back, six ? 58 : 1, 64, n);

	memset(f + at, 0, 64);
	f[at] = (uint8_t)(six ? back ? 129 : 128 : back ? 0 : 8);
	put16(f + at + 4, 0x6d78 + (n >> 16));
	put16(f + at + 6, n);
	return at + 64;
}

static int arp(bool reply)
{
	ip(false, reply, 0, 0, 0);
	put16(f + 12, 0x0806);
	memcpy(f + 14, "\0\x01\x08\0\x06\x04\0", 7);
	f[21] = (uint8_t)(1 + reply);
	return 60;
}

static int fragment(uint32_t n)
{
	int bytes = udp(false, n / 2);

	put16(f + 20, n % 2 ? 0x2000 : 185);
	return bytes;
}

static int extended(uint32_t n)
{
	int at = ip(true, false, 60, 8 + 64, n);

	memset(f + at, 0, 72);
	f[at] = 58;
	f[at + 8] = 128;
	put16(f + at + 12, 0x6578);
	put16(f + at + 14, n);
	return at + 72;
}

static int tag(int bytes, uint32_t n)
{
	memmove(f + 16, f + 12, (size_t)bytes - 12);
	put16(f + 12, 0x8100);
	put16(f + 14, 7 + (n % 3 << 13));
	return bytes + 4;
}

static int spoil(int bytes)
{
	uint32_t n = 1 + any(4);

	while (n--)
		f[12 + any(bytes > 80 ? 68 : (uint32_t)bytes - 12)] ^= (uint8_t)(1 + any(255));
	return any(2) ? bytes : 14 + (int)any((uint32_t)bytes - 14);
}

/* A frame for a device whose queue is full has passed the hooks before it is dropped. */
static void send_frame(bool dir, int bytes)
{
	size_t all = sizeof(out.gso) + (size_t)bytes;
	ssize_t n;

	for (;;) {
		n = end_is_tap[dir] ? write(end_fd[dir], &out, all)
				    : send(end_fd[dir], &out, all, 0);
		if (n >= 0 || (errno != EINTR && errno != EAGAIN))
			return;
		poll(&(struct pollfd) { .fd = end_fd[dir], .events = POLLOUT }, 1, 100);
	}
}

static void send_large(bool dir, bool six, uint32_t n)
{
	int bytes = tcp(six, false, 0x10, n * FRAME_MAX, 1, 20000 + (int)any(40000));
	int at = six ? 54 : 34;

	out.gso = (struct virtio_net_hdr) {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = six ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4,
		.hdr_len = (uint16_t)(at + 32), .gso_size = MSS, .csum_start = (uint16_t)at,
		.csum_offset = 16,
	};
	send_frame(dir, bytes);
	memset(&out.gso, 0, sizeof(out.gso));
}

static void turn(uint32_t n)
{
	bool dir = n % 2, six = n / 2 % 2;

	switch (n / 4 % 12) {
	case 0:
		send_frame(dir, udp(six, n));
		break;
	case 1:
		send_frame(dir, tcp(six, false, 0x18, n * 1000, 1, 1 + (int)any(1000)));
		break;
	case 2:
		send_large(dir, six, n);
		break;
	case 3:
	case 4:
		send_frame(dir, echo(six, false, n));
		send_frame(!dir, echo(six, true, n));
		break;
	case 5:
		send_frame(dir, tcp(six, false, 2, n, 0, 0));
		send_frame(!dir, tcp(six, true, 0x14, 0, n + 1, 0));
		break;
	case 6:
		send_frame(dir, tcp(six, false, 2, n, 0, 0));
		send_frame(!dir, tcp(six, true, 0x12, n * 7, n + 1, 0));
		break;
	case 7:
		send_frame(dir, arp(six));
		break;
	case 8:
		send_frame(dir, fragment(n));
		break;
	case 9:
		send_frame(dir, extended(n));
		break;
	case 10:
		send_frame(dir, tag(any(2) ? udp(six, n) : echo(six, false, n), n));
		break;
	default:
		send_frame(dir, spoil(any(2) ? udp(six, n) : tcp(six, false, 2, n, 0, 100)));
	}
}

static int packet_socket(const char *spec)
{
	struct sockaddr_ll addr = { .sll_family = AF_PACKET };
	char ifname[VNFT_IFNAME_LEN];
	int one = 1, back, fd;

	if (vnft_spec_enter(spec, ifname, &back))
		return -1;
	/* Protocol 0: it only sends. */
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	addr.sll_ifindex = (int)if_nametoindex(ifname);
	if (fd >= 0 && (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
			setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one))))
		fd = (close(fd), -1);
	vnft_spec_leave(back);
	return fd;
}

static int tap_file(const char *ifname)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	if (fd >= 0 && (ioctl(fd, TUNSETIFF, &ifr) ||
			ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6)))
		fd = (close(fd), -1);
	return fd;
}

/* A guest that reads what it gets. */
static void *read_tap(void *arg)
{
	static uint8_t sink[sizeof(out)];

	while (read(end_fd[0], sink, sizeof(sink)) > 0)
		;
	return NULL;
}

int main(int argc, char **argv)
{
	uint32_t n, count = argc > 2 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
	pthread_t reader;

	if (argc < 3 || !count)
		return fprintf(stderr, "mix COUNT DEV [NETNS/PEER]\n"), 2;
	end_is_tap[0] = argc < 4;
	end_fd[0] = argc < 4 ? tap_file(argv[2]) : packet_socket(argv[3]);
	end_fd[1] = packet_socket(argv[2]);
	if (end_fd[0] < 0 || end_fd[1] < 0)
		return fprintf(stderr, "mix: %s: %s\n", argv[2], strerror(errno)), 1;
	memset(f, 'm', FRAME_MAX);
	/* The tap's carrier comes with its file. */
	for (n = 0; end_is_tap[0] && n < 100; n++)
		usleep(1000);
	if (end_is_tap[0] && pthread_create(&reader, NULL, read_tap, NULL))
		return 1;
	for (n = 0; n < count; n++)
		turn(n);
	return 0;
}
