/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generators under test, and what became of their packets: a stream knows what it was told to send,
 * what its SENT records said, and what arrived. tests/lab/prober.c draws the topology and has the
 * cases.
 */
#ifndef TESTS_LAB_STREAM_H
#define TESTS_LAB_STREAM_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../kmod/core/match.h"
#include "../../tools/lib/net/addr.h"
#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/net/netns.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/load/frame.h"
#include "../../tools/load/load.h"
#include "../../tools/source/module/generator.h"
#include "../../tools/stat/stat.h"
#include "../unit/unit.h"

#define STREAMS		12
#define NUMBERS_MAX	20000
/* Source ports of each: they come again within most streams. */
#define PORTS		300
#define SEC		1000000000ULL

static const uint8_t mac_x[6] = { 2, 0, 0, 0, 7, 1 }, mac_y[6] = { 2, 0, 0, 0, 7, 2 };
static const uint8_t mac_nobody[6] = { 2, 0, 0, 0, 7, 9 };
static const uint8_t addr4[2][4] = { { 198, 18, 7, 1 }, { 198, 18, 7, 2 } };
static const uint8_t addr6[2][16] = { { 0x20, 1, 0xd, 0xb8, 0, 7, [15] = 1 },
				      { 0x20, 1, 0xd, 0xb8, 0, 7, [15] = 2 } };
static int other_ns;
static bool thorough, slow;

/**
 * struct stream - one generator, and what became of its packets
 * @sent, @seen: by number, how often
 * @seq_base: TCP sequence number of SYN 0, as its record says; @seq_seen: of the first to arrive
 * @also: how many came with the second port
 */
struct stream {
	struct vnft_module_probe_setup how;
	struct vnft_probe_config config;
	struct vnft_load_frame frame;
	uint32_t id;
	uint64_t start_ns;
	uint8_t sent[NUMBERS_MAX], seen[NUMBERS_MAX];
	uint32_t seq_base, seq_seen;
	unsigned int records, frames, also, wrong_records, wrong_frames;
};

static struct stream stream[STREAMS];
static unsigned int streams;

/* ---- set-up ---- */

static bool in_other(int (*fn)(void))
{
	int back, err;

	if (vnft_netns_enter(other_ns, &back))
		return false;
	err = fn();
	vnft_netns_leave(back);
	return !err;
}

static int address_y(void)
{
	return vnft_link_set_mac("vnfty", mac_y) || vnft_link_set_up("vnfty", true) ||
	       vnft_addr_add("vnfty", AF_INET, addr4[1], 30) ||
	       vnft_addr_add("vnfty", AF_INET6, addr6[1], 64) ||
	       vnft_neigh_add("vnfty", AF_INET, addr4[0], mac_x) ||
	       vnft_neigh_add("vnfty", AF_INET6, addr6[0], mac_x);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	QUIET(fd >= 0 && write(fd, text, strlen(text)) > 0, "%s", path);
	close(fd);
}

static int no_dad(void)
{
	write_file("/proc/sys/net/ipv6/conf/default/accept_dad", "0");
	return 0;
}

static bool topology(void)
{
	vnft_netns_delete("vnft-prober");
	if (unshare(CLONE_NEWNET) || vnft_netns_create("vnft-prober"))
		return false;
	other_ns = vnft_netns_open("vnft-prober");
	return in_other(no_dad) && !vnft_link_add_veth("vnftx", "vnfty", other_ns) &&
	       !vnft_link_set_mac("vnftx", mac_x) && !vnft_link_set_up("vnftx", true) &&
	       in_other(address_y);
}

static void stream_set(struct stream *s, uint32_t session, const char *ifname, bool syn, bool v6,
		       uint64_t interval_ns, uint64_t count)
{
	unsigned int k = (unsigned int)(s - stream);

	memset(s, 0, sizeof(*s));
	s->how = (struct vnft_module_probe_setup) {
		.session = session, .ifindex = if_nametoindex(ifname),
		.kind = syn ? VNFT_PROBE_KIND_SYN : VNFT_PROBE_KIND_ECHO,
		.addr_bytes = v6 ? 16 : 4, .sport = (uint16_t)(20000 + PORTS * k),
		.sports = PORTS, .dport = 7,
		.echo_id = (uint16_t)(100 + k), .echo_bytes = 57, .cpu = -1,
		.interval_ns = interval_ns, .count = count,
	};
	memcpy(s->how.src, v6 ? addr6[0] : addr4[0], s->how.addr_bytes);
	memcpy(s->how.dst, v6 ? addr6[1] : addr4[1], s->how.addr_bytes);
	memcpy(s->how.src_mac, mac_x, 6);
	/* Seen, but answered by nobody: the machine has enough to do. */
	memcpy(s->how.dst_mac, mac_nobody, 6);
}

