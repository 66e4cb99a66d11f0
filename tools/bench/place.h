/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices, addresses and neighbours of one run.
 */
#ifndef VNFT_BENCH_PLACE_H
#define VNFT_BENCH_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "../guest/guest.h"
#include "bench.h"

/* The reference is launched so many times beside a run: their t0 are spread over a tick. */
#define VNFT_BENCH_TURNS	3

/**
 * struct vnft_bench_place - devices of one run; the caller's thread is in their namespace
 * @device_id, @bridge_id: 0: not attached
 * @speaks: the device that has the host's address
 * @turn: which of the launches of this run's number it is, from 0
 */
struct vnft_bench_place {
	struct vnft_place place;
	uint16_t device_id, bridge_id;
	char device[16], speaks[16];
	unsigned int bridge_ifindex;
	bool in_host;
	int back_fd;
	unsigned int turn;
};

/* Enter the home namespace, make devices; undo. */
int vnft_bench_place_make(struct vnft_bench *b, const struct vnft_bench_row *row,
			  unsigned int number, struct vnft_bench_place *p);
/* Of the instance's device, so that another can be launched on the same bridge. */
void vnft_bench_place_empty(struct vnft_bench *b, struct vnft_bench_place *p);
void vnft_bench_place_remove(struct vnft_bench *b, struct vnft_bench_place *p);
/* Go, and leave the devices; our programs are taken off them. */
void vnft_bench_place_leave(struct vnft_bench *b, struct vnft_bench_place *p);
/* Addresses of every run of this session; with an external stimulus the same for all. */
void vnft_bench_place_address(const struct vnft_bench *b, bool in_host, struct vnft_place *place);
/* MTU and offloads as asked for, IPv6 off, on a host-side device. */
int vnft_bench_place_tune(const struct vnft_bench *b, const char *name);
/* Attach a device of the calling thread's namespace, define it in the records, record it. */
int vnft_bench_place_attach(struct vnft_bench *b, const char *name, uint16_t *id);

#endif
