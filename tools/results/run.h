/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bench hands over: what each run of an instance gave, numbers with a reason where one is
 * missing, and the rows and the session that they belong to. row.c adds runs up.
 */
#ifndef VNFT_RESULTS_RUN_H
#define VNFT_RESULTS_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "../../kmod/core/hist.h"
#include "../../kmod/uapi/vnftrace.h"
#include "../stat/records/pair.h"
#include "../source/self.h"
#include "../stat/spans.h"
#include "../stat/stat.h"
#include "keys.h"

#define VNFT_RESULTS_PHASES	24

/**
 * struct vnft_results_phase - a moment of an instantiation, since t0, or of a teardown, since stop
 * @from_hook: stamped in the kernel; else in userspace on the same clock
 * @time_ns: 0 if it did not happen, then @why says so
 * @role: in what the moments divide
 * @alone: no other moment needs it, or is needed by it: a look at the console found it
 * @late_ns: of what a look found (console, news of devices): so long before was one that did not
 */
struct vnft_results_phase {
	const char *name;
	bool from_hook;
	uint64_t time_ns;
	char why[96];
	enum vnft_span_role role;
	bool alone;
	uint64_t late_ns;
};

/**
 * struct vnft_results_phases - the moments of a launch, or of a teardown, in the order of the page
 */
struct vnft_results_phases {
	struct vnft_results_phase at[VNFT_RESULTS_PHASES];
	unsigned int n;
};

/**
 * struct vnft_results_rtt - one way of pinging
 * @asked: it was to be measured; if it is not @measured, @why says why
 * @sent, @sent_lost, @sender: what the sender sent, could not stamp, and saw come back
 */
struct vnft_results_rtt {
	bool asked, measured;
	struct vnft_pair_result hooks;
	uint64_t sent, sent_lost;
	struct vnft_hist sender;
	char why[160];
};

/**
 * struct vnft_results_rate - one direction of throughput
 * @asked: as of struct vnft_results_rtt; @pps_asked: likewise
 * @tool_measured, @retransmits_measured: what the workload's tool says beside the hook; else
 *	@tool_why
 * @length_ns: of the stream, whose end is at most @late_ns too late
 * @slot_p10_bps, @slot_p90_bps: of the snapshots within the stream, if there are @slots; @slot_ns
 *	apart at least
 */
struct vnft_results_rate {
	bool asked, measured, pps_asked, pps_measured;
	bool tool_measured, retransmits_measured;
	double hook_bps, tool_bps, pps;
	uint64_t length_ns, late_ns, slot_ns;
	uint64_t retransmits;
	double slot_p10_bps, slot_p90_bps;
	uint64_t slots;
	char why[160], tool_why[160], pps_why[160];
};

/**
 * struct vnft_results_queueing - SYNs that waited for the instance
 * @syns: sent to the closed port before the first RST and answered all the same: something on the
 *	way kept them (netback, before the frontend connects); 0 if only the one that the first
 *	RST answers was, and no longer than SYNs are apart
 * @first_wait_ns: from the SYN that the first RST answers to that RST
 * @longest_wait_ns: of all of them
 */
struct vnft_results_queueing {
	uint64_t syns;
	uint64_t first_wait_ns, longest_wait_ns;
};

/**
 * struct vnft_results_reference - the host itself, beside a run (docs/method.md, "Reference")
 * @launch_ns: instantiation of the reference; @rtt_ns: mean of its round trips
 */
struct vnft_results_reference {
	bool measured;
	uint64_t launch_ns, rtt_ns;
	char why[160];
};

/**
 * struct vnft_results_asking - how surely the first answer tells when the instance was ready
 * @known: the SYN that was answered was seen where all SYNs pass, and so what follows is known
 * @late_ns: so much more than SYNs are set to be apart it came after the one before, or after t0
 * @answer_ns: the shortest time in which a SYN of before the first answer was answered
 */
struct vnft_results_asking {
	bool known;
	uint64_t late_ns, answer_ns;
};

/**
 * struct vnft_results_console - what an instance's console said; all 0 if that was nothing
 * @file: beside results.json, with the last @kept_bytes of @said_bytes; "": not kept, and @why
 */
struct vnft_results_console {
	char file[24];
	uint64_t said_bytes, kept_bytes;
	char why[96];
};

