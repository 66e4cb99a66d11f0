/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames of a stimulus: byte for byte what they were, checksums that hold by a computation of
 * their own, and what the parser reads in them.
 */
#include <string.h>

#include "../../kmod/core/frame.h"
#include "unit.h"

enum { ECHO_BYTES = 57, MAX_BYTES = VNFT_FRAME_MAX_BYTES(ECHO_BYTES) };

static const __u8 mac_a[6] = { 2, 0, 0, 0, 0, 1 }, mac_b[6] = { 2, 0, 0, 0, 0, 2 };
static const __u8 ends4[2][4] = { { 198, 18, 0, 1 }, { 198, 18, 0, 2 } };
static const __u8 ends6[2][16] = { { 0x20, 1, 0xd, 0xb8, [15] = 1 },
				   { 0x20, 1, 0xd, 0xb8, [15] = 2 } };

static struct vnft_frame_setup setup(__u8 kind, __u8 addr_bytes)
{
	return (struct vnft_frame_setup) {
		.kind = kind, .addr_bytes = addr_bytes, .echo_bytes = ECHO_BYTES,
		.src = addr_bytes == 16 ? ends6[0] : ends4[0],
		.dst = addr_bytes == 16 ? ends6[1] : ends4[1],
		.src_mac = mac_a, .dst_mac = mac_b,
	};
}

static int load(const void *frame, __u32 offset, void *to, __u32 bytes)
{
	if (offset + bytes > MAX_BYTES)
		return -1;
	memcpy(to, (const __u8 *)frame + offset, bytes);
	return 0;
}

