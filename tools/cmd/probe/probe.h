/* SPDX-License-Identifier: GPL-2.0 */
/*
 * `vnftrace probe`: what was asked for, what it came to, the page of it. The parts call each other
 * in this order: session.c, prepare.c, run.c, page.c, outcome.c.
 */
#ifndef VNFT_CMD_PROBE_PROBE_H
#define VNFT_CMD_PROBE_PROBE_H

#include "../../lib/text/error.h"
#include "../../lib/text/view.h"
#include "../../load/load.h"
#include "../../load/route.h"
#include "../../source/self.h"
#include "../../stat/stat.h"
#include "../../stat/records/pair.h"

/**
 * struct vnft_probing - what was asked for; 0, NULL or false where nothing was
 * @dev: to send on, "DEV" or "NETNS/DEV"; @observe: to stamp on
 * @rate: packets per second, instead of @interval_ns
 * @size: bytes of an echo's payload
 * @cpu: of the sender, or VNFT_PROBING_ANY_CPU
 * @hook: enum vnft_hook_choice; @stimulus: as vnft_probe_choose() takes it
 * @observer: enum vnft_observer
 */
struct vnft_probing {
	const char *dev, *mac, *src, *observe, *output;
	uint64_t port, ready_port, sport;
	uint64_t interval_ns, rate, count, duration_ns;
	uint64_t size, cpu, spin_ns;
	bool flood, until_rst, no_observe, force, yes_route;
	int hook, stimulus, observer;
};
#define VNFT_PROBING_ANY_CPU	65535	/* no CPU has this number */

/**
 * struct vnft_probing_outcome - what was sent, and what the hooks saw of it
 * @pair: of the records of our flows, by enum vnft_pairing
 * @first_syn_ns: the first SYN at the hook, 0 if none passed it
 * @observer: of the source that observed, "bpf" or "module"
 * @hooked: enum vnft_hooked by direction: the worst that was seen
 * @self: what our stamps are off by here, if it was @observed
 * @gave_up: the device vanished under the probe, or its frames were too long
 */
struct vnft_probing_outcome {
	struct vnft_probe_result sent;
	struct vnft_pair_result pair[VNFT_PAIRING_NR];
	struct vnft_device_state before, after;
	uint64_t first_syn_ns;
	bool observed;
	uint8_t hooked[VNFT_DIR_NR];
	const char *observer;
	struct vnft_self self;
	int gave_up;
};

/*
 * Probe @dest with SYN or ICMP echo (@kind "syn" or "icmp") and print the page. Returns the exit
 * code; vnft_why() says why.
 */
int vnft_probing(const struct vnft_probing *o, const char *kind, const char *dest, bool as_json);

/* Options that contradict each other, or @kind: 0, or -EINVAL after vnft_fail(). */
int vnft_probing_check(const struct vnft_probing *o, const char *kind);

/*
 * Find the way to @dest on @dev (NULL: the route's) and choose the sender. @why: of a sender that
 * was not the first choice, or "". 0, or a negative errno after vnft_fail().
 */
int vnft_probing_prepare(const struct vnft_probing *o, const char *kind, const char *dev,
			 const char *dest, struct vnft_route *route,
			 struct vnft_probe_config *config,
			 char why[VNFT_PROBE_WHY_BYTES]);

/* @observe: device in the calling thread's namespace to stamp on; NULL: none. */
int vnft_probing_run(const struct vnft_probing *o, const struct vnft_probe_config *config,
		     const char *observe, struct vnft_probing_outcome *out);

json_t *vnft_probing_page(const struct vnft_probe_config *config, const struct vnft_route *route,
			  const char *observe, const char *why,
			  const struct vnft_probing_outcome *out);
extern const struct vnft_view vnft_probing_views[];

/* Does anybody know of answers: the hooks or, for its own echoes, the sender? */
bool vnft_probing_told(const struct vnft_probe_config *config,
		       const struct vnft_probing_outcome *out);
/* Requests that met an answer, by the hooks or, where nobody observed, at the sender. */
uint64_t vnft_probing_answered(const struct vnft_probe_config *config,
			       const struct vnft_probing_outcome *out);
/* What the observer and the generator's ring lost, if it makes this page or its file wrong. */
uint64_t vnft_probing_lost(const struct vnft_probing_outcome *out);
/* Exit code for an outcome whose page is printed; vnft_why() says why it is not 0. */
enum vnft_exit vnft_probing_verdict(const struct vnft_probing *o,
				    const struct vnft_probe_config *c,
				    const struct vnft_probing_outcome *out, const char *dest);

#endif
