/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Blocks of pcapng.
 */
#include "pcapng_block.h"

#include <string.h>

#define LENGTH_AT	4	/* behind the type; once more at the end */
#define END_BYTES	8	/* end of options, length */

static size_t padded(size_t bytes)
{
	return (bytes + 3) & ~(size_t)3;
}

static void put(struct vnft_pcapng_block *b, const void *data, size_t bytes)
{
	memcpy(b->b + b->n, data, bytes);
	b->n += bytes;
}

void vnft_pcapng_begin(struct vnft_pcapng_block *b, enum vnft_pcapng_type type)
{
	b->n = 0;
	b->options = 0;
	vnft_pcapng_put32(b, type);
	vnft_pcapng_put32(b, 0);
}

void vnft_pcapng_put16(struct vnft_pcapng_block *b, uint16_t v)
{
	put(b, &v, sizeof(v));
}

void vnft_pcapng_put32(struct vnft_pcapng_block *b, uint32_t v)
{
	put(b, &v, sizeof(v));
}

void vnft_pcapng_put_time(struct vnft_pcapng_block *b, uint64_t ns)
{
	vnft_pcapng_put32(b, (uint32_t)(ns >> 32));
	vnft_pcapng_put32(b, (uint32_t)ns);
}

void vnft_pcapng_put_data(struct vnft_pcapng_block *b, const void *data, size_t bytes)
{
	static const uint8_t zero[4];

	put(b, data, bytes);
	put(b, zero, padded(bytes) - bytes);
}

void vnft_pcapng_option(struct vnft_pcapng_block *b, enum vnft_pcapng_option option,
			const void *value, size_t bytes)
{
	if (bytes > UINT16_MAX || b->n + 4 + padded(bytes) + END_BYTES > sizeof(b->b))
		return;
	b->options = 1;
	vnft_pcapng_put16(b, (uint16_t)option);
	vnft_pcapng_put16(b, (uint16_t)bytes);
	vnft_pcapng_put_data(b, value, bytes);
}

void vnft_pcapng_option_text(struct vnft_pcapng_block *b, enum vnft_pcapng_option option,
			     const char *text)
{
	vnft_pcapng_option(b, option, text, strlen(text));
}

void vnft_pcapng_option_u64(struct vnft_pcapng_block *b, enum vnft_pcapng_option option,
			    uint64_t v)
{
	vnft_pcapng_option(b, option, &v, sizeof(v));
}

void vnft_pcapng_write(struct vnft_pcapng_block *b, FILE *to)
{
	uint32_t bytes;

	if (b->options)
		vnft_pcapng_put32(b, 0);
	bytes = (uint32_t)b->n + 4;
	vnft_pcapng_put32(b, bytes);
	memcpy(b->b + LENGTH_AT, &bytes, sizeof(bytes));
	fwrite(b->b, 1, b->n, to);
}
