/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Echo replies as the sender sees them: a packet socket with a classic filter, so that neither
 * the host's stack nor other pings have a say.
 *
 * The socket stands behind the ingress hooks wherever it can. A socket for one protocol gets the
 * frame after them. A socket for all protocols gets it before them, and then the hooks would also
 * measure how long it takes to wake the reader (several us).
 */
#include "echo.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/run/clock.h"
#include "../lib/text/error.h"

#define SNAP_BYTES	128
#define BUFFER_BYTES (4 << 20) /* 50 ms of a preempted reader at 20,000 replies/s, 4 times */

/* Frames as @config's guest replies; the rest never leaves the kernel. */
static int set_filter(int fd, const struct vnft_probe_config *config)
{
	uint32_t dst;
	struct sock_filter v4[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 12),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 14 + 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMP, 0, 10),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 14 + 6),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 8, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 14 + 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0 /* dst */, 0, 6),
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 14),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0 /* echo reply, code 0 */, 0, 3),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 14 + 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, config->echo_id, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SNAP_BYTES),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_filter v6[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6, 0, 9),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 14 + 6),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6, 0, 7),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 14 + 8 + 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0 /* dst */, 0, 5),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 14 + 40),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 129 << 8, 0, 3),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 14 + 40 + 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, config->echo_id, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SNAP_BYTES),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog;

	if (config->family == AF_INET6) {
		memcpy(&dst, config->dst + 12, sizeof(dst));
		v6[5].k = ntohl(dst);
		prog.filter = v6;
		prog.len = sizeof(v6) / sizeof(v6[0]);
	} else {
		memcpy(&dst, config->dst, sizeof(dst));
		v4[7].k = ntohl(dst);
		prog.filter = v4;
		prog.len = sizeof(v4) / sizeof(v4[0]);
	}
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
}

int vnft_load_echo_open(struct vnft_load_echo *echo, const struct vnft_probe_config *config,
			const struct vnft_link_info *link)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(config->family == AF_INET6 ? ETH_P_IPV6 : ETH_P_IP),
		.sll_ifindex = (int)link->ifindex,
	};
	int one = 1, bytes = BUFFER_BYTES, err;

	/* A bridge takes the frame away before any protocol gets it. */
	if (link->master_ifindex)
		addr.sll_protocol = htons(ETH_P_ALL);
	echo->l3_bytes = config->family == AF_INET6 ? 40 : 20;
	/* Protocol 0: nothing arrives before the filter is there. */
	echo->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (echo->fd < 0)
		return vnft_fail(-errno, "%s: cannot open a packet socket: %s", config->ifname,
				 strerror(errno));
	if (setsockopt(echo->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(echo->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (set_filter(echo->fd, config) ||
	    setsockopt(echo->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) ||
	    bind(echo->fd, (struct sockaddr *)&addr, sizeof(addr))) {
		err = errno;
		vnft_load_echo_close(echo);
		return vnft_fail(-err, "%s: cannot listen for echo replies: %s", config->ifname,
				 strerror(err));
	}
	return 0;
}

void vnft_load_echo_sent(struct vnft_load_echo *echo, uint16_t seq, uint64_t now_ns)
{
	atomic_store(&echo->asked[seq], true);
	atomic_store(&echo->sent_ns[seq], now_ns);
}

static int take(struct vnft_load_echo *echo, const uint8_t *frame, ssize_t bytes, uint64_t now_ns)
{
	uint32_t l4 = ETH_HLEN + echo->l3_bytes;
	uint64_t sent_ns;
	uint16_t seq;

	if (echo->l3_bytes == 20 && bytes > ETH_HLEN)
		l4 = ETH_HLEN + (frame[ETH_HLEN] & 0xf) * 4;
	if (bytes < (ssize_t)l4 + 8)
		return 0;
	seq = frame[l4 + 6] << 8 | frame[l4 + 7];
	sent_ns = atomic_exchange(&echo->sent_ns[seq], 0);
	if (!sent_ns) {
		if (atomic_load(&echo->asked[seq]))
			echo->duplicates++;
		return 0;
	}
	echo->received++;
	vnft_hist_add(&echo->rtt, now_ns > sent_ns ? now_ns - sent_ns : 0);
	return 1;
}

int vnft_load_echo_receive(struct vnft_load_echo *echo, uint64_t timeout_ns)
{
	struct timespec timeout = { timeout_ns / 1000000000, timeout_ns % 1000000000 };
	struct pollfd pfd = { .fd = echo->fd, .events = POLLIN };
	uint8_t frame[SNAP_BYTES];
	ssize_t bytes;

	bytes = recv(echo->fd, frame, sizeof(frame), MSG_DONTWAIT);
	if (bytes < 0 && timeout_ns) {
		if (ppoll(&pfd, 1, &timeout, NULL) <= 0)
			return 0;
		bytes = recv(echo->fd, frame, sizeof(frame), MSG_DONTWAIT);
	}
	return bytes < 0 ? 0 : take(echo, frame, bytes, vnft_now_ns());
}

static uint64_t socket_drops(int fd)
{
	struct tpacket_stats stats = { 0 };
	socklen_t bytes = sizeof(stats);

	return getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &bytes) ? 0 : stats.tp_drops;
}

void vnft_load_echo_close(struct vnft_load_echo *echo)
{
	if (echo->fd < 0)
		return;
	echo->dropped += socket_drops(echo->fd);
	close(echo->fd);
	echo->fd = -1;
}
