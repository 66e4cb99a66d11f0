/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module and the BPF programs on one device. Frames of every kind pass: whole, cut, bent,
 * answered. Not one counter, stream or record may differ. Stamps are in the order of the hooks:
 * netfilter's is the first on the way out and the last on the way in. The module is loaded.
 *
 *	same [FRAMES]	on the veth, a quarter of it on tap and tun
 *
 *	[own namespace]  vnfta === vnftb, tap vnftc, tun vnftd      no addresses, no IPv6
 *
 * runs: tests/lab/with-module
 * also: 6.1-rt
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../../kmod/core/match.h"
#include "../../kmod/core/packet.h"
#include "../../kmod/selftest/corpus.h"
#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/source/open.h"
#include "../../tools/source/source.h"
#include "../unit/unit.h"
#include "life.h"

#define FRAME_BYTES	9000
#define ROUND		256	/* frames between two drains */
#define MAX_CPUS	64
#define PORTS		64

static const struct row {
	const char *what, *hex;
	uint32_t missing, gso;
} rows[] = {
#define X(what, hex, verdict, class, payload, missing, gso, segments) { what, hex, missing, gso },
	VNFT_CORPUS(X)
#undef X
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* One observer's view: records by CPU and direction, in their order. */
struct view {
	struct vnft_source *source;
	uint16_t id;
	struct vnft_device_state state;
	struct list {
		struct vnft_record *record;
		size_t n, room;
	} packets[MAX_CPUS][VNFT_DIR_NR], flows;
};

/* A device: how frames leave through it, and how they come in. */
struct wire {
	const char *dev;
	int out, in;
	bool l2;		/* frames begin with a link header */
};

static unsigned int seed = 1;

static uint32_t any(uint32_t below)
{
	return (uint32_t)rand_r(&seed) % below;
}

/* A frame of a conversation: answered by the next call, most of the time. */
static size_t talk(uint8_t *f, enum vnft_dir *dir)
{
	static struct talker {
		uint32_t seq, more;
		bool asked;
	} talkers[PORTS];
	const uint32_t port = any(PORTS);
	struct talker *t = &talkers[port];
	const bool v6 = port % 3 == 0, answer = t->asked;
	const bool syn = !answer && any(2);
	const size_t ip = v6 ? 40 : 20,
		payload = answer ? 0 : !syn ? 1 + any(1000) : any(4) ? 0 : any(100);
	struct vnft_wire_tcp *tcp = (void *)(f + 14 + ip);
	const uint8_t from = answer ? 2 : 1;

	memset(f, 0, 14 + ip + 20 + payload);
	f[12] = v6 ? 0x86 : 0x08;
	f[13] = v6 ? 0xdd : 0;
	if (v6) {
		f[14] = 0x60;
		f[18] = (uint8_t)((20 + payload) >> 8);
		f[19] = (uint8_t)(20 + payload);
		f[20] = 6;
		f[14 + 23] = from;
		f[14 + 39] = 3 - from;
	} else {
		f[14] = 0x45;
		f[16] = (uint8_t)((40 + payload) >> 8);
		f[17] = (uint8_t)(40 + payload);
		f[23] = 6;
		f[14 + 15] = from;
		f[14 + 19] = 3 - from;
	}
	tcp->sport = vnft_be16((uint16_t)(answer ? 9 : 1000 + port));
	tcp->dport = vnft_be16((uint16_t)(answer ? 1000 + port : 9));
	tcp->offset = 0x50;
	if (answer) {
		tcp->flags = any(2) ? VNFT_TCP_RST | VNFT_TCP_ACK : VNFT_TCP_SYN | VNFT_TCP_ACK;
		tcp->ack = vnft_be32(t->seq + (any(8) ? 1 + (any(2) ? t->more : 0) : 2));
	} else if (!syn) {
		/* The next bytes, the same again, a hole, or across the end of the numbers. */
		t->seq += any(4) ? 0 : any(4) ? (uint32_t)payload : 1U << 30;
		tcp->flags = VNFT_TCP_ACK | (any(50) ? 0 : VNFT_TCP_FIN);
		tcp->seq = vnft_be32(t->seq);
		t->seq += any(4) ? (uint32_t)payload : 0;
	} else {
		t->seq = (uint32_t)rand_r(&seed) << 1;
		tcp->flags = VNFT_TCP_SYN | (any(8) ? 0 : VNFT_TCP_FIN);
		t->more = vnft_match_more((uint32_t)payload, tcp->flags);
		tcp->seq = vnft_be32(t->seq);
	}
	t->asked = syn && any(8);
	*dir = answer ? VNFT_DIR_IN : VNFT_DIR_OUT;
	return 14 + ip + 20 + payload;
}

/* The next frame to send, and which way. */
static size_t next_frame(uint8_t *f, enum vnft_dir *dir, uint32_t *gso, uint32_t i)
{
	const struct row *row;
	size_t n, at;

	*gso = 0;
	*dir = any(2) ? VNFT_DIR_IN : VNFT_DIR_OUT;
	if (i >= 4 * ROWS && any(2))
		return talk(f, dir);
	/* Each row both ways at first, then by chance. */
	row = &rows[i < 4 * ROWS ? i / 2 % ROWS : any(ROWS)];
	if (i < 4 * ROWS)
		*dir = i % 2 ? VNFT_DIR_IN : VNFT_DIR_OUT;
	n = corpus_bytes(row->hex, f, FRAME_BYTES);
	if (row->gso && n + row->missing <= FRAME_BYTES) {
		memset(f + n, 0, row->missing);
		n += row->missing;
		*gso = row->gso;
	}
	if (i >= 2 * ROWS && n > 14) {
		for (at = any(4); at > 0; at--)	/* 0 to 3 bytes bent, ethertype and header first */
			f[12 + any((uint32_t)(n - 12 < 50 ? n - 12 : 50))] = (uint8_t)rand_r(&seed);
		if (!any(8))
			n = 14 + any((uint32_t)n - 14);
		else if (!any(8)) {	/* large enough to lie in fragments */
			at = any(2) ? any(64) : 4096 + any(1000);
			memset(f + n, 0, at);
			n += at;
		}
	}
	return n;
}

/* False if the kernel does not take such a frame: then nobody saw it. */
static bool send_frame(const struct wire *w, enum vnft_dir dir, const uint8_t *f, size_t n,
		       uint32_t gso)
{
	struct {
		struct virtio_net_hdr virtio;
		uint8_t frame[FRAME_BYTES];
	} message;
	struct virtio_net_hdr *h = &message.virtio;
	const bool v6 = f[12] == 0x86;
	const size_t l2 = w->l2 ? 0 : 14;

	if (n < 14 + (w->l2 ? 0 : 20u))
		return false;
	memset(h, 0, sizeof(*h));
	if (gso) {
		h->gso_type = v6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
		h->gso_size = (uint16_t)gso;
		h->hdr_len = (uint16_t)((v6 ? 74 : 54) - l2);
		h->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		h->csum_start = (uint16_t)((v6 ? 54 : 34) - l2);
		h->csum_offset = 16;
	} else if (any(2)) {
		h->hdr_len = (uint16_t)any(64);	/* how much of it lies in the skb itself */
	}
	memcpy(message.frame, f + l2, n - l2);
	return write(dir == VNFT_DIR_OUT ? w->out : w->in, &message, sizeof(*h) + n - l2) > 0;
}

static int keep(const struct vnft_record *r, void *arg)
{
	struct view *v = arg;
	struct list *l = NULL;
	bool in;

	if (r->kind == VNFT_KIND_FLOW)
		l = &v->flows;
	if (r->kind == VNFT_KIND_PACKET && r->cpu < MAX_CPUS) {
		in = r->hook == VNFT_HOOK_NETFILTER_IN || r->hook == VNFT_HOOK_TCX_IN ||
		     r->hook == VNFT_HOOK_CLSACT_IN;
		l = &v->packets[r->cpu][in ? VNFT_DIR_IN : VNFT_DIR_OUT];
	}
	if (!l)
		return 0;
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 1024;
		l->record = realloc(l->record, l->room * sizeof(*r));
		if (!l->record)
			abort();
	}
	l->record[l->n++] = *r;
	return 0;
}

