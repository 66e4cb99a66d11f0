/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of `vnftrace probe`: its options, what a probe came to, the page of it.
 */
#ifndef VNFT_CMD_PROBE_H
#define VNFT_CMD_PROBE_H

#include "../lib/cli/option.h"
#include "../lib/text/view.h"
#include "../load/load.h"
#include "../load/route.h"
#include "../stat/stat.h"

struct probe_options {
	struct vnft_common common;
	const char *dev, *mac, *src, *observe, *output;
	uint64_t port, ready_port, sport;
	uint64_t interval_ns, rate, count, duration_ns;
	uint64_t size, cpu, spin_ns;
	bool flood, until_rst, no_observe;
	int hook, stimulus, observer;
};
#define PROBE_ANY_CPU	65535	/* value of --cpu that stands for none */

/**
 * struct probe_outcome - what was sent, and what the hooks saw of it
 * @pair: of the records of our flows, by enum vnft_pairing
 * @first_syn_ns: the first SYN at the hook, 0 if none was seen
 * @observer: of the source that observed, "bpf" or "module"
 * @gave_up: the device vanished under the probe, or its frames were too long
 */
struct probe_outcome {
	struct vnft_probe_result sent;
	struct vnft_pair_result pair[VNFT_PAIRING_NR];
	struct vnft_device_state before, after;
	uint64_t first_syn_ns;
	bool observed;
	const char *observer;
	int gave_up;
};

/* @spec: where to observe, in the calling thread's namespace; NULL: not. */
int probe_run(const struct probe_options *o, const struct vnft_probe_config *config,
	      const char *observe, struct probe_outcome *out);
/* @why: of a sender that was not the first choice, or "". */
json_t *probe_page(const struct vnft_probe_config *config, const struct vnft_route *route,
		   const char *observe, const char *why, const struct probe_outcome *out);
extern const struct vnft_view probe_views[];
/* Does anybody know of answers: the hooks or, for its own echoes, the sender? */
bool probe_told(const struct vnft_probe_config *config, const struct probe_outcome *out);
/* Requests that met an answer, by the hooks or, where nobody observed, at the sender. */
uint64_t probe_answered(const struct vnft_probe_config *config, const struct probe_outcome *out);
/*
 * What the observer and the generator's ring lost, as far as it makes this page or its file wrong.
 */
uint64_t probe_lost(const struct probe_outcome *out);

#endif
