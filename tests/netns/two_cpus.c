/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One direction of a connection on two CPUs at the same moment: two_cpus OBSERVER DEV PEER. Two
 * threads, each bound to a CPU, send the next segment of one stream in turn, whoever comes first:
 * by PEER (in) and by DEV (out). A stack does so when its task moves while frames wait in the
 * backlog of the CPU that it left. Each byte must count once, and none as a retransmission. Where
 * the hypervisor takes a CPU at the wrong moment a segment is lost, and counted as lost.
 */
#include <linux/if_packet.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/source/open.h"
#include "../unit/unit.h"

#define SEGMENTS	100000U
#define PAYLOAD_BYTES	100U
#define HEADERS_BYTES	54U
#define TRIES		5

static struct {
	int fd[2];
	int cpu[2];
	uint32_t next;
	uint32_t sent;
} t;

static void put16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void segment(uint8_t *f, uint32_t n)
{
	static const uint8_t headers[HEADERS_BYTES] =
		"\x02\0\0\0\x0a\x02\x02\0\0\0\x0a\x01\x08\0"
		"\x45\0\0\0\0\0\x40\0\x40\x06\0\0\xc6\x12\x0a\x01\xc6\x12\x0a\x02"
		"\x1b\x58\x1b\x59\0\0\0\0\0\0\0\x01\x50\x10\xff\xff\0\0\0";

	memcpy(f, headers, sizeof(headers));
	put16(f + 16, HEADERS_BYTES - 14 + PAYLOAD_BYTES);
	put16(f + 38, (n * PAYLOAD_BYTES) >> 16);
	put16(f + 40, n * PAYLOAD_BYTES);
}

static void send_one(int fd, uint32_t n)
{
	uint8_t frame[HEADERS_BYTES + PAYLOAD_BYTES] = { 0 };

	segment(frame, n);
	if (send(fd, frame, sizeof(frame), 0) == (ssize_t)sizeof(frame))
		__atomic_fetch_add(&t.sent, 1, __ATOMIC_RELAXED);
}

static void *sender(void *arg)
{
	const size_t me = (size_t)arg;
	cpu_set_t cpus;
	uint32_t n;

	CPU_ZERO(&cpus);
	CPU_SET((size_t)t.cpu[me], &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	while ((n = __atomic_fetch_add(&t.next, 1, __ATOMIC_RELAXED)) < SEGMENTS)
		send_one(t.fd[me], n);
	return NULL;
}

static bool open_sockets(const char *dev)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	int i;

	to.sll_ifindex = (int)if_nametoindex(dev);
	for (i = 0; i < 2; i++) {
		t.fd[i] = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
		if (t.fd[i] < 0 || bind(t.fd[i], (void *)&to, sizeof(to)))
			return false;
	}
	return true;
}

static void send_all(void)
{
	pthread_t thread[2];
	size_t i;

	/* The first alone: a stream begins with the first payload that is seen of it. */
	t.sent = 0;
	send_one(t.fd[0], 0);
	t.next = 1;
	for (i = 0; i < 2; i++)
		if (pthread_create(&thread[i], NULL, sender, (void *)i))
			exit(1);
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < 2; i++)
		close(t.fd[i]);
	usleep(100000);
}

/* A frame that the backlog dropped never came to a hook: once more. */
static void one_way(struct vnft_source *source, const char *dev, const char *by, enum vnft_dir dir)
{
	const char *way = dir == VNFT_DIR_IN ? "in" : "out";
	struct vnft_device_state state = { 0 };
	struct vnft_stream s = { 0 };
	const struct vnft_counters_dir *c = &state.counters.dir[dir];
	uint64_t lost;
	uint16_t id;
	int i;

	for (i = 0; i < TRIES && c->packets != SEGMENTS; i++) {
		if (!CHECK(!source->ops->attach(source, dev, &id) && open_sockets(by),
			   "%s: attached", way))
			return;
		send_all();
		source->ops->state(source, id, &state);
		source->ops->stream(source, id, dir, &s);
		source->ops->detach(source, id);
	}
	CHECK(c->packets == SEGMENTS && t.sent == SEGMENTS, "%s: %llu frames of %u sent, try %d",
	      way, (unsigned long long)c->packets, t.sent, i);
	lost = state.counters.lost[VNFT_LOST_FLOW_EVICTED];
	CHECK_EQ(s.payload_bytes + lost * PAYLOAD_BYTES, (uint64_t)SEGMENTS * PAYLOAD_BYTES,
		 "%s: each byte once, but for what is told", way);
	CHECK_EQ(c->retrans_segments + c->retrans_bytes, 0, "%s: none is a retransmission", way);
	CHECK(lost <= SEGMENTS / 1000, "%s: %llu found no place", way, (unsigned long long)lost);
}

/* The first two that we may run on. */
static bool choose_cpus(void)
{
	cpu_set_t cpus;
	int cpu, n = 0;

	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return false;
	for (cpu = 0; cpu < CPU_SETSIZE && n < 2; cpu++)
		if (CPU_ISSET((size_t)cpu, &cpus))
			t.cpu[n++] = cpu;
	return n == 2;
}

int main(int argc, char **argv)
{
	const struct vnft_source_config config = { .record_mask = 0 };
	struct vnft_source *source;

	if (argc != 4)
		return 2;
	if (!choose_cpus()) {
		SKIP("a stream on two CPUs", "this machine has one CPU");
		return 0;
	}
	if (!CHECK(!vnft_source_open(&source, strcmp(argv[1], "module") ? VNFT_OBSERVER_BPF :
									  VNFT_OBSERVER_MODULE,
				     &config), "opened"))
		return printf("# %s\n", vnft_why()), unit_done();
	one_way(source, argv[2], argv[3], VNFT_DIR_IN);
	one_way(source, argv[2], argv[2], VNFT_DIR_OUT);
	source->ops->close(source);
	return unit_done();
}
