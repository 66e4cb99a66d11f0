/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames rebuilt from records, as the parser of the hooks reads them: what it says of the rebuilt
 * headers is what the record said. And the blocks of a file: lengths, stamps, directions.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../kmod/core/hooks.h"
#include "../../kmod/core/packet.h"
#include "../../kmod/core/record.h"
#include "../../tools/report/export/export.h"
#include "../../tools/report/export/pcapng_frame.h"
#include "../../tools/source/file_write.h"
#include "unit.h"

#define FLOW_IPV4	5
#define FLOW_IPV6	6
#define EPB_BYTES_AT	28

static struct vnft_export x;

static int load(const void *frame, __u32 offset, void *to, __u32 bytes)
{
	const struct vnft_rebuilt *f = frame;

	if (offset + bytes > f->n)
		return -1;
	memcpy(to, f->b + offset, bytes);
	return 0;
}

static void define(uint64_t id, uint8_t proto, uint32_t ports, const char *a, const char *b)
{
	struct vnft_record r = { .kind = VNFT_KIND_FLOW, .flow = id, .class = proto,
				 .len32 = ports };

	memcpy(r.addr.addr_a, a, 16);
	memcpy(r.addr.addr_b, b, 16);
	vnft_flows_add(&x.flows, &r);
}

static struct vnft_record packet(uint8_t class, uint64_t flow, uint32_t len_bytes)
{
	return (struct vnft_record){
		.kind = VNFT_KIND_PACKET, .class = class, .hook = VNFT_HOOK_TCX_IN, .flow = flow,
		.device = 1, .len32 = len_bytes,
		.packet = { .tcp_seq = 0x01020304, .tcp_ack = 0x05060708, .ip_id = 0x1234,
			    .ttl = 63, .proto = 6, .gso_segs = 1 },
	};
}

/* @r, rebuilt and parsed again, is as it was; @whole: the headers are all of the frame. */
static void test_same(const char *what, const struct vnft_record *r, bool ethernet, bool whole)
{
	struct vnft_frame known = { .len_bytes = r->len32, .l2_bytes = ethernet ? 14 : 0,
				    .ethertype = r->flags & VNFT_RF_IPV6 ? 0x86dd : 0x0800 };
	struct vnft_record again = *r;
	struct vnft_rebuilt f;
	struct vnft_packet p;

	vnft_frame_rebuild(&x, r, ethernet, &f);
	CHECK_EQ(vnft_packet_parse(&p, &known, &f, load), VNFT_VERDICT_OK, "%s: is a frame", what);
	vnft_packet_parse_timestamp(&p, &f, load);
	vnft_record_put_packet(&again, &p, r->flags & VNFT_RF_FROM_B, r->len32, 0);
	CHECK(!memcmp(&again, r, sizeof(again)), "%s: that says what the record said", what);
	CHECK(vnft_packet_from_b(&p) == !!(r->flags & VNFT_RF_FROM_B), "%s: who sends to whom",
	      what);
	CHECK((f.n == r->len32) == whole, "%s: %u of %u bytes", what, f.n, r->len32);
}