/* RFC 1071 with the carry added at once: 0 over a header whose checksum holds. */
static __u16 ones(const __u8 *bytes, __u32 n, __u32 sum)
{
	__u32 i;

	for (i = 0; i < n; i++) {
		sum += i & 1 ? bytes[i] : (__u32)bytes[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (__u16)~sum;
}

static bool sums_hold(const struct vnft_frame_form *f, const __u8 *b)
{
	const __u8 *ip = b + VNFT_ETH_BYTES;
	__u32 l4_bytes = f->len_bytes - f->l4_bytes, pseudo = 0;

	if (f->proto != VNFT_PROTO_ICMP)
		pseudo = (__u16)~ones(f->ipv6 ? ip + 8 : ip + 12, f->ipv6 ? 32 : 8,
				      f->proto + l4_bytes);
	return (f->ipv6 || !ones(ip, 20, 0)) && !ones(b + f->l4_bytes, l4_bytes, pseudo);
}

static void kind(const char *what, __u8 probe, __u8 addr_bytes)
{
	static const __u32 numbers[] = { 0, 1, 0xffff, 0x10000, 0xfffffffe, 0xffffffff };
	const struct vnft_frame_setup s = setup(probe, addr_bytes);
	const bool syn = probe == VNFT_PROBE_KIND_SYN;
	struct vnft_frame frame = { .l2_bytes = VNFT_ETH_BYTES };
	__u8 first[MAX_BYTES + 1], bytes[MAX_BYTES + 1];
	__u16 sport = 0, dport = 0;
	struct vnft_frame_form f;
	struct vnft_packet p;
	bool good = true;
	__u32 seq = 0;
	size_t i;

	memset(first, 0xa5, sizeof(first));
	vnft_frame_init(&f, first, &s);
	CHECK(f.len_bytes <= MAX_BYTES && first[f.len_bytes] == 0xa5, "%s: within its room", what);
	frame.len_bytes = f.len_bytes;
	memcpy(bytes, first, sizeof(bytes));
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		/* In place, on what the last number left. */
		vnft_frame_number(&f, bytes, 0xfedc, 9, numbers[i]);
		good &= QUIET(sums_hold(&f, bytes), "%s %u: checksums", what, numbers[i]);
		good &= QUIET(!vnft_packet_parse(&p, &frame, bytes, load), "%s: parsed", what);
		good &= QUIET(p.class == (syn ? VNFT_CLASS_SYN : VNFT_CLASS_ECHO_REQUEST),
			      "%s: class %u", what, p.class);
		good &= QUIET(p.sport == 0xfedc && p.ttl == 64 && (syn ? p.dport == 9 : 1),
			      "%s: ports", what);
		good &= QUIET(p.seq == (syn ? numbers[i] : 0xfedc0000 | (numbers[i] & 0xffff)),
			      "%s: number %u", what, numbers[i]);
		good &= QUIET(vnft_frame_read(&f, first, bytes, &sport, &dport, &seq) &&
			      sport == 0xfedc && dport == (syn ? 9 : 0xfedc) &&
			      seq == (syn ? numbers[i] : (numbers[i] & 0xffff)),
			      "%s %u: known again", what, numbers[i]);
	}
	CHECK(good, "%s: numbers, checksums, and back", what);
	bytes[0] ^= 1;
	CHECK(!vnft_frame_read(&f, first, bytes, &sport, &dport, &seq),
	      "%s: of another destination it is another's", what);
	bytes[0] ^= 1;
	bytes[f.l4_bytes + (syn ? 13 : 0)] ^= 0x10;
	CHECK(!vnft_frame_read(&f, first, bytes, &sport, &dport, &seq),
	      "%s: with other flags or type too", what);
}

static void same(const char *what, __u8 probe, __u8 addr_bytes, const char *hex, __u32 n)
{
	const struct vnft_frame_setup s = setup(probe, addr_bytes);
	struct vnft_frame_form f;
	__u8 bytes[MAX_BYTES];

	vnft_frame_init(&f, bytes, &s);
	vnft_frame_number(&f, bytes, 40000, 9, 0x10203);
	CHECK(!memcmp(bytes, hex, n), "%s: the bytes that it always had", what);
}

/* Each SYN has a port of its own as far as they reach, then they come again in their order. */
static void ports(void)
{
	static bool seen[65536];
	bool good = true;
	__u32 n;

	for (n = 0; n < 31744; n++) {
		__u16 port = vnft_frame_sport(1024, 31744, n);

		good &= QUIET(port >= 1024 && port < 32768 && !seen[port], "SYN %u has %u", n,
			      port);
		seen[port] = true;
	}
	CHECK(good, "31744 SYNs, 31744 ports");
	CHECK_EQ(vnft_frame_sport(1024, 31744, 31744), 1024, "then the first again");
	CHECK_EQ(vnft_frame_sport(65535, 1, 12345), 65535, "of one port it is the only");
	CHECK_EQ(vnft_frame_sport(40000, 0, 12345), 40000, "none is one");
}

int main(void)
{
	ports();
	kind("SYN over IPv4", VNFT_PROBE_KIND_SYN, 4);
	kind("SYN over IPv6", VNFT_PROBE_KIND_SYN, 16);
	kind("echo over IPv4", VNFT_PROBE_KIND_ECHO, 4);
	kind("echo over IPv6", VNFT_PROBE_KIND_ECHO, 16);
	same("SYN over IPv4", VNFT_PROBE_KIND_SYN, 4,
	     "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x08\x00\x45\x00\x00\x28"
	     "\x00\x00\x40\x00\x40\x06\xae\xa8\xc6\x12\x00\x01\xc6\x12\x00\x02\x9c\x40"
	     "\x00\x09\x00\x01\x02\x03\x00\x00\x00\x00\x50\x02\xfa\xf0\x8a\x7c\x00\x00", 54);
	same("SYN over IPv6", VNFT_PROBE_KIND_SYN, 16,
	     "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x86\xdd\x60\x00\x00\x00"
	     "\x00\x14\x06\x40\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	     "\x00\x01\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02"
	     "\x9c\x40\x00\x09\x00\x01\x02\x03\x00\x00\x00\x00\x50\x02\xfa\xf0\xbb\x2f"
	     "\x00\x00", 74);
	same("echo over IPv4", VNFT_PROBE_KIND_ECHO, 4,
	     "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x08\x00\x45\x00\x00\x55"
	     "\x00\x00\x40\x00\x40\x01\xae\x80\xc6\x12\x00\x01\xc6\x12\x00\x02\x08\x00"
	     "\x2a\xa9\x9c\x40\x02\x03\x00\x01\x02\x03", 46);
	same("echo over IPv6", VNFT_PROBE_KIND_ECHO, 16,
	     "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x86\xdd\x60\x00\x00\x00"
	     "\x00\x41\x3a\x40\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	     "\x00\x01\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02"
	     "\x80\x00\x56\xb8\x9c\x40\x02\x03\x00\x01\x02\x03", 66);
	return unit_done();
}
