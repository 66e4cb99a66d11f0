/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parser's verdict and class for each protocol and each limit. Rows are hex: spaces are free,
 * xx*n repeats a byte n times.
 * The fields themselves are compared with tshark's (tests/fuzz/tshark).
 */
#include <ctype.h>
#include <stdlib.h>

#include "../fuzz/frame.h"
#include "unit.h"

#define ETH "525400000002 525400000001 "
#define E4 ETH "0800 "
#define E6 ETH "86dd "
#define IP4(total, frag, proto) " 4500" total "0001" frag "40" proto "0000 c6120001 c6120002 "
#define IP6(length, next) " 60000000" length next "40 20010db8 00*11 01 20010db8 00*11 02 "
#define TCP(offset, flags) " 9c40 0009 00000010 00000020" offset flags "ffff 0000 0000 "
#define UDP(length) " 1389 1451" length "0000 "
#define ECHO(type) " " type "00 0000 004d 0001 "
#define OPT(next) " " next "00 0104 00000000 "

enum { OK, CUT, BAD };	/* verdicts */

static const struct row {
	const char *what, *hex;
	int verdict, cls;
	__u32 payload, missing, gso, segments;
} rows[] = {
	{ "nothing", "", CUT, 0, 0, 0, 0, 1 },
	{ "13 bytes", "00*13", CUT, 0, 0, 0, 0, 1 },
	{ "an unknown ethertype", ETH "1234", OK, 0, 0, 0, 0, 1 },
	{ "SYN", E4 IP4("0028", "4000", "06") TCP("50", "02"), OK, 5, 0, 0, 0, 1 },
	{ "SYN, padded", E4 IP4("0028", "4000", "06") TCP("50", "02") "00*6", OK, 5, 0, 0, 0, 1 },
	{ "SYN-ACK", E4 IP4("0028", "4000", "06") TCP("50", "12"), OK, 6, 0, 0, 0, 1 },
	{ "RST", E4 IP4("0028", "4000", "06") TCP("50", "04"), OK, 7, 0, 0, 0, 1 },
	{ "RST beats SYN and ACK", E4 IP4("0028", "4000", "06") TCP("50", "16"),
	  OK, 7, 0, 0, 0, 1 },
	{ "ACK with data", E4 IP4("002b", "4000", "06") TCP("50", "10") "616263",
	  OK, 8, 3, 0, 0, 1 },
	{ "no flag at all", E4 IP4("0028", "4000", "06") TCP("50", "00"), OK, 8, 0, 0, 0, 1 },
	{ "IP length beyond the frame", E4 IP4("0029", "4000", "06") TCP("50", "02"),
	  BAD, 0, 0, 0, 0, 1 },
	{ "IP length below its header", E4 IP4("0013", "4000", "06") TCP("50", "02"),
	  BAD, 0, 0, 0, 0, 1 },
	{ "IP length below TCP's header", E4 IP4("0027", "4000", "06") TCP("50", "02"),
	  BAD, 0, 0, 0, 0, 1 },
	{ "IP version 6 under 0800", E4 "65" "00 0028 0001 4000 4006 0000 c6120001 c6120002"
	  TCP("50", "02"), BAD, 0, 0, 0, 0, 1 },
	{ "IP header of 16 bytes", E4 "44" "00 0028 0001 4000 4006 0000 c6120001 c6120002"
	  TCP("50", "02"), BAD, 0, 0, 0, 0, 1 },
	{ "TCP header of 16 bytes", E4 IP4("0028", "4000", "06") TCP("40", "02"),
	  BAD, 0, 0, 0, 0, 1 },
	{ "TCP options beyond the packet", E4 IP4("0028", "4000", "06") TCP("60", "02"),
	  BAD, 0, 0, 0, 0, 1 },
	{ "TCP header not readable", E4 IP4("0028", "4000", "06") "9c40", CUT, 0, 0, 18, 0, 1 },
	{ "IP header not readable", E4 "4500", CUT, 0, 0, 40, 0, 1 },
	{ "first fragment", E4 IP4("0028", "2000", "06") TCP("50", "02"), OK, 5, 0, 0, 0, 1 },
	{ "later fragment is no TCP", E4 IP4("0028", "2001", "06") TCP("50", "02"),
	  OK, 0, 0, 0, 0, 1 },
	{ "fragment far behind", E4 IP4("0028", "1000", "06") TCP("50", "02"), OK, 0, 0, 0, 0, 1 },
	{ "last fragment is no TCP", E4 IP4("0028", "0001", "06") TCP("50", "02"),
	  OK, 0, 0, 0, 0, 1 },
	{ "first fragment too small for TCP", E4 IP4("001c", "2000", "06") TCP("50", "02"),
	  CUT, 0, 0, 0, 0, 1 },
	{ "UDP", E4 IP4("001e", "0000", "11") UDP("000a") "6162", OK, 9, 2, 0, 0, 1 },
	{ "UDP shorter than its packet", E4 IP4("001e", "0000", "11") UDP("0009") "6162",
	  OK, 9, 1, 0, 0, 1 },
	{ "UDP longer than its packet", E4 IP4("001e", "0000", "11") UDP("000b") "6162",
	  BAD, 0, 0, 0, 0, 1 },
	{ "UDP length 7", E4 IP4("001e", "0000", "11") UDP("0007") "6162", BAD, 0, 0, 0, 0, 1 },
	{ "UDP fragment", E4 IP4("001e", "2000", "11") UDP("0fff") "6162", OK, 9, 2, 0, 0, 1 },
	{ "echo request", E4 IP4("001c", "4000", "01") ECHO("08"), OK, 3, 0, 0, 0, 1 },
	{ "echo reply", E4 IP4("001c", "4000", "01") ECHO("00"), OK, 4, 0, 0, 0, 1 },
	{ "ICMP unreachable", E4 IP4("001c", "4000", "01") ECHO("03"), OK, 0, 0, 0, 0, 1 },
	{ "ICMP of 4 bytes", E4 IP4("0018", "4000", "01") ECHO("08"), BAD, 0, 0, 0, 0, 1 },
	{ "ICMPv6 in IPv4", E4 IP4("001c", "4000", "3a") ECHO("80"), OK, 0, 0, 0, 0, 1 },
	{ "IPv6 SYN", E6 IP6("0014", "06") TCP("50", "02"), OK, 5, 0, 0, 0, 1 },
	{ "IPv6 echo", E6 IP6("0008", "3a") ECHO("80"), OK, 3, 0, 0, 0, 1 },
	{ "IPv6 echo reply", E6 IP6("0008", "3a") ECHO("81"), OK, 4, 0, 0, 0, 1 },
	{ "ICMP in IPv6", E6 IP6("0008", "01") ECHO("08"), OK, 0, 0, 0, 0, 1 },
	{ "IPv6 length beyond the frame", E6 IP6("0015", "06") TCP("50", "02"),
	  BAD, 0, 0, 0, 0, 1 },
	{ "six extension headers", E6 IP6("0044", "3c") OPT("3c") OPT("3c") OPT("3c") OPT("3c")
	  OPT("3c") OPT("06") TCP("50", "02"), OK, 5, 0, 0, 0, 1 },
	{ "seven extension headers", E6 IP6("004c", "3c") OPT("3c") OPT("3c") OPT("3c") OPT("3c")
	  OPT("3c") OPT("3c") OPT("06") TCP("50", "02"), CUT, 0, 0, 0, 0, 1 },
	{ "256 bytes of extension headers", E6 IP6("0114", "3c") "061f 00*254" TCP("50", "02"),
	  OK, 5, 0, 0, 0, 1 },
	{ "264 bytes of extension headers", E6 IP6("011c", "3c") "0620 00*262" TCP("50", "02"),
	  CUT, 0, 0, 0, 0, 1 },
	{ "extension header beyond its packet", E6 IP6("0014", "3c") "0602 00*18",
	  BAD, 0, 0, 0, 0, 1 },
	{ "authentication header", E6 IP6("002c", "33") "0604 00*22" TCP("50", "02"),
	  OK, 5, 0, 0, 0, 1 },
	{ "IPv6 first fragment", E6 IP6("001c", "2c") "0600 0001 0000cafe" TCP("50", "02"),
	  OK, 5, 0, 0, 0, 1 },
	{ "IPv6 later fragment", E6 IP6("001c", "2c") "0600 0008 0000cafe" TCP("50", "02"),
	  OK, 0, 0, 0, 0, 1 },
	{ "IPv6 fragment too small", E6 IP6("0010", "2c") "0600 0001 0000cafe" "00*8",
	  CUT, 0, 0, 0, 0, 1 },
	{ "tag", ETH "8100 2005 0800" IP4("0028", "4000", "06") TCP("50", "02"),
	  OK, 5, 0, 0, 0, 1 },
	{ "two tags", ETH "88a8 2005 8100 0001 0800" IP4("0028", "4000", "06") TCP("50", "02"),
	  OK, 5, 0, 0, 0, 1 },
	{ "three tags", ETH "8100 2005 8100 0001 8100 0002 0800" IP4("0028", "4000", "06")
	  TCP("50", "02"), CUT, 0, 0, 0, 0, 1 },
	{ "tag cut off", ETH "8100 20", CUT, 0, 0, 0, 0, 1 },
	{ "ARP request", ETH "0806 0001 0800 06 04 0001 00*20", OK, 1, 0, 0, 0, 1 },
	{ "ARP reply", ETH "0806 0001 0800 06 04 0002 00*20", OK, 2, 0, 0, 0, 1 },
	{ "ARP of other hardware", ETH "0806 0006 0800 06 04 0001 00*20", OK, 0, 0, 0, 0, 1 },
	{ "ARP cut off", ETH "0806 0001 0800 06 04 0001 00*19", CUT, 0, 0, 0, 0, 1 },
	{ "GSO: length by the frame", E4 IP4("0000", "4000", "06") TCP("50", "10") "00",
	  OK, 8, 2897, 2896, 1448, 3 },
	{ "GSO: exact multiple", E4 IP4("0000", "4000", "06") TCP("50", "10"),
	  OK, 8, 2896, 2896, 1448, 2 },
	{ "GSO: one byte", E4 IP4("0029", "4000", "06") TCP("50", "10") "00",
	  OK, 8, 1, 0, 1448, 1 },
	{ "GSO: no payload", E4 IP4("0028", "4000", "06") TCP("50", "10"), OK, 8, 0, 0, 1448, 1 },
	{ "GSO: over 64 KB of IPv6", E6 IP6("0000", "06") TCP("50", "10"),
	  OK, 8, 100000, 100000, 1000, 100 },
};

