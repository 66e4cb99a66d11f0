/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the watch share. Everything here is called with the watch's lock held, by the
 * thread of the watch or by whoever asks it; what is said of a console is not.
 */
#ifndef VNFT_BENCH_WATCH_PARTS_H
#define VNFT_BENCH_WATCH_PARTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "../../lib/run/watch.h"
#include "../../stat/records/pair.h"
#include "../../stat/stat.h"
#include "births.h"
#include "kin.h"
#include "lives.h"
#include "watch.h"

/* SYNs to one port of far longer than rings are not drained. */
#define VNFT_WATCH_ASKED	4096

/**
 * struct vnft_watch_asked - the latest SYNs to one port, where all of them pass
 * @time_ns: their stamps, @n of them since the run began
 * @request_ns: the SYN that the first answer answers; @before_ns: the one before it, 0: not seen
 */
struct vnft_watch_asked {
	uint64_t time_ns[VNFT_WATCH_ASKED];
	unsigned int n;
	uint64_t request_ns, before_ns;
};

/**
 * struct vnft_watch_console - the looks at a console, by a thread of their own while that runs
 * @on: there is something to find yet
 * @has_kernel: lines of a kernel and of its init are looked for as well
 * @fd: its file, which @was_there; -1: not open
 * @offset: so far it was read
 * @look_ns: begin of the latest look: what was there by then has been read
 * @gave_up: why nobody looks on; "": nobody has to, or the launch is over
 * @runs: @thread does, until @stop
 */
struct vnft_watch_console {
	struct vnft_guest_console_file file;
	struct vnft_first_lines lines;
	bool on, has_kernel, was_there;
	int fd;
	uint64_t offset, look_ns;
	char gave_up[96];
	bool runs;
	pthread_t thread;
	atomic_bool stop;
};

struct vnft_bench_watch {
	struct vnft_bench *b;
	struct vnft_bench_place *p;
	const struct vnft_type *type;
	struct vnft_link_watch *links;
	pthread_t thread;
	pthread_mutex_t lock;
	bool stop;
	uint64_t passes;
	/* All below: under @lock. */
	struct vnft_bench_seen seen;
	struct vnft_pair *syn, *echo;
	bool new_answer;
	struct vnft_watch_asked asked[VNFT_PAIRING_NR];
	uint64_t echoes;
	struct vnft_bench_births births;
	struct vnft_source *newborn; /* births as the kernel stamps them, NULL without the module */
	uint64_t netns_inode;
	unsigned int ifindex;		/* of the instance's device */
	char awaited[16];		/* its name, where the driver could say it */
	struct vnft_bench_lives lives;
	struct vnft_bench_kin kin;
	uint64_t t0_ns;
	struct vnft_rate *slots;
	enum vnft_dir slots_dir;
	uint64_t slot_ns;
	struct vnft_watch_console console; /* not under @lock */
	char hooks_lost[VNFT_BENCH_HOOKS_BYTES];
	uint64_t hooks_ns;		/* of the last look */
};

/* watch_frame.c: a record, as a vnft_record_fn whose argument is the watch. */
int vnft_watch_record(const struct vnft_record *r, void *watch);

/* watch_frame.c: the direction in which requests pass a device. */
enum vnft_dir vnft_watch_request_dir(const struct vnft_bench_watch *w, uint16_t device);

/* watch_asking.c: a SYN on its way to the instance; the SYN that the first answer answers. */
void vnft_watch_asked(struct vnft_bench_watch *w, const struct vnft_record *syn);
void vnft_watch_answered(struct vnft_bench_watch *w, enum vnft_pairing pairing, uint16_t device,
			 uint64_t request_ns);

/* watch_console.c: look from now on; one look; no more looks. */
void vnft_watch_console_begin(struct vnft_bench_watch *w, const struct vnft_guest_ops *ops,
			      const struct vnft_instance *in);
void vnft_watch_console(struct vnft_bench_watch *w);
void vnft_watch_console_stop(struct vnft_bench_watch *w);

/* watch_device.c: see what is born on this host, from now on; what was. */
void vnft_watch_births_open(struct vnft_bench_watch *w);
void vnft_watch_births_close(struct vnft_bench_watch *w);
void vnft_watch_births(struct vnft_bench_watch *w);
/* News of devices: births, deaths, and the instance's device, which is attached. */
void vnft_watch_links(struct vnft_bench_watch *w);

#endif
