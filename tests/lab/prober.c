/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's generator, packet by packet: what it was told to send, what its SENT records say,
 * and what arrives are the same thing, and byte for byte what the stimulus from userspace sends.
 *
 *	prober [-l]	-l: 1/s for 10 s too, not 3
 *
 *	[own namespace] vnftx === vnfty [vnft-prober]	198.18.7.1, .2 and 2001:db8:7::1, ::2
 *	                vnftd (a dummy: takes everything at once)
 */
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
#include "../../tools/lib/error.h"
#include "../../tools/lib/run.h"
#include "../../tools/load/frame.h"
#include "../../tools/load/load.h"
#include "../../tools/source/module.h"
#include "../../tools/stat/stat.h"
#include "../unit/unit.h"

#define STREAMS		12
#define NUMBERS_MAX	20000
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
 * @ports: how many came with the second port
 */
struct stream {
	struct vnft_module_probe_setup how;
	struct vnft_probe_config config;
	struct vnft_load_frame frame;
	uint32_t id;
	uint64_t start_ns;
	uint8_t sent[NUMBERS_MAX], seen[NUMBERS_MAX];
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
		.addr_bytes = v6 ? 16 : 4, .sport = (uint16_t)(20000 + 2 * k), .dport = 7,
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
		.dst_port = s->how.dport, .sport = s->how.sport, .also_port = s->how.also_port,
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
		    (syn ? (p->sport & ~1) == stream[i].how.sport :
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
	s->frames++;
	if (p.class == VNFT_CLASS_SYN) {
		n = p.seq - 1;
		s->also += p.sport & 1;
		vnft_load_frame_set_syn(&s->frame, p.sport, p.dport, p.seq);
	} else {
		n = p.seq & 0xffff;
		vnft_load_frame_set_echo(&s->frame, p.sport, (uint16_t)n);
	}
	if (bytes != s->frame.len_bytes || memcmp(frame, s->frame.bytes, bytes))
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
		flow = vnft_probe_flow(&stream[i].config, false);
		if (r->flow == flow || (stream[i].how.also_port &&
					r->flow == vnft_probe_flow(&stream[i].config, true)))
			s = &stream[i];
	}
	if (!QUIET(s, "a SENT record of an unknown flow %llx", (unsigned long long)r->flow))
		return 0;
	s->records++;
	if (r->len32 < NUMBERS_MAX)
		s->sent[r->len32]++;
	if (r->sent.intended_ns != s->start_ns + r->len32 * s->how.interval_ns ||
	    r->time_ns < r->sent.intended_ns || r->hook != VNFT_HOOK_DEV_START_XMIT ||
	    r->device != s->how.device || syn != (s->how.kind == VNFT_PROBE_KIND_SYN) ||
	    !!(r->flags & VNFT_RF_IPV6) != (s->how.addr_bytes == 16) ||
	    r->sent.tcp_seq != (syn ? r->len32 + 1 :
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
	      "%s IPv%u at %llu/s: %llu sent, recorded (%u) and received (%u), %llu failed", kind, v,
	      rate, (unsigned long long)state->sent, s->records, s->frames,
	      (unsigned long long)state->failed);
	QUIET(once_each(s->sent, n), "%s IPv%u at %llu/s: each number recorded once", kind, v, rate);
	QUIET(once_each(s->seen, n), "%s IPv%u at %llu/s: each number received once", kind, v, rate);
	QUIET(!s->wrong_records, "%s IPv%u at %llu/s: %u records are wrong", kind, v, rate,
	      s->wrong_records);
	QUIET(!s->wrong_frames, "%s IPv%u at %llu/s: %u frames are not those from userspace", kind,
	      v, rate, s->wrong_frames);
	QUIET(s->also == (s->how.also_port ? n / 2 : 0), "%s IPv%u at %llu/s: %u to the second port",
	      kind, v, rate, s->also);
	QUIET(state->lateness.count == n && state->first_ns >= s->start_ns &&
	      state->start_ns == s->start_ns &&
	      state->last_ns >= s->start_ns + (n - 1) * s->how.interval_ns,
	      "%s IPv%u at %llu/s: first, last and lateness agree", kind, v, rate);
}

/* ---- the cases ---- */

static struct vnft_module module;

static bool session_open(uint32_t records)
{
	memset(&module, 0, sizeof(module));
	return CHECK(!vnft_module_session_open(&module, records), "a session of %u records%s%s",
		     records, vnft_failed() ? ": " : "", vnft_failed() ? vnft_why() : "");
}

/* The last record and the last frame may be on their way for a moment. */
static void settle(void)
{
	unsigned int i, tries;

	for (tries = 0; tries < 3000; tries++) {
		vnft_rings_drain(&module.rings, on_record, NULL);
		for (i = 0; i < streams; i++)
			if (stream[i].frames < stream[i].how.count)
				break;
		if (i == streams)
			return;
		usleep(10000);
	}
}

static void userspace_beside(void)
{
	struct vnft_probe *probe[STREAMS] = { 0 };
	struct vnft_probe_result result;
	unsigned int i;

	for (i = 0; i < streams; i++)
		QUIET(!vnft_probe_start(&probe[i], &stream[i].config, NULL, NULL), "userspace: %s",
		      vnft_why());
	for (i = 0; i < streams; i++) {
		while (probe[i] && !vnft_probe_done(probe[i]))
			usleep(200000);
		if (!probe[i] || vnft_probe_finish(probe[i], &result))
			continue;
		QUIET(result.sent + result.failed == stream[i].how.count, "userspace sends all");
		print_lateness("thread", &stream[i], &result.lateness);
	}
}

/* All four kinds at once at one rate; then the same by threads. */
static void test_rate(uint64_t interval_ns, uint64_t count)
{
	struct vnft_module_probe state[STREAMS];
	unsigned int i;

	if (!session_open(32768))
		return;
	streams = 4;
	for (i = 0; i < streams; i++) {
		stream_set(&stream[i], module.setup.session, "vnftx", i & 1, i & 2, interval_ns,
			   count);
		if (i & 1)
			stream[i].how.also_port = 9;
	}
	QUIET(receiver_start(), "a receiver");
	for (i = 0; i < streams; i++)
		start(&stream[i], "vnftx");
	/* Looked at seldom: a busy machine would be late by our doing. */
	while (running(module.setup.session)) {
		vnft_rings_drain(&module.rings, on_record, NULL);
		usleep(200000);
	}
	settle();
	receiver_stop();
	for (i = 0; i < streams; i++)
		if (QUIET(!vnft_module_probe_stop(module.setup.session, stream[i].id, &state[i]),
			  "stop: %s", vnft_why()))
			check_stream(&stream[i], &state[i]);
	QUIET(!vnft_rings_lost(&module.rings), "no record is lost");
	for (i = 0; i < streams; i++)
		print_lateness("kernel", &stream[i], &state[i].lateness);
	userspace_beside();
	vnft_module_session_close(&module);
}

static void until_stopped(struct stream *s, struct vnft_module_probe *state, unsigned int ms)
{
	do {
		usleep(5000);
		vnft_rings_drain(&module.rings, on_record, NULL);
		if (vnft_module_probe_get(module.setup.session, s->id, state))
			return;
	} while (state->running && (ms = ms > 5 ? ms - 5 : 0));
}

static void test_rst(bool v6)
{
	struct stream *s = &stream[0];
	struct vnft_module_probe state = { .running = 1 };

	if (!session_open(1024))
		return;
	streams = 1;
	stream_set(s, module.setup.session, "vnftx", true, v6, 5000000, 0);
	memcpy(s->how.dst_mac, mac_y, 6);
	s->how.until_rst = true;
	if (start(s, "vnftx"))
		until_stopped(s, &state, 5000);
	CHECK(!state.running && state.answer_ns > state.first_ns && state.sent >= 1 &&
	      state.answer_ns < vnft_now_ns(), "IPv%u: ends with the first RST, after %llu SYNs", v6 ?
	      6 : 4, (unsigned long long)state.sent);
	CHECK_EQ(s->records, state.sent, "IPv%u: each recorded", v6 ? 6 : 4);
	vnft_module_session_close(&module);
}

/* A RST by hand, from the peer's side: @ack and @sport decide whether it is an answer. */
static int rst_fd = -1;

static int open_raw(void)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)if_nametoindex("vnfty") };

	rst_fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	return bind(rst_fd, (struct sockaddr *)&at, sizeof(at));
}

