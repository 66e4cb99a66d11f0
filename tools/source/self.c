/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What our own stamps are off by on this host.
 *
 * method.md, "Bounds": "Measured parts are the 99th percentile of a few hundred trials on this
 * host, made once a session before its first run."
 */
#include "self.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <math.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/net/link_set.h"
#include "../lib/run/clock.h"
#include "../lib/text/error.h"
#include "../stat/stat.h"
#include "bpf/cost.h"

#define READS		1000
#define WAKEUPS		120
#define WAKEUP_GAP_US	500
#define WAKEUP_WAIT_MS	1000
#define FRAMES		256
#define SNAPSHOTS	120
#define SETTLE_MS	5
#define SEQ_AT		40	/* of the echo, in the frame */
#define OFTEN		0.99

/**
 * struct passing - frames on their way through lo
 * @out_ns: their stamps on the way out, by sequence number
 */
struct passing {
	uint64_t out_ns[FRAMES];
	struct vnft_samples ns;
};

static uint64_t often(const struct vnft_samples *v)
{
	return v->n ? (uint64_t)ceil(vnft_quantile(v, OFTEN)) : 0;
}

static uint64_t clock_cost(void)
{
	struct vnft_samples v = { 0 };
	uint64_t before_ns, now_ns, cost_ns;
	int i;

	for (i = 0, before_ns = vnft_now_ns(); i < READS; i++, before_ns = now_ns) {
		now_ns = vnft_now_ns();
		vnft_samples_add(&v, (double)(now_ns - before_ns));
	}
	cost_ns = often(&v);
	vnft_samples_free(&v);
	return cost_ns;
}

/* A thread that stamps when it was woken up. */
struct sleeper {
	int call_fd, answer_fd;
	uint64_t woken_ns;
};

static void *sleep_on(void *arg)
{
	struct sleeper *s = arg;
	struct pollfd pfd = { .fd = s->call_fd, .events = POLLIN };
	uint64_t count;
	int i;

	for (i = 0; i < WAKEUPS && poll(&pfd, 1, WAKEUP_WAIT_MS) > 0; i++) {
		s->woken_ns = vnft_now_ns();
		if (read(s->call_fd, &count, sizeof(count)) < 0 || eventfd_write(s->answer_fd, 1))
			break;
	}
	return NULL;
}

static int wakeups(struct sleeper *s, struct vnft_samples *v)
{
	struct pollfd pfd = { .fd = s->answer_fd, .events = POLLIN };
	eventfd_t ignored;
	uint64_t called_ns;
	int i;

	for (i = 0; i < WAKEUPS; i++) {
		usleep(WAKEUP_GAP_US);	/* it sleeps again */
		called_ns = vnft_now_ns();
		if (eventfd_write(s->call_fd, 1) || poll(&pfd, 1, WAKEUP_WAIT_MS) <= 0 ||
		    eventfd_read(s->answer_fd, &ignored))
			return -EIO;
		vnft_samples_add(v, (double)(s->woken_ns - called_ns));
	}
	return 0;
}

static int wakeup_cost(uint64_t *cost_ns)
{
	struct sleeper s = { .call_fd = eventfd(0, EFD_CLOEXEC),
			     .answer_fd = eventfd(0, EFD_CLOEXEC) };
	struct vnft_samples v = { 0 };
	pthread_t thread;
	int err = s.call_fd < 0 || s.answer_fd < 0 ? -EMFILE : 0;

	if (!err)
		err = -pthread_create(&thread, NULL, sleep_on, &s);
	if (!err) {
		err = wakeups(&s, &v);
		pthread_join(thread, NULL);
	}
	*cost_ns = often(&v);
	vnft_samples_free(&v);
	if (s.call_fd >= 0)
		close(s.call_fd);
	if (s.answer_fd >= 0)
		close(s.answer_fd);
	return err ? vnft_fail(err, "the wake-up of a thread was not measured: %s",
			       strerror(-err)) : 0;
}

static int see(const struct vnft_record *r, void *arg)
{
	struct passing *p = arg;
	const struct vnft_hook_row *hook = vnft_hook_row(r->hook);
	uint16_t seq = r->packet.tcp_seq & 0xffff;

	if (r->kind != VNFT_KIND_PACKET || r->class != VNFT_CLASS_ECHO_REQUEST || seq >= FRAMES)
		return 0;
	if (hook->dir == VNFT_DIR_OUT)
		p->out_ns[seq] = r->time_ns;
	else if (p->out_ns[seq] && r->time_ns >= p->out_ns[seq])
		vnft_samples_add(&p->ns, (double)(r->time_ns - p->out_ns[seq]));
	return 0;
}

