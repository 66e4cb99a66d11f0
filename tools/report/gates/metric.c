/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of metrics.
 */
#include "metric.h"

#include <string.h>

#define NAME(id, name) [VNFT_METRIC_##id] = name,
const char *const vnft_metric_names[] = {
	VNFT_METRICS_COMPARED(NAME) VNFT_METRICS_ALONE(NAME) [VNFT_METRIC_NR] = NULL
};
const char *const vnft_compare_metrics[] = { VNFT_METRICS_COMPARED(NAME) NULL };

#define LAUNCH	"reference.launch.samples_ns"
#define RTT	"reference.rtt.samples_ns"
#define BUSY	"instantiation.busy_cpus"

#define TIMES(of)									\
	.kind = VNFT_METRIC_SPREAD, .unit = "ns", .at = of, .values = of ".samples_ns",	\
	.bound = of ".median_bound_ns"
#define HIST(of)									\
	.kind = VNFT_METRIC_HIST, .unit = "ns", .at = of, .bound = of ".mean_bound_ns"
#define RATE(of, per)									\
	.kind = VNFT_METRIC_SPREAD, .unit = per, .at = "throughput." of,		\
	.values = "throughput." of ".samples_" per,					\
	.bound = "throughput." of ".median_bound_" per, .more_is_better = true
#define SINGLE(of, per)									\
	.kind = VNFT_METRIC_SINGLE, .unit = per, .at = of, .bound = of "_bound_" per
#define COUNT .kind = VNFT_METRIC_COUNT, .unit = "", .bound = ""

const struct vnft_metric vnft_metrics[VNFT_METRIC_NR] = {
	[VNFT_METRIC_INSTANTIATION] = { TIMES("instantiation"), .also = "first-rst",
					.reference = LAUNCH, .busy = BUSY },
	[VNFT_METRIC_SERVICE] = { TIMES("service_ready"), .reference = LAUNCH, .busy = BUSY },
	[VNFT_METRIC_TEARDOWN] = { TIMES("teardown"), .reference = LAUNCH },
	[VNFT_METRIC_RTT] = { HIST("rtt.flood"), .values = "rtt.flood.samples_ns",
			      .also = "rtt-device", .reference = RTT },
	[VNFT_METRIC_RTT_FIXED] = { HIST("rtt.fixed"), .values = "rtt.fixed.samples_ns",
				    .reference = RTT },
	[VNFT_METRIC_TX] = { RATE("tx", "bps") },
	[VNFT_METRIC_RX] = { RATE("rx", "bps") },
	[VNFT_METRIC_TX_PPS] = { RATE("tx", "pps") },
	[VNFT_METRIC_RX_PPS] = { RATE("rx", "pps") },
	[VNFT_METRIC_MEMORY] = { .kind = VNFT_METRIC_SPREAD, .unit = "bytes", .at = "memory",
				 .values = "memory.samples_bytes",
				 .bound = "memory.median_bound_bytes", .of_type_alone = true },
	[VNFT_METRIC_PHASE] = { .kind = VNFT_METRIC_SPANS, .unit = "ns", .bound = "",
				.reference = LAUNCH, .busy = BUSY },
	[VNFT_METRIC_CREATE] = { TIMES("create") },
	[VNFT_METRIC_RTT_SENDER] = { HIST("rtt.flood.sender") },
	[VNFT_METRIC_RTT_FIXED_SENDER] = { HIST("rtt.fixed.sender") },
	[VNFT_METRIC_TX_TOOL] = { SINGLE("throughput.tx.tool", "bps"), .more_is_better = true },
	[VNFT_METRIC_RX_TOOL] = { SINGLE("throughput.rx.tool", "bps"), .more_is_better = true },
	[VNFT_METRIC_MEMORY_PSS] = { SINGLE("memory.pss", "bytes") },
	[VNFT_METRIC_MEMORY_CGROUP] = { SINGLE("memory.cgroup", "bytes") },
	[VNFT_METRIC_MEMORY_HOST] = { SINGLE("memory.host_delta", "bytes"),
				      .signed_number = true },
	[VNFT_METRIC_MEMORY_LOAD] = { SINGLE("memory.load_tool", "bytes") },
	[VNFT_METRIC_MEMORY_LOAD_PSS] = { SINGLE("memory.load_pss", "bytes") },
	[VNFT_METRIC_IMAGE] = { .kind = VNFT_METRIC_SINGLE, .unit = "bytes", .at = "image.file",
				.bound = "image.size_bound_bytes" },
	[VNFT_METRIC_IMAGE_DISK] = { .kind = VNFT_METRIC_SINGLE, .unit = "bytes",
				     .at = "image.disk", .bound = "image.size_bound_bytes" },
	[VNFT_METRIC_HOOKS_CPU] = { SINGLE("self_overhead.cpu", "percent") },
	[VNFT_METRIC_LOST] = { COUNT },
	[VNFT_METRIC_RUNS] = { COUNT },
	[VNFT_METRIC_VALID_RUNS] = { COUNT, .more_is_better = true },
	[VNFT_METRIC_DISTURBED_RUNS] = { COUNT },
};

static bool same(const char *name, const char *typed, size_t bytes)
{
	size_t i;

	if (!name || strlen(name) != bytes)
		return false;
	for (i = 0; i < bytes; i++)
		if (name[i] != (typed[i] == '_' ? '-' : typed[i]))
			return false;
	return true;
}

enum vnft_metric_id vnft_metric_find(const char *name, size_t bytes)
{
	int id;

	for (id = 0; id < VNFT_METRIC_NR; id++)
		if (same(vnft_metric_names[id], name, bytes) ||
		    same(vnft_metrics[id].also, name, bytes))
			break;
	return (enum vnft_metric_id)id;
}
