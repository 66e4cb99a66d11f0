/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables whose keys others choose: what was chosen to meet in one place of a table without a secret
 * costs no more than any other.
 */
#include <stdlib.h>
#include <time.h>

#include "../../tools/report/report.h"
#include "../../tools/stat/keyed.h"
#include "../../tools/stat/records/pair.h"
#include "../../tools/stat/records/ports.h"
#include "../../tools/stat/random.h"
#include "unit.h"

#define MANY 80000u
/* In one bucket, as many cost 20 s; spread, they cost a few hundredths. */
#define TOO_LONG_MS 2000

/* The value that vnft_mix64() makes @v of. */
static uint64_t unmix(uint64_t v)
{
	v ^= v >> 31 ^ v >> 62;
	v *= 0x319642b2d24d8ec3ULL;
	v ^= v >> 27 ^ v >> 54;
	v *= 0x96de1b173f119089ULL;
	return v ^ v >> 30 ^ v >> 60;
}

static long cpu_ms(void)
{
	return (long)(clock() * 1000 / CLOCKS_PER_SEC);
}

static void test_values(void)
{
	static const uint64_t key[2] = { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL };

	CHECK(vnft_keyed_hash_under(key, NULL, 0) == 0x726fdb47dd0e0e31ULL,
	      "SipHash-2-4 of nothing, as its authors publish it");
	CHECK(vnft_keyed_hash_under(key, key, 1) == 0x93f5f5799a932462ULL, "of 8 bytes");
	CHECK(vnft_keyed_hash_under(key, key, 2) == 0x3f2acc7f57c29bdbULL, "of 16 bytes");
	CHECK(vnft_keyed_hash(key, 2) == vnft_keyed_hash(key, 2), "a process has one key");
	CHECK(vnft_keyed_hash(key, 2) != vnft_keyed_hash_under(key, key, 2) &&
	      vnft_keyed_hash(key, 2) != vnft_keyed_hash_under((uint64_t[2]) { 0 }, key, 2),
	      "that is none of these");
	CHECK(unmix(vnft_mix64(0x123456789abcdefULL)) == 0x123456789abcdefULL,
	      "the mix of flow ids can be undone, so it keeps no secret");
}

static void test_syns(void)
{
	struct vnft_record r = { .device = 1, .kind = VNFT_KIND_PACKET, .class = VNFT_CLASS_SYN,
				 .hook = VNFT_HOOK_TCX_OUT };
	struct vnft_pair *pair;
	long begun_ms = cpu_ms();
	uint32_t i;

	vnft_pair_new(&pair);
	for (i = 0; i < MANY; i++) {
		r.time_ns = i;
		r.flow = unmix(0x1000000 - (uint64_t)i);
		r.packet.tcp_seq = i;
		QUIET(!vnft_pair_feed(&r, pair), "SYN %u", i);
	}
	vnft_pair_free(pair);
	CHECK(cpu_ms() - begun_ms < TOO_LONG_MS, "%u SYNs whose flow and number add up to one sum: "
	      "paired in %ld ms", MANY, cpu_ms() - begun_ms);
}

/* FLOW records of @MANY flows, one of which each function makes of a number. */
static void test_flows(const char *what, uint64_t (*flow)(uint32_t i))
{
	struct vnft_record r = { .kind = VNFT_KIND_FLOW };
	struct vnft_flows flows = { 0 };
	struct vnft_ports *ports;
	long begun_ms = cpu_ms();
	uint32_t i;

	vnft_ports_new(&ports);
	for (i = 1; i <= MANY; i++) {
		r.flow = flow(i);
		r.len32 = i;
		QUIET(!vnft_flows_add(&flows, &r) && !vnft_ports_feed(&r, ports), "flow %u", i);
	}
	CHECK(cpu_ms() - begun_ms < TOO_LONG_MS, "%u flows %s: kept in %ld ms", MANY, what,
	      cpu_ms() - begun_ms);
	for (i = 1; i <= MANY; i++) {
		r.flow = flow(i);
		QUIET(vnft_flows_find(&flows, r.flow)->port_b == (uint16_t)i &&
		      vnft_ports_receiver(ports, &r) == (uint16_t)i, "flow %u is found", i);
	}
	vnft_flows_free(&flows);
	vnft_ports_free(ports);
}

static uint64_t low_half_of_mix(uint32_t i)
{
	return unmix((uint64_t)i << 32);
}

static uint64_t equal_halves(uint32_t i)
{
	return (uint64_t)i << 32 | i;
}

int main(void)
{
	test_values();
	test_syns();
	test_flows("whose mix ends in 32 zeros", low_half_of_mix);
	test_flows("of two equal halves", equal_halves);
	return unit_done();
}
