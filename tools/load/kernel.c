/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stimulus from the kernel: the module's generator, in a session of its own. A thread of ours takes
 * its SENT records out of the ring and asks whether it has ended. No packet passes through here.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../lib/net/link.h"
#include "../lib/run/interrupt.h"
#include "../lib/text/error.h"
#include "../source/module/ctl.h"
#include "../source/module/generator.h"
#include "../source/module/source.h"
#include "../source/session.h"
#include "sender.h"

#define DRAIN_MS	5
/* Asking costs a message to the kernel: not at every drain. */
#define ASK_DRAINS	4
/*
 * The ring holds the records of so long, in case the reader is not scheduled. More than a second
 * was seen in a dom0 that shares one emulated processor with a guest that boots.
 */
#define RING_NS		10000000000ULL
#define RING_MAX	65536U
#define STACK_BYTES	(256 << 10)

/**
 * struct kernel - a generator and the reader of its records
 * @probe_id: its number in the module
 * @noted: SENT records read
 * @err: what ended it early, 0 if nothing did; the reader's until it is joined
 */
struct kernel {
	struct vnft_load_probe probe;
	struct vnft_source *source;
	uint32_t session, probe_id;
	struct vnft_link_info link;
	vnft_record_fn sent_fn;
	void *arg;
	pthread_t reader;
	bool has_reader;
	atomic_bool stop, done, no_also_port;
	uint64_t noted;
	int err;
};

static int take(const struct vnft_record *record, void *arg)
{
	struct kernel *k = arg;
	struct vnft_record r;

	if (record->kind != VNFT_KIND_SENT)
		return 0;
	k->noted++;
	if (!k->sent_fn || k->err)
		return 0;
	/* Its place in this ring means nothing among the observer's records. */
	r = *record;
	r.seq = 0;
	if (k->sent_fn(&r, k->arg))
		k->err = -EIO;
	return 0;
}

/* Has it ended? One that the module does not know (any more) has. */
static bool ended(struct kernel *k)
{
	struct vnft_module_probe *now = malloc(sizeof(*now));
	struct vnft_link_info link;
	bool running = false;
	int err = -ENOMEM;

	if (now)
		err = vnft_module_probe_get(k->session, k->probe_id, now);
	if (!err)
		running = now->running;
	free(now);
	if (err)
		k->err = k->err ? k->err : err;
	else if (!running && vnft_link_get_index(k->link.ifindex, &link))
		k->err = -ENODEV;
	return !running;
}

static void *read_records(void *arg)
{
	struct kernel *k = arg;
	unsigned int pass;
	bool end;

	for (pass = 1; !atomic_load(&k->stop) && !k->err; pass++) {
		end = !(pass % ASK_DRAINS) && ended(k);
		k->source->ops->drain(k->source, take, k);
		if (end)
			break;
		vnft_sleep_ms(DRAIN_MS);
	}
	atomic_store(&k->done, true);
	return NULL;
}

static uint32_t ring_records(uint64_t interval_ns)
{
	uint32_t records = VNFT_RING_MIN_RECORDS;

	while (records < RING_MAX && records - VNFT_RING_SLACK < RING_NS / interval_ns)
		records *= 2;
	return records;
}

static int start_generator(struct kernel *k, const struct vnft_probe_config *c)
{
	struct vnft_module_probe_setup setup = {
		.session = k->session,
		.ifindex = k->link.ifindex,
		.kind = c->kind == VNFT_PROBE_SYN ? VNFT_PROBE_KIND_SYN : VNFT_PROBE_KIND_ECHO,
		.addr_bytes = c->family == AF_INET6 ? 16 : 4,
		.until_rst = c->until_rst,
		.cpu = c->cpu,
		.interval_ns = c->interval_ns,
		.count = c->count,
		.duration_ns = c->duration_ns,
	};
	int err;

	memcpy(setup.src, c->src, setup.addr_bytes);
	memcpy(setup.dst, c->dst, setup.addr_bytes);
	memcpy(setup.src_mac, c->src_mac, sizeof(setup.src_mac));
	memcpy(setup.dst_mac, c->dst_mac, sizeof(setup.dst_mac));
	if (c->kind == VNFT_PROBE_SYN) {
		setup.sport = c->sport;
		setup.sports = c->sports;
		setup.dport = c->dst_port;
		setup.also_port = c->also_port;
	} else {
		setup.echo_id = c->echo_id;
		setup.echo_bytes = c->payload_bytes;
	}
	err = vnft_module_probe_start(&setup, &k->probe_id, NULL);
	return err ? vnft_fail(vnft_module_errno(err), "%s: %s", k->link.name, vnft_why()) : 0;
}