/* The same for the sender in userspace, whose frames are the yardstick. */
static void stream_config(struct stream *s, const char *ifname)
{
	s->config = (struct vnft_probe_config) {
		.kind = s->how.kind == VNFT_PROBE_KIND_SYN ? VNFT_PROBE_SYN : VNFT_PROBE_ECHO,
		.ifname = ifname, .family = s->how.addr_bytes == 16 ? AF_INET6 : AF_INET,
		.dst_port = s->how.dport, .sport = s->how.sport, .sports = s->how.sports,
		.also_port = s->how.also_port,
		.echo_id = s->how.echo_id, .interval_ns = s->how.interval_ns,
		.count = s->how.count, .payload_bytes = s->how.echo_bytes, .cpu = -1,
	};
	memcpy(s->config.src, s->how.src, 16);
	memcpy(s->config.dst, s->how.dst, 16);
	memcpy(s->config.src_mac, s->how.src_mac, 6);
	memcpy(s->config.dst_mac, s->how.dst_mac, 6);
	vnft_load_frame_init(&s->frame, &s->config, s->how.src_mac);
}

static bool start(struct stream *s, const char *ifname)
{
	stream_config(s, ifname);
	return QUIET(!vnft_module_probe_start(&s->how, &s->id, &s->start_ns), "start: %s",
		     vnft_why());
}

/* ---- what arrives ---- */

static atomic_bool receiving;
static int receiver_fd = -1;

static int load_bytes(const void *frame, __u32 offset, void *to, __u32 bytes)
{
	memcpy(to, (const uint8_t *)frame + offset, bytes);
	return 0;
}

static struct stream *stream_of(const struct vnft_packet *p)
{
	bool syn = p->class == VNFT_CLASS_SYN;
	unsigned int i;

	if (!syn && p->class != VNFT_CLASS_ECHO_REQUEST)
		return NULL;
	for (i = 0; i < streams; i++)
		if ((stream[i].how.kind == VNFT_PROBE_KIND_SYN) == syn &&
		    (syn ? (uint16_t)(p->sport - stream[i].how.sport) < PORTS :
			   p->sport == stream[i].how.echo_id))
			return &stream[i];
	return NULL;
}

static void take_frame(const uint8_t *frame, uint32_t bytes)
{
	const struct vnft_frame f = { .len_bytes = bytes, .l2_bytes = VNFT_ETH_BYTES };
	struct vnft_packet p;
	struct stream *s;
	uint32_t n;

	if (vnft_packet_parse(&p, &f, frame, load_bytes) != VNFT_VERDICT_OK)
		return;
	s = stream_of(&p);
	if (!s)
		return;
	if (!s->frames++)
		s->seq_seen = p.seq;
	if (p.class == VNFT_CLASS_SYN) {
		n = p.seq - s->seq_seen;
		s->also += p.dport != s->how.dport;
		vnft_load_frame_set_syn(&s->frame,
					vnft_frame_sport(s->how.sport, s->how.sports, n),
					p.dport, p.seq);
	} else {
		n = p.seq & 0xffff;
		vnft_load_frame_set_echo(&s->frame, p.sport, (uint16_t)n);
	}
	if (bytes != s->frame.form.len_bytes || memcmp(frame, s->frame.bytes, bytes))
		s->wrong_frames++;
	if (n < NUMBERS_MAX)
		s->seen[n]++;
}

static void *receive(void *arg)
{
	uint8_t frame[2048];
	struct sockaddr_ll from;
	socklen_t bytes;
	ssize_t n;

	while (atomic_load(&receiving)) {
		bytes = sizeof(from);
		n = recvfrom(receiver_fd, frame, sizeof(frame), 0, (void *)&from, &bytes);
		if (n > 0 && from.sll_pkttype != PACKET_OUTGOING)
			take_frame(frame, (uint32_t)n);
	}
	return NULL;
}

