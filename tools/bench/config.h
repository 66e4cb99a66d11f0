/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a session is asked for: the options of the verb.
 */
#ifndef VNFT_BENCH_CONFIG_H
#define VNFT_BENCH_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "../guest/switch.h"
#include "../lib/cli/option.h"
#include "../report/gates/options.h"

#define VNFT_BENCH_NO_CPU	UINT64_MAX

enum vnft_cache {
	VNFT_CACHE_WARM,
	VNFT_CACHE_COLD,
	VNFT_CACHE_BOTH,
};
/* Their words, ended by NULL. */
extern const char *const vnft_bench_caches[];

enum vnft_vhost {
	VNFT_VHOST_ON,
	VNFT_VHOST_OFF,
	VNFT_VHOST_BOTH,
};
extern const char *const vnft_bench_vhosts[];

/**
 * struct vnft_bench_config - options of the verb
 */
struct vnft_bench_config {
	struct vnft_common common;
	struct vnft_list types;
	uint64_t runs;
	const char *dir;
	int stimulus;			/* enum vnft_stimulus */
	const char *uplink;		/* external: device whose other end is the other machine */
	int hook;			/* enum vnft_hook_choice */
	int observer;			/* enum vnft_observer */
	int cache;			/* enum vnft_cache */
	int accel;			/* enum vnft_accel_choice, of VMs */
	struct vnft_guest_switches switches;	/* of the types' drivers */
	uint64_t syn_interval_ns;
	uint64_t echoes;
	uint64_t echo_interval_ns;
	uint64_t throughput_ns;
	uint64_t settle_ns;
	uint64_t timeout_ns;		/* 0: the type's */
	uint64_t seed;
	uint64_t mtu_bytes;		/* 0: as it comes */
	uint64_t pin_load;		/* CPU, VNFT_BENCH_NO_CPU: none */
	uint64_t pin_guest;
	int vhost;			/* enum vnft_vhost */
	bool no_offload;
	bool no_rtt;
	bool no_throughput;
	bool no_memory;
	bool no_reference;
	bool keep;
	struct vnft_gates_config gates;	/* what the verb asks of the results */
	bool every_row;			/* of no use without each: do not begin if one cannot run */
};

/* Where nobody asked for anything. */
extern const struct vnft_bench_config vnft_bench_defaults;

/* 0, or -EPERM after vnft_fail() naming all that are missing. @module: it observes, not BPF. */
int vnft_bench_need_caps(bool module);

#endif
