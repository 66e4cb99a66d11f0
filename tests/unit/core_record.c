/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract on disk and in rings: sizes and offsets that other compilers and old files rely on,
 * and the hook table.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../kmod/core/link.h"
#include "../../kmod/core/hooks.h"
#include "../../kmod/core/record.h"
#include "unit.h"

#define AT(type, field, offset) \
	CHECK_EQ(offsetof(struct type, field), offset, "%s.%s", #type, #field)

static void offsets(void)
{
	AT(vnft_record, time_ns, 0);
	AT(vnft_record, flow, 8);
	AT(vnft_record, seq, 16);
	AT(vnft_record, device, 20);
	AT(vnft_record, cpu, 22);
	AT(vnft_record, kind, 24);
	AT(vnft_record, hook, 25);
	AT(vnft_record, class, 26);
	AT(vnft_record, flags, 27);
	AT(vnft_record, len32, 28);
	AT(vnft_record, body, 32);
	AT(vnft_rec_manifest, version, 8);
	AT(vnft_rec_manifest, tool, 16);
	AT(vnft_rec_device, mac, 16);
	AT(vnft_rec_device, mtu_bytes, 24);
	AT(vnft_rec_flow, addr_b, 16);
	AT(vnft_rec_packet, payload_bytes, 16);
	AT(vnft_rec_packet, gso_segs, 22);
	AT(vnft_rec_packet, ip_id, 26);
	AT(vnft_rec_packet, ttl, 30);
	AT(vnft_rec_life, event, 20);
	AT(vnft_rec_sent, tcp_seq, 8);
	CHECK_EQ(sizeof(struct vnft_packet), 80, "vnft_packet has no unnamed padding");
	CHECK_EQ(VNFT_RING_DATA_RECORD, 128, "ring data begins on page 2");
	CHECK_EQ(sizeof(struct vnft_ring_consumer) <= VNFT_PAGE_BYTES &&
			 sizeof(struct vnft_ring_producer) <= VNFT_PAGE_BYTES,
		 1, "control pages are pages");
	CHECK_EQ(sizeof(struct vnft_counters),
		 8 * (2 * (6 + VNFT_CLASS_NR) + 2 * VNFT_PAIRING_NR + 2 + VNFT_LOST_NR),
		 "counters have no holes");
	CHECK(!memcmp(&(__u64){ VNFT_MAGIC }, "VNFTRACE", 8), "the magic is VNFTRACE");
}

static void wire(void)
{
	CHECK_EQ(sizeof(struct vnft_wire_ipv4), 20, "IPv4 header");
	CHECK_EQ(sizeof(struct vnft_wire_ipv6), 40, "IPv6 header");
	CHECK_EQ(sizeof(struct vnft_wire_tcp), 20, "TCP header");
	CHECK_EQ(sizeof(struct vnft_wire_udp), 8, "UDP header");
	CHECK_EQ(sizeof(struct vnft_wire_icmp), 8, "ICMP header");
	CHECK_EQ(sizeof(struct vnft_wire_arp), 28, "ARP packet");
}

static void hooks(void)
{
	static const struct { int id; const char *name; } all[] = {
#define X(id, name, text, ...) { id, text },
		VNFT_HOOKS(X)
#undef X
	};
	/* One hook of each kind: which devices have it. */
	const uint64_t stack = VNFT_HOOK_BIT(TCX_IN) | VNFT_HOOK_BIT(DEV_QUEUE);
	const uint64_t tap = VNFT_HOOK_BIT(CONSUME) | VNFT_HOOK_BIT(TUN_READ);
	const uint64_t veth = VNFT_HOOK_BIT(VETH_POLL), vif = VNFT_HOOK_BIT(XENVIF_TX);
	const uint64_t told = stack | tap | veth | vif;
	const struct { unsigned int link; uint64_t hooks; } fits[] = {
		{ VNFT_LINK_OTHER, stack }, { VNFT_LINK_BRIDGE, stack },
		{ VNFT_LINK_TAP, stack | tap }, { VNFT_LINK_TUN, stack | tap },
		{ VNFT_LINK_VETH, stack | veth }, { VNFT_LINK_VIF, stack | vif },
		{ VNFT_LINK_MACVTAP, stack },
	};
	const uint64_t both = vnft_hooks_by(VNFT_BY_BPF) & vnft_hooks_by(VNFT_BY_MODULE);
	const uint64_t any = vnft_hooks_by(VNFT_BY_BPF) | vnft_hooks_by(VNFT_BY_MODULE);
	bool good = true, rows = true;
	size_t i, j;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct vnft_hook_row *row = vnft_hook_row((unsigned int)all[i].id);
		const uint64_t bit = 1ULL << all[i].id;

		good &= QUIET(all[i].id > 0 && all[i].id < VNFT_HOOK_MAX, "id of %s", all[i].name);
		good &= QUIET(row->name && !strcmp(row->name, all[i].name), "row of %s",
			      all[i].name);
		for (j = 0; j < i; j++)
			good &= QUIET(all[i].id != all[j].id && strcmp(all[i].name, all[j].name),
				      "%s is there once", all[i].name);
		rows &= QUIET(any & bit, "%s: somebody has it", all[i].name);
		rows &= QUIET(row->dir < VNFT_DIR_NR && row->what[0], "%s: direction, words",
			      all[i].name);
		rows &= QUIET(!row->module == (row->where != VNFT_HOOK_DRIVER) &&
			      (!row->module || row->links),
			      "%s: a driver's function has a module, and fits its devices alone",
			      all[i].name);
		rows &= QUIET(!(row->bpf_needs & ~both) && !(row->module_needs & ~both) &&
			      !((row->bpf_needs | row->module_needs) & bit),
			      "%s: what it needs, both have", all[i].name);
	}
	CHECK(good, "%zu hooks, each id and name once", i);
	CHECK(rows, "each row has what its kind needs");
	CHECK(!vnft_hook_row(VNFT_HOOK_NONE)->name && !vnft_hook_row(VNFT_HOOK_MAX)->name &&
	      !vnft_hook_row(~0U)->name, "a number that is no hook has no row");
	CHECK(vnft_hooks_boundary(any) & VNFT_HOOK_BIT(TCX_IN) &&
	      vnft_hooks_boundary(any) & VNFT_HOOK_BIT(NETFILTER_OUT) &&
	      !(vnft_hooks_boundary(any) & both), "the boundary is each observer's own");
	for (i = 0; i < sizeof(fits) / sizeof(fits[0]); i++)
		CHECK_EQ(vnft_hooks_fit(told, fits[i].link), fits[i].hooks,
			 "what fits a device of link %u", fits[i].link);
	CHECK_EQ(VNFT_HOOK_TCX_IN, 1, "ids do not move");
	CHECK_EQ(VNFT_HOOK_XENVIF_ZEROCOPY, 40, "ids do not move, the last");
}

