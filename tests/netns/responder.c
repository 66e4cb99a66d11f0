/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest whose every delay is known. responder TAP LOG echo|rst|synack DELAY COUNT INTERVAL_NS:
 * one thread sends COUNT requests on the tap's host side on a schedule, the other reads them from
 * the tap's file, busy-polling, and writes each answer DELAY nanoseconds after it read its request
 * ("random": 0 to 5 ms, each its own; so that many are in flight and overtake each other). Both log
 * the clock around every system call. Exits 0 when every request was read and every answer written.
 *
 * Each thread has a CPU to itself as far as the host allows, at real-time priority.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "truth.h"

#define RANDOM_NS	5000000U
#define END_NS		2000000000ULL	/* of silence, then whatever is missing stays missing */
#define QUEUE_FRAMES 10000 /* half a second at 20,000/s, should the host forget us for so long */
#define ECHO_BYTES	(14 + 20 + 8 + 56)
#define TCP_BYTES	(14 + 20 + 20)

static const char *ifname;
static enum truth_kind kind;
static bool random_delay;
static uint64_t delay_ns, interval_ns, count;
static struct truth *truth;
static int tap_fd;
static atomic_bool sent_all;

static void die(const char *what)
{
	fprintf(stderr, "responder: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static uint32_t key_of(uint64_t k)
{
	if (kind != TRUTH_ECHO)
		return TRUTH_SEQ_BASE + (uint32_t)k;
	return (TRUTH_ECHO_ID + (uint32_t)(k >> 16)) << 16 | (k & 0xffff);
}

static uint16_t checksum(const uint8_t *bytes, int n, uint32_t sum)
{
	for (; n > 1; n -= 2, bytes += 2)
		sum += (uint32_t)bytes[0] << 8 | bytes[1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum & 0xffff);
}

static void put(uint8_t *at, const void *value, int bytes)
{
	memcpy(at, value, (size_t)bytes);
}

/* Request k, or the answer to it. */
static int build(uint8_t *f, uint64_t k, bool answer)
{
	const uint16_t type = htons(0x0800), df = htons(0x4000);
	const bool echo = kind == TRUTH_ECHO;
	uint16_t total = htons(echo ? ECHO_BYTES - 14 : TCP_BYTES - 14), sum, port;
	uint32_t key = htonl(key_of(k)), ack = htonl(key_of(k) + 1);
	uint8_t *ip = f + 14, *l4 = f + 34;

	memset(f, 0, ECHO_BYTES);
	memcpy(f, answer ? "\x02\0\0\0\x07\x01" : "\x02\0\0\0\x07\x02", 6);
	memcpy(f + 6, answer ? "\x02\0\0\0\x07\x02" : "\x02\0\0\0\x07\x01", 6);
	put(f + 12, &type, 2);
	ip[0] = 0x45;
	put(ip + 2, &total, 2);
	put(ip + 6, &df, 2);
	ip[8] = 64;
	ip[9] = echo ? 1 : 6;
	memcpy(ip + 12, answer ? TRUTH_ANSWERER : TRUTH_ASKER, 4);
	memcpy(ip + 16, answer ? TRUTH_ASKER : TRUTH_ANSWERER, 4);
	sum = checksum(ip, 20, 0);
	put(ip + 10, &sum, 2);
	if (echo) {
		l4[0] = answer ? 0 : 8;
		put(l4 + 4, &key, 4);
		sum = checksum(l4, 64, 0);
		put(l4 + 2, &sum, 2);
		return ECHO_BYTES;
	}
	port = htons(answer ? TRUTH_DPORT : TRUTH_SPORT);
	put(l4, &port, 2);
	port = htons(answer ? TRUTH_SPORT : TRUTH_DPORT);
	put(l4 + 2, &port, 2);
	if (!answer)
		put(l4 + 4, &key, 4);
	else
		put(l4 + 8, &ack, 4);
	l4[12] = 5 << 4;
	l4[13] = !answer ? 0x02 : kind == TRUTH_RST ? 0x14 : 0x12;
	sum = checksum(l4, 20, 6 + 20 + 0xc612 + 0x0701 + 0xc612 + 0x0702);
	put(l4 + 16, &sum, 2);
	return TCP_BYTES;
}

/* Which request is it? COUNT if none of ours. */
static uint64_t recognise(const uint8_t *f, ssize_t bytes)
{
	uint32_t key;
	uint64_t k;

	if (bytes < TCP_BYTES || f[12] != 8 || f[13] || memcmp(f + 30, TRUTH_ANSWERER, 4))
		return count;
	memcpy(&key, f + 38, 4);
	key = ntohl(key);
	k = kind == TRUTH_ECHO ? key - ((uint32_t)TRUTH_ECHO_ID << 16) : key - TRUTH_SEQ_BASE;
	return k < count && key == key_of(k) ? k : count;
}

static void settle_on(int cpu)
{
	struct sched_param priority = { .sched_priority = 10 };
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	if (sched_setscheduler(0, SCHED_FIFO, &priority))
		fprintf(stderr, "responder: no real-time priority: %s\n", strerror(errno));
	prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
}

static void *ask(void *arg)
{
	struct sockaddr_ll addr = { .sll_family = AF_PACKET };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	uint8_t frame[ECHO_BYTES];
	uint64_t start_ns, at_ns, k;
	struct timespec ts;
	int bytes;

	addr.sll_ifindex = (int)if_nametoindex(ifname);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		die("packet socket");
	settle_on(0);
	start_ns = now_ns() + 1000000;
	for (k = 0; k < count; k++) {
		bytes = build(frame, k, false);
		at_ns = start_ns + k * interval_ns;
		ts.tv_sec = (time_t)(at_ns / 1000000000);
		ts.tv_nsec = (long)(at_ns % 1000000000);
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
		truth[k].send0_ns = now_ns();
		if (send(fd, frame, (size_t)bytes, 0) != bytes)
			die("send");
		truth[k].send1_ns = now_ns();
	}
	close(fd);
	atomic_store(&sent_all, true);
	return NULL;
}

/* Answers that wait, the next due first: a binary heap. */
struct due {
	uint64_t at_ns;
	uint64_t k;
};
static struct due *heap;
static uint64_t waiting;

static void heap_put(struct due d)
{
	uint64_t i = waiting++;

	for (; i && heap[(i - 1) / 2].at_ns > d.at_ns; i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = d;
}

static struct due heap_take(void)
{
	struct due first = heap[0], last = heap[--waiting];
	uint64_t i = 0, child;

	while ((child = 2 * i + 1) < waiting) {
		if (child + 1 < waiting && heap[child + 1].at_ns < heap[child].at_ns)
			child++;
		if (heap[child].at_ns >= last.at_ns)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = last;
	return first;
}

static void answer(uint64_t k)
{
	uint8_t frame[ECHO_BYTES];
	int bytes = build(frame, k, true);

	truth[k].write0_ns = now_ns();
	if (write(tap_fd, frame, (size_t)bytes) != bytes)
		die("write to the tap");
	truth[k].write1_ns = now_ns();
}

static uint64_t respond(void)
{
	uint64_t answered = 0, last_ns = now_ns(), seed = 42, poll_ns, empty_ns = 0, k;
	uint8_t frame[2048];
	ssize_t bytes;

	while (answered < count) {
		while (waiting && heap[0].at_ns <= now_ns()) {
			answer(heap_take().k);
			answered++;
		}
		poll_ns = now_ns();
		bytes = read(tap_fd, frame, sizeof(frame));
		if (bytes < 0) {
			if (errno != EAGAIN)
				die("read from the tap");
			if (!waiting && atomic_load(&sent_all) && poll_ns - last_ns > END_NS)
				break;
			empty_ns = poll_ns;
			continue;
		}
		last_ns = now_ns();
		k = recognise(frame, bytes);
		if (k == count)
			continue;
		if (truth[k].read1_ns) {
			fprintf(stderr, "responder: request %llu came twice\n",
				(unsigned long long)k);
			exit(1);
		}
		truth[k].poll0_ns = empty_ns;
		truth[k].read1_ns = last_ns;
		if (random_delay) {
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			delay_ns = (seed >> 33) % RANDOM_NS;
		}
		heap_put((struct due){ last_ns + delay_ns, k });
	}
	return answered;
}

/*
 * A tap without reader has no carrier, and until the kernel has noticed the new one (up to a
 * second) its queueing discipline drops every frame and calls that success.
 */
static int open_tap(void)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK), sock = socket(AF_INET, SOCK_DGRAM, 0);
	uint64_t until_ns = now_ns() + 5000000000ULL;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &ifr))
		die("/dev/net/tun");
	do {
		if (ioctl(sock, SIOCGIFFLAGS, &ifr) || now_ns() > until_ns)
			die("the tap's carrier");
	} while (!(ifr.ifr_flags & IFF_RUNNING));
	/* A change waits for the lock under which the discipline is being replaced. */
	ifr.ifr_qlen = QUEUE_FRAMES;
	if (ioctl(sock, SIOCSIFTXQLEN, &ifr))
		die("queue length");
	close(sock);
	return fd;
}

