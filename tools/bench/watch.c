/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The thread beside a run: it drains the rings, keeps the raw records, pairs them, sees devices
 * being born on the run's bridge and attaches them.
 *
 * Until a newborn device is attached its packets are seen at the bridge (or, with an external
 * stimulus, at the uplink), which was attached before the launch: nothing is lost between birth and
 * attach, and the earlier of both stamps is the answer's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/net/link.h"
#include "../lib/net/netns.h"
#include "../lib/run/clock.h"
#include "../lib/run/watch.h"
#include "../lib/text/error.h"
#include "../source/file_write.h"
#include "../source/module/session.h"
#include "../source/module/source.h"
#include "../stat/records/pair.h"
#include "bench.h"

#define DRAIN_MS	5
#define SLOT_NS		100000000ULL
#define MAX_EXECS	64

struct vnft_bench_watch {
	struct vnft_bench *b;
	struct vnft_bench_place *p;
	const struct vnft_type *type;
	struct vnft_link_watch *links;
	pthread_t thread;
	pthread_mutex_t lock;
	bool stop;
	uint64_t passes;
	/* under lock */
	struct vnft_bench_seen seen;
	struct vnft_pair *syn, *echo;
	bool new_answer;
	uint64_t echoes;
	struct vnft_bench_births births;
	struct vnft_source *newborn; /* births as the kernel stamps them, NULL without the module */
	uint64_t netns_inode;
	unsigned int ifindex;		/* of the instance's device */
	char awaited[16];		/* its name, where the driver could say it */
	uint64_t exec_ns[MAX_EXECS];
	unsigned int execs;
	uint64_t t0_ns;
	struct vnft_rate *slots;
	enum vnft_dir slots_dir;
	uint64_t slot_ns;
};

/* The direction in which requests pass a device: to the guest, but in through an uplink. */
static enum vnft_dir request_dir(const struct vnft_bench_watch *w, uint16_t device)
{
	if (device == w->p->bridge_id && w->b->config->stimulus == VNFT_STIMULUS_EXTERNAL)
		return VNFT_DIR_IN;
	return VNFT_DIR_OUT;
}

static void see_packet(struct vnft_bench_watch *w, const struct vnft_record *r)
{
	const bool in = vnft_hook_dir(r->hook) == VNFT_DIR_IN;

	switch (r->class) {
	case VNFT_CLASS_ARP_REQUEST:
	case VNFT_CLASS_ARP_REPLY:
		if (in && r->device == w->p->device_id && !w->seen.first_arp_ns)
			w->seen.first_arp_ns = r->time_ns;
		break;
	case VNFT_CLASS_ECHO_REQUEST:
	case VNFT_CLASS_ECHO_REPLY:
		w->echoes +=
			r->class == VNFT_CLASS_ECHO_REPLY && in && r->device == w->p->device_id;
		vnft_pair_feed(r, w->echo);
		break;
	case VNFT_CLASS_RST:
		if (vnft_hook_dir(r->hook) == (int)request_dir(w, r->device))
			break;		/* our own stack's answer to a SYN-ACK */
		if (vnft_answer_is_foreign(w->type->answerer, r)) {
			w->seen.foreign_answers++;
			break;
		}
		/* fall through */
	case VNFT_CLASS_SYNACK:
		w->new_answer = true;
		/* fall through */
	case VNFT_CLASS_SYN:
		vnft_pair_feed(r, w->syn);
		break;
	}
}

static void see_life(struct vnft_bench_watch *w, const struct vnft_record *r)
{
	if (strncmp(r->life.comm, w->type->process, VNFT_COMM_LEN - 1))
		return;
	if (r->life.event == VNFT_LIFE_EXEC && w->execs < MAX_EXECS)
		w->exec_ns[w->execs++] = r->time_ns;
	else if (r->life.event == VNFT_LIFE_VCPU_ENTRY && !w->seen.vcpu_ns)
		w->seen.vcpu_ns = r->time_ns;
	else if (r->life.event == VNFT_LIFE_EXIT)
		w->seen.exit_ns = r->time_ns;
}

/* The module sees every device being born, also those that nobody attached; none is kept. */
static int see_birth(const struct vnft_record *r, void *arg)
{
	struct vnft_bench_watch *w = arg;

	if (r->kind == VNFT_KIND_DEVICE && r->dev.event == VNFT_DEVICE_BORN &&
	    r->flow == w->netns_inode)
		vnft_bench_births_note(&w->births, r->len32, r->time_ns, true);
	return 0;
}