static int start_reader(struct kernel *k)
{
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	err = pthread_create(&k->reader, &attr, read_records, k);
	pthread_attr_destroy(&attr);
	k->has_reader = !err;
	return err ? vnft_fail(-err, "probe: cannot start a thread: %s", strerror(err)) : 0;
}

/* The session's end ends the generator, too. */
static void destroy(struct kernel *k)
{
	if (k->source)
		k->source->ops->close(k->source);
	free(k);
}

static int check_mtu(const struct vnft_probe_config *c, const struct vnft_link_info *link)
{
	const uint32_t headers = c->family == AF_INET6 ? 48 : 28;

	if (c->kind == VNFT_PROBE_SYN || c->payload_bytes + headers <= link->mtu_bytes)
		return 0;
	return vnft_fail(-EMSGSIZE,
			 "%s: the frame is longer than the device's MTU: send less payload",
			 link->name);
}

static int start(struct vnft_load_probe **probe, const struct vnft_probe_config *config,
		 const struct vnft_link_info *link, vnft_record_fn sent_fn, void *arg)
{
	const struct vnft_source_config session = {
		.ring_records = ring_records(config->interval_ns),
	};
	struct kernel *k;
	int err;

	err = check_mtu(config, link);
	if (err)
		return err;
	k = calloc(1, sizeof(*k));
	if (!k)
		return vnft_fail(-ENOMEM, "probe: out of memory");
	k->probe.sender = &vnft_load_kernel;
	k->link = *link;
	k->sent_fn = sent_fn;
	k->arg = arg;
	err = vnft_module_open(&k->source, &session);
	if (!err) {
		k->session = vnft_module_session(k->source);
		err = start_generator(k, config);
	}
	if (!err)
		err = start_reader(k);
	if (err) {
		destroy(k);
		return err;
	}
	*probe = &k->probe;
	return 0;
}

static void drop_also_port(struct vnft_load_probe *probe)
{
	struct kernel *k = (struct kernel *)probe;

	/* Callers may say so at every look. */
	if (atomic_exchange(&k->no_also_port, true))
		return;
	if (vnft_module_probe_set(k->session, k->probe_id, 0))
		vnft_warn("%s: the second port is probed on: %s", k->link.name, vnft_why());
}

static bool done(const struct vnft_load_probe *probe)
{
	return atomic_load(&((const struct kernel *)probe)->done);
}

static void fill_result(const struct kernel *k, const struct vnft_module_probe *p,
			struct vnft_probe_result *result)
{
	result->sent = p->sent;
	result->failed = p->failed;
	result->sent_lost = vnft_session_lost(k->source);
	if (p->sent > k->noted + result->sent_lost)
		result->queue_lost = p->sent - k->noted - result->sent_lost;
	result->answer_ns = p->answer_ns;
	result->first_sent_ns = p->first_ns;
	result->last_sent_ns = p->last_ns;
	result->lateness = p->lateness;
}

static int finish(struct vnft_load_probe *probe, struct vnft_probe_result *result)
{
	struct kernel *k = (struct kernel *)probe;
	struct vnft_module_probe *last = calloc(1, sizeof(*last));
	int err;

	memset(result, 0, sizeof(*result));
	atomic_store(&k->stop, true);
	if (k->has_reader)
		pthread_join(k->reader, NULL);
	err = last ? vnft_module_probe_stop(k->session, k->probe_id, last) :
		     vnft_fail(-ENOMEM, "probe: out of memory");
	/* It has ended: everything that it will ever write is there. */
	k->source->ops->drain(k->source, take, k);
	if (!err)
		fill_result(k, last, result);
	if (k->err == -EIO)
		err = vnft_fail(-EIO, "%s: a stimulus could not be noted", k->link.name);
	else if (k->err == -ENODEV)
		err = vnft_fail(-ENODEV, "%s: the device vanished while it was probed",
				k->link.name);
	free(last);
	destroy(k);
	return vnft_module_errno(err);
}

const struct vnft_load_sender vnft_load_kernel = {
	.start = start,
	.drop_also_port = drop_also_port,
	.done = done,
	.finish = finish,
};
