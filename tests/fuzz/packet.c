/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parser on any bytes. There is no second parser to compare with (tests/fuzz/tshark has one),
 * so the oracle is what must hold for every frame, and what must not change its meaning: padding,
 * where the VLAN tag sits, how the bytes lie in memory, the other direction.
 */
#include <stdlib.h>

#include "frame.h"

#define MAX_LOADS_PARSE		14	/* type, tags, PPPoE, IP, extension headers, transport */
#define MAX_LOADS_TIMESTAMP	(2 + 2 * VNFT_MAX_TCP_OPTIONS)
#define MAX_FRAME_BYTES		4096

static void must(bool what)
{
	if (!what)
		abort();
}

/* A frame whose bytes lie in pieces, each in its own allocation: reading past one is an error. */
struct pieces {
	uint8_t *piece[MAX_FRAME_BYTES];
	uint32_t there;
	uint32_t piece_bytes;
	uint32_t loads;
};

static void pieces_make(struct pieces *s, const struct input *in, uint32_t piece_bytes)
{
	uint32_t at, n;

	s->there = in->there;
	s->piece_bytes = piece_bytes;
	s->loads = 0;
	for (at = 0; at < in->there; at += piece_bytes) {
		n = in->there - at < piece_bytes ? in->there - at : piece_bytes;
		s->piece[at / piece_bytes] = malloc(n);
		must(s->piece[at / piece_bytes]);
		memcpy(s->piece[at / piece_bytes], in->bytes + at, n);
	}
}

static void pieces_free(struct pieces *s)
{
	uint32_t at;

	for (at = 0; at < s->there; at += s->piece_bytes)
		free(s->piece[at / s->piece_bytes]);
}

static int pieces_load(const void *frame, __u32 offset, void *to, __u32 bytes)
{
	struct pieces *s = (struct pieces *)frame;
	uint32_t i;

	s->loads++;
	must(bytes && bytes <= VNFT_MAX_TCP_OPTIONS);
	if (offset > s->there || bytes > s->there - offset)
		return 1;
	for (i = 0; i < bytes; i++)
		((uint8_t *)to)[i] = s->piece[(offset + i) / s->piece_bytes]
					     [(offset + i) % s->piece_bytes];
	return 0;
}

static int parse(struct vnft_packet *p, const struct input *in)
{
	int verdict;

	memset(p, 0xa5, sizeof(*p));	/* what lay there before must not matter */
	verdict = vnft_packet_parse(p, &in->f, in, input_load);
	if (verdict == VNFT_VERDICT_OK)
		vnft_packet_parse_timestamp(p, in, input_load);
	return verdict;
}