/* Beside whoever observes: a session that records nothing but births. */
static void watch_births(struct vnft_bench_watch *w)
{
	const struct vnft_source_config config = { .births = true, .ring_records = 1024 };
	int netns = vnft_netns_open(NULL);

	if (netns < 0)
		return;
	w->netns_inode = vnft_netns_inode(netns);
	close(netns);
	if (!vnft_module_usable() && vnft_module_open(&w->newborn, &config))
		vnft_debug("births of devices are stamped by the reader: %s", vnft_why());
}

static int see(const struct vnft_record *r, void *arg)
{
	struct vnft_bench_watch *w = arg;
	int err;

	pthread_mutex_lock(&w->b->writer_lock);
	err = vnft_file_write(r, w->b->writer);
	pthread_mutex_unlock(&w->b->writer_lock);
	if (err)
		return err;
	if (r->kind == VNFT_KIND_PACKET)
		see_packet(w, r);
	else if (r->kind == VNFT_KIND_LIFE)
		see_life(w, r);
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
		    vnft_pair_result(w->syn, id[i], pairing, request_dir(w, id[i]), result))
			continue;
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

/*
 * Is it the instance's device? What appears on the run's bridge, or has the name that it must have.
 */
static bool is_ours(const struct vnft_bench_watch *w, const struct vnft_link_info *info)
{
	const char *uplink = w->b->config->uplink, *own = w->p->place.device;

	if (info->ifindex == w->p->bridge_ifindex || (uplink && !strcmp(info->name, uplink)))
		return false;
	return info->master_ifindex == w->p->bridge_ifindex ||
	       (own[0] && !strcmp(info->name, own)) ||
	       (w->awaited[0] && !strcmp(info->name, w->awaited));
}

static void adopt(struct vnft_bench_watch *w, const struct vnft_link_info *info)
{
	if (vnft_bench_place_attach(w->b, info->name, &w->p->device_id)) {
		vnft_debug("%s: born and gone before the attach: %s", info->name, vnft_why());
		w->p->device_id = 0;
		return;
	}
	if (vnft_bench_place_tune(w->b, info->name))
		vnft_warn("%s: %s", w->p->place.name, vnft_why());
	strcpy(w->p->device, info->name);
	w->ifindex = info->ifindex;
}

static void see_links(struct vnft_bench_watch *w)
{
	struct vnft_link_event event;
	int got;

	if (!w->p->place.bridge[0])
		return;
	while ((got = vnft_link_watch_next(w->links, &event)) > 0) {
		if (event.gone) {
			if (event.info.ifindex == w->ifindex)
				w->seen.gone_ns = event.time_ns;
			continue;
		}
		/* Its first news is its birth; that it joins the bridge may be seconds later. */
		vnft_bench_births_note(&w->births, event.info.ifindex, event.time_ns, false);
		if (!w->p->device_id && is_ours(w, &event.info))
			adopt(w, &event.info);
	}
}

static void take_slot(struct vnft_bench_watch *w)
{
	struct vnft_device_state state;
	const uint64_t now_ns = vnft_now_ns();

	if (!w->slots || !w->p->device_id || now_ns < w->slot_ns + SLOT_NS)
		return;
	if (w->b->source->ops->state(w->b->source, w->p->device_id, &state) ||
	    vnft_rate_add(w->slots, &state, w->slots_dir))
		vnft_debug("%s: a snapshot was not taken: %s", w->p->device, vnft_why());
	w->slot_ns = now_ns;
}

static void *watch_thread(void *arg)
{
	struct vnft_bench_watch *w = arg;
	bool stop;

	do {
		pthread_mutex_lock(&w->lock);
		stop = w->stop;
		if (w->newborn)
			w->newborn->ops->drain(w->newborn, see_birth, w);
		see_links(w);
		if (w->b->source->ops->drain(w->b->source, see, w) < 0)
			vnft_warn("run %s: %s", w->b->run.id, vnft_why());
		take_slot(w);
		w->passes++;
		pthread_mutex_unlock(&w->lock);
		if (!stop)
			usleep(DRAIN_MS * 1000);
	} while (!stop);
	return NULL;
}

