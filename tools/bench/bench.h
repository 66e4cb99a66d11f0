/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One run from an empty namespace to numbers, and many runs to a row. The verb (tools/cmd/bench.c)
 * plans; place.c makes devices, watch.c reads the rings beside everything else, launch.c times the
 * instantiation, rtt.c, rate.c and cost.c measure a running instance, row.c adds runs up.
 */
#ifndef VNFT_BENCH_BENCH_H
#define VNFT_BENCH_BENCH_H

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "../guest/guest.h"
#include "../lib/cli/option.h"
#include "../lib/host/accel.h"
#include "../lib/run/run.h"
#include "../load/load.h"
#include "../source/file_write.h"
#include "../source/source.h"
#include "../stat/stat.h"
#include "../stat/records/pair.h"
#include "../stat/throughput.h"

/* Ports of the SYN flood: the first is closed in every workload that we ship. */
#define VNFT_BENCH_CLOSED_PORT	9
#define VNFT_BENCH_SOURCE_PORT	40000
#define VNFT_BENCH_ECHO_ID	0x7674
#define VNFT_BENCH_PHASES	12
#define VNFT_BENCH_LABEL_LEN	192
#define VNFT_BENCH_NO_CPU	UINT64_MAX

enum vnft_cache {
	VNFT_CACHE_WARM,
	VNFT_CACHE_COLD,
	VNFT_CACHE_BOTH,
};

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
	bool no_vhost;
	bool no_offload;
	bool no_rtt;
	bool no_throughput;
	bool no_memory;
};

/**
 * struct vnft_bench_phase - a moment of an instantiation, since t0
 * @from_hook: stamped in the kernel; else in userspace on the same clock
 * @time_ns: 0 if it did not happen, then @why says so
 */
struct vnft_bench_phase {
	const char *name;
	bool from_hook;
	uint64_t time_ns;
	char why[96];
};

/**
 * struct vnft_bench_rtt - one way of pinging, one run
 */
struct vnft_bench_rtt {
	bool measured;
	struct vnft_pair_result hooks;
	struct vnft_probe_result sender;
	char why[160];
};

/**
 * struct vnft_bench_rate - one direction of throughput, one run
 */
struct vnft_bench_rate {
	bool measured, pps_measured;
	double hook_bps, iperf3_bps, pps;
	uint64_t retransmits;
	double slot_p10_bps, slot_p90_bps;	/* of the 100 ms snapshots within the stream */
	uint64_t slots;
	char why[160], pps_why[160];
};

/**
 * struct vnft_bench_queueing - SYNs that waited for the instance
 * @syns: sent to the closed port before the first RST and answered all the same: something on the
 *	way kept them (netback, before the frontend connects); 0 if only the one that the first
 *	RST answers was, and no longer than SYNs are apart
 * @first_wait_ns: from the SYN that the first RST answers to that RST
 * @longest_wait_ns: of all of them
 */
struct vnft_bench_queueing {
	uint64_t syns;
	uint64_t first_wait_ns, longest_wait_ns;
};

/**
 * struct vnft_bench_sample - everything one run gave
 * @number: from 1, over the whole bench
 */
struct vnft_bench_sample {
	unsigned int number;
	bool cold;
	bool finished;			/* reached the end of what was asked for */
	char why[256];			/* of a run that failed or is invalid */
	bool valid;
	uint64_t instantiation_ns, service_ns, teardown_ns, create_ns;
	char service_why[96];
	struct vnft_bench_phase phase[VNFT_BENCH_PHASES];
	unsigned int phases;
	uint64_t sent_lost;		/* SENT records of the generator */
	bool at_bridge;			/* first RST was stamped at the bridge */
	struct vnft_bench_queueing queueing;
	uint64_t foreign_answers;
	uint64_t syns_sent;
	struct vnft_hist lateness;
	struct vnft_bench_rtt flood, fixed;
	struct vnft_bench_rate tx, rx;
	struct vnft_memory idle, load;
	bool idle_measured, load_measured;
	bool host_delta_measured;
	int64_t host_delta_bytes;
	enum vnft_accel accel;
	char netns[32];
	uint64_t lost[VNFT_LOST_NR];
	uint64_t packets, records;	/* seen and recorded by our hooks */
	uint64_t observed_ns;
};

/**
 * struct vnft_bench_row - a type (with one of its setups, and cache state) and its runs
 * @setup: what could have been otherwise, as the driver says; NULL: nothing
 * @label: type, setup and cache state in words: rows of one type are told apart by it
 */
