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
	timestamps();
	return unit_done();
}