static void release(struct vnft_bench_watch *w)
{
	if (w->newborn)
		w->newborn->ops->close(w->newborn);
	vnft_link_watch_close(w->links);
	vnft_pair_free(w->echo);
	vnft_pair_free(w->syn);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

int vnft_bench_watch_start(struct vnft_bench_watch **watch, struct vnft_bench *b,
			   struct vnft_bench_place *p, const struct vnft_type *type)
{
	struct vnft_bench_watch *w;
	int err;

	w = calloc(1, sizeof(*w));
	if (!w)
		return vnft_fail(-ENOMEM, "bench: out of memory");
	w->b = b;
	w->p = p;
	w->type = type;
	watch_births(w);
	pthread_mutex_init(&w->lock, NULL);
	err = vnft_link_watch_open(&w->links);
	if (!err)
		err = vnft_pair_new(&w->syn);
	if (!err)
		err = vnft_pair_new(&w->echo);
	if (!err && pthread_create(&w->thread, NULL, watch_thread, w))
		err = vnft_fail(-EAGAIN, "bench: cannot start a thread");
	if (err) {
		release(w);
		return err;
	}
	*watch = w;
	return 0;
}

void vnft_bench_watch_t0(struct vnft_bench_watch *w, uint64_t t0_ns)
{
	pthread_mutex_lock(&w->lock);
	w->t0_ns = t0_ns;
	pthread_mutex_unlock(&w->lock);
}

void vnft_bench_watch_device(struct vnft_bench_watch *w, const char *name)
{
	struct vnft_link_info info;

	pthread_mutex_lock(&w->lock);
	snprintf(w->awaited, sizeof(w->awaited), "%s", name);
	/* Born already, and not on the bridge: no news of it will come. */
	if (!w->p->device_id && name[0] && w->p->place.bridge[0] && !vnft_link_get(name, &info))
		adopt(w, &info);
	pthread_mutex_unlock(&w->lock);
}

void vnft_bench_watch_seen(struct vnft_bench_watch *w, struct vnft_bench_seen *seen)
{
	unsigned int i;

	pthread_mutex_lock(&w->lock);
	if (w->new_answer) {
		first_answer(w, VNFT_PAIRING_SYN_RST, &w->seen.first_rst_ns,
			     &w->seen.rst_at_bridge);
		first_answer(w, VNFT_PAIRING_SYN_SYNACK, &w->seen.first_synack_ns,
			     &w->seen.synack_at_bridge);
		w->new_answer = false;
	}
	for (i = 0; i < w->execs && !w->seen.exec_ns; i++)
		if (w->t0_ns && w->exec_ns[i] >= w->t0_ns)
			w->seen.exec_ns = w->exec_ns[i];
	first_frame(w, w->p->device_id, VNFT_DIR_IN);
	first_frame(w, w->p->bridge_id, request_dir(w, w->p->bridge_id) ^ 1);
	if (w->ifindex)
		w->seen.born_ns = vnft_bench_births_find(&w->births, w->ifindex,
							 &w->seen.born_in_kernel);
	w->seen.device_id = w->p->device_id;
	strcpy(w->seen.device, w->p->device);
	*seen = w->seen;
	pthread_mutex_unlock(&w->lock);
}

void vnft_bench_watch_queueing(struct vnft_bench_watch *w, struct vnft_bench_queueing *queueing)
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
			vnft_pair_result(w->syn, id[i], VNFT_PAIRING_SYN_RST, request_dir(w, id[i]),
					 r);
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

void vnft_bench_watch_settle(struct vnft_bench_watch *w)
{
	uint64_t until, now;

	pthread_mutex_lock(&w->lock);
	until = w->passes + 2;
	pthread_mutex_unlock(&w->lock);
	do {
		usleep(DRAIN_MS * 1000);
		pthread_mutex_lock(&w->lock);
		now = w->passes;
		pthread_mutex_unlock(&w->lock);
	} while (now < until);
}

void vnft_bench_watch_slots(struct vnft_bench_watch *w, enum vnft_dir dir, struct vnft_rate *to)
{
	pthread_mutex_lock(&w->lock);
	w->slots = to;
	w->slots_dir = dir;
	w->slot_ns = 0;
	pthread_mutex_unlock(&w->lock);
}

void vnft_bench_watch_stop(struct vnft_bench_watch *w)
{
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	release(w);
}

void vnft_bench_mark(struct vnft_bench *b, unsigned int number, uint16_t device, uint64_t time_ns,
		     const char *fmt, ...)
{
	struct vnft_record r = { .time_ns = time_ns, .kind = VNFT_KIND_MARK, .device = device,
				 .len32 = number, .flags = VNFT_RF_USERSPACE };
	va_list args;

	va_start(args, fmt);
	vsnprintf(r.mark.name, sizeof(r.mark.name), fmt, args);
	va_end(args);
	pthread_mutex_lock(&b->writer_lock);
	vnft_file_write(&r, b->writer);
	pthread_mutex_unlock(&b->writer_lock);
}