static bool same(const struct vnft_packet *a, const struct vnft_packet *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static void check_pieces(const struct vnft_packet *want, int verdict, const struct input *in)
{
	static struct pieces s;
	struct vnft_packet p;
	int again;

	pieces_make(&s, in, 1 + in->there % 7);
	memset(&p, 0x5a, sizeof(p));
	again = vnft_packet_parse(&p, &in->f, &s, pieces_load);
	must(s.loads <= MAX_LOADS_PARSE);
	s.loads = 0;
	if (again == VNFT_VERDICT_OK)
		vnft_packet_parse_timestamp(&p, &s, pieces_load);
	must(s.loads <= MAX_LOADS_TIMESTAMP);
	must(again == verdict && same(&p, want));
	pieces_free(&s);
}

static void check_tcp(const struct vnft_packet *p, const struct input *in)
{
	uint8_t want = p->tcp_flags & VNFT_TCP_RST ? VNFT_CLASS_RST :
		       !(p->tcp_flags & VNFT_TCP_SYN) ? VNFT_CLASS_TCP :
		       p->tcp_flags & VNFT_TCP_ACK ? VNFT_CLASS_SYNACK : VNFT_CLASS_SYN;

	must(p->class == want && p->proto == VNFT_PROTO_TCP);
	must(p->options_bytes <= VNFT_MAX_TCP_OPTIONS && p->options_bytes % 4 == 0);
	must(p->options_offset + p->options_bytes + p->payload_bytes <= in->f.len_bytes);
}

static void check_fields(const struct vnft_packet *p, const struct input *in)
{
	uint32_t gso = in->f.gso_size_bytes;

	must(p->class < VNFT_CLASS_NR && !p->reserved[0] && !p->reserved[1] && !p->reserved[2]);
	must(p->segments >= 1 && p->payload_bytes <= in->f.len_bytes);
	if (gso && p->payload_bytes)
		must((uint64_t)p->segments * gso >= p->payload_bytes &&
		     (uint64_t)(p->segments - 1) * gso < p->payload_bytes);
	else
		must(p->segments == 1);
	must(!(p->flags & VNFT_RF_IPV6) || p->ethertype == VNFT_ETH_P_IPV6);
	must(!(p->flags & VNFT_RF_DF) || p->ethertype == VNFT_ETH_P_IPV4);
	must(!p->options_bytes || p->proto == VNFT_PROTO_TCP);
	must(p->flags & VNFT_RF_TIMESTAMP ? p->options_bytes >= 10 : !p->tsval && !p->tsecr);
	switch (p->class) {
	case VNFT_CLASS_SYN: case VNFT_CLASS_SYNACK: case VNFT_CLASS_RST: case VNFT_CLASS_TCP:
		check_tcp(p, in);
		break;
	case VNFT_CLASS_UDP:
		must(p->proto == VNFT_PROTO_UDP && !p->tcp_flags);
		break;
	case VNFT_CLASS_ECHO_REQUEST: case VNFT_CLASS_ECHO_REPLY:
		must(p->sport == p->dport && p->seq >> 16 == p->sport && !p->payload_bytes);
		must(p->proto == (p->flags & VNFT_RF_IPV6 ? VNFT_PROTO_ICMPV6 : VNFT_PROTO_ICMP));
		break;
	case VNFT_CLASS_ARP_REQUEST: case VNFT_CLASS_ARP_REPLY:
		must(p->ethertype == VNFT_ETH_P_ARP && !p->proto);
		break;
	default:
		must(!p->sport && !p->dport && !p->payload_bytes && !p->tcp_flags && !p->seq);
	}
}

/* What the stack says of its segments changes nothing else, and nothing of TCP with payload. */
static void check_segments(const struct vnft_packet *p, uint32_t gso_segs)
{
	const bool tcp = p->proto == VNFT_PROTO_TCP && p->payload_bytes;
	struct vnft_packet said = *p;

	vnft_packet_set_segments(&said, gso_segs);
	must(said.segments == (tcp || !gso_segs ? p->segments : gso_segs));
	said.segments = p->segments;
	must(same(&said, p));
}

/* Swapped ends are the same flow; a request and its answer have one key; their roles differ. */
static void check_identity(const struct vnft_packet *p)
{
	struct vnft_packet back = *p;
	struct vnft_match_key ask, answer;
	__u8 from_b, back_from_b;
	__u64 flow;

	back.src = p->dst;
	back.dst = p->src;
	back.sport = p->dport;
	back.dport = p->sport;
	flow = vnft_flow_id(p, &from_b);
	must(flow && flow == vnft_flow_id(&back, &back_from_b));
	if (memcmp(&p->src, &p->dst, sizeof(p->src)) || p->sport != p->dport)
		must(from_b != back_from_b);
	else
		must(!from_b && !back_from_b);
	if (!vnft_match_classify(p, flow, &ask) || ask.reply)
		return;
	if (p->class == VNFT_CLASS_SYN) {
		back.class = VNFT_CLASS_RST;
		back.tcp_flags = VNFT_TCP_RST | VNFT_TCP_ACK;
		back.ack = p->seq + 1 + ask.more;
	} else {
		back.class = VNFT_CLASS_ECHO_REPLY;
	}
	must(vnft_match_classify(&back, flow, &answer) && answer.reply);
	must(ask.key == answer.key && ask.index == answer.index && ask.key > VNFT_MATCH_BUSY);
	must(ask.pairing == answer.pairing);
	if (!ask.more)
		return;
	back.ack = p->seq + 1;		/* to the SYN alone: where the pointer stands */
	must(vnft_match_classify(&back, flow, &answer) && answer.key != ask.key);
	vnft_match_set(&answer, flow, answer.seq + ask.more);
	must(answer.key == ask.key);
}

/* @changed is @in in another form: same meaning, options @moved bytes further. */
static void check_form(const struct vnft_packet *want, const struct input *changed, int moved)
{
	struct vnft_packet p;

	must(parse(&p, changed) == VNFT_VERDICT_OK);
	if (p.options_offset)
		p.options_offset -= (uint32_t)moved;
	must(same(&p, want));
}

static void check_forms(const struct vnft_packet *p, const struct input *in)
{
	static uint8_t bytes[MAX_FRAME_BYTES + 64];
	struct input form = *in;

	form.bytes = bytes;
	if (!in->f.gso_size_bytes) {	/* padding, as a driver adds it to short frames */
		memcpy(bytes, in->bytes, in->there);
		memset(bytes + in->there, 0x5a, 46);
		form.there += 46;
		form.f.len_bytes += 46;
		if (in->f.len_bytes == in->there)
			check_form(p, &form, 0);
		form = *in;
		form.bytes = bytes;
	}
	if (!in->f.l2_bytes)
		return;
	if (!in->f.vlan && in->there >= 18 && (in->bytes[12] == 0x81 && !in->bytes[13])) {
		memcpy(bytes, in->bytes, 12);	/* the tag moves into the metadata */
		memcpy(bytes + 12, in->bytes + 16, in->there - 16);
		form.there -= 4;
		form.f.len_bytes -= 4;
		form.f.vlan = 1;
		form.f.vlan_tci = (uint16_t)(in->bytes[14] << 8 | in->bytes[15]);
		must(vnft_packet_wire_bytes(form.f.len_bytes, 1) ==
		     vnft_packet_wire_bytes(in->f.len_bytes, 0));
		check_form(p, &form, -4);
	} else {			/* the same packet on a device without link header */
		memcpy(bytes, in->bytes + 14, in->there - 14);
		form.there -= 14;
		form.f.len_bytes -= 14;
		form.f.l2_bytes = 0;
		form.f.ethertype = (uint16_t)(in->bytes[12] << 8 | in->bytes[13]);
		check_form(p, &form, -14);
	}
}

/* Fewer readable bytes: the same answer, or "truncated"; never another packet. */
static void check_cut(const struct vnft_packet *p, int verdict, const struct input *in)
{
	struct input cut = *in;
	struct vnft_packet q;
	int less;

	cut.there -= cut.there ? 1 + (cut.there * 7) % cut.there : 0;
	memset(&q, 0xa5, sizeof(q));
	less = vnft_packet_parse(&q, &cut.f, &cut, input_load);
	must(less == verdict || less == VNFT_VERDICT_TRUNCATED);
	must(less != VNFT_VERDICT_OK || (q.class == p->class && q.seq == p->seq &&
					 q.payload_bytes == p->payload_bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct vnft_packet p;
	struct input in;
	int verdict;

	if (!input_read(&in, data, bytes) || in.there > MAX_FRAME_BYTES)
		return 0;
	verdict = parse(&p, &in);
	must(verdict >= VNFT_VERDICT_OK && verdict <= VNFT_VERDICT_MALFORMED);
	check_pieces(&p, verdict, &in);
	check_cut(&p, verdict, &in);
	if (verdict != VNFT_VERDICT_OK) {
		must(p.class == VNFT_CLASS_OTHER && !p.payload_bytes && !p.sport && !p.dport);
		return 0;
	}
	check_fields(&p, &in);
	check_segments(&p, in.gso_segs);
	check_identity(&p);
	check_forms(&p, &in);
	return 0;
}
