/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Send a probe and watch it at the hooks: the session is there before the first departure and
 * stays for the last answer.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/net/link.h"
#include "../../lib/net/netns.h"
#include "../../lib/run/clock.h"
#include "../../lib/run/interrupt.h"
#include "../../lib/text/clean.h"
#include "../../lib/text/view.h"
#include "../../load/flows.h"
#include "../../source/file_write.h"
#include "../../source/open.h"
#include "../../stat/records/pair.h"
#include "probe.h"

#define DRAIN_MS	5
#define LOOK_NS		1000000000ULL	/* between looks for our programs */
#define ANSWER_NS 1000000000ULL /* SYN: answers are awaited this long after the last one left */

struct probe_watch {
	struct vnft_probe_config config;
	struct vnft_source *source;
	uint16_t device;
	struct vnft_probe_flows *flows;
	struct vnft_pair *pair;
	struct vnft_file_writer *writer;
	pthread_mutex_t writer_lock;
	uint64_t asked, answers, first_syn_ns, look_ns;
	bool new_answer, rst_seen;
};

static int note(struct probe_watch *w, const struct vnft_record *record)
{
	int err;

	if (!w->writer)
		return 0;
	pthread_mutex_lock(&w->writer_lock);
	err = vnft_file_write(record, w->writer);
	pthread_mutex_unlock(&w->writer_lock);
	return err;
}

static int note_sent(const struct vnft_record *record, void *arg)
{
	struct vnft_record r = *record;
	struct probe_watch *w = arg;

	r.device = w->device;
	return note(w, &r);
}

static int take(const struct vnft_record *r, void *arg)
{
	struct probe_watch *w = arg;
	int err = note(w, r);

	if (err || r->kind != VNFT_KIND_PACKET || r->device != w->device ||
	    !vnft_probe_flows_has(w->flows, r->flow))
		return err;
	if (r->class == VNFT_CLASS_SYN && vnft_hook_dir(r->hook) == VNFT_DIR_OUT) {
		if (!w->first_syn_ns || r->time_ns < w->first_syn_ns)
			w->first_syn_ns = r->time_ns;
		w->asked++;
	}
	if (vnft_hook_dir(r->hook) == VNFT_DIR_IN &&
	    (r->class == VNFT_CLASS_RST || r->class == VNFT_CLASS_SYNACK)) {
		w->new_answer = true;
		w->answers++;
	}
	w->asked += r->class == VNFT_CLASS_ECHO_REQUEST && vnft_hook_dir(r->hook) == VNFT_DIR_OUT;
	w->answers += r->class == VNFT_CLASS_ECHO_REPLY && vnft_hook_dir(r->hook) == VNFT_DIR_IN;
	/* Our own stack answers a SYN-ACK that it did not ask for with RST: no answer to a SYN. */
	if (vnft_hook_dir(r->hook) == VNFT_DIR_OUT && r->class == VNFT_CLASS_RST)
		return 0;
	return vnft_pair_feed(r, w->pair);
}

static int drain(struct probe_watch *w)
{
	int got = w->source->ops->drain(w->source, take, w);

	return got < 0 ? got : 0;
}

static int open_observer(struct probe_watch *w, const struct vnft_probing *o, const char *observe)
{
	const struct vnft_source_config config = {
		.hook = o->hook,
		.side = VNFT_SIDE_IS_HOST,	/* we ask from here, and are no guest */
		.record_mask = VNFT_RECORD_DEFAULT,
		/*
		 * An attachment that is there sees our packets anyway: a second one would only
		 * cost.
		 */
		.adopt = !o->hook,
	};
	int err;

	/* Only BPF has a choice of mechanisms, so a named one means BPF. */
	err = vnft_source_open(&w->source, o->hook ? VNFT_OBSERVER_BPF :
			       (enum vnft_observer)o->observer, &config);
	if (!err)
		err = w->source->ops->attach(w->source, observe, &w->device);
	if (!err)
		err = vnft_pair_new(&w->pair);
	return err;
}

/* Before anything is attached or sent: a file that cannot be written ends it here. */
static int take_output(struct probe_watch *w, const struct vnft_probing *o)
{
	int err = vnft_file_create(&w->writer, o->output, o->force, 0);

	if (!err && vnft_file_is_stdout(w->writer))
		vnft_view_use_stderr();
	return err;
}

static int define(struct probe_watch *w, const char *observe)
{
	struct vnft_link_info link;
	char name[IFNAMSIZ];
	int fd, err;

	if (!vnft_name_read(name, sizeof(name), observe))
		return vnft_fail(-ENODEV, "%.64s: no name of a device", observe);
	err = vnft_link_get(name, &link);
	if (err)
		return err;
	fd = vnft_netns_open(NULL);
	if (fd < 0)
		return fd;
	err = vnft_file_write_device(w->writer, w->device, &link, vnft_netns_inode(fd));
	close(fd);
	return err;
}

