/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words of the options that results.json repeats, and what a bench needs to be allowed.
 */
#include "config.h"

#include <linux/capability.h>
#include <stddef.h>

#include "../lib/host/cap.h"
#include "../stat/stat.h"

const char *const vnft_bench_caches[] = {
	[VNFT_CACHE_WARM] = "warm", [VNFT_CACHE_COLD] = "cold", [VNFT_CACHE_BOTH] = "both", NULL
};

const char *const vnft_bench_vhosts[] = {
	[VNFT_VHOST_ON] = "on", [VNFT_VHOST_OFF] = "off", [VNFT_VHOST_BOTH] = "both", NULL
};

#define MS	1000000ULL
#define S	(1000 * MS)

const struct vnft_bench_config vnft_bench_defaults = {
	.runs = VNFT_MIN_RUNS_FOR_INTERVAL,
	.syn_interval_ns = 1 * MS,
	.echoes = 1000,
	.echo_interval_ns = 2 * MS,
	.throughput_ns = 5 * S,
	.settle_ns = 5 * S,
	.pin_load = VNFT_BENCH_NO_CPU,
	.pin_guest = VNFT_BENCH_NO_CPU,
};

#define OF_EVERY_BENCH								\
	{ CAP_NET_ADMIN, "make devices and attach to them" },			\
	{ CAP_SYS_ADMIN, "make the network namespace" },			\
	{ CAP_NET_RAW, "send SYN and echo" }

int vnft_bench_need_caps(bool module)
{
	static const struct vnft_cap by_module[] = { OF_EVERY_BENCH, { 0 } };
	static const struct vnft_cap by_bpf[] = {
		OF_EVERY_BENCH,
		{ CAP_BPF, "load programs" },
		{ CAP_PERFMON, "load programs that read the clock and packets" },
		{ 0 }
	};

	return vnft_need_caps(module ? by_module : by_bpf);
}
