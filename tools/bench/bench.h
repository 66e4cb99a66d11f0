/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session and its rows, as the files of bench hand them on. A session is one invocation of bench:
 * the rows that were asked for and their runs in random order.
 */
#ifndef VNFT_BENCH_BENCH_H
#define VNFT_BENCH_BENCH_H

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../guest/guest.h"
#include "../lib/undo/journal.h"
#include "../load/load.h"
#include "../results/run.h"
#include "../source/file_write.h"
#include "../source/self.h"
#include "../source/source.h"
#include "../stat/records/ports.h"
#include "config.h"
#include "directory.h"

#define VNFT_BENCH_LABEL_LEN	192
/* The first is closed in every workload that we ship. */
#define VNFT_BENCH_CLOSED_PORT	9

/**
 * struct vnft_bench_row - a type (with one of its setups, and cache state) and its runs
 * @setup: what could have been otherwise, as the driver says; NULL: nothing
 * @label: type, setup and cache state in words: rows of one type are told apart by it
 * @vhost: its VMs may use vhost-net
 * @run: room for as many as were asked for; @runs of them were made
 */
struct vnft_bench_row {
	struct vnft_type type;
	const struct vnft_guest_ops *ops;
	json_t *setup;
	char label[VNFT_BENCH_LABEL_LEN];
	bool cold, vhost;
	bool possible;
	char why[256];
	struct vnft_results_run *run;
	unsigned int runs;
};

/**
 * struct vnft_bench_kept - an instance that the session leaves for a look (kept/keep.h)
 * @run: number of its run; 0: there is none
 * @pid: of its process; 0: it has ended
 * @netns: "": the host's
 * @console: file in the session's directory; "": it said nothing
 */
struct vnft_bench_kept {
	unsigned int run;
	const struct vnft_bench_row *row;
	pid_t pid;
	char name[32], netns[32], device[16], console[24];
};

/**
 * struct vnft_bench - a session
 * @journal: its lock and what it leaves on the host (tools/lib/undo/journal.h)
 * @sender: of SYNs and of echoes at a fixed rate, unless another machine sends
 * @sender_why: auto did not take the kernel: why
 * @life: exec, exit and vCPU entries of instances are recorded; else @life_why
 * @ports: of all flows that were named: an observer names a flow once, not for each run
 * @self: what our stamps are off by on this host
 * @writer, @broken: with @writer_lock, by records.c: the raw records; why it cannot go on
 * @planned: runs; @done of them are made, and @saved are in results.json
 * @home_fd: namespace that the command was started in; @run_fd: the session's own
 */
struct vnft_bench {
	const struct vnft_bench_config *config;
	struct vnft_journal journal;
	struct vnft_source *source;
	enum vnft_probe_sender sender;
	char sender_why[VNFT_PROBE_WHY_BYTES];
	bool life;
	char life_why[96];
	struct vnft_self self;
	struct vnft_ports *ports;
	struct vnft_bench_directory directory;
	struct vnft_file_writer *writer;
	pthread_mutex_t writer_lock;
	int broken;
	char broken_why[512];
	struct vnft_bench_row *row;
	unsigned int rows;
	unsigned int planned, done, saved;
	struct vnft_bench_kept kept;
	uint64_t started_ns;
	json_t *manifest;
	int home_fd;
	int run_fd;
};

#endif