struct vnft_bench_row {
	struct vnft_type type;
	const struct vnft_guest_ops *ops;
	json_t *setup;
	char label[VNFT_BENCH_LABEL_LEN];
	bool cold;
	bool possible;
	char why[256];
	struct vnft_bench_sample *sample;
	unsigned int samples;
};

struct vnft_bench_watch;

#define VNFT_BENCH_BIRTHS	64

/**
 * struct vnft_bench_births - when the latest devices of a namespace were born (births.c)
 * @reader_ns: when the reader heard of it first; @kernel_ns: the module's stamp; 0: none
 */
struct vnft_bench_births {
	struct vnft_bench_birth {
		unsigned int ifindex;
		uint64_t reader_ns, kernel_ns;
	} birth[VNFT_BENCH_BIRTHS];
	unsigned int n;
};
void vnft_bench_births_note(struct vnft_bench_births *births, unsigned int ifindex,
			    uint64_t time_ns, bool in_kernel);
/* The kernel's stamp where there is one; 0 for a device that nobody saw being born. */
uint64_t vnft_bench_births_find(const struct vnft_bench_births *births, unsigned int ifindex,
				bool *in_kernel);

/**
 * struct vnft_bench - the whole
 * @sender: of SYNs and of echoes at a fixed rate, unless another machine sends
 * @sender_why: auto did not take the kernel: why
 * @life: exec, exit and vCPU entries are recorded; else @life_why
 */
struct vnft_bench {
	const struct vnft_bench_config *config;
	struct vnft_run run;
	struct vnft_source *source;
	enum vnft_probe_sender sender;
	char sender_why[VNFT_PROBE_WHY_BYTES];
	bool life;
	char life_why[96];
	struct vnft_file_writer *writer;
	pthread_mutex_t writer_lock;
	struct vnft_bench_row *row;
	unsigned int rows;
	unsigned int planned, done;
	uint64_t started_ns;
	json_t *manifest;
	int home_fd;			/* the namespace the command was started in */
	int run_fd;			/* the run's own */
	int uplink_fd;			/* where the uplink came from, -1 */
};

/**
 * struct vnft_bench_place - devices of one run; the caller's thread is in their namespace
 */
struct vnft_bench_place {
	struct vnft_place place;
	uint16_t device_id, bridge_id;	/* 0: not attached */
	char device[16];
	unsigned int bridge_ifindex;
	bool in_host;
	int back_fd;
};

/* plan.c: rows of all types asked for, and of each the switches; free them. */
int vnft_bench_plan(struct vnft_bench *b);
int vnft_bench_plan_type(struct vnft_bench *b, const struct vnft_type *type);
void vnft_bench_plan_free(struct vnft_bench *b);

/* place.c: enter the home namespace, make devices; undo. */
int vnft_bench_place_make(struct vnft_bench *b, const struct vnft_bench_row *row,
			  unsigned int number, struct vnft_bench_place *p);
/* Addresses of every run of this bench; with an external stimulus the same for all. */
void vnft_bench_place_address(const struct vnft_bench *b, bool in_host, struct vnft_place *place);
void vnft_bench_place_remove(struct vnft_bench *b, struct vnft_bench_place *p);
/* MTU and offloads as asked for, IPv6 off, on a host-side device. */
int vnft_bench_place_tune(const struct vnft_bench *b, const char *name);
/* Attach a device of the calling thread's namespace, define it in the records, record it. */
int vnft_bench_place_attach(struct vnft_bench *b, const char *name, uint16_t *id);

/*
 * watch.c: a thread that drains the rings every few milliseconds, writes them to disk, pairs them,
 * and attaches devices that are born on the run's bridge.
 */
struct vnft_bench_seen {
	uint64_t first_rst_ns, first_synack_ns;	/* stamps of first answers, 0: none yet */
	bool rst_at_bridge, synack_at_bridge;
	uint64_t first_frame_ns, first_arp_ns;
	uint64_t exec_ns, vcpu_ns, exit_ns;	/* of the type's process */
	uint64_t born_ns, gone_ns;		/* of the device, userspace */
	bool born_in_kernel;			/* but born_ns by the module */
	uint64_t foreign_answers;
	uint16_t device_id;
	char device[16];
};
int vnft_bench_watch_start(struct vnft_bench_watch **w, struct vnft_bench *b,
			   struct vnft_bench_place *p, const struct vnft_type *type);