static bool drain(struct view *v)
{
	return v->source->ops->drain(v->source, keep, v) >= 0;
}

static int by_number(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Flow records, the copies left out, in the order of their ids. */
static int by_flow(const void *a, const void *b)
{
	const struct vnft_record *x = a, *y = b;

	return (x->flow > y->flow) - (x->flow < y->flow);
}

static size_t unique_flows(struct list *l)
{
	size_t i, n = 0;

	qsort(l->record, l->n, sizeof(*l->record), by_flow);
	for (i = 0; i < l->n; i++)
		if (!n || l->record[n - 1].flow != l->record[i].flow)
			l->record[n++] = l->record[i];
	return n;
}

static void compare_flows(const char *dev, struct view *bpf, struct view *module)
{
	const size_t n = unique_flows(&bpf->flows), m = unique_flows(&module->flows);
	size_t i, same = 0;

	for (i = 0; i < n && i < m; i++) {
		const struct vnft_record *b = &bpf->flows.record[i], *k = &module->flows.record[i];

		same += b->flow == k->flow && b->class == k->class && b->flags == k->flags &&
			b->len32 == k->len32 && !memcmp(b->body, k->body, sizeof(b->body));
	}
	CHECK(n == m && same == n && n, "%s: the same %zu flows", dev, n);
}

static bool same_packet(const struct vnft_record *b, const struct vnft_record *m)
{
	return b->flow == m->flow && b->class == m->class && b->flags == m->flags &&
	       b->len32 == m->len32 && !memcmp(b->body, m->body, sizeof(b->body));
}

static void compare_records(const char *dev, struct view *bpf, struct view *module)
{
	static const char *const way[] = { "in", "out" };
	size_t total[VNFT_DIR_NR] = { 0 }, i;
	bool same = true, ordered;
	int64_t *apart;
	int cpu, dir;

	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		for (cpu = 0; cpu < MAX_CPUS; cpu++)
			total[dir] += bpf->packets[cpu][dir].n;
		apart = calloc(total[dir] + 1, sizeof(*apart));
		total[dir] = 0;
		ordered = true;
		for (cpu = 0; cpu < MAX_CPUS; cpu++) {
			const struct list *b = &bpf->packets[cpu][dir],
					  *m = &module->packets[cpu][dir];

			same &= QUIET(b->n == m->n,
				      "%s: CPU %d, %s: BPF has %zu records, the module %zu", dev,
				      cpu, way[dir], b->n, m->n);
			for (i = 0; same && i < b->n; i++) {
				same &= QUIET(same_packet(&b->record[i], &m->record[i]),
					      "%s: CPU %d, %s: record %zu differs", dev, cpu,
					      way[dir], i);
				apart[total[dir]] =
					(int64_t)(m->record[i].time_ns - b->record[i].time_ns);
				if (dir == VNFT_DIR_OUT)
					apart[total[dir]] = -apart[total[dir]];
				ordered &= apart[total[dir]++] >= 0;
			}
		}
		qsort(apart, total[dir], sizeof(*apart), by_number);
		CHECK(ordered,
		      "%s: %s: every module's stamp is %s BPF's, by %lld ns (p50), %lld ns (p99)",
		      dev, way[dir], dir == VNFT_DIR_IN ? "behind" : "before",
		      (long long)apart[total[dir] / 2], (long long)apart[total[dir] * 99 / 100]);
		free(apart);
	}
	CHECK(same && total[0] && total[1], "%s: the same %zu records in, %zu out", dev, total[0],
	      total[1]);
}

