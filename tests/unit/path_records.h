/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Links, the records of frames on them, and sums of what came out: for tests of tools/stat/path.
 */
#ifndef TESTS_UNIT_PATH_RECORDS_H
#define TESTS_UNIT_PATH_RECORDS_H

#include <stdlib.h>
#include <string.h>

#include "../../tools/stat/path/path.h"
#include "unit.h"

#define NEAR	1
#define FAR	2
#define TAP	3
#define FLOW	77
#define HOOK(name) VNFT_HOOK_BIT(name)
#define CORE	(HOOK(TCX_IN) | HOOK(TCX_OUT) | HOOK(DEV_QUEUE) | HOOK(DEV_START_XMIT) | \
		 HOOK(DEV_XMIT) | HOOK(RX_ENTRY) | HOOK(RECEIVE_ENTRY) | HOOK(RECEIVE))
#define ECHO_TO_GUEST	VNFT_CLASS_ECHO_REQUEST, 0
#define REPLY_FROM_GUEST VNFT_CLASS_ECHO_REPLY, VNFT_RF_FROM_B

static const struct vnft_path_link both_ends = {
	VNFT_LINK_VETH, { NEAR, FAR }, { CORE, CORE }, { 1500, 1500 }
};
static const struct vnft_path_link one_end = {
	VNFT_LINK_VETH, { NEAR, 0 }, { CORE, 0 }, { 1500, 0 }
};
static const struct vnft_path_link tap = {
	VNFT_LINK_TAP, { TAP, 0 },
	{ CORE | HOOK(COPY_DATAGRAM) | HOOK(TUN_GET_USER), 0 }, { 1500, 0 }
};

/*
 * What is under test; the CPU that writes next, the one that leg() lets receive, and the length of
 * frames.
 */
static struct vnft_path *path;
static uint32_t seq[4];
static uint16_t cpu, receiver_cpu;
static uint32_t len_bytes;

static inline void begin(const struct vnft_path_link *link)
{
	vnft_path_new(&path, link, 1);
	memset(seq, 0, sizeof(seq));
	cpu = receiver_cpu = 0;
	len_bytes = 98;
}

static inline void feed(uint8_t kind, uint16_t device, uint8_t hook, uint64_t number,
			uint64_t time_ns, uint8_t class, uint8_t flags, uint32_t tcp_seq)
{
	struct vnft_record r = {
		.kind = kind, .device = device, .hook = hook, .time_ns = time_ns, .cpu = cpu,
		.seq = ++seq[cpu], .class = class, .flags = flags, .flow = FLOW,
		.len32 = len_bytes,
	};

	if (kind == VNFT_KIND_STAGE) {
		r.stage.packet = number;
	} else {
		r.packet.tcp_seq = tcp_seq;
		r.packet.tcp_ack = tcp_seq + 1;
		r.packet.tcp_flags = class == VNFT_CLASS_SYN ? 0x02 : 0x14;
	}
	QUIET(!vnft_path_feed(&r, path), "a record is taken");
}

static inline void stage(uint16_t device, uint8_t hook, uint64_t number, uint64_t time_ns,
			 uint8_t class, uint8_t flags)
{
	feed(VNFT_KIND_STAGE, device, hook, number, time_ns, class, flags, 0);
}

static inline void bound(uint16_t device, uint8_t hook, uint64_t number, uint64_t time_ns,
			 uint8_t class, uint8_t flags, uint32_t tcp_seq)
{
	feed(VNFT_KIND_PACKET, device, hook, number, time_ns, class, flags, tcp_seq);
	stage(device, hook, number, time_ns, class, flags);
}

/* A frame over a veth: 10 ns, 20, 30, 40 (the driver returns in the middle), 50, 60. */
#define LEG_NS	210
static inline void leg(uint16_t from, uint16_t to, uint64_t number, uint64_t at_ns,
		       uint8_t class, uint8_t flags, uint32_t tcp_seq)
{
	const uint16_t sender_cpu = cpu;

	bound(from, VNFT_HOOK_TCX_OUT, number, at_ns, class, flags, tcp_seq);
	stage(from, VNFT_HOOK_DEV_QUEUE, number, at_ns + 10, class, flags);
	stage(from, VNFT_HOOK_DEV_START_XMIT, number, at_ns + 30, class, flags);
	stage(to, VNFT_HOOK_RX_ENTRY, number, at_ns + 60, class, flags);
	stage(from, VNFT_HOOK_DEV_XMIT, number, at_ns + 100, class, flags);
	cpu = receiver_cpu;
	stage(to, VNFT_HOOK_RECEIVE, number, at_ns + 150, class, flags);
	bound(to, VNFT_HOOK_TCX_IN, number, at_ns + LEG_NS, class, flags, tcp_seq);
	cpu = sender_cpu;
}

static inline void finish(uint64_t to_ns)
{
	QUIET(!vnft_path_end(path, to_ns), "everything is worked off");
}

struct sum {
	uint8_t pairing, part;
	const char *from, *to;
	uint64_t n, sum_ns, stamps, overtaken;
	unsigned int hops;
};

static inline int add_up(const struct vnft_path_hop *hop, void *arg)
{
	struct sum *s = arg;

	if (hop->pairing != s->pairing || (s->part < VNFT_PATH_PARTS && hop->part != s->part) ||
	    (s->from && strcmp(s->from, hop->from)) || (s->to && strcmp(s->to, hop->to)))
		return 0;
	s->n += hop->hist.count;
	s->sum_ns += hop->hist.sum_ns;
	s->stamps += hop->stamps;
	s->overtaken += hop->overtaken;
	s->hops++;
	return 0;
}

static inline struct sum hops_of(uint8_t pairing, uint8_t part, const char *from,
				 const char *to)
{
	struct sum s = { .pairing = pairing, .part = part, .from = from, .to = to };

	vnft_path_each(path, add_up, &s);
	return s;
}
#define HOP(part, from, to) hops_of(VNFT_PAIRING_ECHO, VNFT_PATH_##part, from, to)

static inline struct vnft_path_trips *trips_of(uint8_t pairing, uint8_t dir)
{
	static struct vnft_path_trips trips;

	vnft_path_trips(path, 0, pairing, dir, &trips);
	return &trips;
}

static inline uint64_t not_followed(uint8_t dir, enum vnft_path_cause cause)
{
	struct vnft_path_count count;

	vnft_path_count(path, 0, dir, &count);
	return count.not_followed[cause];
}

static inline uint64_t followed(uint8_t dir)
{
	struct vnft_path_count count;

	vnft_path_count(path, 0, dir, &count);
	return count.followed;
}

/* No frame is in two places: followed, or of one cause. */
static inline uint64_t all_not_followed(uint8_t dir)
{
	uint64_t sum = 0;
	int cause;

	for (cause = 0; cause < VNFT_PATH_CAUSES; cause++)
		sum += not_followed(dir, (enum vnft_path_cause)cause);
	return sum;
}

static inline void end(void)
{
	vnft_path_free(path);
}

#endif