static void send_rst(const struct stream *s, uint16_t sport, uint16_t dport, uint32_t ack)
{
	uint8_t f[54];

	memcpy(f, s->frame.bytes, sizeof(f));
	memcpy(f, mac_x, 6);
	memcpy(f + 6, mac_y, 6);
	memcpy(f + 26, addr4[1], 4);
	memcpy(f + 30, addr4[0], 4);
	f[34] = (uint8_t)(sport >> 8), f[35] = (uint8_t)sport;
	f[36] = (uint8_t)(dport >> 8), f[37] = (uint8_t)dport;
	ack = htonl(ack);
	memcpy(f + 42, &ack, 4);
	f[47] = VNFT_TCP_RST | VNFT_TCP_ACK;
	QUIET(send(rst_fd, f, sizeof(f), 0) == sizeof(f), "send a RST");
}

/* Is it still running 50 ms after this RST? */
static bool survives(struct stream *s, uint16_t sport, uint16_t dport, uint32_t ack)
{
	struct vnft_module_probe state = { 0 };

	send_rst(s, sport, dport, ack);
	until_stopped(s, &state, 50);
	return state.running;
}

static void test_rst_of_others(void)
{
	struct stream *s = &stream[0];
	struct vnft_module_probe state = { 0 };

	if (!session_open(1024) || !QUIET(in_other(open_raw), "a socket at the other end"))
		return;
	streams = 1;
	stream_set(s, module.setup.session, "vnftx", true, false, 10000000, 0);
	s->how.until_rst = true;
	s->how.also_port = 9;
	if (start(s, "vnftx")) {
		until_stopped(s, &state, 100);
		CHECK(state.running && state.sent > 1, "nobody answered: it goes on");
		CHECK(survives(s, 7, s->how.sport, 1), "an acknowledgment of no SYN of ours");
		CHECK(survives(s, 7, s->how.sport, 100000000), "one of a SYN to come");
		CHECK(survives(s, 8, s->how.sport, 2), "another port's");
		CHECK(!survives(s, 9, s->how.sport + 1, 3), "an answer from the second port ends it");
	}
	close(rst_fd);
	vnft_module_session_close(&module);
}