int main(int argc, char **argv)
{
	uint64_t answered, k;
	pthread_t asker;
	FILE *log;

	if (argc != 7) {
		fprintf(stderr, "usage: responder TAP LOG echo|rst|synack DELAY|random COUNT "
				"INTERVAL_NS\n");
		return 2;
	}
	ifname = argv[1];
	kind = !strcmp(argv[3], "echo")	 ? TRUTH_ECHO
	       : !strcmp(argv[3], "rst") ? TRUTH_RST
					 : TRUTH_SYNACK;
	random_delay = !strcmp(argv[4], "random");
	delay_ns = random_delay ? 0 : strtoull(argv[4], NULL, 10);
	count = strtoull(argv[5], NULL, 10);
	interval_ns = strtoull(argv[6], NULL, 10);
	truth = calloc(count, sizeof(*truth));
	heap = calloc(count, sizeof(*heap));
	if (!truth || !heap)
		die("memory");
	for (k = 0; k < count; k++) {
		truth[k].kind = kind;
		truth[k].key = key_of(k);
	}
	tap_fd = open_tap();
	if (pthread_create(&asker, NULL, ask, NULL))
		die("thread");
	settle_on(sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 1 : 0);
	answered = respond();
	pthread_join(asker, NULL);
	log = fopen(argv[2], "w");
	if (!log || fwrite(truth, sizeof(*truth), count, log) != count || fclose(log))
		die(argv[2]);
	if (answered != count) {
		fprintf(stderr, "responder: answered %llu of %llu\n", (unsigned long long)answered,
			(unsigned long long)count);
		return 1;
	}
	return 0;
}
