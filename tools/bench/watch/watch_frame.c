/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the records say: the first answers and who gave them, the moments of the launch, pairs of
 * requests and replies.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../../stat/records/pair.h"
#include "../../stat/records/ports.h"
#include "../records.h"
#include "watch_parts.h"

/* The direction in which requests pass a device: to the guest, but in through an uplink. */
enum vnft_dir vnft_watch_request_dir(const struct vnft_bench_watch *w, uint16_t device)
{
	if (device == w->p->bridge_id && w->b->config->stimulus == VNFT_STIMULUS_EXTERNAL)
		return VNFT_DIR_IN;
	return VNFT_DIR_OUT;
}

/* At its device or, before that was attached, at the bridge. */
static bool is_from_instance(const struct vnft_bench_watch *w, const struct vnft_record *r)
{
	return (r->device == w->p->device_id || r->device == w->p->bridge_id) &&
	       vnft_hook_dir(r->hook) == (int)(vnft_watch_request_dir(w, r->device) ^ 1);
}

static void see_packet(struct vnft_bench_watch *w, const struct vnft_record *r)
{
	const bool in = vnft_hook_dir(r->hook) == VNFT_DIR_IN;

	switch (r->class) {
	case VNFT_CLASS_ARP_REQUEST:
	case VNFT_CLASS_ARP_REPLY:
		if (is_from_instance(w, r) &&
		    (!w->seen.first_arp_ns || r->time_ns < w->seen.first_arp_ns))
			w->seen.first_arp_ns = r->time_ns;
		break;
	case VNFT_CLASS_ECHO_REQUEST:
	case VNFT_CLASS_ECHO_REPLY:
		w->echoes +=
			r->class == VNFT_CLASS_ECHO_REPLY && in && r->device == w->p->device_id;
		vnft_pair_feed(r, w->echo);
		break;
	case VNFT_CLASS_RST:
		if (vnft_hook_dir(r->hook) == (int)vnft_watch_request_dir(w, r->device))
			break;		/* our own stack's answer to a SYN-ACK */
		/* docs/method.md, "First RST": one of the service's port is no answer. */
		if (w->type->port && vnft_ports_sender(w->b->ports, r) == w->type->port)
			break;
		if (vnft_answer_is_foreign(w->type->answerer, r)) {
			w->seen.foreign_answers++;
			break;
		}
		/* fall through */
	case VNFT_CLASS_SYNACK:
		w->new_answer = true;
		/* fall through */
	case VNFT_CLASS_SYN:
		/* On lo it comes back in. */
		if (r->class == VNFT_CLASS_SYN &&
		    vnft_hook_dir(r->hook) == (int)vnft_watch_request_dir(w, r->device))
			vnft_watch_asked(w, r);
		vnft_pair_feed(r, w->syn);
		break;
	}
}

/* Others' processes are not kept: the record fills its place in the sequence, and says nothing. */
static int keep(struct vnft_bench_watch *w, const struct vnft_record *r)
{
	struct vnft_record blank;

	if (r->kind != VNFT_KIND_LIFE || r->class == VNFT_LIFE_OWN)
		return vnft_bench_records_write(w->b, r);
	blank = *r;
	blank.len32 = 0;
	memset(blank.life.comm, 0, sizeof(blank.life.comm));
	return vnft_bench_records_write(w->b, &blank);
}

int vnft_watch_record(const struct vnft_record *r, void *arg)
{
	struct vnft_bench_watch *w = arg;
	int err = keep(w, r);

	if (!err)
		err = vnft_ports_feed(r, w->b->ports);
	if (err)
		return err;
	if (r->kind == VNFT_KIND_PACKET)
		see_packet(w, r);
	else if (r->kind == VNFT_KIND_LIFE)
		vnft_bench_lives_note(&w->lives, w->type->process, r);
	vnft_bench_kin_note(&w->kin, r);
	return 0;
}

/* Earliest matched answer at the device or, before it was attached, at the bridge. */
static void first_answer(struct vnft_bench_watch *w, enum vnft_pairing pairing, uint64_t *first_ns,
			 bool *at_bridge)
{
	const uint16_t id[2] = { w->p->device_id, w->p->bridge_id };
	struct vnft_pair_result *result;
	int i;

	result = malloc(sizeof(*result));
	if (!result)
		return;
	for (i = 0; i < 2; i++) {
		if (!id[i] ||
		    vnft_pair_result(w->syn, id[i], pairing, vnft_watch_request_dir(w, id[i]),
				     result))
			continue;
		vnft_watch_answered(w, pairing, id[i], result->first_request_ns);
		if (!result->first_reply_ns ||
		    (*first_ns && *first_ns <= result->first_reply_ns))
			continue;
		*first_ns = result->first_reply_ns;
		*at_bridge = i == 1;
	}
	free(result);
}

/*
 * First frame from the instance; what passed before the device was attached is in the bridge's
 * stamp.
 */
static void first_frame(struct vnft_bench_watch *w, uint16_t id, enum vnft_dir dir)
{
	struct vnft_device_state state;
	uint64_t ns;

	if (!id || w->b->source->ops->state(w->b->source, id, &state))
		return;
	ns = state.first_ns[dir];
	if (ns && (!w->seen.first_frame_ns || ns < w->seen.first_frame_ns))
		w->seen.first_frame_ns = ns;
}