static size_t bytes_of(const char *hex, uint8_t *to)
{
	size_t n = 0, times;
	char digits[3] = "";

	while (*hex) {
		if (isspace((unsigned char)*hex)) {
			hex++;
			continue;
		}
		memcpy(digits, hex, 2);
		hex += 2;
		times = 1;
		if (*hex == '*')
			times = strtoul(hex + 1, (char **)&hex, 10);
		while (times--)
			to[n++] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return n;
}

static int parse(const struct row *row, struct vnft_packet *p, struct input *in)
{
	static uint8_t bytes[2048];

	memset(in, 0, sizeof(*in));
	in->bytes = bytes;
	in->there = (uint32_t)bytes_of(row->hex, bytes);
	in->f.len_bytes = in->there + row->missing;
	in->f.l2_bytes = VNFT_ETH_BYTES;
	in->f.gso_size_bytes = row->gso;
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
		CHECK(verdict == rows[i].verdict && p.class == rows[i].cls &&
			      p.payload_bytes == rows[i].payload && p.segments == rows[i].segments,
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
	size_t i, n;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		memset(&p, 0, sizeof(p));
		n = bytes_of(all[i].options, bytes);
		memcpy(bytes + n, "\x08\x0a\0\0\0\1\0\0\0\2", 10); /* payload: never an option */
		in.there = (uint32_t)n + 10;
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
