/* SPDX-License-Identifier: GPL-2.0 */
/*
 * dump PCAP FILE...	what our parser says of each corpus file, one line each on stdout, and the
 *			same frames as a capture that another dissector can read. Tags in the
 *			metadata and missing link headers are written out in the capture as a wire
 *			would have them.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "../frame.h"

#define MAX_BYTES (1 << 17)

static void put32(FILE *to, uint32_t v)
{
	fwrite(&v, sizeof(v), 1, to);
}

static void put_be16(FILE *to, uint16_t v)
{
	fputc(v >> 8, to);
	fputc(v & 0xff, to);
}

static void capture(FILE *to, const struct input *in, uint32_t number)
{
	uint32_t added = (in->f.l2_bytes ? 0 : VNFT_ETH_BYTES) + (in->f.vlan ? 4 : 0);
	uint32_t link = in->f.l2_bytes && in->there >= 12 ? 12 : 0;

	if (in->f.vlan && in->f.l2_bytes && !link)
		added = 0;
	put32(to, number);
	put32(to, 0);
	put32(to, in->there + added);
	put32(to, in->f.len_bytes + added);
	if (!in->f.l2_bytes)
		fwrite("\x52\x54\0\0\0\2\x52\x54\0\0\0\1", 12, 1, to);
	fwrite(in->bytes, link, 1, to);
	if (in->f.vlan && added) {
		put_be16(to, VNFT_ETH_P_8021Q);
		put_be16(to, in->f.vlan_tci);
	}
	if (!in->f.l2_bytes)
		put_be16(to, in->f.ethertype);
	fwrite(in->bytes + link, in->there - link, 1, to);
}

static const char *address(const union vnft_addr *a, char *to)
{
	if (!a->d[0] && a->w[2] == 0xffff0000)
		inet_ntop(AF_INET, a->b + 12, to, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, a->b, to, INET6_ADDRSTRLEN);
	return to;
}

static void line(const char *name, const struct input *in)
{
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	struct vnft_packet p;
	int verdict = vnft_packet_parse(&p, &in->f, in, input_load);

	if (verdict == VNFT_VERDICT_OK)
		vnft_packet_parse_timestamp(&p, in, input_load);
	printf("%s\t%d\t%u\t%u\t%s\t%s\t"
	       "%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\n",
	       name, verdict, p.class, p.ethertype, address(&p.src, src), address(&p.dst, dst),
	       p.ip_id, p.ttl, p.proto, p.sport, p.dport, p.seq, p.ack, p.tcp_flags,
	       p.payload_bytes, p.tsval, p.tsecr, p.flags, p.vlan_tci, p.segments,
	       in->f.gso_size_bytes);
}

int main(int argc, char **argv)
{
	static uint8_t data[MAX_BYTES];
	struct input in;
	FILE *to, *from;
	size_t n;
	int i;

	if (argc < 3 || !(to = fopen(argv[1], "wb")))
		return 2;
	put32(to, 0xa1b2c3d4);
	put32(to, 2 | 4 << 16);
	put32(to, 0);
	put32(to, 0);
	put32(to, 262144);
	put32(to, 1);	/* Ethernet */
	for (i = 2; i < argc; i++) {
		from = fopen(argv[i], "rb");
		n = from ? fread(data, 1, sizeof(data), from) : 0;
		if (!from || !input_read(&in, data, n)) {
			fprintf(stderr, "%s: not an input\n", argv[i]);
			return 1;
		}
		fclose(from);
		capture(to, &in, (uint32_t)i);
		line(argv[i], &in);
	}
	return fclose(to) ? 1 : 0;
}
