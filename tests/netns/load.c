/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sender by itself, on one end of a veth: load DEV. Its schedule, its numbering, the second
 * port, and that it stops when told. 24-probe.sh looks at what arrives at the other end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../tools/lib/run/clock.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/load/load.h"
#include "../unit/unit.h"

#define MAX 1000

static struct vnft_record sent[MAX];
static unsigned int n;

static int note(const struct vnft_record *record, void *arg)
{
	if (n < MAX)
		sent[n++] = *record;
	return 0;
}

static struct vnft_probe_config config(enum vnft_probe_kind kind, const char *dev)
{
	return (struct vnft_probe_config) {
		.kind = kind, .ifname = dev, .family = AF_INET,
		.src = { 198, 18, 5, 1 }, .dst = { 198, 18, 5, 2 },
		.dst_mac = { 2, 0, 0, 0, 5, 2 }, .sport = 40000, .dst_port = 9, .echo_id = 77,
		.interval_ns = 1000000, .cpu = -1, .payload_bytes = 56,
	};
}

static void wait_done(struct vnft_load_probe *probe)
{
	for (int ms = 0; ms < 10000 && !vnft_probe_done(probe); ms++)
		usleep(1000);
}

static void test_schedule(const char *dev)
{
	struct vnft_probe_config c = config(VNFT_PROBE_SYN, dev);
	struct vnft_probe_result *result = malloc(sizeof(*result));
	unsigned int i, spaced = 0, numbered = 0, flows = 0, early = 0, again = 0;
	struct vnft_load_probe *probe;

	c.count = 500;
	c.also_port = 10;
	c.sport = 0;
	CHECK(!vnft_probe_choose_ports(&c) && c.sport >= 1024 && c.sports == 500 &&
	      c.sport + c.sports <= 65536, "a port for each SYN: %u from %u on", c.sports, c.sport);
	n = 0;
	CHECK(!vnft_probe_start(&probe, &c, note, NULL), "start");
	wait_done(probe);
	CHECK(!vnft_probe_finish(probe, result), "finish");
	CHECK_EQ(result->sent, 500, "500 SYNs were sent");
	CHECK_EQ(n, 500, "each was noted");
	for (i = 0; i < n; i++) {
		spaced += sent[i].sent.intended_ns == sent[0].sent.intended_ns + i * 1000000ULL;
		numbered += sent[i].sent.tcp_seq == sent[0].sent.tcp_seq + i && sent[i].len32 == i;
		flows += sent[i].flow == vnft_probe_flow(&c, i, i & 1);
		again += i && sent[i].flow == sent[0].flow;
		early += sent[i].time_ns < sent[i].sent.intended_ns;
	}
	CHECK_EQ(spaced, n, "each was meant for its own slot, however late the one before");
	CHECK_EQ(numbered, n, "each has the next sequence number");
	CHECK_EQ(flows, n, "every second goes to the second port");
	CHECK_EQ(early, 0, "none left before its time");
	CHECK_EQ(result->lateness.count, 500, "lateness of each");
	CHECK_EQ(again, 0, "none is of the first one's flow");
	CHECK(vnft_probe_flow(&c, 0, false) != vnft_probe_flow(&c, 0, true),
	      "two ports are two flows");
	free(result);
}

static void test_drop_port(const char *dev)
{
	struct vnft_probe_config c = config(VNFT_PROBE_SYN, dev);
	struct vnft_probe_result *result = malloc(sizeof(*result));
	unsigned int i, also = 0;
	struct vnft_load_probe *probe;

	c.count = 100;
	c.also_port = 10;
	n = 0;
	CHECK(!vnft_probe_start(&probe, &c, note, NULL), "start with a second port");
	vnft_probe_drop_also_port(probe);
	wait_done(probe);
	vnft_probe_finish(probe, result);
	for (i = 10; i < n; i++)
		also += sent[i].flow == vnft_probe_flow(&c, i, true);
	CHECK_EQ(also, 0, "no SYN to a port that was dropped");
	free(result);
}

/*
 * Asleep until a departure that is far away. Two packet sockets take the kernel two grace periods,
 * about 10 ms each; the host may be busy: the best of ten.
 */
static void test_stop(const char *dev, enum vnft_probe_kind kind, const char *what)
{
	struct vnft_probe_config c = config(kind, dev);
	struct vnft_probe_result *result = malloc(sizeof(*result));
	uint64_t best_ns = ~0ULL, from_ns;
	struct vnft_load_probe *probe;

	c.interval_ns = 10000000000ULL;
	for (int i = 0; i < 10; i++) {
		if (!QUIET(!vnft_probe_start(&probe, &c, NULL, NULL), "start: %s", vnft_why()))
			break;
		usleep(15000);
		from_ns = vnft_now_ns();
		vnft_probe_finish(probe, result);
		from_ns = vnft_now_ns() - from_ns;
		best_ns = from_ns < best_ns ? from_ns : best_ns;
	}
	CHECK(best_ns < 50000000, "%s is gone within 50 ms: %llu us", what,
	      (unsigned long long)best_ns / 1000);
	free(result);
}

static void test_refusals(const char *dev)
{
	struct vnft_probe_config c = config(VNFT_PROBE_ECHO, dev);
	struct vnft_load_probe *probe;

	c.payload_bytes = 100000;
	CHECK_EQ(vnft_probe_start(&probe, &c, NULL, NULL), -EINVAL,
		 "a payload that no frame holds");
	c = config(VNFT_PROBE_SYN, "lo");
	CHECK_EQ(vnft_probe_start(&probe, &c, NULL, NULL), -EOPNOTSUPP, "no Ethernet header: lo");
	c = config(VNFT_PROBE_SYN, "vnftnone");
	CHECK_EQ(vnft_probe_start(&probe, &c, NULL, NULL), -ENODEV, "no such device");
	c = config(VNFT_PROBE_SYN, dev);
	c.interval_ns = 0;
	CHECK_EQ(vnft_probe_start(&probe, &c, NULL, NULL), -EINVAL, "no interval");
	c = config(VNFT_PROBE_SYN, dev);
	memset(c.dst_mac, 0, 6);
	CHECK_EQ(vnft_probe_start(&probe, &c, NULL, NULL), -EINVAL, "no MAC");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	test_schedule(argv[1]);
	test_drop_port(argv[1]);
	test_stop(argv[1], VNFT_PROBE_SYN, "a SYN probe");
	test_stop(argv[1], VNFT_PROBE_ECHO, "an echo probe");
	test_stop(argv[1], VNFT_PROBE_ECHO_FLOOD, "a flood");
	test_refusals(argv[1]);
	return unit_done();
}