void vnft_bench_watch_t0(struct vnft_bench_watch *w, uint64_t t0_ns);
/* The instance's device has this name, whether it joins the run's bridge or not; "": not known. */
void vnft_bench_watch_device(struct vnft_bench_watch *w, const char *name);
void vnft_bench_watch_seen(struct vnft_bench_watch *w, struct vnft_bench_seen *seen);
/* Begin to pair echoes afresh; hand out what was paired since. */
int vnft_bench_watch_pair(struct vnft_bench_watch *w, struct vnft_pair_result *result);
/* Echoes answered at the device since then. */
uint64_t vnft_bench_watch_echoes(struct vnft_bench_watch *w);
/* Until the watch has drained what was in the rings when it was called. */
void vnft_bench_watch_settle(struct vnft_bench_watch *w);
/* SYNs that waited until the first RST, of all that were paired so far. */
void vnft_bench_watch_queueing(struct vnft_bench_watch *w, struct vnft_bench_queueing *queueing);
/* While set, the thread takes a snapshot of the device every 100 ms. */
void vnft_bench_watch_slots(struct vnft_bench_watch *w, enum vnft_dir dir, struct vnft_rate *to);
void vnft_bench_watch_stop(struct vnft_bench_watch *w);
/* MARK record: @name at @time_ns in run @number (docs/method.md, "Records"). */
void vnft_bench_mark(struct vnft_bench *b, unsigned int number, uint16_t device, uint64_t time_ns,
		     const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* run.c: one run, from place to teardown. */
void vnft_bench_run(struct vnft_bench *b, struct vnft_bench_row *row, struct vnft_bench_sample *s);

/* launch.c: from stimulus to the first answers. */
int vnft_bench_launch(struct vnft_bench *b, struct vnft_bench_row *row, struct vnft_bench_place *p,
		      struct vnft_bench_watch *w, struct vnft_instance *in,
		      struct vnft_bench_sample *s);

/* phases.c: the moments of the launch into s->phase. */
void vnft_bench_phases(const struct vnft_bench *b, const struct vnft_type *type,
		       const struct vnft_instance *in, const struct vnft_bench_seen *seen,
		       struct vnft_bench_sample *s);

/**
 * struct vnft_bench_alive - an instance that is being measured (alive.c); nothing waits for one
 * that is gone
 * @doing: what is being measured, for the reason
 */
struct vnft_bench_alive {
	const struct vnft_bench_row *row;
	struct vnft_instance *in;
	const char *doing;
};
/* Has it ended, as its driver knows or else its process? */
bool vnft_bench_ended(const struct vnft_guest_ops *ops, struct vnft_instance *in);
/* 0 while it lives, or -ECHILD after vnft_fail() that says in which measurement it ended. */
int vnft_bench_alive(const struct vnft_bench_alive *alive);
/* The same after something else failed: its end may be the cause, and be known a little later. */
int vnft_bench_alive_still(const struct vnft_bench_alive *alive);
/* What to say of @err, after its vnft_fail(): the instance's end if that has come, else itself. */
int vnft_bench_alive_or(const struct vnft_bench_alive *alive, int err);
/* Sleep until @until_ns as long as it lives: 0, -ECHILD or -EINTR after vnft_fail(). */
int vnft_bench_alive_until(const struct vnft_bench_alive *alive, uint64_t until_ns);

/* rtt.c, rate.c, cost.c: a running instance. */
int vnft_bench_rtt(struct vnft_bench *b, struct vnft_bench_place *p, struct vnft_bench_watch *w,
		   const struct vnft_bench_alive *alive, struct vnft_bench_sample *s);
int vnft_bench_rate(struct vnft_bench *b, struct vnft_bench_place *p, struct vnft_bench_watch *w,
		    const struct vnft_bench_alive *alive, struct vnft_bench_sample *s);
uint64_t vnft_bench_available_bytes(void);
void vnft_bench_image(const struct vnft_type *type, json_t *row);
void vnft_bench_page_cache(const struct vnft_type *type, bool cold);

/* Who sent: "kernel", "user" or "external". */
const char *vnft_bench_stimulus(const struct vnft_bench *b, enum vnft_probe_kind kind);

/* row.c: runs to a row of results.json. New reference. */
json_t *vnft_bench_row_json(const struct vnft_bench *b, const struct vnft_bench_row *row);
/* manifest.c */
json_t *vnft_bench_manifest(const struct vnft_bench *b);
/* Write results.json (all rows so far) into the directory. */
int vnft_bench_save(const struct vnft_bench *b, json_t **results);

/* progress.c: one line on a terminal, nothing when piped. */
void vnft_bench_progress(struct vnft_bench *b, const struct vnft_bench_row *row,
			 const struct vnft_bench_sample *s, const char *doing);
void vnft_bench_progress_end(void);

#endif
