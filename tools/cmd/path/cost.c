/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one of our stamps takes on this host.
 *
 * docs/path.md, "Own cost": "Frames are sent through a loopback device of a namespace of its own,
 * in turn with all stages recorded and with none. The difference, by the stamps of a frame, is what
 * one takes. It is the median of the rounds. Once frames follow each other, and once each comes
 * after a rest of 5 ms."
 *
 * The kernel's own measurement (BPF_PROG_TEST_RUN) does not run programs on tracepoints in a loop.
 */
#include <errno.h>
#include <linux/if_packet.h>
#include <math.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/net/link_set.h"
#include "../../lib/run/clock.h"
#include "../../lib/run/interrupt.h"
#include "../../source/open.h"
#include "../../stat/stat.h"
#include "path.h"

#define ROUNDS	15
#define FRAMES	100
#define WARM	20
#define RESTED	4
#define REST_NS	5000000ULL
#define STAGES_LO (VNFT_HOOK_BIT(DEV_QUEUE) | VNFT_HOOK_BIT(DEV_START_XMIT) | \
		   VNFT_HOOK_BIT(DEV_XMIT) | VNFT_HOOK_BIT(RX_ENTRY) | VNFT_HOOK_BIT(RECEIVE))

/* An echo request to a MAC address that nobody has: the stack drops it behind the hooks. */
static const uint8_t frame[98] = {
	2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 84, 0, 1, 0x40, 0, 64, 1, 0, 0,
	198, 18, 0, 1, 198, 18, 0, 2, 8, 0, 0, 0, 0x76, 0x73,
};

/**
 * struct vnft_stamp_trial - one measurement
 * @stages: hooks that are armed; @stamps: STAGE records of all rounds
 */
struct vnft_stamp_trial {
	struct vnft_source *source;
	uint16_t id;
	int fd;
	uint64_t stages, stamps;
};

static int count(const struct vnft_record *r, void *arg)
{
	struct vnft_stamp_trial *trial = arg;

	trial->stamps += r->kind == VNFT_KIND_STAGE;
	return 0;
}

/* ns a frame, after some that warm the caches. */
static double send_frames(const struct vnft_stamp_trial *trial)
{
	uint64_t begun_ns = 0;
	int i;

	for (i = 0; i < WARM + FRAMES; i++) {
		if (i == WARM)
			begun_ns = vnft_now_ns();
		if (send(trial->fd, frame, sizeof(frame), 0) < 0)
			return NAN;
	}
	return (double)(vnft_now_ns() - begun_ns) / FRAMES;
}

/* The same of frames that each come after a rest, when the caches hold other things. */
static double send_rested(const struct vnft_stamp_trial *trial)
{
	uint64_t begun_ns, sum_ns = 0;
	int i;

	for (i = 0; i < RESTED; i++) {
		vnft_sleep_ns(REST_NS);
		begun_ns = vnft_now_ns();
		if (send(trial->fd, frame, sizeof(frame), 0) < 0)
			return NAN;
		sum_ns += vnft_now_ns() - begun_ns;
	}
	return (double)sum_ns / RESTED;
}

static int run_rounds(struct vnft_stamp_trial *trial, struct vnft_stamp_cost *cost)
{
	const struct vnft_source_ops *ops = trial->source->ops;
	struct vnft_samples apart = { 0 }, rested = { 0 };
	double with_ns, without_ns, with_rested_ns, without_rested_ns, stamps;
	uint64_t armed;
	int round, err = 0;

	for (round = 0; round < ROUNDS && !err; round++) {
		ops->record(trial->source, trial->id, 0);
		err = ops->stages(trial->source, trial->id, 0, &armed);
		without_ns = send_frames(trial);
		without_rested_ns = send_rested(trial);
		if (!err)
			err = ops->stages(trial->source, trial->id, trial->stages, &armed);
		ops->record(trial->source, trial->id, VNFT_RECORD_DEFAULT);
		with_ns = send_frames(trial);
		with_rested_ns = send_rested(trial);
		usleep(1000);
		ops->drain(trial->source, count, trial);
		if (!err)
			err = isnan(with_ns + without_ns + with_rested_ns + without_rested_ns) ?
			      vnft_fail(-EIO, "lo: cannot send: %s", strerror(errno)) :
			      vnft_samples_add(&apart, with_ns - without_ns);
		if (!err)
			err = vnft_samples_add(&rested, with_rested_ns - without_rested_ns);
	}
	stamps = (double)trial->stamps / (ROUNDS * (WARM + FRAMES + RESTED));
	if (!err && stamps < 3)
		err = vnft_fail(-EIO, "lo: %.1f stamps a frame", stamps);
	if (!err && (vnft_quantile(&apart, 0.5) <= 0 || vnft_quantile(&rested, 0.5) <= 0))
		err = vnft_fail(-EIO, "the host was too busy: with stamps frames were not slower "
				"than without");
	if (!err)
		*cost = (struct vnft_stamp_cost) { vnft_quantile(&apart, 0.5) / stamps,
						   vnft_quantile(&rested, 0.5) / stamps };
	vnft_samples_free(&apart);
	vnft_samples_free(&rested);
	return err;
}

static int open_socket(struct vnft_stamp_trial *trial)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)if_nametoindex("lo") };

	trial->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (trial->fd < 0 || bind(trial->fd, (struct sockaddr *)&to, sizeof(to)))
		return vnft_fail(-errno, "a packet socket: %s", strerror(errno));
	return 0;
}

static int try_lo(struct vnft_stamp_trial *trial, struct vnft_stamp_cost *cost)
{
	const struct vnft_source_config config = { .hook = VNFT_HOOK_AUTO };
	struct vnft_source_device device;
	int err;

	err = vnft_source_open(&trial->source, VNFT_OBSERVER_BPF, &config);
	if (err)
		return err;
	err = trial->source->ops->attach(trial->source, "lo", &trial->id);
	if (!err)
		err = trial->source->ops->device(trial->source, trial->id, &device);
	if (!err)
		err = open_socket(trial);
	if (!err) {
		trial->stages = STAGES_LO | 1ULL << device.hook[VNFT_DIR_IN] |
				1ULL << device.hook[VNFT_DIR_OUT];
		err = run_rounds(trial, cost);
	}
	if (trial->fd >= 0)
		close(trial->fd);
	trial->source->ops->close(trial->source);
	return err;
}

/* In a thread of its own, which ends in the namespace that it made. */
static void *measure(void *arg)
{
	struct vnft_tracing *t = arg;
	struct vnft_stamp_trial trial = { .fd = -1 };
	int err = 0;

	if (unshare(CLONE_NEWNET))
		err = vnft_fail(-errno, "no network namespace of its own: %s", strerror(errno));
	if (!err)
		err = vnft_link_set_up("lo", true);
	if (!err)
		err = try_lo(&trial, &t->stamp);
	if (err) {
		t->stamp = (struct vnft_stamp_cost) { 0 };
		snprintf(t->stamp_why, sizeof(t->stamp_why), "not measured: %.130s", vnft_why());
	}
	return NULL;
}

void vnft_tracing_cost(struct vnft_tracing *t)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, measure, t))
		snprintf(t->stamp_why, sizeof(t->stamp_why), "not measured: cannot start a thread");
	else
		pthread_join(thread, NULL);
}