/* Of the type's process since t0: nothing before that is the launch's. */
static void see_lives(struct vnft_bench_watch *w)
{
	if (!w->t0_ns)
		return;
	w->seen.exec_ns = vnft_bench_lives_first(&w->lives, VNFT_LIFE_EXEC, w->t0_ns);
	w->seen.vcpu_ns = vnft_bench_lives_first(&w->lives, VNFT_LIFE_VCPU_ENTRY, w->t0_ns);
	w->seen.exit_ns = vnft_bench_lives_first(&w->lives, VNFT_LIFE_EXIT, w->t0_ns);
}

void vnft_bench_watch_seen(struct vnft_bench_watch *w, struct vnft_bench_seen *seen)
{
	pthread_mutex_lock(&w->lock);
	if (w->new_answer) {
		first_answer(w, VNFT_PAIRING_SYN_RST, &w->seen.first_rst_ns,
			     &w->seen.rst_at_bridge);
		first_answer(w, VNFT_PAIRING_SYN_SYNACK, &w->seen.first_synack_ns,
			     &w->seen.synack_at_bridge);
		w->new_answer = false;
	}
	see_lives(w);
	first_frame(w, w->p->device_id, VNFT_DIR_IN);
	first_frame(w, w->p->bridge_id, vnft_watch_request_dir(w, w->p->bridge_id) ^ 1);
	if (w->ifindex)
		w->seen.born = vnft_bench_births_find(&w->births, w->ifindex);
	w->seen.device_id = w->p->device_id;
	strcpy(w->seen.device, w->p->device);
	*seen = w->seen;
	pthread_mutex_unlock(&w->lock);
}

uint64_t vnft_bench_watch_exec(struct vnft_bench_watch *w, pid_t pid)
{
	uint32_t which = pid > 0 ? (uint32_t)pid : 0;
	uint64_t exec_ns;

	if (!which)
		return 0;
	pthread_mutex_lock(&w->lock);
	exec_ns = vnft_bench_kin_find(&w->kin, VNFT_LIFE_EXEC, w->t0_ns, "", &which);
	pthread_mutex_unlock(&w->lock);
	return exec_ns;
}

void vnft_bench_watch_program(struct vnft_bench_watch *w, const char *name, uint64_t *exec_ns,
			      uint64_t *exit_ns)
{
	uint32_t pid = 0;

	pthread_mutex_lock(&w->lock);
	*exec_ns = vnft_bench_kin_find(&w->kin, VNFT_LIFE_EXEC, w->t0_ns, name, &pid);
	*exit_ns = pid ? vnft_bench_kin_find(&w->kin, VNFT_LIFE_EXIT, *exec_ns, name, &pid) :
			 0;
	pthread_mutex_unlock(&w->lock);
}

void vnft_bench_watch_end(struct vnft_bench_watch *w, pid_t pid, uint64_t stop_ns,
			  struct vnft_bench_seen *seen)
{
	uint32_t which = pid > 0 ? (uint32_t)pid : 0;
	uint64_t exit_ns;

	pthread_mutex_lock(&w->lock);
	*seen = w->seen;
	exit_ns = which ? vnft_bench_kin_find(&w->kin, VNFT_LIFE_EXIT, stop_ns, "",
						&which) : 0;
	/* Of that name may be a runtime, which is called to end the container. */
	if (exit_ns || vnft_type_is_container(w->type))
		seen->exit_ns = exit_ns;
	pthread_mutex_unlock(&w->lock);
}

void vnft_bench_watch_queueing(struct vnft_bench_watch *w, struct vnft_results_queueing *queueing)
{
	const struct vnft_bench_config *c = w->b->config;
	/* All SYNs pass the bridge, the device only those since its attach. */
	const uint16_t id[2] = { w->p->bridge_id, w->p->device_id };
	uint64_t slot_ns = c->syn_interval_ns * (w->type->port ? 2 : 1);
	struct vnft_pair_result *r = calloc(1, sizeof(*r));
	int i;

	memset(queueing, 0, sizeof(*queueing));
	if (c->stimulus == VNFT_STIMULUS_EXTERNAL)
		slot_ns = UINT64_MAX;	/* the other machine's pace is not known */
	pthread_mutex_lock(&w->lock);
	for (i = 0; r && i < 2 && !r->matched; i++)
		if (id[i])
			vnft_pair_result(w->syn, id[i], VNFT_PAIRING_SYN_RST,
					 vnft_watch_request_dir(w, id[i]), r);
	pthread_mutex_unlock(&w->lock);
	if (r && r->matched) {
		queueing->first_wait_ns = r->first_reply_ns - r->first_request_ns;
		queueing->longest_wait_ns = r->longest_wait_ns;
		queueing->syns = r->waited > 1 || queueing->first_wait_ns > slot_ns ? r->waited : 0;
	}
	free(r);
}

int vnft_bench_watch_pair(struct vnft_bench_watch *w, struct vnft_pair_result *result)
{
	struct vnft_pair *fresh;
	int err;

	err = vnft_pair_new(&fresh);
	if (err)
		return err;
	pthread_mutex_lock(&w->lock);
	if (result)
		err = vnft_pair_result(w->echo, w->p->device_id, VNFT_PAIRING_ECHO, VNFT_DIR_OUT,
				       result);
	vnft_pair_free(w->echo);
	w->echo = fresh;
	w->echoes = 0;
	pthread_mutex_unlock(&w->lock);
	return err;
}

uint64_t vnft_bench_watch_echoes(struct vnft_bench_watch *w)
{
	uint64_t echoes;

	pthread_mutex_lock(&w->lock);
	echoes = w->echoes;
	pthread_mutex_unlock(&w->lock);
	return echoes;
}