/* Whose end a device is, and what that makes of its hooks in records. */
static void sides(void)
{
	static const struct { const char *kind; int ethernet; unsigned int link, side; } kinds[] = {
		{ "tun", 1, VNFT_LINK_TAP, VNFT_SIDE_HOST },
		{ "tun", 0, VNFT_LINK_TUN, VNFT_SIDE_HOST },
		{ "veth", 1, VNFT_LINK_VETH, VNFT_SIDE_HOST },
		{ "bridge", 1, VNFT_LINK_BRIDGE, VNFT_SIDE_HOST },
		{ "macvtap", 1, VNFT_LINK_MACVTAP, VNFT_SIDE_GUEST },
		{ "macvlan", 1, VNFT_LINK_MACVLAN, VNFT_SIDE_GUEST },
		{ "ipvlan", 0, VNFT_LINK_IPVLAN, VNFT_SIDE_GUEST },
		{ "ipvtap", 1, VNFT_LINK_IPVTAP, VNFT_SIDE_GUEST },
		/* No kind of rtnetlink's: our words for what it does not tell apart. */
		{ "tap", 1, VNFT_LINK_OTHER, VNFT_SIDE_HOST },
		{ "vif", 1, VNFT_LINK_OTHER, VNFT_SIDE_HOST },
		{ "", 1, VNFT_LINK_OTHER, VNFT_SIDE_HOST },
	};
	unsigned int i, link, hook;
	bool good = true;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		link = vnft_link_of_kind(kinds[i].kind, kinds[i].ethernet);
		CHECK(link == kinds[i].link && vnft_link_kind(link)->side == kinds[i].side,
		      "kind \"%s\": link %u, side %u", kinds[i].kind, link,
		      vnft_link_kind(link)->side);
	}
	CHECK(!strcmp(vnft_link_kind(VNFT_LINK_NR)->name, "other"), "a link that is none");
	for (hook = 1; hook < VNFT_HOOK_MAX; hook++) {
		const struct vnft_hook_row *row = vnft_hook_row(hook);
		const unsigned int guest = vnft_hook_at(hook, VNFT_SIDE_GUEST);

		if (!row->name)
			continue;
		good &= vnft_hook_at(hook, VNFT_SIDE_HOST) == hook && vnft_hook_row(guest) == row &&
			vnft_hook_dir(hook) == row->dir && vnft_hook_dir(guest) == !row->dir;
	}
	CHECK(good, "each hook on either side: the same row, the other direction");
	CHECK(vnft_hook_dir(VNFT_HOOK_NONE) < 0 && vnft_hook_dir(VNFT_HOOK_GUEST_SIDE) < 0 &&
	      vnft_hook_dir(VNFT_HOOK_MAX) < 0, "no hook has no direction");
}

