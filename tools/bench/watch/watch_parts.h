/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the watch share. Everything here is called with the watch's lock held, by the
 * thread of the watch or by whoever asks it.
 */
#ifndef VNFT_BENCH_WATCH_PARTS_H
#define VNFT_BENCH_WATCH_PARTS_H

#include <pthread.h>
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

/* watch_device.c: see what is born on this host, from now on; what was. */
void vnft_watch_births_open(struct vnft_bench_watch *w);
void vnft_watch_births_close(struct vnft_bench_watch *w);
void vnft_watch_births(struct vnft_bench_watch *w);
/* News of devices: births, deaths, and the instance's device, which is attached. */
void vnft_watch_links(struct vnft_bench_watch *w);

#endif
