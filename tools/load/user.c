/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stimulus from userspace: SYN or ICMP echo from a thread of its own, open loop on an absolute
 * schedule, or as `ping -f`. Frames go through a packet socket and the device's queueing
 * discipline, so that they pass every egress hook; departures are stamped by the hooks, the times
 * here are the sender's.
 */
#include <errno.h>
#include <net/if.h>
#include <linux/if_packet.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../lib/net/link.h"
#include "../lib/run/clock.h"
#include "../lib/text/error.h"
#include "echo.h"
#include "frame.h"
#include "sender.h"

/* Longest sleep, so that a stop is obeyed at once whatever the interval. */
#define NAP_NS		4000000ULL
#define FLOOD_WAIT_NS	10000000ULL	/* as ping -f */
#define LINGER_NS	1000000000ULL	/* replies are awaited this long after the last request */
#define STACK_BYTES	(256 << 10)
/* So many departures without a sleep between them are more than catching up. */
#define BURST_PACKETS	64

/**
 * struct user - a sender, and for echo the receiver beside it
 * @seq_base: TCP sequence number of SYN 0: random, so that an answer to an earlier probe matches
 * none
 * @sending: cleared after the last departure
 * @done: nothing more will be counted
 * @err: what ended the sender early, 0 if nothing did
 * @fifo: the sender has real-time priority
 */
struct user {
	struct vnft_load_probe probe;
	struct vnft_probe_config config;
	struct vnft_probe_result result;
	char ifname[IFNAMSIZ];
	vnft_record_fn sent_fn;
	void *arg;
	int fd;
	uint32_t seq_base;
	pthread_t sender, receiver;
	bool has_receiver, fifo;
	atomic_bool stop, sending, done, no_also_port;
	int err;
	struct vnft_load_echo *echo;
	struct vnft_load_frame frame;
};

static bool stopped(struct user *p)
{
	return atomic_load_explicit(&p->stop, memory_order_relaxed);
}

/*
 * Real-time priority is for who keeps his pace: whoever else runs on this CPU when a packet is due
 * would hold it back for up to a tick. Who may not have it goes without.
 */
static void rank(struct user *p, bool fifo)
{
	const struct sched_param param = { .sched_priority = fifo };

	if (fifo != p->fifo && !sched_setscheduler(0, fifo ? SCHED_FIFO : SCHED_OTHER, &param))
		p->fifo = fifo;
}

/* Sleep, then spin if asked to. False when told to stop. */
static bool wait_until(struct user *p, uint64_t at_ns)
{
	uint64_t now_ns, wake_ns;
	struct timespec ts;

	while ((now_ns = vnft_now_ns()) < at_ns) {
		if (stopped(p))
			return false;
		if (at_ns - now_ns <= p->config.spin_ns)
			continue;
		wake_ns = at_ns - p->config.spin_ns;
		if (wake_ns > now_ns + NAP_NS)
			wake_ns = now_ns + NAP_NS;
		ts = vnft_clock_until(wake_ns);
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
	}
	return !stopped(p);
}

static void note_sent(struct user *p, uint64_t k, uint64_t intended_ns, uint64_t now_ns,
		      uint32_t tcp_seq, bool also)
{
	struct vnft_record r = { .kind = VNFT_KIND_SENT };

	vnft_hist_add(&p->result.lateness, now_ns > intended_ns ? now_ns - intended_ns : 0);
	if (!p->sent_fn)
		return;
	r.time_ns = now_ns;
	r.flow = vnft_probe_flow(&p->config, k, also);
	r.cpu = (uint16_t)sched_getcpu();
	r.class = p->config.kind == VNFT_PROBE_SYN ? VNFT_CLASS_SYN : VNFT_CLASS_ECHO_REQUEST;
	r.flags = VNFT_RF_USERSPACE | (p->config.family == AF_INET6 ? VNFT_RF_IPV6 : 0);
	r.len32 = (uint32_t)k;
	r.sent.intended_ns = intended_ns;
	r.sent.tcp_seq = tcp_seq;
	if (p->sent_fn(&r, p->arg)) {
		p->err = -EIO;
		atomic_store(&p->stop, true);
	}
}

