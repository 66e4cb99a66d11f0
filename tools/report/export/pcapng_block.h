/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Blocks of pcapng (draft-ietf-opsawg-pcapng), of this machine's byte order. A block is begun, gets
 * its fixed part, data and options, and is written whole.
 */
#ifndef VNFT_REPORT_EXPORT_PCAPNG_BLOCK_H
#define VNFT_REPORT_EXPORT_PCAPNG_BLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum vnft_pcapng_type {
	VNFT_PCAPNG_INTERFACE	= 1,
	VNFT_PCAPNG_STATISTICS	= 5,
	VNFT_PCAPNG_PACKET	= 6,
	VNFT_PCAPNG_SECTION	= 0x0a0d0d0a,
};

enum vnft_pcapng_option {
	VNFT_PCAPNG_COMMENT	= 1,	/* of every block */
	VNFT_PCAPNG_SHB_USERAPPL = 4,
	VNFT_PCAPNG_IF_NAME	= 2,
	VNFT_PCAPNG_IF_DESCRIPTION = 3,
	VNFT_PCAPNG_IF_MAC	= 6,
	VNFT_PCAPNG_IF_TSRESOL	= 9,
	VNFT_PCAPNG_EPB_FLAGS	= 2,
	VNFT_PCAPNG_EPB_PACKETID = 5,
	VNFT_PCAPNG_ISB_IFDROP	= 5,
	VNFT_PCAPNG_ISB_USRDELIV = 8,
};

/* Room for the largest block that we write; what is beyond is left out as a whole. */
#define VNFT_PCAPNG_BLOCK_BYTES	4096

/**
 * struct vnft_pcapng_block - a block in the making
 * @options: it has some
 */
struct vnft_pcapng_block {
	size_t n;
	int options;
	uint8_t b[VNFT_PCAPNG_BLOCK_BYTES];
};

void vnft_pcapng_begin(struct vnft_pcapng_block *b, enum vnft_pcapng_type type);
void vnft_pcapng_put16(struct vnft_pcapng_block *b, uint16_t v);
void vnft_pcapng_put32(struct vnft_pcapng_block *b, uint32_t v);
/* The two halves of a stamp, the high one first. */
void vnft_pcapng_put_time(struct vnft_pcapng_block *b, uint64_t ns);
/* Bytes, padded to 32 bits. */
void vnft_pcapng_put_data(struct vnft_pcapng_block *b, const void *data, size_t bytes);
void vnft_pcapng_option(struct vnft_pcapng_block *b, enum vnft_pcapng_option option,
			const void *value, size_t bytes);
void vnft_pcapng_option_text(struct vnft_pcapng_block *b, enum vnft_pcapng_option option,
			     const char *text);
void vnft_pcapng_option_u64(struct vnft_pcapng_block *b, enum vnft_pcapng_option option,
			    uint64_t v);
/* It need not look at errors of the stream. */
void vnft_pcapng_write(struct vnft_pcapng_block *b, FILE *to);

#endif
