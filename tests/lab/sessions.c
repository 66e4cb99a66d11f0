/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two sessions of the module at once, and rings that are too small: what passed is what was read
 * and what was lost, one by one, on every CPU. The module is loaded.
 *
 *	[own namespace]  vnfta === vnftb      no addresses, no IPv6: nobody else sends
 *
 * Every sender stays on its CPU, and its flow is known to the rings before it is counted, so that
 * from then on each frame is one record.
 */
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/source/module/session.h"
#include "../../tools/source/module/source.h"
#include "../../tools/source/ring.h"
#include "../bench/frames.h"
#include "../unit/unit.h"
#include "life.h"

#define MAX_CPUS	64
#define FRAMES		10000	/* of each sender at full rate */
#define BATCH		64

/**
 * struct reader - a session that records vnfta
 * @read: PACKET records by CPU, @flows: FLOW records, @torn: out of sequence
 * @stop: NULL for one that is never read until the end
 */
struct reader {
	struct vnft_source *source;
	uint16_t id;
	uint32_t next[MAX_CPUS];
	uint64_t read, flows, torn, per_cpu[MAX_CPUS];
	atomic_bool stop;
	pthread_t thread;
	bool threaded;
};

struct sender {
	pthread_t thread;
	int cpu, fd;
	unsigned int frames;
	atomic_uint *failed;
};

static const char dev[] = "vnfta";

static int look(const struct vnft_record *r, void *arg)
{
	struct reader *reader = arg;

	if (r->cpu >= MAX_CPUS) {
		reader->torn++;
		return 0;
	}
	reader->torn += r->seq != ++reader->next[r->cpu];
	reader->flows += r->kind == VNFT_KIND_FLOW;
	if (r->kind == VNFT_KIND_PACKET && r->device == reader->id) {
		reader->read++;
		reader->per_cpu[r->cpu]++;
	}
	return 0;
}

/*
 * Reads, and stalls now and then, as a reader does that is not scheduled: so long that its rings
 * overflow, however slow the machine sends.
 */
static void *read_on(void *arg)
{
	struct reader *reader = arg;
	const struct vnft_module *m = (const struct vnft_module *)reader->source;
	unsigned int seed = 1, n;

	for (n = 0; !atomic_load(&reader->stop); n++) {
		const uint64_t lost = vnft_rings_lost(&m->session.rings);

		do
			usleep((unsigned int)rand_r(&seed) % 2000);
		while (n % 16 == 0 && !atomic_load(&reader->stop) &&
		       vnft_rings_lost(&m->session.rings) == lost);
		reader->source->ops->drain(reader->source, look, reader);
	}
	return NULL;
}

static bool open_reader(struct reader *reader, uint32_t records)
{
	const struct vnft_source_config config = {
		.ring_records = records,
		.record_mask = VNFT_RECORD_DEFAULT,
	};

	memset(reader, 0, sizeof(*reader));
	return !vnft_module_open(&reader->source, &config) &&
	       !reader->source->ops->attach(reader->source, dev, &reader->id);
}

static void *send_all(void *arg)
{
	struct sender *s = arg;
	struct mmsghdr message[BATCH] = { 0 };
	struct iovec vec[BATCH];
	uint8_t frame[98];
	unsigned int i, n, done;
	cpu_set_t cpus;
	int got;

	CPU_ZERO(&cpus);
	CPU_SET((size_t)s->cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	frame_echo(frame, sizeof(frame));
	frame[39] = (uint8_t)s->cpu;	/* echo id: a flow of its own */
	for (i = 0; i < BATCH; i++) {
		vec[i] = (struct iovec){ frame, sizeof(frame) };
		message[i].msg_hdr.msg_iov = &vec[i];
		message[i].msg_hdr.msg_iovlen = 1;
	}
	for (done = 0; done < s->frames; done += (unsigned int)got) {
		n = s->frames - done < BATCH ? s->frames - done : BATCH;
		got = sendmmsg(s->fd, message, n, 0);
		if (got < 0 && errno != ENOBUFS) {
			atomic_fetch_add(s->failed, 1);
			return NULL;
		}
		got = got < 0 ? 0 : got;
	}
	return NULL;
}

/* @frames from each CPU at once; the number of CPUs, 0 if something failed. */
static unsigned int send_from_all(unsigned int frames)
{
	struct sender sender[MAX_CPUS];
	unsigned int n = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN), i;
	atomic_uint failed = 0;

	n = n < MAX_CPUS ? n : MAX_CPUS;
	for (i = 0; i < n; i++) {
		sender[i] = (struct sender){ .cpu = (int)i, .frames = frames, .failed = &failed,
					     .fd = life_socket(dev) };
		if (pthread_create(&sender[i].thread, NULL, send_all, &sender[i]))
			return 0;
	}
	for (i = 0; i < n; i++) {
		pthread_join(sender[i].thread, NULL);
		close(sender[i].fd);
	}
	return failed ? 0 : n;
}