static int open_receiver(void)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
				  .sll_ifindex = (int)if_nametoindex("vnfty") };
	struct timeval limit = { .tv_usec = 20000 };
	int room = 32 << 20;

	receiver_fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	setsockopt(receiver_fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(receiver_fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return bind(receiver_fd, (struct sockaddr *)&at, sizeof(at));
}

static pthread_t receiver;

static bool receiver_start(void)
{
	atomic_store(&receiving, true);
	return in_other(open_receiver) && !pthread_create(&receiver, NULL, receive, NULL);
}

static void receiver_stop(void)
{
	atomic_store(&receiving, false);
	pthread_join(receiver, NULL);
	close(receiver_fd);
}

/* ---- what is recorded ---- */

static int on_record(const struct vnft_record *r, void *arg)
{
	bool syn = r->class == VNFT_CLASS_SYN;
	struct stream *s = NULL;
	uint64_t flow = 0;
	unsigned int i;

	if (r->kind != VNFT_KIND_SENT)
		return 0;
	/* Whose? The flow tells, and must be the one that an observer gives the packet. */
	for (i = 0; i < streams && !s; i++) {
		flow = vnft_probe_flow(&stream[i].config, r->len32, false);
		if (r->flow == flow || (stream[i].how.also_port &&
		    r->flow == vnft_probe_flow(&stream[i].config, r->len32, true)))
			s = &stream[i];
	}
	if (!QUIET(s, "a SENT record of an unknown flow %llx", (unsigned long long)r->flow))
		return 0;
	if (!s->records++)
		s->seq_base = r->sent.tcp_seq - r->len32;
	if (r->len32 < NUMBERS_MAX)
		s->sent[r->len32]++;
	if (r->sent.intended_ns != s->start_ns + r->len32 * s->how.interval_ns ||
	    r->time_ns < r->sent.intended_ns || r->hook != VNFT_HOOK_DEV_START_XMIT ||
	    r->device != s->how.device || syn != (s->how.kind == VNFT_PROBE_KIND_SYN) ||
	    !!(r->flags & VNFT_RF_IPV6) != (s->how.addr_bytes == 16) ||
	    r->sent.tcp_seq != (syn ? s->seq_base + r->len32 :
				(uint32_t)s->how.echo_id << 16 | (r->len32 & 0xffff)))
		s->wrong_records++;
	return 0;
}

static bool running(uint32_t session)
{
	struct vnft_module_probe now;
	unsigned int i;

	for (i = 0; i < streams; i++)
		if (!vnft_module_probe_get(session, stream[i].id, &now) && now.running)
			return true;
	return false;
}

static bool once_each(const uint8_t *count, uint64_t n)
{
	uint64_t i;

	for (i = 0; i < NUMBERS_MAX; i++)
		if (count[i] != (i < n))
			return false;
	return true;
}

static void print_lateness(const char *who, const struct stream *s, const struct vnft_hist *h)
{
	printf("# late: %-4s IPv%u %5llu/s %-6s p50 %7llu p90 %7llu p99 %7llu max %8llu us\n",
	       s->how.kind == VNFT_PROBE_KIND_SYN ? "SYN" : "echo",
	       s->how.addr_bytes == 16 ? 6 : 4, (unsigned long long)(SEC / s->how.interval_ns), who,
	       (unsigned long long)vnft_hist_quantile_ns(h, 0.5) / 1000,
	       (unsigned long long)vnft_hist_quantile_ns(h, 0.9) / 1000,
	       (unsigned long long)vnft_hist_quantile_ns(h, 0.99) / 1000,
	       (unsigned long long)h->max_ns / 1000);
}

static void check_stream(struct stream *s, const struct vnft_module_probe *state)
{
	const char *kind = s->how.kind == VNFT_PROBE_KIND_SYN ? "SYN" : "echo";
	unsigned int v = s->how.addr_bytes == 16 ? 6 : 4;
	unsigned long long n = s->how.count, rate = SEC / s->how.interval_ns;

	CHECK(state->sent == n && !state->failed && s->records == n && s->frames == n,
	      "%s IPv%u at %llu/s: %llu sent, recorded (%u) and received (%u), %llu failed", kind,
	      v, rate, (unsigned long long)state->sent, s->records, s->frames,
	      (unsigned long long)state->failed);
	QUIET(once_each(s->sent, n), "%s IPv%u at %llu/s: each number recorded once", kind, v,
	      rate);
	QUIET(once_each(s->seen, n), "%s IPv%u at %llu/s: each number received once", kind, v,
	      rate);
	QUIET(!s->wrong_records, "%s IPv%u at %llu/s: %u records are wrong", kind, v, rate,
	      s->wrong_records);
	QUIET(!s->wrong_frames, "%s IPv%u at %llu/s: %u frames are not those from userspace", kind,
	      v, rate, s->wrong_frames);
	QUIET(s->how.kind != VNFT_PROBE_KIND_SYN || s->seq_seen == s->seq_base,
	      "%s IPv%u at %llu/s: SYN 0 is %u, received was %u", kind, v, rate, s->seq_base,
	      s->seq_seen);
	QUIET(s->also == (s->how.also_port ? n / 2 : 0),
	      "%s IPv%u at %llu/s: %u to the second port", kind, v, rate, s->also);
	QUIET(state->lateness.count == n && state->first_ns >= s->start_ns &&
	      state->start_ns == s->start_ns &&
	      state->last_ns >= s->start_ns + (n - 1) * s->how.interval_ns,
	      "%s IPv%u at %llu/s: first, last and lateness agree", kind, v, rate);
}

#endif