static void test_also_port(void)
{
	struct stream *s = &stream[0];
	struct vnft_module_probe state;

	if (!session_open(4096))
		return;
	streams = 1;
	stream_set(s, module.setup.session, "vnftx", true, false, 2000000, 400);
	s->how.also_port = 9;
	QUIET(receiver_start(), "a receiver");
	if (start(s, "vnftx")) {
		usleep(200000);
		CHECK(!vnft_module_probe_set(module.setup.session, s->id, 0),
		      "the second port is dropped under way");
		until_stopped(s, &state, 10000);
		settle();
		CHECK(s->also > 5 && s->also < 190 && s->frames == 400 && !s->wrong_frames,
		      "%u of %u SYNs went there before", s->also, s->frames);
	}
	receiver_stop();
	vnft_module_session_close(&module);
}

/* Read and lost are all that were sent; a dummy refuses nothing, and a ring of 64 holds 56. */
static void test_flood(const char *ifname, bool exact, uint32_t records)
{
	struct stream *s = &stream[0];
	struct vnft_module_probe state;
	uint64_t until_ns, all;
	unsigned int cpu_syn;

	for (cpu_syn = 0; cpu_syn < 2; cpu_syn++) {
		if (!session_open(records))
			return;
		streams = 1;
		stream_set(s, module.setup.session, ifname, cpu_syn, cpu_syn, 0, 0);
		s->how.duration_ns = thorough ? 3 * SEC : SEC;
		until_ns = vnft_now_ns() + 2 * s->how.duration_ns + 10 * SEC;
		QUIET(start(s, ifname), "flood");
		do
			vnft_rings_drain(&module.rings, on_record, NULL);
		while (!usleep(20000) && running(module.setup.session) && vnft_now_ns() < until_ns);
		QUIET(!vnft_module_probe_stop(module.setup.session, s->id, &state), "stop");
		vnft_rings_drain(&module.rings, on_record, NULL);
		all = s->records + vnft_rings_lost(&module.rings);
		CHECK(!state.running && all >= state.sent && all <= state.sent + state.failed &&
		      (!exact || all == state.sent),
		      "%s as fast as the CPU goes: %llu sent, %llu failed; %u records read and %llu lost",
		      ifname, (unsigned long long)state.sent, (unsigned long long)state.failed,
		      s->records, (unsigned long long)(all - s->records));
		printf("# %s: %.0f packets a second\n", ifname,
		       (double)state.sent * SEC / (double)(state.last_ns - state.first_ns + 1));
		vnft_module_session_close(&module);
	}
}

static void test_down(void)
{
	struct vnft_module_probe state = { .running = 1 };
	struct stream *s = &stream[0];

	if (!session_open(1024))
		return;
	streams = 1;
	stream_set(s, module.setup.session, "vnftx", true, false, 1000000, 100);
	vnft_link_set_up("vnftx", false);
	if (start(s, "vnftx"))
		until_stopped(s, &state, 5000);
	CHECK(!state.running && !state.sent && state.failed == 100 && !s->records,
	      "a device that is down refuses all 100");
	vnft_link_set_up("vnftx", true);
	vnft_module_session_close(&module);
}