static uint64_t packets_out(const struct reader *reader, uint64_t *lost)
{
	struct vnft_device_state state;

	if (reader->source->ops->state(reader->source, reader->id, &state))
		return 0;
	*lost = state.counters.lost[VNFT_LOST_RING_FULL];
	return state.counters.dir[VNFT_DIR_OUT].classes[VNFT_CLASS_ECHO_REQUEST];
}

static void check_reader(struct reader *reader, uint64_t before, uint64_t sent, const char *what,
			 bool overflows)
{
	struct vnft_module *m = (struct vnft_module *)reader->source;
	uint64_t produced, lost_full, lost = 0;
	uint32_t cpu, heads = 0;

	reader->source->ops->drain(reader->source, look, reader);
	produced = packets_out(reader, &lost);
	lost_full = vnft_rings_lost(&m->session.rings);
	for (cpu = 0; cpu < m->session.rings.ncpus; cpu++)
		heads += life_ring_head(&m->session.rings, cpu) == reader->next[cpu];
	printf("# %s: %llu passed, %llu read, %llu lost\n", what, (unsigned long long)produced,
	       (unsigned long long)reader->read, (unsigned long long)lost);
	CHECK_EQ(produced, sent, "%s: every frame was counted", what);
	CHECK_EQ(reader->read + lost, produced, "%s: what passed was read or lost", what);
	CHECK_EQ(lost_full, lost, "%s: the rings and the device lost the same", what);
	CHECK_EQ(reader->torn, 0, "%s: no record out of its sequence", what);
	CHECK_EQ(heads, m->session.rings.ncpus, "%s: what was reserved was read, on each CPU",
		 what);
	CHECK(overflows == (lost > 0), "%s: %s", what,
	      overflows ? "it overflowed" : "nothing lost");
	CHECK(reader->read > before, "%s: something was read", what);
}

/* Small rings: one reader that keeps at it, and one that does not read at all. */
static void test_overflow(void)
{
	struct reader busy, idle;
	unsigned int n;
	uint64_t known;

	if (!CHECK(open_reader(&busy, VNFT_RING_MIN_RECORDS) &&
			   open_reader(&idle, VNFT_RING_MIN_RECORDS),
		   "two sessions with the smallest rings"))
		return;
	n = send_from_all(1);
	busy.source->ops->drain(busy.source, look, &busy);
	idle.source->ops->drain(idle.source, look, &idle);
	CHECK(n && busy.flows == n && idle.flows == n && busy.read == n && idle.read == n,
	      "each CPU's flow is defined once in each session: %u CPUs", n);
	known = busy.read;
	if (pthread_create(&busy.thread, NULL, read_on, &busy))
		return;
	CHECK_EQ(send_from_all(FRAMES), n, "%u frames from each CPU at full rate", FRAMES);
	atomic_store(&busy.stop, true);
	pthread_join(busy.thread, NULL);
	check_reader(&busy, known, n * (FRAMES + 1ULL), "a slow reader", true);
	check_reader(&idle, known, n * (FRAMES + 1ULL), "no reader", true);
	CHECK_EQ(idle.read, n + n * (VNFT_RING_MIN_RECORDS - VNFT_RING_SLACK),
		 "no reader: each ring was filled, and no further");
	busy.source->ops->close(busy.source);
	idle.source->ops->close(idle.source);
}

/* Two sessions with room see the same of the same device; a third that comes later its share. */
static void test_two(void)
{
	struct reader a, b, late;
	unsigned int n, cpu, same = 0;

	if (!CHECK(open_reader(&a, 4096) && open_reader(&b, 4096), "two sessions at once"))
		return;
	CHECK(a.id != b.id, "an id for each");
	n = send_from_all(1000);
	CHECK(open_reader(&late, 4096), "a third");
	CHECK_EQ(send_from_all(1000), n, "1000 more");
	check_reader(&a, 0, n * 2000ULL, "the first", false);
	a.source->ops->close(a.source);
	check_reader(&b, 0, n * 2000ULL, "the second, after the first has closed", false);
	check_reader(&late, 0, n * 1000ULL, "the third", false);
	for (cpu = 0; cpu < n; cpu++)
		same += a.per_cpu[cpu] == 2000 && b.per_cpu[cpu] == 2000 &&
			late.per_cpu[cpu] == 1000;
	CHECK_EQ(same, n, "on each CPU the same");
	b.source->ops->close(b.source);
	late.source->ops->close(late.source);
}

int main(void)
{
	if (!life_veth(dev, "vnftb")) {
		CHECK(false, "a namespace with a veth: %s", vnft_why());
		return unit_done();
	}
	test_two();
	test_overflow();
	return unit_done();
}
