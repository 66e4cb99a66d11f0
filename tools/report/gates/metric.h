/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The numbers of a row that can be asked for by name: one table for gates (--fail-if) and for
 * compare. docs/gates.md lists them for users.
 */
#ifndef VNFT_REPORT_GATES_METRIC_H
#define VNFT_REPORT_GATES_METRIC_H

#include <jansson.h>
#include <stdbool.h>

#include "../../stat/stat.h"

/* X(ID, name): those that compare knows, too, in the order of its -m. */
#define VNFT_METRICS_COMPARED(X)							\
	X(INSTANTIATION, "instantiation") X(SERVICE, "service") X(TEARDOWN, "teardown")	\
	X(RTT, "rtt") X(RTT_FIXED, "rtt-fixed") X(TX, "tx") X(RX, "rx")			\
	X(TX_PPS, "tx-pps") X(RX_PPS, "rx-pps") X(MEMORY, "memory") X(PHASE, "phase")
/* X(ID, name): those of a row alone. */
#define VNFT_METRICS_ALONE(X)								\
	X(CREATE, "create") X(RTT_SENDER, "rtt-sender")					\
	X(RTT_FIXED_SENDER, "rtt-fixed-sender") X(TX_TOOL, "tx-tool")			\
	X(RX_TOOL, "rx-tool") X(MEMORY_PSS, "memory-pss")				\
	X(MEMORY_CGROUP, "memory-cgroup") X(MEMORY_HOST, "memory-host")			\
	X(MEMORY_LOAD, "memory-load") X(MEMORY_LOAD_PSS, "memory-load-pss")		\
	X(IMAGE, "image") X(IMAGE_DISK, "image-disk") X(HOOKS_CPU, "hooks-cpu")		\
	X(LOST, "lost") X(RUNS, "runs") X(VALID_RUNS, "valid-runs")			\
	X(DISTURBED_RUNS, "disturbed-runs")

enum vnft_metric_id {
#define VNFT_METRIC_ID(id, name) VNFT_METRIC_##id,
	VNFT_METRICS_COMPARED(VNFT_METRIC_ID)
	VNFT_METRICS_ALONE(VNFT_METRIC_ID)
#undef VNFT_METRIC_ID
	VNFT_METRIC_NR
};

/* How a row has it. */
enum vnft_metric_kind {
	VNFT_METRIC_SPREAD,	/* one value a run: median_UNIT, ci95_UNIT, samples_UNIT */
	VNFT_METRIC_HIST,	/* a histogram: mean_UNIT, min_UNIT, p50_UNIT … max_UNIT */
	VNFT_METRIC_SPANS,	/* durations of one phase, in each launch */
	VNFT_METRIC_SINGLE,	/* one number */
	VNFT_METRIC_COUNT,	/* made of several members */
};

/**
 * struct vnft_metric - a number of a row
 * @also: another name for it; NULL: none
 * @unit: "ns", "bps", "pps", "bytes", "percent"; "" for a count
 * @at: the object that has it; of a SINGLE the number itself, without _UNIT; NULL: no one place
 * @values: one for each run of a row; NULL: there are none, or those of a phase
 * @bound: of what these may be off by; "": nothing has one
 * @signed_number: may be below 0
 * @more_is_better: of two, the larger one
 * @reference: of the values of the reference that feels what the host does to it; NULL: none does
 * @of_type_alone: the host does nothing to it
 * @busy: in a row, how many CPUs what is measured keeps busy; NULL: nobody knows
 */
struct vnft_metric {
	enum vnft_metric_kind kind;
	const char *also, *unit, *at, *values, *bound;
	bool signed_number, more_is_better;
	const char *reference;
	bool of_type_alone;
	const char *busy;
};
extern const struct vnft_metric vnft_metrics[VNFT_METRIC_NR];
/* By id, ended by NULL; and those of compare alone. */
extern const char *const vnft_metric_names[];
extern const char *const vnft_compare_metrics[];

/* The metric of this name, in which - and _ are the same; VNFT_METRIC_NR: there is none. */
enum vnft_metric_id vnft_metric_find(const char *name, size_t bytes);

/* values.c: one value for each run of a row that has one. 0, or negative errno. */
int vnft_metric_values(enum vnft_metric_id id, const char *phase, const json_t *row,
		       struct vnft_samples *to);
/* values.c: why a row has none, as far as it says. */
const char *vnft_metric_none_why(enum vnft_metric_id id, const char *phase, const json_t *row);
/* values.c: what the row says of a phase over all its launches; NULL: it does not know it. */
const json_t *vnft_metric_phase(const json_t *row, const char *phase);

#endif