static void compare_counters(const char *dev, struct view *bpf, struct view *module, bool l2)
{
	const uint64_t *b = (const void *)&bpf->state.counters;
	const uint64_t *m = (const void *)&module->state.counters;
	const struct vnft_counters *c = &bpf->state.counters;
	uint64_t classes = 0;
	bool same = true;
	size_t i;

	for (i = 0; i < sizeof(*c) / sizeof(*b); i++)
		same &= QUIET(b[i] == m[i], "%s: counter %zu: BPF %llu, module %llu", dev, i,
			      (unsigned long long)b[i], (unsigned long long)m[i]);
	for (i = 0; i < VNFT_CLASS_NR; i++)
		classes += c->dir[0].classes[i] && c->dir[1].classes[i];
	CHECK(same, "%s: the same counters: %llu packets in, %llu out, %llu malformed, %llu cut, "
	      "%llu repeated, %llu matched, %llu not", dev,
	      (unsigned long long)c->dir[0].packets, (unsigned long long)c->dir[1].packets,
	      (unsigned long long)c->malformed, (unsigned long long)c->lost[VNFT_LOST_TRUNCATED],
	      (unsigned long long)c->dir[1].retrans_segments,
	      (unsigned long long)(c->matched[0] + c->matched[1] + c->matched[2]),
	      (unsigned long long)(c->unmatched[0] + c->unmatched[1] + c->unmatched[2]));
	CHECK(classes >= (l2 ? 5 : 3) && c->malformed && c->lost[VNFT_LOST_TRUNCATED] &&
		      c->matched[1] && c->matched[2] && c->dir[1].retrans_segments &&
		      c->dir[1].wire_packets > c->dir[1].packets && !c->lost[VNFT_LOST_RING_FULL],
	      "%s: the traffic was of all kinds, and nothing was lost", dev);
}

