/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames and what the parser must make of them, one for each protocol and each limit. The module's
 * self-test, the unit test of the parser and the comparison of both observers read this one table.
 *
 * X(what, hex, verdict, class, payload_bytes, missing_bytes, gso_size_bytes, segments)
 *
 * corpus_bytes() reads the hex. Missing bytes belong to the frame and cannot be read. Ports are
 * those of the macros.
 */
#ifndef VNFT_SELFTEST_CORPUS_H
#define VNFT_SELFTEST_CORPUS_H

#include <linux/types.h>

#define CORPUS_SPORT	0x9c40
#define CORPUS_DPORT	0x0009
#define CORPUS_UDP_SPORT	0x1389
#define CORPUS_UDP_DPORT	0x1451
#define CORPUS_ECHO_ID	0x004d
#define CORPUS_TCI	0x2005
#define CORPUS_TSVAL	0x01020304
#define CORPUS_TSECR	0x05060708

#define ETH	"525400000002 525400000001 "
#define E4	ETH "0800 "
#define E6	ETH "86dd "
#define IP4(total, frag, proto)	" 4500" total "0001" frag "40" proto "0000 c6120001 c6120002 "
#define IP6(length, next)	" 60000000" length next "40 20010db8 00*11 01 20010db8 00*11 02 "
#define TCP(offset, flags)	" 9c40 0009 00000010 00000020" offset flags "ffff 0000 0000 "
#define UDP(length)	" 1389 1451" length "0000 "
#define ECHO(type)	" " type "00 0000 004d 0001 "
#define OPT(next)	" " next "00 0104 00000000 "
#define TS	" 080a 01020304 05060708 "