static void depart(struct user *p, uint64_t k, uint64_t intended_ns)
{
	const struct vnft_probe_config *c = &p->config;
	uint64_t now_ns;
	uint32_t seq;
	bool also = false;

	if (c->kind == VNFT_PROBE_SYN) {
		also = c->also_port && (k & 1) && !atomic_load(&p->no_also_port);
		seq = p->seq_base + (uint32_t)k;
		vnft_load_frame_set_syn(&p->frame, vnft_frame_sport(c->sport, c->sports, k),
					also ? c->also_port : c->dst_port, seq);
	} else {
		seq = (uint32_t)c->echo_id << 16 | (k & 0xffff);
		vnft_load_frame_set_echo(&p->frame, c->echo_id, k & 0xffff);
	}
	now_ns = vnft_now_ns();
	if (p->echo)
		vnft_load_echo_sent(p->echo, k & 0xffff, now_ns);
	/* Never block: a full queue would shift the schedule. */
	if (send(p->fd, p->frame.bytes, p->frame.form.len_bytes, MSG_DONTWAIT) < 0) {
		p->result.failed++;
		if (p->echo)
			atomic_store(&p->echo->sent_ns[k & 0xffff], 0);
		if (errno == ENXIO || errno == ENODEV || errno == EMSGSIZE) {
			p->err = -errno;
			atomic_store(&p->stop, true);
		}
		return;
	}
	p->result.sent++;
	if (!p->result.first_sent_ns)
		p->result.first_sent_ns = now_ns;
	p->result.last_sent_ns = now_ns;
	note_sent(p, k, intended_ns, now_ns, seq, also);
}

static void send_on_schedule(struct user *p)
{
	const struct vnft_probe_config *c = &p->config;
	uint64_t start_ns = vnft_now_ns(), at_ns, k;
	unsigned int burst = 0;

	for (k = 0; !c->count || k < c->count; k++) {
		at_ns = start_ns + k * c->interval_ns;
		if (c->duration_ns && at_ns - start_ns >= c->duration_ns)
			break;
		burst = at_ns > vnft_now_ns() ? 0 : burst + 1;
		rank(p, !p->config.spin_ns && burst < BURST_PACKETS);
		if (!wait_until(p, at_ns))
			break;
		depart(p, k, at_ns);
	}
}

static void send_flood(struct user *p)
{
	const struct vnft_probe_config *c = &p->config;
	uint64_t start_ns = vnft_now_ns(), now_ns = start_ns, until_ns, k;

	for (k = 0; !stopped(p) && (!c->count || k < c->count); k++) {
		if (c->duration_ns && now_ns - start_ns >= c->duration_ns)
			break;
		depart(p, k, now_ns);
		now_ns = vnft_now_ns();
		until_ns = now_ns + FLOOD_WAIT_NS;
		while (now_ns < until_ns && !stopped(p)) {
			if (vnft_load_echo_receive(p->echo, until_ns - now_ns))
				break;
			now_ns = vnft_now_ns();
		}
		now_ns = vnft_now_ns();
	}
}

/* Late replies count as long as somebody may still be waiting for them. */
static void linger(struct user *p)
{
	uint64_t until_ns = vnft_now_ns() + LINGER_NS;

	while (!stopped(p) && p->echo->received < p->result.sent && vnft_now_ns() < until_ns)
		vnft_load_echo_receive(p->echo, NAP_NS);
}

static void *receive(void *arg)
{
	struct user *p = arg;

	while (!stopped(p) && atomic_load(&p->sending))
		vnft_load_echo_receive(p->echo, NAP_NS);
	linger(p);
	atomic_store(&p->done, true);
	return NULL;
}

static void *transmit(void *arg)
{
	struct user *p = arg;
	cpu_set_t cpus;

	prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);	/* the default of 50 us would be our lateness */
	if (p->config.cpu >= 0) {
		CPU_ZERO(&cpus);
		CPU_SET(p->config.cpu, &cpus);
		if (pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus))
			vnft_warn("cannot pin the sender to CPU %d", p->config.cpu);
	}
	if (p->config.kind == VNFT_PROBE_ECHO_FLOOD) {
		send_flood(p);
		linger(p);
	} else {
		send_on_schedule(p);
	}
	atomic_store(&p->sending, false);
	if (!p->has_receiver)
		atomic_store(&p->done, true);
	return NULL;
}

