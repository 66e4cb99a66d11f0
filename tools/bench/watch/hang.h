/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How an instance hangs from the host, for the reason of one that never answered.
 */
#ifndef VNFT_BENCH_HANG_H
#define VNFT_BENCH_HANG_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct vnft_bench_hang - what can be seen of an instance's device
 * @made_before: it was made before the launch: the instance only opens it
 * @named: how it has to be called; "": its toolstack chooses
 * @bridge: what it has to be on; "": on none
 * @netns: where; "": the host's
 * @device: what was taken for it; "": none was seen
 * @there: @device is there now, and so: its @master ("": none), is it @up, and has it a @carrier
 * @other: a device that appeared meanwhile and is not on @bridge; "": none
 * @fix: who has to do what about it; "": nobody knows
 */
struct vnft_bench_hang {
	bool made_before, there, up, carrier;
	char named[16], bridge[16], netns[32];
	char device[16], master[16], other[16];
	const char *fix;
};

/*
 * Why no packet could reach the instance, as the end of a sentence about it. False, and "", if
 * nothing is wrong with its device.
 */
bool vnft_bench_hang_why(const struct vnft_bench_hang *hang, char *why, size_t bytes);

#endif