#define VNFT_CORPUS(X) \
	X("nothing", "", TRUNCATED, OTHER, 0, 0, 0, 1) \
	X("13 bytes", "00*13", TRUNCATED, OTHER, 0, 0, 0, 1) \
	X("an unknown ethertype", ETH "1234", OK, OTHER, 0, 0, 0, 1) \
	X("SYN", E4 IP4("0028", "4000", "06") TCP("50", "02"), OK, SYN, 0, 0, 0, 1) \
	X("SYN, padded", E4 IP4("0028", "4000", "06") TCP("50", "02") "00*6", OK, SYN, 0, 0, 0, 1) \
	X("SYN-ACK", E4 IP4("0028", "4000", "06") TCP("50", "12"), OK, SYNACK, 0, 0, 0, 1) \
	X("RST", E4 IP4("0028", "4000", "06") TCP("50", "04"), OK, RST, 0, 0, 0, 1) \
	X("RST beats SYN and ACK", E4 IP4("0028", "4000", "06") TCP("50", "16"), \
	  OK, RST, 0, 0, 0, 1) \
	X("ACK with data", E4 IP4("002b", "4000", "06") TCP("50", "10") "616263", \
	  OK, TCP, 3, 0, 0, 1) \
	X("no flag at all", E4 IP4("0028", "4000", "06") TCP("50", "00"), OK, TCP, 0, 0, 0, 1) \
	X("ACK with timestamps", E4 IP4("0037", "4000", "06") TCP("80", "10") "0101" TS "616263", \
	  OK, TCP, 3, 0, 0, 1) \
	X("SYN with timestamps", E4 IP4("003c", "4000", "06") TCP("a0", "02") "020405b4 0402" TS \
	  "01 030307", OK, SYN, 0, 0, 0, 1) \
	X("timestamps cut off", E4 IP4("0030", "4000", "06") TCP("70", "10") "0101 080a 01020304", \
	  OK, TCP, 0, 0, 0, 1) \
	X("option of length 0", E4 IP4("0034", "4000", "06") TCP("80", "10") "0200" TS, \
	  OK, TCP, 0, 0, 0, 1) \
	X("IP options", E4 "4600 002c 0001 4000 4006 0000 c6120001 c6120002 01010101" \
	  TCP("50", "02"), OK, SYN, 0, 0, 0, 1) \
	X("IP length beyond the frame", E4 IP4("0029", "4000", "06") TCP("50", "02"), \
	  MALFORMED, OTHER, 0, 0, 0, 1) \
	X("IP length below its header", E4 IP4("0013", "4000", "06") TCP("50", "02"), \
	  MALFORMED, OTHER, 0, 0, 0, 1) \
	X("IP length below TCP's header", E4 IP4("0027", "4000", "06") TCP("50", "02"), \
	  MALFORMED, OTHER, 0, 0, 0, 1) \
	X("IP version 6 under 0800", E4 "6500 0028 0001 4000 4006 0000 c6120001 c6120002" \
	  TCP("50", "02"), MALFORMED, OTHER, 0, 0, 0, 1) \
	X("IP header of 16 bytes", E4 "4400 0028 0001 4000 4006 0000 c6120001 c6120002" \
	  TCP("50", "02"), MALFORMED, OTHER, 0, 0, 0, 1) \
	X("TCP header of 16 bytes", E4 IP4("0028", "4000", "06") TCP("40", "02"), \
	  MALFORMED, OTHER, 0, 0, 0, 1) \
	X("TCP options beyond the packet", E4 IP4("0028", "4000", "06") TCP("60", "02"), \
	  MALFORMED, OTHER, 0, 0, 0, 1) \
	X("TCP header not readable", E4 IP4("0028", "4000", "06") "9c40", \
	  TRUNCATED, OTHER, 0, 18, 0, 1) \
	X("IP header not readable", E4 "4500", TRUNCATED, OTHER, 0, 40, 0, 1) \
	X("first fragment", E4 IP4("0028", "2000", "06") TCP("50", "02"), OK, SYN, 0, 0, 0, 1) \
	X("later fragment is no TCP", E4 IP4("0028", "2001", "06") TCP("50", "02"), \
	  OK, OTHER, 0, 0, 0, 1) \
	X("fragment far behind", E4 IP4("0028", "1000", "06") TCP("50", "02"), \
	  OK, OTHER, 0, 0, 0, 1) \
	X("last fragment is no TCP", E4 IP4("0028", "0001", "06") TCP("50", "02"), \
	  OK, OTHER, 0, 0, 0, 1) \
	X("first fragment too small for TCP", E4 IP4("001c", "2000", "06") TCP("50", "02"), \
	  TRUNCATED, OTHER, 0, 0, 0, 1) \
	X("UDP", E4 IP4("001e", "0000", "11") UDP("000a") "6162", OK, UDP, 2, 0, 0, 1) \
	X("UDP shorter than its packet", E4 IP4("001e", "0000", "11") UDP("0009") "6162", \
	  OK, UDP, 1, 0, 0, 1) \
	X("UDP longer than its packet", E4 IP4("001e", "0000", "11") UDP("000b") "6162", \
	  MALFORMED, OTHER, 0, 0, 0, 1) \
	X("UDP length 7", E4 IP4("001e", "0000", "11") UDP("0007") "6162", \
	  MALFORMED, OTHER, 0, 0, 0, 1) \
	X("UDP fragment", E4 IP4("001e", "2000", "11") UDP("0fff") "6162", OK, UDP, 2, 0, 0, 1) \
	X("echo request", E4 IP4("001c", "4000", "01") ECHO("08"), OK, ECHO_REQUEST, 0, 0, 0, 1) \
	X("echo reply", E4 IP4("001c", "4000", "01") ECHO("00"), OK, ECHO_REPLY, 0, 0, 0, 1) \
	X("ICMP unreachable", E4 IP4("001c", "4000", "01") ECHO("03"), OK, OTHER, 0, 0, 0, 1) \
	X("ICMP of 4 bytes", E4 IP4("0018", "4000", "01") ECHO("08"), \
	  MALFORMED, OTHER, 0, 0, 0, 1) \
	X("ICMPv6 in IPv4", E4 IP4("001c", "4000", "3a") ECHO("80"), OK, OTHER, 0, 0, 0, 1) \
	X("IPv6 SYN", E6 IP6("0014", "06") TCP("50", "02"), OK, SYN, 0, 0, 0, 1) \
	X("IPv6 UDP", E6 IP6("000a", "11") UDP("000a") "6162", OK, UDP, 2, 0, 0, 1) \
	X("IPv6 echo", E6 IP6("0008", "3a") ECHO("80"), OK, ECHO_REQUEST, 0, 0, 0, 1) \
	X("IPv6 echo reply", E6 IP6("0008", "3a") ECHO("81"), OK, ECHO_REPLY, 0, 0, 0, 1) \
	X("ICMP in IPv6", E6 IP6("0008", "01") ECHO("08"), OK, OTHER, 0, 0, 0, 1) \
	X("IPv6 length beyond the frame", E6 IP6("0015", "06") TCP("50", "02"), \
	  MALFORMED, OTHER, 0, 0, 0, 1) \
	X("six extension headers", E6 IP6("0044", "3c") OPT("3c") OPT("3c") OPT("3c") OPT("3c") \
	  OPT("3c") OPT("06") TCP("50", "02"), OK, SYN, 0, 0, 0, 1) \
	X("seven extension headers", E6 IP6("004c", "3c") OPT("3c") OPT("3c") OPT("3c") OPT("3c") \
	  OPT("3c") OPT("3c") OPT("06") TCP("50", "02"), TRUNCATED, OTHER, 0, 0, 0, 1) \
	X("256 bytes of extension headers", E6 IP6("0114", "3c") "061f 00*254" TCP("50", "02"), \
	  OK, SYN, 0, 0, 0, 1) \
	X("264 bytes of extension headers", E6 IP6("011c", "3c") "0620 00*262" TCP("50", "02"), \
	  TRUNCATED, OTHER, 0, 0, 0, 1) \
	X("extension header beyond its packet", E6 IP6("0014", "3c") "0602 00*18", \
	  MALFORMED, OTHER, 0, 0, 0, 1) \
	X("authentication header", E6 IP6("002c", "33") "0604 00*22" TCP("50", "02"), \
	  OK, SYN, 0, 0, 0, 1) \
	X("IPv6 first fragment", E6 IP6("001c", "2c") "0600 0001 0000cafe" TCP("50", "02"), \
	  OK, SYN, 0, 0, 0, 1) \
	X("IPv6 later fragment", E6 IP6("001c", "2c") "0600 0008 0000cafe" TCP("50", "02"), \
	  OK, OTHER, 0, 0, 0, 1) \
	X("IPv6 fragment too small", E6 IP6("0010", "2c") "0600 0001 0000cafe 00*8", \
	  TRUNCATED, OTHER, 0, 0, 0, 1) \
	X("tag", ETH "8100 2005 0800" IP4("0028", "4000", "06") TCP("50", "02"), \
	  OK, SYN, 0, 0, 0, 1) \
	X("two tags", ETH "88a8 2005 8100 0001 0800" IP4("0028", "4000", "06") TCP("50", "02"), \
	  OK, SYN, 0, 0, 0, 1) \
	X("three tags", ETH "8100 2005 8100 0001 8100 0002 0800" IP4("0028", "4000", "06") \
	  TCP("50", "02"), TRUNCATED, OTHER, 0, 0, 0, 1) \
	X("tag cut off", ETH "8100 20", TRUNCATED, OTHER, 0, 0, 0, 1) \
	X("old tag", ETH "9100 2005 0800" IP4("0028", "4000", "06") TCP("50", "02"), \
	  OK, SYN, 0, 0, 0, 1) \
	X("old tag, and one in it", ETH "9100 2005 8100 0001 86dd" IP6("0014", "06") \
	  TCP("50", "02"), OK, SYN, 0, 0, 0, 1) \
	X("PPPoE", ETH "8864 1100 0001 002a 0021" IP4("0028", "4000", "06") TCP("50", "02"), \
	  OK, SYN, 0, 0, 0, 1) \
	X("PPPoE under a tag, IPv6", ETH "8100 2005 8864 1100 0001 0032 0057" IP6("0008", "3a") \
	  ECHO("80"), OK, ECHO_REQUEST, 0, 0, 0, 1) \
	X("PPPoE of its own protocols", ETH "8864 1100 0001 0008 c021 0901 0006 00000000", \
	  OK, OTHER, 0, 0, 0, 1) \
	X("PPPoE of no session", ETH "8864 1109 0000 002a 0021" IP4("0028", "4000", "06") \
	  TCP("50", "02"), OK, OTHER, 0, 0, 0, 1) \
	X("PPPoE length beyond the frame", ETH "8864 1100 0001 002b 0021" \
	  IP4("0028", "4000", "06") TCP("50", "02"), MALFORMED, OTHER, 0, 0, 0, 1) \
	X("PPPoE length below its packet", ETH "8864 1100 0001 0029 0021" \
	  IP4("0028", "4000", "06") TCP("50", "02"), MALFORMED, OTHER, 0, 0, 0, 1) \
	X("PPPoE cut off", ETH "8864 1100 0001 002a 00", TRUNCATED, OTHER, 0, 0, 0, 1) \
	X("PPPoE GSO: length of a segment", ETH "8864 1100 0001 05aa 0021" \
	  IP4("05a8", "4000", "06") TCP("50", "10"), OK, TCP, 2896, 2896, 1448, 2) \
	X("MPLS", ETH "8847 00001140" IP4("0028", "4000", "06") TCP("50", "02"), \
	  OK, OTHER, 0, 0, 0, 1) \
	X("ARP request", ETH "0806 0001 0800 06 04 0001 00*20", OK, ARP_REQUEST, 0, 0, 0, 1) \
	X("ARP reply", ETH "0806 0001 0800 06 04 0002 00*20", OK, ARP_REPLY, 0, 0, 0, 1) \
	X("ARP of other hardware", ETH "0806 0006 0800 06 04 0001 00*20", OK, OTHER, 0, 0, 0, 1) \
	X("ARP cut off", ETH "0806 0001 0800 06 04 0001 00*19", TRUNCATED, OTHER, 0, 0, 0, 1) \
	X("GSO: length by the frame", E4 IP4("0000", "4000", "06") TCP("50", "10") "00", \
	  OK, TCP, 2897, 2896, 1448, 3) \
	X("GSO: exact multiple", E4 IP4("0000", "4000", "06") TCP("50", "10"), \
	  OK, TCP, 2896, 2896, 1448, 2) \
	X("GSO: one byte", E4 IP4("0029", "4000", "06") TCP("50", "10") "00", \
	  OK, TCP, 1, 0, 1448, 1) \
	X("GSO: no payload", E4 IP4("0028", "4000", "06") TCP("50", "10"), OK, TCP, 0, 0, 1448, 1) \
	X("GSO: over 64 KB of IPv6", E6 IP6("0000", "06") TCP("50", "10"), \
	  OK, TCP, 100000, 100000, 1000, 100)

static inline int corpus_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * The bytes that @hex spells, at most @max_bytes: spaces are free, xx*n repeats a byte n times.
 * 0 when it is empty, too long, or no hex.
 */
static inline __u32 corpus_bytes(const char *hex, __u8 *to, __u32 max_bytes)
{
	__u32 bytes = 0, times;
	int high, low;

	while (*hex) {
		if (*hex == ' ') {
			hex++;
			continue;
		}
		high = corpus_digit(hex[0]);
		low = high < 0 ? -1 : corpus_digit(hex[1]);
		if (low < 0)
			return 0;
		hex += 2;
		times = 1;
		if (*hex == '*')
			for (times = 0, hex++; *hex >= '0' && *hex <= '9'; hex++)
				times = times * 10 + (__u32)(*hex - '0');
		if (!times || times > max_bytes - bytes)
			return 0;
		while (times--)
			to[bytes++] = (__u8)(high << 4 | low);
	}
	return bytes;
}

#endif