static int tick(struct probe_watch *w)
{
	int err;

	if (!w->writer)
		return 0;
	pthread_mutex_lock(&w->writer_lock);
	err = vnft_file_tick(w->writer);
	pthread_mutex_unlock(&w->writer_lock);
	return err;
}

/* Ask the kernel where our programs are. A direction that was lost once stays lost. */
static void look(struct probe_watch *w, struct vnft_probing_outcome *out)
{
	struct vnft_source_device device;
	int dir;

	w->look_ns = vnft_now_ns();
	if (w->source->ops->device(w->source, w->device, &device))
		return;
	for (dir = 0; dir < VNFT_DIR_NR; dir++)
		if (out->hooked[dir] == VNFT_HOOKED)
			out->hooked[dir] = device.hooked[dir];
}

/* Has a SYN been answered by RST? Asked only after something that could be it was seen. */
static bool rst_came(struct probe_watch *w, struct vnft_pair_result *scratch)
{
	if (w->new_answer && !w->rst_seen)
		w->rst_seen = !vnft_pair_result(w->pair, w->device, VNFT_PAIRING_SYN_RST,
						VNFT_DIR_OUT, scratch) &&
			      scratch->first_reply_ns;
	w->new_answer = false;
	return w->rst_seen;
}

/*
 * 0 when everything was sent and answered, or the time is over; *@probe is finished. A thread is
 * stopped at the first RST; the generator has stopped itself, and says so by being done.
 */
static int follow(struct probe_watch *w, const struct vnft_probing *o,
		  struct vnft_load_probe *probe,
		  struct vnft_probing_outcome *out)
{
	const bool user = w->config.sender == VNFT_PROBE_USER;
	/* For its own echoes the sender has waited itself. */
	const bool wait = w->source && (w->config.kind == VNFT_PROBE_SYN || !user);
	uint64_t until_ns = 0;
	int err = 0, late;

	while (!err && !vnft_interrupted()) {
		if (vnft_probe_done(probe) && !until_ns)
			until_ns = vnft_now_ns() + (wait ? ANSWER_NS : 0);
		if (w->source && vnft_now_ns() - w->look_ns > LOOK_NS)
			look(w, out);
		if (w->source)
			err = drain(w);
		if (!err)
			err = tick(w);
		if (o->until_rst && w->source && rst_came(w, &out->pair[0]) && (user || until_ns))
			break;
		if (until_ns && (vnft_now_ns() >= until_ns || w->answers >= w->asked))
			break;
		vnft_sleep_ms(DRAIN_MS);
	}
	late = vnft_probe_finish(probe, &out->sent);
	if (!err && late)
		out->gave_up = late;
	return err;
}

static int collect(struct probe_watch *w, struct vnft_probing_outcome *out)
{
	int pairing, err;

	look(w, out);
	/* Two passes: a record may be reserved and not yet written during the first. */
	for (int pass = 0; pass < 2; pass++) {
		err = drain(w);
		if (err)
			return err;
		vnft_sleep_ms(1);
	}
	err = w->source->ops->state(w->source, w->device, &out->after);
	for (pairing = 0; !err && pairing < VNFT_PAIRING_NR; pairing++)
		err = vnft_pair_result(w->pair, w->device, pairing, VNFT_DIR_OUT,
				       &out->pair[pairing]);
	out->first_syn_ns = w->first_syn_ns;
	if (!err && w->writer)
		err = vnft_file_write_lost(w->writer, w->device, &out->after.counters);
	return err;
}

int vnft_probing_run(const struct vnft_probing *o, const struct vnft_probe_config *config,
		     const char *observe, struct vnft_probing_outcome *out)
{
	struct probe_watch w = { .config = *config, .writer_lock = PTHREAD_MUTEX_INITIALIZER };
	struct vnft_load_probe *probe;
	bool begun = false;
	int err;

	vnft_interrupt_catch();
	err = vnft_probe_choose_ports(&w.config);
	if (!err)
		err = vnft_probe_flows_new(&w.flows, &w.config);
	if (!err && observe && o->output)
		err = take_output(&w, o);
	if (!err && observe)
		err = open_observer(&w, o, observe);
	if (!err && w.writer)
		err = define(&w, observe);
	if (!err && observe)
		err = w.source->ops->state(w.source, w.device, &out->before);
	if (!err)
		err = vnft_probe_start(&probe, &w.config, w.writer ? note_sent : NULL, &w);
	begun = !err;
	if (!err)
		err = follow(&w, o, probe, out);
	if (!err && observe) {
		err = collect(&w, out);
		out->observed = !err;
		out->observer = w.source->ops->name;
	}
	if (!err)
		err = vnft_file_close(w.writer);
	else if (begun)
		vnft_file_keep(w.writer);
	else
		vnft_file_discard(w.writer);
	vnft_probe_flows_free(w.flows);
	vnft_pair_free(w.pair);
	if (w.source)
		w.source->ops->close(w.source);
	if (out->observed)
		vnft_self_measure(!strcmp(out->observer, "bpf") ? VNFT_OBSERVER_BPF :
				  VNFT_OBSERVER_MODULE, &out->self);
	return err;
}
