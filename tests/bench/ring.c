/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many records a second go through one CPU's ring without loss: the hook under
 * BPF_PROG_TEST_RUN on one CPU, a reader that polls on another; first at the target's rate, 2
 * million a second with none lost, then as fast as it goes. No verdict on speed, but every run must
 * be read or counted as lost.
 *
 *	ring [SECONDS] [PRODUCER_CPU] [READER_CPU] [RING_RECORDS]
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../tools/lib/run/clock.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/source/bpf/session.h"
#include "../../tools/source/bpf/source.h"
#include "frames.h"

#define REPEAT		2000
#define TARGET_PER_S	2000000ULL

struct reader {
	struct vnft_source *source;
	int cpu;
	volatile bool stop;
	uint64_t records, out_of_order, passes;
	uint32_t next;
};

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (pthread_setaffinity_np(pthread_self(), sizeof(set), &set))
		fprintf(stderr, "# cannot pin to CPU %d\n", cpu);
}

/* As a reader that uses the record does: looks at it, and at its place in the sequence. */
static int take(const struct vnft_record *r, void *arg)
{
	struct reader *reader = arg;

	reader->out_of_order += r->seq != ++reader->next;
	reader->records++;
	return 0;
}

static void *read_on(void *arg)
{
	struct reader *r = arg;
	const struct timespec nap = { .tv_nsec = 1000000 };

	pin(r->cpu);
	while (!r->stop) {
		r->source->ops->drain(r->source, take, r);
		r->passes++;
		nanosleep(&nap, NULL);
	}
	r->source->ops->drain(r->source, take, r);
	return NULL;
}

/* Batches on a schedule of @per_s runs; 0: without a pause. */
static int produce(int prog_fd, uint64_t end_ns, uint64_t per_s, uint64_t *runs)
{
	const uint64_t start_ns = vnft_now_ns();
	uint8_t frame[98], out[256];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .data_out = out, .repeat = REPEAT);
	int err = 0;

	frame_echo(frame, sizeof(frame));
	while (!err && vnft_now_ns() < end_ns) {
		opts.data_size_out = sizeof(out);
		err = bpf_prog_test_run_opts(prog_fd, &opts);
		*runs += REPEAT;
		while (per_s && vnft_now_ns() - start_ns < *runs * 1000000000ULL / per_s)
			;
	}
	return err;
}

static int measure(struct reader r, int producer_cpu, uint64_t seconds, uint64_t per_s,
		   const struct vnft_source_config *config)
{
	uint64_t start_ns, took_ns, runs = 0, lost;
	struct vnft_device_state state;
	pthread_t thread;
	uint16_t id;
	int err;

	if (vnft_bpf_open(&r.source, config) || r.source->ops->attach(r.source, "lo", &id)) {
		fprintf(stderr, "%s\n", vnft_why());
		return 1;
	}
	pthread_create(&thread, NULL, read_on, &r);
	start_ns = vnft_now_ns();
	err = produce(vnft_bpf_find(r.source, id)->prog_fd[VNFT_DIR_OUT],
		      start_ns + seconds * 1000000000ULL, per_s, &runs);
	took_ns = vnft_now_ns() - start_ns;
	r.stop = true;
	pthread_join(thread, NULL);
	r.source->ops->state(r.source, id, &state);
	r.source->ops->close(r.source);
	lost = state.counters.lost[VNFT_LOST_RING_FULL];
	printf("%-22s %.2f million records/s for %.1f s, CPU %d to %d: %llu read, %llu lost, "
	       "%llu out of order\n",
	       per_s ? "paced (target 2)" : "as fast as it goes",
	       (double)runs / (double)took_ns * 1e3, (double)took_ns / 1e9, producer_cpu, r.cpu,
	       (unsigned long long)r.records, (unsigned long long)lost,
	       (unsigned long long)r.out_of_order);
	/* One FLOW record goes before them. */
	return err || r.out_of_order || r.records + lost != runs + 1;
}

int main(int argc, char **argv)
{
	const uint64_t seconds = argc > 1 ? strtoull(argv[1], NULL, 0) : 10;
	const int producer_cpu = argc > 2 ? atoi(argv[2]) : 1;
	const struct reader reader = { .cpu = argc > 3 ? atoi(argv[3]) : 0 };
	const struct vnft_source_config config = {
		.record_mask = VNFT_RECORD_DEFAULT,
		.ring_records = argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 0) : 0,
	};
	int err;

	if (unshare(CLONE_NEWNET)) {
		perror("namespace");
		return 1;
	}
	pin(producer_cpu);
	err = measure(reader, producer_cpu, seconds, TARGET_PER_S, &config);
	return measure(reader, producer_cpu, seconds / 2 + 1, 0, &config) || err;
}