static int open_socket(struct user *p, int ifindex)
{
	/* Protocol 0: it only sends. PACKET_QDISC_BYPASS stays off: it would pass no hook. */
	struct sockaddr_ll addr = { .sll_family = AF_PACKET, .sll_ifindex = ifindex };

	p->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (p->fd < 0 && errno == EPERM)
		return vnft_fail(-EPERM, "probe: needs CAP_NET_RAW to open a packet socket");
	if (p->fd < 0 || bind(p->fd, (struct sockaddr *)&addr, sizeof(addr)))
		return vnft_fail(-errno, "%s: cannot open a packet socket: %s", p->ifname,
				 strerror(errno));
	return 0;
}

static int start_threads(struct user *p)
{
	pthread_attr_t attr;
	int err = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	if (p->config.kind == VNFT_PROBE_ECHO) {
		err = pthread_create(&p->receiver, &attr, receive, p);
		p->has_receiver = !err;
	}
	if (!err)
		err = pthread_create(&p->sender, &attr, transmit, p);
	pthread_attr_destroy(&attr);
	if (!err)
		return 0;
	atomic_store(&p->stop, true);
	if (p->has_receiver)
		pthread_join(p->receiver, NULL);
	return vnft_fail(-err, "probe: cannot start a thread: %s", strerror(err));
}

static void destroy(struct user *p)
{
	if (p->fd >= 0)
		close(p->fd);
	if (p->echo)
		vnft_load_echo_close(p->echo);
	free(p->echo);
	free(p);
}

static int start(struct vnft_load_probe **probe, const struct vnft_probe_config *config,
		 const struct vnft_link_info *link, vnft_record_fn sent_fn, void *arg)
{
	struct user *p;
	int err;

	p = calloc(1, sizeof(*p));
	if (!p)
		return vnft_fail(-ENOMEM, "probe: out of memory");
	p->probe.sender = &vnft_load_user;
	p->config = *config;
	memcpy(p->ifname, link->name, sizeof(p->ifname));
	p->config.ifname = p->ifname;
	p->sent_fn = sent_fn;
	p->arg = arg;
	p->fd = -1;
	atomic_store(&p->sending, true);
	if (getrandom(&p->seq_base, sizeof(p->seq_base), 0) != sizeof(p->seq_base))
		p->seq_base = (uint32_t)vnft_now_ns();
	vnft_load_frame_init(&p->frame, config, config->src_mac);

	err = open_socket(p, link->ifindex);
	if (!err && config->kind != VNFT_PROBE_SYN) {
		p->echo = calloc(1, sizeof(*p->echo));
		err = p->echo ? vnft_load_echo_open(p->echo, &p->config, link) :
				vnft_fail(-ENOMEM, "probe: out of memory");
	}
	if (!err)
		err = start_threads(p);
	if (err) {
		destroy(p);
		return err;
	}
	*probe = &p->probe;
	return 0;
}

static void drop_also_port(struct vnft_load_probe *probe)
{
	atomic_store(&((struct user *)probe)->no_also_port, true);
}

static bool done(const struct vnft_load_probe *probe)
{
	return atomic_load(&((const struct user *)probe)->done);
}

static int finish(struct vnft_load_probe *probe, struct vnft_probe_result *result)
{
	struct user *p = (struct user *)probe;
	int err;

	atomic_store(&p->stop, true);
	pthread_join(p->sender, NULL);
	if (p->has_receiver)
		pthread_join(p->receiver, NULL);
	if (p->echo) {
		vnft_load_echo_close(p->echo);
		p->result.received = p->echo->received;
		p->result.duplicates = p->echo->duplicates;
		p->result.rx_dropped = p->echo->dropped;
		p->result.rtt = p->echo->rtt;
	}
	*result = p->result;
	err = p->err;
	if (err == -EMSGSIZE)
		vnft_fail(err, "%s: the frame is longer than the device's MTU: send less payload",
			  p->ifname);
	else if (err == -EIO)
		vnft_fail(err, "%s: a stimulus could not be noted", p->ifname);
	else if (err)
		vnft_fail(err, "%s: the device vanished while it was probed", p->ifname);
	destroy(p);
	return err;
}

const struct vnft_load_sender vnft_load_user = {
	.start = start,
	.drop_also_port = drop_also_port,
	.done = done,
	.finish = finish,
};
