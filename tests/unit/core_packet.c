/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parser's verdict and class for each protocol and each limit: the corpus that the module's
 * self-test reads, too. The fields themselves are compared with tshark's (tests/fuzz/tshark).
 */
#include "../../kmod/selftest/corpus.h"
#include "../fuzz/frame.h"
#include "unit.h"

static const struct row {
	const char *what, *hex;
	int verdict, class;
	__u32 payload_bytes, missing_bytes;
	__u16 gso_size_bytes, segments;
} rows[] = {
#define X(what, hex, verdict, class, payload, missing, gso, segments) \
	{ what, hex, VNFT_VERDICT_##verdict, VNFT_CLASS_##class, payload, missing, gso, segments },
	VNFT_CORPUS(X)
#undef X
};

static int parse(const struct row *row, struct vnft_packet *p, struct input *in)
{
	static uint8_t bytes[2048];

	memset(in, 0, sizeof(*in));
	in->bytes = bytes;
	in->there = corpus_bytes(row->hex, bytes, sizeof(bytes));
	QUIET(in->there || !*row->hex, "%s: its hex is a frame", row->what);
	in->f.len_bytes = in->there + row->missing_bytes;
	in->f.l2_bytes = VNFT_ETH_BYTES;
	in->f.gso_size_bytes = row->gso_size_bytes;
	return vnft_packet_parse(p, &in->f, in, input_load);
}

static void table(void)
{
	struct vnft_packet p;
	struct input in;
	size_t i;
	int verdict;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		verdict = parse(&rows[i], &p, &in);
		CHECK(verdict == rows[i].verdict && p.class == rows[i].class &&
			      p.payload_bytes == rows[i].payload_bytes &&
			      p.segments == rows[i].segments,
		      "%s: verdict %d class %u payload %u segments %u", rows[i].what, verdict,
		      p.class, p.payload_bytes, p.segments);
	}
}

/* What the stack says of a GSO frame, and where that is needed. */
static void segments(void)
{
	static const struct {
		const char *what, *hex;
		__u32 missing_bytes, gso_size_bytes, gso_segs, segments;
	} all[] = {
		{ "VXLAN, as the stack says", E4 IP4("0000", "4000", "11") UDP("0000"),
		  50 + 32 * 1398, 1398, 32, 32 },
		{ "VXLAN of a guest: by the outer payload", E4 IP4("0000", "4000", "11")
		  UDP("0000"), 50 + 32 * 1398, 1398, 0, 33 },
		{ "UDP, as the stack says", E4 IP4("0000", "4000", "11") UDP("0000"), 3000, 1000, 3,
		  3 },
		{ "UDP of a guest", E4 IP4("0000", "4000", "11") UDP("0000"), 3001, 1000, 0, 4 },
		{ "GRE, as the stack says", E4 IP4("0000", "4000", "2f"), 3000, 1000, 4, 4 },
		{ "GRE of a guest: nobody knows", E4 IP4("0000", "4000", "2f"), 3000, 1000, 0, 1 },
		{ "TCP: by its payload", E4 IP4("0000", "4000", "06") TCP("50", "10"), 3001, 1000,
		  0, 4 },
		{ "TCP: whatever is said", E4 IP4("0000", "4000", "06") TCP("50", "10"), 3001, 1000,
		  3, 4 },
	};
	uint8_t bytes[128];
	struct input in = { .bytes = bytes, .f.l2_bytes = VNFT_ETH_BYTES };
	struct vnft_packet p;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		in.there = corpus_bytes(all[i].hex, bytes, sizeof(bytes));
		in.f.len_bytes = in.there + all[i].missing_bytes;
		in.f.gso_size_bytes = all[i].gso_size_bytes;
		QUIET(!vnft_packet_parse(&p, &in.f, &in, input_load), "%s: a frame", all[i].what);
		vnft_packet_set_segments(&p, all[i].gso_segs);
		CHECK_EQ(p.segments, all[i].segments, "%s: segments", all[i].what);
	}
	CHECK(vnft_packet_wire_bytes(98, 1) == 102 && vnft_packet_wire_bytes(102, 0) == 102,
	      "a tag counts wherever it is");
}

static void timestamps(void)
{
	static const struct { const char *what, *options; bool there; } all[] = {
		{ "as Linux writes it", "0101 080a 00000001 00000002", true },
		{ "behind MSS and SACK", "020405b4 0402 080a 00000001 00000002", true },
		{ "in the last bytes", "01*30 080a 00000001 00000002", true },
		{ "behind the end of options", "00 080a 00000001 00000002 00", false },
		{ "behind an option of length 0", "0300 080a 00000001 00000002", false },
		{ "behind an option of length 1", "0301 080a 00000001 00000002", false },
		{ "of length 9", "0101 0809 00000001 00000002", false },
		{ "that ends behind the header", "0101 080a 00000001 ", false },
		{ "whose length is behind the header", "010101 08", false },
		{ "behind one that claims too much", "03ff 080a 00000001 00000002", false },
		{ "and nothing else but padding", "01*40", false },
	};
	struct vnft_packet p;
	uint8_t bytes[64];
	struct input in = { .bytes = bytes };
	uint32_t n;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		memset(&p, 0, sizeof(p));
		n = corpus_bytes(all[i].options, bytes, sizeof(bytes) - 10);
		memcpy(bytes + n, "\x08\x0a\0\0\0\1\0\0\0\2", 10); /* payload: never an option */
		in.there = n + 10;
		p.options_bytes = (__u16)n;
		vnft_packet_parse_timestamp(&p, &in, input_load);
		CHECK(!!(p.flags & VNFT_RF_TIMESTAMP) == all[i].there && p.tsval == all[i].there &&
		      p.tsecr == 2U * all[i].there, "timestamp %s", all[i].what);
	}
}

int main(void)
{
	table();
	segments();
	timestamps();
	return unit_done();
}