static void compare_sums(const char *dev, struct view *bpf, struct view *module)
{
	struct vnft_stream b = { 0 }, m = { 0 };
	struct vnft_hist bh, mh;
	uint64_t pairs = 0;
	bool same = true;
	int pairing, dir;

	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		for (pairing = 0; pairing < VNFT_PAIRING_NR; pairing++) {
			same &= !bpf->source->ops->hist(bpf->source, bpf->id,
							(enum vnft_pairing)pairing,
							(enum vnft_dir)dir, &bh) &&
				!module->source->ops->hist(module->source, module->id,
							   (enum vnft_pairing)pairing,
							   (enum vnft_dir)dir, &mh) &&
				bh.count == mh.count;
			pairs += bh.count;
		}
	}
	CHECK(same && pairs, "%s: every histogram holds as many: %llu", dev,
	      (unsigned long long)pairs);
	same = true;
	for (dir = 0; dir < VNFT_DIR_NR; dir++)
		same &= bpf->source->ops->stream(bpf->source, bpf->id, (enum vnft_dir)dir, &b) ==
			module->source->ops->stream(module->source, module->id, (enum vnft_dir)dir,
						    &m) &&
			b.flow == m.flow && b.payload_bytes == m.payload_bytes &&
			llabs((long long)(b.last_ns - m.last_ns)) < 20000000;
	CHECK(same && b.payload_bytes, "%s: the same streams: %llu bytes in the largest", dev,
	      (unsigned long long)b.payload_bytes);
}

static bool view_open(struct view *v, enum vnft_observer observer, const char *dev)
{
	const struct vnft_source_config config = {
		.record_mask = (1U << VNFT_CLASS_NR) - 1,
		.match_slots = 16384,
		.ring_records = 8192,
	};

	memset(v, 0, sizeof(*v));
	return !vnft_source_open(&v->source, observer, &config) &&
	       !v->source->ops->attach(v->source, dev, &v->id);
}

static void view_close(struct view *v)
{
	int cpu, dir;

	for (cpu = 0; cpu < MAX_CPUS; cpu++)
		for (dir = 0; dir < VNFT_DIR_NR; dir++)
			free(v->packets[cpu][dir].record);
	free(v->flows.record);
	if (v->source)
		v->source->ops->close(v->source);
}

