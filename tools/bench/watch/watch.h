/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A thread beside a run that drains the rings every few milliseconds, writes them to disk, pairs
 * them, and attaches devices that are born on the run's bridge; and in a launch another that looks
 * at the console.
 */
#ifndef VNFT_BENCH_WATCH_H
#define VNFT_BENCH_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../../guest/first_lines.h"
#include "../../guest/guest.h"
#include "../../results/run.h"
#include "../../stat/records/pair.h"
#include "../../stat/stat.h"
#include "../../stat/throughput.h"
#include "../place.h"
#include "../bench.h"
#include "births.h"
#include "hang.h"

#define VNFT_BENCH_HOOKS_BYTES	160
#define VNFT_BENCH_SLOT_NS	100000000ULL	/* between snapshots, at least */

struct vnft_bench_watch;

/**
 * struct vnft_bench_heard - what a console said first in a launch
 * @byte, @kernel, @init: as of struct vnft_first_lines; else the reason
 */
struct vnft_bench_heard {
	struct vnft_look byte, kernel, init;
	char byte_why[96], kernel_why[96], init_why[96];
};

/**
 * struct vnft_bench_seen - what a watch has seen of an instance; a time of 0: not yet
 * @first_rst_ns, @first_synack_ns: stamps of first answers
 * @exec_ns, @vcpu_ns, @exit_ns: of the type's process
 * @hook_ns, @hooked_ns: exec and exit of the driver's hook (vnft_bench_watch_program())
 * @init_ns: exec of a container's first process (vnft_bench_watch_exec())
 * @gone_ns: of the device, in userspace; it may have been @gone_late_ns before
 * @heard: of the console, when the launch is over (vnft_bench_watch_console_end())
 */
struct vnft_bench_seen {
	uint64_t first_rst_ns, first_synack_ns;
	bool rst_at_bridge, synack_at_bridge;
	uint64_t first_frame_ns, first_arp_ns;
	uint64_t exec_ns, vcpu_ns, exit_ns, init_ns;
	uint64_t hook_ns, hooked_ns;
	struct vnft_bench_born born;
	uint64_t gone_ns, gone_late_ns;
	uint64_t foreign_answers;
	uint16_t device_id;
	char device[16];
	struct vnft_bench_heard heard;
};

int vnft_bench_watch_start(struct vnft_bench_watch **w, struct vnft_bench *b,
			   struct vnft_bench_place *p, const struct vnft_type *type);
void vnft_bench_watch_stop(struct vnft_bench_watch *w);
/* Until the watch has drained what was in the rings when it was called. */
void vnft_bench_watch_settle(struct vnft_bench_watch *w);
void vnft_bench_watch_t0(struct vnft_bench_watch *w, uint64_t t0_ns);
/*
 * Is a program of ours gone from its hook, now or since the run began? "" or which. The thread
 * looks every second.
 */
void vnft_bench_watch_hooks(struct vnft_bench_watch *w, char why[VNFT_BENCH_HOOKS_BYTES]);
/* While set, the thread takes a snapshot of the device every 100 ms. */
void vnft_bench_watch_slots(struct vnft_bench_watch *w, enum vnft_dir dir, struct vnft_rate *to);

/* watch_device.c: the instance's device has this name, on the run's bridge or not; "": not known */
void vnft_bench_watch_device(struct vnft_bench_watch *w, const char *name);
/* How it hangs from the host now; @fix: of the driver. */
void vnft_bench_watch_hang(struct vnft_bench_watch *w, const char *fix,
			   struct vnft_bench_hang *hang);

/* watch_console.c: look at the console from now on, which is before the start; until the end. */
void vnft_bench_watch_console(struct vnft_bench_watch *w, const struct vnft_guest_ops *ops,
			      const struct vnft_instance *in);
void vnft_bench_watch_console_end(struct vnft_bench_watch *w, struct vnft_bench_heard *heard);

/* watch_frame.c */
void vnft_bench_watch_seen(struct vnft_bench_watch *w, struct vnft_bench_seen *seen);
/* When this process was exec'd in the launch, of those that we follow; 0: not seen. */
uint64_t vnft_bench_watch_exec(struct vnft_bench_watch *w, pid_t pid);
/* Exec and exit of the first process of this name in the launch; 0: not seen. */
void vnft_bench_watch_program(struct vnft_bench_watch *w, const char *name, uint64_t *exec_ns,
			      uint64_t *exit_ns);
/* The exit of the instance's process @pid and the end of its device, both not before @stop_ns. */
void vnft_bench_watch_end(struct vnft_bench_watch *w, pid_t pid, uint64_t stop_ns,
			  struct vnft_bench_seen *seen);
/* SYNs that waited until the first RST, of all that were paired so far. */
void vnft_bench_watch_queueing(struct vnft_bench_watch *w,
			       struct vnft_results_queueing *queueing);
/* watch_asking.c: how surely the first answer of a pairing tells of readiness, at a run's end. */
void vnft_bench_watch_asking(struct vnft_bench_watch *w, enum vnft_pairing pairing,
			     struct vnft_results_asking *asking);
/* Begin to pair echoes afresh; hand out what was paired since. */
int vnft_bench_watch_pair(struct vnft_bench_watch *w, struct vnft_pair_result *result);
/* Echoes answered at the device since then. */
uint64_t vnft_bench_watch_echoes(struct vnft_bench_watch *w);

#endif
