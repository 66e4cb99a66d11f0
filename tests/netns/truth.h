/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The truth that vnftrace is held against: what responder.c did itself, packet by packet. All
 * stamps are CLOCK_MONOTONIC.
 */
#ifndef VNFT_TESTS_TRUTH_H
#define VNFT_TESTS_TRUTH_H

#include <stdint.h>

/* Addresses 198.18.7.1 (asks) and 198.18.7.2 (answers); on the wire as they stand here. */
#define TRUTH_ASKER		"\xc6\x12\x07\x01"
#define TRUTH_ANSWERER		"\xc6\x12\x07\x02"
#define TRUTH_ECHO_ID		0x4000	/* and the next one after every 65536 echoes */
#define TRUTH_SEQ_BASE		0x10000000U
#define TRUTH_SPORT		40000
#define TRUTH_DPORT		9

enum truth_kind { TRUTH_ECHO, TRUTH_RST, TRUTH_SYNACK };

/**
 * struct truth - one request and its answer
 * @key: as tcp_seq in the request's record
 * @send0_ns, @send1_ns: around the system call that sent the request
 * @poll0_ns: the responder's last look at the tap that found it empty
 * @read1_ns: the request was in the responder's hands
 * @write0_ns, @write1_ns: around the system call that wrote the answer
 */
struct truth {
	uint32_t kind;
	uint32_t key;
	uint64_t send0_ns, send1_ns;
	uint64_t poll0_ns, read1_ns;
	uint64_t write0_ns, write1_ns;
};

#endif