/* What the observers write: every byte of a body is set, and to what the header said. */
static void bodies(void)
{
	static const struct vnft_packet p = {
		.src.b = { [15] = 1 }, .dst.b = { [15] = 2 }, .seq = 1000, .ack = 2000,
		.tsval = 3000, .tsecr = 4000, .payload_bytes = 70000, .segments = 5,
		.sport = 40000, .dport = 9, .vlan_tci = 0x2007, .ip_id = 77, .ttl = 64,
		.proto = VNFT_PROTO_TCP, .tcp_flags = VNFT_TCP_SYN | VNFT_TCP_ACK,
		.flags = VNFT_RF_IPV6 | VNFT_RF_TIMESTAMP, .class = VNFT_CLASS_SYNACK,
	};
	static const struct vnft_packet back = {
		.src.b = { [15] = 2 }, .dst.b = { [15] = 1 }, .sport = 9, .dport = 40000,
		.proto = VNFT_PROTO_TCP, .flags = VNFT_RF_IPV6,
	};
	struct vnft_record a, b;

	memset(&a, 0xff, sizeof(a));
	b = a;
	vnft_record_put_flow(&a, &p, 0);
	CHECK(!memcmp(a.addr.addr_a, p.src.b, 16) && !memcmp(a.addr.addr_b, p.dst.b, 16) &&
	      a.len32 == (40000u << 16 | 9) && a.class == VNFT_PROTO_TCP &&
	      a.flags == VNFT_RF_IPV6 && a.hook == VNFT_HOOK_NONE, "FLOW: end A, then end B");
	vnft_record_put_flow(&b, &back, 1);
	CHECK(!memcmp(&a, &b, sizeof(a)), "FLOW: the same from the other end");

	memset(&a, 0xff, sizeof(a));
	vnft_record_put_packet(&a, &p, 0, 98, 1448);
	CHECK(!memcmp(&a.packet, &(struct vnft_rec_packet) {
		.tcp_seq = 1000, .tcp_ack = 2000, .tsval = 3000, .tsecr = 4000,
		.payload_bytes = 70000, .gso_size_bytes = 1448, .gso_segs = 5, .vlan_tci = 0x2007,
		.ip_id = 77, .tcp_flags = VNFT_TCP_SYN | VNFT_TCP_ACK, .proto = VNFT_PROTO_TCP,
		.ttl = 64 }, sizeof(a.packet)), "PACKET: each field where it belongs");
	CHECK(a.class == VNFT_CLASS_SYNACK && a.len32 == 98 &&
	      a.flags == (VNFT_RF_IPV6 | VNFT_RF_TIMESTAMP), "PACKET: class, length, flags");
	vnft_record_put_packet(&a, &p, 1, 98, 0);
	CHECK(a.flags == (VNFT_RF_IPV6 | VNFT_RF_TIMESTAMP | VNFT_RF_FROM_B),
	      "PACKET: from the other end");

	memset(&a, 0xff, sizeof(a));
	vnft_record_put_stage(&a, 0x1234, 3, 7);
	CHECK(!memcmp(&a.stage, &(struct vnft_rec_stage) { .packet = 0x1234, .queue = 3,
							   .peer = 7 }, sizeof(a.stage)),
	      "STAGE: frame, queue, peer");
}

int main(void)
{
	offsets();
	wire();
	hooks();
	sides();
	bodies();
	CHECK(VNFT_RECORD_DEFAULT == 0xfe && VNFT_RECORD_TCP == 0x100, "record masks");
	return unit_done();
}