/* Sum of 16-bit words: that of a right header, or packet with its pseudo header, is ffff. */
static uint32_t folded(const uint8_t *at, size_t bytes, uint32_t sum)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		sum += i % 2 ? at[i] : (uint32_t)at[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void test_frames(void)
{
	struct vnft_record r = packet(VNFT_CLASS_RST, FLOW_IPV4, 54);
	struct vnft_rebuilt f;

	r.packet.tcp_flags = 0x14;
	r.flags = VNFT_RF_FROM_B | VNFT_RF_DF;
	test_same("RST", &r, true, true);
	vnft_frame_rebuild(&x, &r, true, &f);
	CHECK_EQ(folded(f.b + 14, 20, 0), 0xffff, "RST: the sum of its IP header");
	CHECK_EQ(folded(f.b + 26, 28, 6 + 20), 0xffff, "RST: and of its segment");
	r.len32 = 60;
	test_same("padded RST", &r, true, false);
	r = packet(VNFT_CLASS_SYN, FLOW_IPV4, 74);
	r.packet.tcp_flags = 2;
	vnft_frame_rebuild(&x, &r, true, &f);
	CHECK(f.n == 54 && f.b[46] == 10 << 4,
	      "SYN: a header of 40 bytes, whose options are not there");
	r = packet(VNFT_CLASS_TCP, FLOW_IPV4, 66);
	r.packet.tcp_flags = 0x10;
	r.packet.tsval = 77;
	r.packet.tsecr = 88;
	r.flags = VNFT_RF_TIMESTAMP;
	test_same("ACK with time stamps", &r, true, true);
	r.len32 = 66 + 1448;
	r.packet.payload_bytes = 1448;
	test_same("data", &r, true, false);
	r.packet.vlan_tci = 0x2005;
	r.len32 += 4;
	test_same("data behind a tag", &r, true, false);
	r = packet(VNFT_CLASS_TCP, FLOW_IPV6, 74);
	r.packet.tcp_flags = 0x11;
	r.packet.ip_id = 0;
	r.flags = VNFT_RF_IPV6;
	test_same("FIN of IPv6", &r, true, true);
	vnft_frame_rebuild(&x, &r, true, &f);
	CHECK_EQ(folded(f.b + 22, 52, 6 + 20), 0xffff, "FIN of IPv6: the sum of its segment");
	r.len32 = 60;
	test_same("of a device without link header", &r, false, true);
}

static void test_echo_arp(void)
{
	struct vnft_record r = packet(VNFT_CLASS_ECHO_REQUEST, 7, 98);
	struct vnft_rebuilt f;

	r.packet.proto = 1;
	r.packet.tcp_seq = 9u << 16 | 4;
	r.packet.tcp_ack = 0;
	test_same("echo", &r, true, false);
	r.kind = VNFT_KIND_STAGE;
	memset(r.body, 0, sizeof(r.body));
	vnft_frame_rebuild(&x, &r, true, &f);
	CHECK(f.n == 40 && f.b[34] == 8 && f.b[38] == 0 && f.b[39] == 9,
	      "echo at a stage: no further than its id");
	r.flow = 99;
	vnft_frame_rebuild(&x, &r, true, &f);
	CHECK_EQ(f.n, 0, "nothing of an unknown flow");
	r = (struct vnft_record){ .kind = VNFT_KIND_PACKET, .class = VNFT_CLASS_ARP_REPLY,
				  .hook = VNFT_HOOK_TCX_IN, .flow = 8, .device = 1, .len32 = 42,
				  .flags = VNFT_RF_FROM_B, .packet.gso_segs = 1 };
	test_same("ARP", &r, true, true);
	r = packet(VNFT_CLASS_RST, FLOW_IPV4, 20);
	vnft_frame_rebuild(&x, &r, true, &f);
	CHECK_EQ(f.n, 20, "no more than the record's length");
}

static uint32_t word(const char *data, size_t at)
{
	uint32_t v;

	memcpy(&v, data + at, sizeof(v));
	return v;
}

/* The @number-th block of a type; 0 if there is none: the section's. */
static size_t block(const char *data, size_t bytes, uint32_t type, unsigned int number)
{
	size_t at;

	for (at = 0; at + 12 <= bytes && word(data, at + 4); at += word(data, at + 4))
		if (word(data, at) == type && !number--)
			return at;
	return 0;
}

/* The 32-bit value of an option behind @at; ~0: none. */
static uint32_t option32(const char *data, size_t at, uint16_t code)
{
	for (; word(data, at); at += 4 + (((word(data, at) >> 16) + 3) & ~3u))
		if ((word(data, at) & 0xffff) == code)
			return word(data, at + 4);
	return UINT32_MAX;
}

static int write_records(const char *path)
{
	struct vnft_record r = { .kind = VNFT_KIND_DEVICE, .device = 1, .dev.name = "vnft7" };
	struct vnft_file_writer *w;
	int err = vnft_file_create(&w, path, true, 1);

	if (err)
		return err;
	vnft_file_write(&r, w);
	r = (struct vnft_record){ .kind = VNFT_KIND_FLOW, .flow = FLOW_IPV4, .class = 6,
				  .device = 1, .len32 = 40000u << 16 | 9 };
	vnft_file_write(&r, w);
	r = packet(VNFT_CLASS_SYN, FLOW_IPV4, 54);
	r.hook = VNFT_HOOK_TCX_OUT;
	r.time_ns = 1;
	vnft_file_write(&r, w);
	r = packet(VNFT_CLASS_RST, FLOW_IPV4, 54);
	r.time_ns = (1ULL << 33) + 1;
	vnft_file_write(&r, w);
	r.hook = VNFT_HOOK_TCX_IN | VNFT_HOOK_GUEST_SIDE;
	vnft_file_write(&r, w);
	r = (struct vnft_record){ .kind = VNFT_KIND_LOST, .device = 1, .lost.count = 3,
				  .len32 = VNFT_LOST_RING_FULL };
	vnft_file_write(&r, w);
	return vnft_file_close(w);
}

static void test_file(void)
{
	char path[] = "/tmp/vnft-pcapng-XXXXXX", *data = NULL;
	struct vnft_export_ask ask = { .path = path, .to_name = "memory" };
	size_t bytes, first, second, third, at;
	uint64_t a, b;

	close(mkstemp(path));
	CHECK(!write_records(path), "a record file");
	ask.to = open_memstream(&data, &bytes);
	CHECK(!vnft_export(vnft_export_find("pcapng"), &ask), "a capture of it");
	fclose(ask.to);
	CHECK(block(data, bytes, 1, 2) && !block(data, bytes, 1, 3),
	      "an interface for each hook, and each side");
	first = block(data, bytes, 6, 0);
	second = block(data, bytes, 6, 1);
	third = block(data, bytes, 6, 2);
	CHECK(first && second && third && !block(data, bytes, 6, 3), "three packets");
	CHECK_EQ(word(data, second + 8), 1, "of which the second is of the second interface");
	a = (uint64_t)word(data, first + 12) << 32 | word(data, first + 16);
	b = (uint64_t)word(data, second + 12) << 32 | word(data, second + 16);
	CHECK_EQ(b - a, 1ULL << 33, "stamps to the ns");
	CHECK_EQ(option32(data, first + EPB_BYTES_AT + 56, 2), 2, "out: outbound");
	CHECK_EQ(option32(data, second + EPB_BYTES_AT + 56, 2), 1, "in: inbound");
	CHECK_EQ(option32(data, third + EPB_BYTES_AT + 56, 2), 1,
		 "what a guest's own device receives is inbound there, too");
	at = block(data, bytes, 5, 0);
	CHECK_EQ(option32(data, at + 20, 5), 3, "the losses of the device");
	at = block(data, bytes, 5, 1);
	CHECK_EQ(option32(data, at + 20, 5), 0, "are told once");
	free(data);
	unlink(path);
}

int main(void)
{
	define(FLOW_IPV4, 6, 40000u << 16 | 9, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x12\0\1",
	       "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x12\0\2");
	define(FLOW_IPV6, 6, 40000u << 16 | 9, "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1",
	       "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\2");
	define(7, 1, 9u << 16 | 9, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x12\0\1",
	       "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x12\0\2");
	define(8, 0, 0, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x12\0\1",
	       "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x12\0\2");
	test_frames();
	test_echo_arp();
	test_file();
	vnft_flows_free(&x.flows);
	return unit_done();
}
