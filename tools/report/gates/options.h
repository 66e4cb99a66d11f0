/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The options of a verb that has gates, and what its help says of them.
 */
#ifndef VNFT_REPORT_GATES_OPTIONS_H
#define VNFT_REPORT_GATES_OPTIONS_H

#include <stdbool.h>

#include "../../lib/cli/option.h"

/**
 * struct vnft_gates_config - the options of a verb that has gates
 * @sure: a gate passes only what it can tell for sure
 * @junit: file for JUnit XML; NULL: none. @force: it may be replaced
 */
struct vnft_gates_config {
	struct vnft_list conditions;
	bool sure;
	const char *junit;
	bool force;
};

/* In the table of options of a verb whose config struct has a vnft_gates_config. */
#define VNFT_GATES_OPTS(config, member, what, last_letter)				\
	{ .name = "fail-if", .old_letter = last_letter, .type = VNFT_OPT_EACH,		\
	  .offset = offsetof(config, member.conditions), .arg = "CONDITION",		\
	  .complete = "metric", .help = what },						\
	{ .name = "junit", .type = VNFT_OPT_STRING,					\
	  .offset = offsetof(config, member.junit), .arg = "FILE", .complete = "file",	\
	  .help = "write what came of --fail-if to FILE as JUnit XML (-: standard output)" }, \
	{ .name = "force", .type = VNFT_OPT_FLAG, .offset = offsetof(config, member.force), \
	  .help = "replace FILE if it exists, once the new one is finished" }
/* Where a gate compares a number with a limit. */
#define VNFT_GATES_SURE_OPT(config, member)						\
	{ .name = "sure", .type = VNFT_OPT_FLAG, .offset = offsetof(config, member.sure),	\
	  .help = "a gate fails, too, where its limit lies within the number's interval or " \
		  "bound" }

/* What of this a verb's help says. */
#define VNFT_GATES_TEXT									\
	"--fail-if is a gate: [ROW:] METRIC[.STATISTIC] OP LIMIT, such as 'first_rst.p50 " \
	"> 50ms', 'rtt.p99 > 2ms' or 'container.crun: tx < 5Gbit'. If that holds of a "	\
	"row, or cannot be known of it (not measured, a row that is not valid, no such "	\
	"row), the exit code is 3, and a line on stderr says for each what and why. "	\
	"Without ROW it is meant for each row. Metrics: first_rst, service, teardown, "	\
	"create, phase.NAME, rtt, rtt_fixed, rtt_sender, rtt_fixed_sender, tx, rx, "	\
	"tx_pps, rx_pps, tx_tool, rx_tool, memory, memory_pss, memory_cgroup, "		\
	"memory_host, memory_load, memory_load_pss, image, image_disk, hooks_cpu, lost, " \
	"runs, valid_runs, disturbed_runs. Statistics: median (p50), p90, p99, p999, "	\
	"mean, min, max, and median.low and median.high, the ends of its interval. OP is " \
	">, >=, < or <=. A limit has the unit of its metric: ns, us, ms, s, m, h; bit, "	\
	"kbit, Mbit, Gbit; pps, kpps, Mpps; B, kB, MB, GB, KiB, MiB, GiB; %; or none, "	\
	"where it counts. docs/gates.md says the rest.\n\n"				\
	"A gate is judged by the number that is printed. Where its limit lies within the " \
	"95 % interval or the bound of the number, the line says so, and with --sure the " \
	"gate fails either way. --junit FILE keeps what came of each gate for a CI."

#endif