/* Unwrapping: more echoes than 16 bits have numbers. */
static void test_wrap(void)
{
	struct vnft_module_probe state = { .running = 1 };
	struct stream *s = &stream[0];
	uint64_t n = 70000;

	if (!session_open(131072))
		return;
	streams = 1;
	stream_set(s, module.setup.session, "vnftd", false, false, 20000, n);
	if (start(s, "vnftd"))
		until_stopped(s, &state, 60000);
	vnft_rings_drain(&module.rings, on_record, NULL);
	CHECK(state.sent == n && s->records == n && !s->wrong_records && once_each(s->sent, NUMBERS_MAX),
	      "70,000 echoes: number and 16 bits of it stay together (%u records, %u wrong)",
	      s->records, s->wrong_records);
	vnft_module_session_close(&module);
}

static int move_back(void)
{
	return vnft_link_delete("vnftm");
}

/* Everything that takes a device away from under a running generator. */
static void test_device_goes(const char *how)
{
	struct vnft_module_probe state = { .running = 1 };
	struct stream *s = &stream[0];
	int ns = -1, back = -1;

	if (!session_open(1024))
		return;
	streams = 1;
	if (!strcmp(how, "namespace deleted")) {
		vnft_netns_create("vnft-gone");
		ns = vnft_netns_open("vnft-gone");
		QUIET(!vnft_netns_enter(ns, &back), "enter");
	}
	QUIET(!vnft_link_add_veth("vnftm", "vnftn", -1) && !vnft_link_set_up("vnftm", true) &&
	      !vnft_link_set_up("vnftn", true), "%s: a veth: %s", how, vnft_why());
	stream_set(s, module.setup.session, "vnftm", true, false, 100000, 0);
	s->how.until_rst = true;
	start(s, "vnftm");
	if (ns >= 0)
		vnft_netns_leave(back);
	usleep(100000);
	if (ns >= 0) {
		close(ns);
		vnft_netns_delete("vnft-gone");
	} else if (!strcmp(how, "deleted")) {
		vnft_link_delete("vnftm");
	} else {
		vnft_link_set_netns("vnftm", other_ns);
	}
	until_stopped(s, &state, 10000);
	CHECK(!state.running && state.sent, "its device is %s: it ends, and its numbers stay (%llu)",
	      how, (unsigned long long)state.sent);
	CHECK(!vnft_module_probe_stop(module.setup.session, s->id, &state) &&
	      vnft_module_probe_get(module.setup.session, s->id, &state) == -ENOENT,
	      "and it can be stopped, once");
	if (!strcmp(how, "moved"))
		in_other(move_back);
	vnft_module_session_close(&module);
}

static void own_eight_and_wait(void)
{
	unsigned int i;

	memset(&module, 0, sizeof(module));
	if (vnft_module_session_open(&module, 1024))
		_exit(1);
	for (i = 0; i < 8; i++) {
		stream_set(&stream[i], module.setup.session, "vnftx", i & 1, i & 2, 10000, 0);
		start(&stream[i], "vnftx");
	}
	pause();
	_exit(0);
}

static bool wait_info(uint32_t probes, uint32_t sessions)
{
	struct vnft_module_info info;
	unsigned int i;

	for (i = 0; i < 500; i++) {
		if (!vnft_module_info(&info) && info.probes == probes && info.sessions == sessions)
			return true;
		usleep(20000);
	}
	return false;
}

static void test_killed(void)
{
	pid_t pid = fork();

	if (!pid)
		own_eight_and_wait();
	CHECK(wait_info(8, 1), "eight generators run");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CHECK(wait_info(0, 0), "their owner is killed: they are gone");
}

int main(int argc, char **argv)
{
	struct utsname kernel;

	thorough = argc > 1;
	/* A kernel that checks every access of its own takes ten times as long. */
	slow = !uname(&kernel) && strstr(kernel.release, "debug");
	/* A machine that stood still sends in one go what was due: the veth's backlog must hold it. */
	write_file("/proc/sys/net/core/netdev_max_backlog", "100000");
	if (!CHECK(topology(), "two namespaces and a veth%s%s", vnft_failed() ? ": " : "",
		   vnft_failed() ? vnft_why() : ""))
		return unit_done();
	QUIET(!system("ip link add vnftd type dummy && ip link set vnftd up"), "a dummy");
	test_rate(SEC, thorough ? 10 : 3);
	test_rate(SEC / 100, 1000);
	test_rate(SEC / 1000, slow ? 1000 : 10000);
	test_rst(false);
	test_rst(true);
	test_rst_of_others();
	test_also_port();
	test_down();
	if (!slow)
		test_wrap();
	test_flood("vnftd", true, 64);
	test_flood("vnftd", true, 32768);
	test_flood("vnftx", false, 1024);
	test_device_goes("deleted");
	test_device_goes("moved");
	test_device_goes("namespace deleted");
	test_killed();
	vnft_netns_delete("vnft-prober");
	return unit_done();
}
