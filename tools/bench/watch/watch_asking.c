/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How surely the first answer tells when the instance was ready: what was asked before the SYN that
 * it answers, and how long answers took (docs/method.md, "Bounds").
 */
#include <stdlib.h>

#include "watch_parts.h"

/* All SYNs pass the bridge, the device only those since its attach. */
static uint16_t place_of(const struct vnft_bench_watch *w)
{
	return w->p->bridge_id ? w->p->bridge_id : w->p->device_id;
}

void vnft_watch_asked(struct vnft_bench_watch *w, const struct vnft_record *syn)
{
	const int port = vnft_ports_receiver(w->b->ports, syn);
	struct vnft_watch_asked *a;

	if (syn->device != place_of(w))
		return;
	if (port == VNFT_BENCH_CLOSED_PORT)
		a = &w->asked[VNFT_PAIRING_SYN_RST];
	else if (port == w->type->port)
		a = &w->asked[VNFT_PAIRING_SYN_SYNACK];
	else
		return;
	a->time_ns[a->n++ % VNFT_WATCH_ASKED] = syn->time_ns;
}

void vnft_watch_answered(struct vnft_bench_watch *w, enum vnft_pairing pairing, uint16_t device,
			 uint64_t request_ns)
{
	struct vnft_watch_asked *a = &w->asked[pairing];
	uint64_t oldest_ns = UINT64_MAX;
	unsigned int i;

	if (device != place_of(w) || request_ns == a->request_ns)
		return;
	a->request_ns = request_ns;
	a->before_ns = 0;
	for (i = 0; i < a->n && i < VNFT_WATCH_ASKED; i++) {
		if (a->time_ns[i] < request_ns && a->time_ns[i] > a->before_ns)
			a->before_ns = a->time_ns[i];
		if (a->time_ns[i] < oldest_ns)
			oldest_ns = a->time_ns[i];
	}
	/* Thousands of SYNs ago: it was kept, and many behind it. None of them came late. */
	if (a->n > VNFT_WATCH_ASKED && request_ns < oldest_ns)
		a->before_ns = request_ns;
}

void vnft_bench_watch_asking(struct vnft_bench_watch *w, enum vnft_pairing pairing,
			     struct vnft_results_asking *asking)
{
	const struct vnft_bench_config *c = w->b->config;
	const struct vnft_watch_asked *a = &w->asked[pairing];
	struct vnft_pair_result *r = calloc(1, sizeof(*r));
	uint64_t before_ns, slot_ns = c->syn_interval_ns * (w->type->port ? 2 : 1);

	if (c->stimulus == VNFT_STIMULUS_EXTERNAL)
		slot_ns = 0;	/* the other machine's pace is not known: all of it is late */
	*asking = (struct vnft_results_asking) { .known = false };
	pthread_mutex_lock(&w->lock);
	if (r)
		vnft_pair_result(w->syn, place_of(w), pairing,
				 vnft_watch_request_dir(w, place_of(w)), r);
	pthread_mutex_unlock(&w->lock);
	if (r && r->matched) {
		asking->answer_ns = r->shortest_wait_ns;
		asking->known = a->request_ns == r->first_request_ns;
		/* Before its launch it was not ready, whoever asked. */
		before_ns = a->before_ns > w->t0_ns ? a->before_ns : w->t0_ns;
		if (a->request_ns > before_ns + slot_ns)
			asking->late_ns = a->request_ns - before_ns - slot_ns;
	}
	free(r);
}
