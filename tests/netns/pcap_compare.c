/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace's record file against tcpdump's file of the same device at the same time: pcap_compare
 * RECORDS PCAP. The same echoes, SYNs, SYN-ACKs and RSTs must be in both; round trips (difference
 * of two stamps, so that the two clocks do not matter) are compared packet by packet. One line of
 * numbers; exit 0 if they agree: medians within 5 us, SYN to RST within 50 us at p99; 1 if the
 * times do not; 2 if the packets do not.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../kmod/uapi/vnftrace.h"

#define MAGIC_NS	0xa1b23c4dU
#define MAX_PACKETS	1000000

struct packet {
	uint8_t class;
	uint32_t key;		/* of the request: echo id and sequence, TCP sequence */
	uint64_t time_ns;
};

static void *read_all(const char *path, size_t *bytes)
{
	FILE *f = fopen(path, "r");
	char *data;
	long end;

	if (!f || fseek(f, 0, SEEK_END) || (end = ftell(f)) < 0) {
		fprintf(stderr, "pcap_compare: %s: cannot read\n", path);
		exit(2);
	}
	rewind(f);
	data = malloc((size_t)end + 1);
	*bytes = fread(data, 1, (size_t)end, f);
	fclose(f);
	return data;
}

static uint32_t be32(const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, 4);
	return ntohl(v);
}

/* An IPv4 echo or TCP handshake packet; false for anything else. */
static bool parse(const uint8_t *f, uint32_t bytes, struct packet *p)
{
	const uint8_t *l4 = f + 14 + (f[14] & 0xf) * 4;
	uint8_t flags;

	if (bytes < 42 || f[12] != 8 || f[13])
		return false;
	if (f[23] == 1 && (l4[0] == 8 || l4[0] == 0)) {
		p->class = l4[0] ? VNFT_CLASS_ECHO_REQUEST : VNFT_CLASS_ECHO_REPLY;
		p->key = be32(l4 + 4);
		return true;
	}
	if (f[23] != 6 || bytes < 54)
		return false;
	flags = l4[13] & 0x16;
	p->class = flags & 4 ? VNFT_CLASS_RST : flags == 2 ? VNFT_CLASS_SYN : VNFT_CLASS_SYNACK;
	p->key = p->class == VNFT_CLASS_SYN ? be32(l4 + 4) : be32(l4 + 8) - 1;
	return flags & 6;
}

static size_t from_pcap(const char *path, struct packet *to)
{
	size_t bytes, at = 24, n = 0;
	const uint8_t *file = read_all(path, &bytes);
	uint32_t header[4];

	if (bytes < 24 || *(const uint32_t *)file != MAGIC_NS) {
		fprintf(stderr, "pcap_compare: %s: not a pcap file with ns stamps\n", path);
		exit(2);
	}
	while (at + 16 <= bytes && n < MAX_PACKETS) {
		memcpy(header, file + at, 16);
		at += 16;
		if (header[2] > bytes - at)
			break;
		if (parse(file + at, header[2], &to[n])) {
			to[n].time_ns = header[0] * 1000000000ULL + header[1];
			n++;
		}
		at += header[2];
	}
	return n;
}

static size_t from_records(const char *path, struct packet *to)
{
	size_t bytes, i, n = 0;
	const struct vnft_record *r = read_all(path, &bytes);
	uint64_t offset_ns;

	if (bytes < sizeof(*r) || r->kind != VNFT_KIND_MANIFEST)
		exit(2);
	offset_ns = (uint64_t)r->manifest.realtime_offset_ns;
	for (i = 1; i < bytes / sizeof(*r) && n < MAX_PACKETS; i++) {
		if (r[i].kind != VNFT_KIND_PACKET || r[i].class < VNFT_CLASS_ECHO_REQUEST)
			continue;
		to[n].class = r[i].class;
		to[n].key = r[i].class == VNFT_CLASS_SYNACK || r[i].class == VNFT_CLASS_RST ?
			    r[i].packet.tcp_ack - 1 : r[i].packet.tcp_seq;
		to[n++].time_ns = r[i].time_ns + offset_ns;
	}
	return n;
}

static int by_key(const void *a, const void *b)
{
	const struct packet *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->class - y->class;
}

static int by_value(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static double us(int64_t *values, size_t n, double q)
{
	if (!n)
		return 0;
	qsort(values, n, sizeof(*values), by_value);
	return (double)values[(size_t)(q * (double)(n - 1) + 0.5)] / 1e3;
}

static struct packet ours[MAX_PACKETS], theirs[MAX_PACKETS];
static int64_t own[MAX_PACKETS], other[MAX_PACKETS], apart[MAX_PACKETS], clocks[MAX_PACKETS];

/* Requests of @class with the packet behind them, which is their answer: keys are sorted. */
static bool compare(uint8_t class, const char *what, size_t n)
{
	double median_own, median_other, apart_p99;
	size_t i, pairs = 0;

	for (i = 0; i + 1 < n; i++) {
		if (ours[i].class != class || ours[i + 1].key != ours[i].key)
			continue;
		own[pairs] = (int64_t)(ours[i + 1].time_ns - ours[i].time_ns);
		other[pairs] = (int64_t)(theirs[i + 1].time_ns - theirs[i].time_ns);
		apart[pairs] = llabs(own[pairs] - other[pairs]);
		pairs++;
	}
	median_own = us(own, pairs, 0.5);
	median_other = us(other, pairs, 0.5);
	apart_p99 = us(apart, pairs, 0.99);
	printf("; %zu %s: median %.2f us, tcpdump %.2f us, apart p50/p99/max %.2f/%.2f/%.2f us",
	       pairs, what, median_own, median_other, us(apart, pairs, 0.5), apart_p99,
	       us(apart, pairs, 1));
	return !pairs || (median_own - median_other < 5 && median_other - median_own < 5 &&
			  (class != VNFT_CLASS_SYN || apart_p99 < 50));
}

int main(int argc, char **argv)
{
	size_t n, m, i;
	bool same, good;

	if (argc != 3)
		return 2;
	n = from_records(argv[1], ours);
	m = from_pcap(argv[2], theirs);
	qsort(ours, n, sizeof(*ours), by_key);
	qsort(theirs, m, sizeof(*theirs), by_key);
	for (i = 0; i < n && i < m && !by_key(&ours[i], &theirs[i]); i++)
		clocks[i] = (int64_t)(theirs[i].time_ns - ours[i].time_ns);
	same = n && n == m && i == n;
	printf("%zu packets, tcpdump %zu", n, m);
	if (!same) {
		printf(": they differ\n");
		return 2;
	}
	good = compare(VNFT_CLASS_ECHO_REQUEST, "echoes", n);
	good = compare(VNFT_CLASS_SYN, "SYNs answered", n) && good;
	printf("; stamps tcpdump - ours p50 %.2f us\n", us(clocks, n, 0.5));
	return good ? 0 : 1;
}
