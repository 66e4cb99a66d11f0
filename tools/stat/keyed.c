/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SipHash-2-4 (Aumasson and Bernstein, 2012) of whole 64-bit words.
 */
#include "keyed.h"

#include <string.h>
#include <sys/auxv.h>

static uint64_t rotate(uint64_t x, unsigned int by)
{
	return x << by | x >> (64 - by);
}

static void round_of(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] = rotate(v[2], 32);
}

static void absorb(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	round_of(v);
	round_of(v);
	v[0] ^= word;
}

uint64_t vnft_keyed_hash_under(const uint64_t key[2], const uint64_t *word, size_t n)
{
	uint64_t v[4] = {
		key[0] ^ 0x736f6d6570736575ULL, key[1] ^ 0x646f72616e646f6dULL,
		key[0] ^ 0x6c7967656e657261ULL, key[1] ^ 0x7465646279746573ULL,
	};
	size_t i;

	for (i = 0; i < n; i++)
		absorb(v, word[i]);
	/* The last word of a message: its length in bytes, in the highest byte. */
	absorb(v, (uint64_t)n << 59);
	v[2] ^= 0xff;
	for (i = 0; i < 4; i++)
		round_of(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t vnft_keyed_hash(const uint64_t *word, size_t n)
{
	/* 16 random bytes that the kernel gives every process at its start. */
	static const uint64_t none[2];
	const void *random = (const void *)getauxval(AT_RANDOM);
	uint64_t key[2];

	memcpy(key, random ? random : none, sizeof(key));
	return vnft_keyed_hash_under(key, word, n);
}