static uint64_t seen(struct view *v)
{
	if (v->source->ops->state(v->source, v->id, &v->state))
		return 0;
	return v->state.counters.dir[0].packets + v->state.counters.dir[1].packets;
}

static void compare(const struct wire *w, uint32_t frames)
{
	static struct view bpf, module;
	static uint8_t f[FRAME_BYTES];
	uint32_t i, sent = 0, gso;
	uint64_t bpf_seen = 0, module_seen;
	enum vnft_dir dir;
	int tries;
	size_t n;

	if (!CHECK(view_open(&bpf, VNFT_OBSERVER_BPF, w->dev) &&
		   view_open(&module, VNFT_OBSERVER_MODULE, w->dev), "%s: both attach", w->dev)) {
		printf("# %s\n", vnft_why());
		goto out;
	}
	for (i = 0; sent < frames && i < 2 * frames; i++) {
		n = next_frame(f, &dir, &gso, i);
		sent += send_frame(w, dir, f, n, gso);
		if (i % ROUND == 0 && (!drain(&bpf) || !drain(&module)))
			break;
	}
	/* Not all may come: there are GSO frames that no kernel can cut. */
	for (tries = 0; tries < 50 && bpf_seen < sent; tries++) {
		if (seen(&bpf) != bpf_seen)
			tries = 0;
		bpf_seen = seen(&bpf);
		usleep(10000);
	}
	module_seen = seen(&module);
	drain(&bpf);
	drain(&module);
	CHECK(sent >= frames && bpf_seen == module_seen && bpf_seen >= sent - sent / 100,
	      "%s: %u frames sent, %llu seen by both", w->dev, sent, (unsigned long long)bpf_seen);
	compare_counters(w->dev, &bpf, &module, w->l2);
	compare_sums(w->dev, &bpf, &module);
	compare_records(w->dev, &bpf, &module);
	compare_flows(w->dev, &bpf, &module);
out:
	view_close(&bpf);
	view_close(&module);
}

/* A packet socket whose frames come with a virtio header. */
static int virtio_socket(const char *name)
{
	int fd = life_socket(name), one = 1;

	if (fd >= 0 && setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)))
		return -1;
	return fd;
}

static int tun_open(const char *name, int flags)
{
	struct ifreq ifr = { .ifr_flags = (short)(flags | IFF_NO_PI | IFF_VNET_HDR) };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);

	strcpy(ifr.ifr_name, name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &ifr) ||
	    ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6) ||
	    vnft_link_set_up(name, true))
		return -1;
	return fd;
}

int main(int argc, char **argv)
{
	uint32_t frames = 100000;
	struct utsname kernel;
	struct wire veth = { .dev = "vnfta", .l2 = true }, tap = { .dev = "vnftc", .l2 = true };
	struct wire tun = { .dev = "vnftd" };

	/* A kernel that checks every access of its own takes 1 ms for a frame. */
	if (!uname(&kernel) && strstr(kernel.release, "debug"))
		frames = 10000;
	if (argc > 1)
		frames = (uint32_t)strtoul(argv[1], NULL, 0);
	if (!CHECK(life_veth("vnfta", "vnftb") && !vnft_link_set_mtu("vnfta", 9000) &&
		   !vnft_link_set_mtu("vnftb", 9000), "a veth"))
		return unit_done();
	veth.out = virtio_socket("vnfta");
	veth.in = virtio_socket("vnftb");
	CHECK(veth.out >= 0 && veth.in >= 0, "packet sockets");
	compare(&veth, frames);
	tap.in = tun_open(tap.dev, IFF_TAP);
	CHECK(tap.in >= 0 && !vnft_link_set_mtu(tap.dev, 9000), "a tap");
	tap.out = virtio_socket(tap.dev);
	compare(&tap, frames / 4);
	tun.in = tun_open(tun.dev, IFF_TUN);
	CHECK(tun.in >= 0 && !vnft_link_set_mtu(tun.dev, 9000), "a tun");
	tun.out = virtio_socket(tun.dev);
	compare(&tun, frames / 4);
	return unit_done();
}