/* Echo requests to a MAC address that nobody has: the stack drops them behind the hook. */
static int send_frames(void)
{
	uint8_t frame[98] = {
		2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 84, 0, 1, 0x40, 0, 64, 1, 0,
		0, 198, 18, 0, 1, 198, 18, 0, 2, 8, 0, 0, 0, 0x76, 0x73,
	};
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)if_nametoindex("lo") };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), i, err = 0;

	if (fd < 0)
		return vnft_fail(-errno, "a packet socket: %s", strerror(errno));
	for (i = 0; i < FRAMES && !err; i++) {
		frame[SEQ_AT] = (uint8_t)(i >> 8);
		frame[SEQ_AT + 1] = (uint8_t)i;
		if (sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to)) < 0)
			err = vnft_fail(-errno, "lo: cannot send: %s", strerror(errno));
	}
	close(fd);
	return err;
}

static void take_snapshots(struct vnft_source *s, uint16_t id, struct vnft_self *self)
{
	struct vnft_samples v = { 0 };
	struct vnft_device_state state;
	uint64_t begun_ns;
	int i;

	for (i = 0; i < SNAPSHOTS; i++) {
		begun_ns = vnft_now_ns();
		if (!s->ops->state(s, id, &state))
			vnft_samples_add(&v, (double)(vnft_now_ns() - begun_ns));
	}
	self->snapshot_ns = often(&v);
	vnft_samples_free(&v);
}

static int pass_frames(enum vnft_observer observer, struct vnft_self *self)
{
	const struct vnft_source_config config = { .record_mask = VNFT_RECORD_DEFAULT };
	struct passing p = { .ns.n = 0 };
	struct vnft_source *s;
	uint16_t id;
	int err, pass;

	err = vnft_source_open(&s, observer, &config);
	if (err)
		return err;
	err = s->ops->attach(s, "lo", &id);
	if (!err) {
		err = send_frames();
		/* An answer's ring may be read before its request's: what passed is there. */
		for (pass = 0; pass < 2 && !err; pass++) {
			usleep(SETTLE_MS * 1000);
			s->ops->drain(s, see, &p);
		}
		take_snapshots(s, id, self);
		self->passage_ns = often(&p.ns);
		if (!err && p.ns.n < FRAMES / 2)
			err = vnft_fail(-EIO, "lo: %zu of %d frames came back", p.ns.n, FRAMES);
		s->ops->detach(s, id);
	}
	vnft_samples_free(&p.ns);
	s->ops->close(s);
	return err;
}

static void measure_cost(enum vnft_observer observer, struct vnft_self *self)
{
	struct vnft_bpf_cost cost;

	if (observer != VNFT_OBSERVER_BPF) {
		snprintf(self->cost_why, sizeof(self->cost_why), "only BPF's hooks can be run on "
			 "their own: make bench compares both");
	} else if (vnft_bpf_cost("lo", &cost)) {
		snprintf(self->cost_why, sizeof(self->cost_why), "%s", vnft_why());
	} else {
		self->empty_ns = (uint64_t)llround(cost.empty_ns);
		self->counted_ns = (uint64_t)llround(cost.counted_ns);
		self->recorded_ns = (uint64_t)llround(cost.recorded_ns);
	}
}

struct order {
	enum vnft_observer observer;
	struct vnft_self *self;
};

/* In a thread of its own, which ends in the namespace that it made. */
static void *measure(void *arg)
{
	const struct order *order = arg;
	struct vnft_self *self = order->self;
	enum vnft_observer observer;
	int err;

	if (!unshare(CLONE_NEWNET) && vnft_link_set_up("lo", true))
		vnft_debug("lo: %s", vnft_why());
	err = vnft_observer_choose(order->observer, &observer);
	if (!err) {
		measure_cost(observer, self);
		err = pass_frames(observer, self);
	}
	self->clock_ns = clock_cost();
	if (!err)
		err = wakeup_cost(&self->wakeup_ns);
	self->measured = !err;
	if (err)
		snprintf(self->why, sizeof(self->why), "not measured on this host: %.120s",
			 vnft_why());
	/* Where the hooks cannot be run on their own, all of the passage may be theirs. */
	self->hook_ns = self->recorded_ns ? self->recorded_ns - self->empty_ns : self->passage_ns;
	if (self->hook_ns > self->passage_ns)
		self->hook_ns = self->passage_ns;
	return NULL;
}

void vnft_self_measure(enum vnft_observer observer, struct vnft_self *self)
{
	struct order order = { observer, self };
	pthread_t thread;

	memset(self, 0, sizeof(*self));
	if (pthread_create(&thread, NULL, measure, &order))
		snprintf(self->why, sizeof(self->why), "cannot start a thread");
	else
		pthread_join(thread, NULL);
}