/* The members that are one number a run (keys.h). */
enum vnft_results_number_id {
#define VNFT_NUMBER_ID(id, path, type, unit, why, bound_why, what) VNFT_NUMBER_##id,
	VNFT_RESULTS_NUMBERS(VNFT_NUMBER_ID)
#undef VNFT_NUMBER_ID
	VNFT_NUMBER_NR
};

/**
 * struct vnft_results_number - one of them, in the unit of its key
 * @why: if not @measured; "": as the row says
 */
struct vnft_results_number {
	bool measured;
	double value;
	char why[96];
};

/**
 * struct vnft_results_run - everything one run gave
 * @number: from 1, over the whole session
 * @round: from 1: in each round every row has one run
 * @finished: it reached the end of what was asked for
 * @why: of a run that failed or is invalid
 * @memory_asked, @memory_measured: idle memory was to be read, and was, or @memory_why not
 * @at_bridge: the first RST was stamped at the bridge
 * @launch, @ending: moments since t0, and since the begin of the teardown
 * @own_start_ns: from t0 to the exec of what we start, at most; 0: we start nothing
 * @launch_busy_ns: CPU time of all CPUs that was not idle within @launch_observed_ns, from t0 to
 *	when the first answer was noticed, less the tool's own; made of ticks, so that a short one
 *	may be negative
 * @accel: what ran the instance; @netns: "host" or "private"; static
 * @packets, @records: that our hooks saw and recorded in @observed_ns
 * @conditions: the host meanwhile (conditions.h); NULL: it was not launched
 */
struct vnft_results_run {
	unsigned int number, round;
	bool finished, valid;
	char why[384];
	uint64_t instantiation_ns, service_ns, teardown_ns, create_ns;
	char service_why[96];
	struct vnft_results_asking rst_asking, service_asking;
	uint64_t own_start_ns;
	int64_t launch_busy_ns;
	uint64_t launch_observed_ns;
	struct vnft_results_phases launch, ending;
	bool at_bridge;
	struct vnft_results_queueing queueing;
	uint64_t foreign_answers;
	uint64_t sent_lost;
	struct vnft_hist lateness;
	struct vnft_results_rtt flood, fixed;
	struct vnft_results_rate tx, rx;
	bool memory_asked, memory_measured;
	char memory_why[160];
	struct vnft_results_number numbers[VNFT_NUMBER_NR];
	const char *accel, *netns;
	uint64_t lost[VNFT_LOST_NR];
	uint64_t packets, records;
	uint64_t observed_ns;
	struct vnft_results_reference reference;
	struct vnft_results_console console;
	json_t *conditions;
};

/**
 * struct vnft_results_row - a type with one of its setups and a state of the page cache
 * @topology, @topology_is: how its instances hang from the host: a word, and what it means
 * @setup: what could have been otherwise, as the driver says; NULL: nothing
 * @workload: what throughput was measured with
 * @why: of a row that is not @possible
 * @slot_ns: interval at which the closed port is asked; 0: the other machine sets the pace
 * @image_file_bytes, @image_disk_bytes: 0: the type names no image that can be read
 * @run: its @runs, in the order in which they were made
 */
struct vnft_results_row {
	const char *type, *title, *driver, *workload, *topology, *topology_is;
	json_t *setup;
	bool cold, possible;
	const char *why;
	uint64_t slot_ns;
	uint64_t image_file_bytes, image_disk_bytes;
	const struct vnft_results_run *run;
	unsigned int runs;
};

/**
 * struct vnft_results_session - what was asked for
 * @stimulus: who sent: "kernel", "user" or "external"
 * @flood_why: why not @stimulus sent the flood; NULL: it did
 * @no_rtt_why: why nobody was to measure it; NULL: it was asked for; so are the others
 * @self: what our stamps are off by, and the hooks' cost; NULL: not measured
 */
struct vnft_results_session {
	json_t *manifest;
	uint64_t seed, echo_interval_ns;
	const char *stimulus, *flood_stimulus, *flood_why;
	const char *no_rtt_why, *no_throughput_why, *no_memory_why;
	const struct vnft_self *self;
};

/* Set a number of a run. */
static inline void vnft_results_set(struct vnft_results_run *run, enum vnft_results_number_id id,
				    double value)
{
	run->numbers[id].measured = true;
	run->numbers[id].value = value;
}

#endif
