/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's generator, packet by packet: what it was told to send, what its SENT records say,
 * and what arrives are the same thing, and byte for byte what the stimulus from userspace sends.
 *
 *	[own namespace] vnftx === vnfty [vnft-prober]	198.18.7.1, .2 and 2001:db8:7::1, ::2
 *	                vnftd (a dummy: takes everything at once)
 *
 * VNFT_LONG=1: longer.
 * runs: tests/lab/with-module
 */
#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/net/netns.h"
#include "../../tools/lib/run/clock.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/source/module/ctl.h"
#include "../../tools/source/module/generator.h"
#include "../../tools/source/module/session.h"
#include "../../tools/source/ring.h"
#include "stream.h"

static struct vnft_module module;

static bool session_open(uint32_t records)
{
	memset(&module, 0, sizeof(module));
	return CHECK(!vnft_module_session_open(&module, records), "a session of %u records%s%s",
		     records, vnft_failed() ? ": " : "", vnft_failed() ? vnft_why() : "");
}

/* The last record and the last frame may be on their way for a moment. */
static void settle(void)
{
	unsigned int i, tries;

	for (tries = 0; tries < 3000; tries++) {
		vnft_rings_drain(&module.session.rings, on_record, NULL);
		for (i = 0; i < streams; i++)
			if (stream[i].frames < stream[i].how.count)
				break;
		if (i == streams)
			return;
		usleep(10000);
	}
}

static void userspace_beside(void)
{
	struct vnft_load_probe *probe[STREAMS] = { 0 };
	struct vnft_probe_result result;
	unsigned int i;

	for (i = 0; i < streams; i++)
		QUIET(!vnft_probe_start(&probe[i], &stream[i].config, NULL, NULL), "userspace: %s",
		      vnft_why());
	for (i = 0; i < streams; i++) {
		while (probe[i] && !vnft_probe_done(probe[i]))
			usleep(200000);
		if (!probe[i] || vnft_probe_finish(probe[i], &result))
			continue;
		QUIET(result.sent + result.failed == stream[i].how.count, "userspace sends all");
		print_lateness("thread", &stream[i], &result.lateness);
	}
}

/* All four kinds at once at one rate; then the same by threads. */
static void test_rate(uint64_t interval_ns, uint64_t count)
{
	struct vnft_module_probe state[STREAMS];
	unsigned int i;

	if (!session_open(32768))
		return;
	streams = 4;
	for (i = 0; i < streams; i++) {
		stream_set(&stream[i], module.setup.session, "vnftx", i & 1, i & 2, interval_ns,
			   count);
		if (i & 1)
			stream[i].how.also_port = 9;
	}
	QUIET(receiver_start(), "a receiver");
	for (i = 0; i < streams; i++)
		start(&stream[i], "vnftx");
	/* Seldom, because looking would make a busy machine later. */
	while (running(module.setup.session)) {
		vnft_rings_drain(&module.session.rings, on_record, NULL);
		usleep(200000);
	}
	settle();
	receiver_stop();
	for (i = 0; i < streams; i++)
		if (QUIET(!vnft_module_probe_stop(module.setup.session, stream[i].id, &state[i]),
			  "stop: %s", vnft_why()))
			check_stream(&stream[i], &state[i]);
	QUIET(!vnft_rings_lost(&module.session.rings), "no record is lost");
	for (i = 0; i < streams; i++)
		print_lateness("kernel", &stream[i], &state[i].lateness);
	userspace_beside();
	vnft_module_session_close(&module);
}

static void until_stopped(struct stream *s, struct vnft_module_probe *state, unsigned int ms)
{
	do {
		usleep(5000);
		vnft_rings_drain(&module.session.rings, on_record, NULL);
		if (vnft_module_probe_get(module.setup.session, s->id, state))
			return;
	} while (state->running && (ms = ms > 5 ? ms - 5 : 0));
}

static void test_rst(bool v6)
{
	struct stream *s = &stream[0];
	struct vnft_module_probe state = { .running = 1 };

	if (!session_open(1024))
		return;
	streams = 1;
	stream_set(s, module.setup.session, "vnftx", true, v6, 5000000, 0);
	memcpy(s->how.dst_mac, mac_y, 6);
	s->how.until_rst = true;
	if (start(s, "vnftx"))
		until_stopped(s, &state, 5000);
	CHECK(!state.running && state.answer_ns > state.first_ns && state.sent >= 1 &&
		      state.answer_ns < vnft_now_ns(),
	      "IPv%u: ends with the first RST, after %llu SYNs", v6 ? 6 : 4,
	      (unsigned long long)state.sent);
	CHECK_EQ(s->records, state.sent, "IPv%u: each recorded", v6 ? 6 : 4);
	vnft_module_session_close(&module);
}

/* A RST by hand, from the peer's side: @ack and @sport decide whether it is an answer. */
static int rst_fd = -1;

static int open_raw(void)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)if_nametoindex("vnfty") };

	rst_fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	return bind(rst_fd, (struct sockaddr *)&at, sizeof(at));
}

static void send_rst(const struct stream *s, uint16_t sport, uint16_t dport, uint32_t ack)
{
	uint8_t f[54];

	memcpy(f, s->frame.bytes, sizeof(f));
	memcpy(f, mac_x, 6);
	memcpy(f + 6, mac_y, 6);
	memcpy(f + 26, addr4[1], 4);
	memcpy(f + 30, addr4[0], 4);
	f[34] = (uint8_t)(sport >> 8), f[35] = (uint8_t)sport;
	f[36] = (uint8_t)(dport >> 8), f[37] = (uint8_t)dport;
	ack = htonl(ack);
	memcpy(f + 42, &ack, 4);
	f[47] = VNFT_TCP_RST | VNFT_TCP_ACK;
	QUIET(send(rst_fd, f, sizeof(f), 0) == sizeof(f), "send a RST");
}

/* Is it still running 50 ms after this RST? */
static bool survives(struct stream *s, uint16_t sport, uint16_t dport, uint32_t ack)
{
	struct vnft_module_probe state = { 0 };

	send_rst(s, sport, dport, ack);
	until_stopped(s, &state, 50);
	return state.running;
}

/* Another generator's SYNs, on the ports of the one to come: the number of the first of them. */
static uint32_t probed_before(struct stream *s)
{
	struct vnft_module_probe state = { 0 };
	uint32_t seq_base;

	stream_set(s, module.setup.session, "vnftx", true, false, 10000000, 0);
	if (start(s, "vnftx"))
		until_stopped(s, &state, 100);
	QUIET(s->records && !vnft_module_probe_stop(module.setup.session, s->id, &state),
	      "SYNs of an earlier generator");
	seq_base = s->seq_base;
	vnft_rings_drain(&module.session.rings, on_record, NULL);
	return seq_base;
}

static void test_rst_of_others(void)
{
	struct stream *s = &stream[0];
	struct vnft_module_probe state = { 0 };
	uint32_t before;

	if (!session_open(1024) || !QUIET(in_other(open_raw), "a socket at the other end"))
		return;
	streams = 1;
	before = probed_before(s);
	stream_set(s, module.setup.session, "vnftx", true, false, 10000000, 0);
	s->how.until_rst = true;
	s->how.also_port = 9;
	if (start(s, "vnftx")) {
		until_stopped(s, &state, 100);
		CHECK(state.running && state.sent > 1, "nobody answered: it goes on");
		CHECK(survives(s, 7, s->how.sport, s->seq_base),
		      "an acknowledgment of no SYN of ours");
		CHECK(survives(s, 7, s->how.sport, s->seq_base + 100000000),
		      "one of a SYN to come");
		CHECK(survives(s, 7, s->how.sport, before + 1),
		      "a late answer to an earlier generator's");
		CHECK(survives(s, 8, s->how.sport, s->seq_base + 1), "another port's");
		CHECK(survives(s, 7, s->how.sport + 1, s->seq_base + 1),
		      "one to the port of another SYN");
		CHECK(!survives(s, 9, s->how.sport + 1, s->seq_base + 2),
		      "an answer from the second port ends it");
	}
	close(rst_fd);
	vnft_module_session_close(&module);
}

static void test_also_port(void)
{
	struct stream *s = &stream[0];
	struct vnft_module_probe state;

	if (!session_open(4096))
		return;
	streams = 1;
	stream_set(s, module.setup.session, "vnftx", true, false, 2000000, 400);
	s->how.also_port = 9;
	QUIET(receiver_start(), "a receiver");
	if (start(s, "vnftx")) {
		usleep(200000);
		CHECK(!vnft_module_probe_set(module.setup.session, s->id, 0),
		      "the second port is dropped under way");
		until_stopped(s, &state, 10000);
		settle();
		CHECK(s->also > 5 && s->also < 190 && s->frames == 400 && !s->wrong_frames,
		      "%u of %u SYNs went there before", s->also, s->frames);
	}
	receiver_stop();
	vnft_module_session_close(&module);
}

/* Read and lost are all that were sent; a dummy refuses nothing, and a ring of 64 holds 56. */
static void test_flood(const char *ifname, bool exact, uint32_t records)
{
	struct stream *s = &stream[0];
	struct vnft_module_probe state;
	uint64_t until_ns, all;
	unsigned int cpu_syn;

	for (cpu_syn = 0; cpu_syn < 2; cpu_syn++) {
		if (!session_open(records))
			return;
		streams = 1;
		stream_set(s, module.setup.session, ifname, cpu_syn, cpu_syn, 0, 0);
		s->how.duration_ns = thorough ? 3 * SEC : SEC;
		until_ns = vnft_now_ns() + 2 * s->how.duration_ns + 10 * SEC;
		QUIET(start(s, ifname), "flood");
		do
			vnft_rings_drain(&module.session.rings, on_record, NULL);
		while (!usleep(20000) && running(module.setup.session) && vnft_now_ns() < until_ns);
		QUIET(!vnft_module_probe_stop(module.setup.session, s->id, &state), "stop");
		vnft_rings_drain(&module.session.rings, on_record, NULL);
		all = s->records + vnft_rings_lost(&module.session.rings);
		CHECK(!state.running && all >= state.sent && all <= state.sent + state.failed &&
			      (!exact || all == state.sent),
		      "%s as fast as the CPU goes: %llu sent, %llu failed; %u records read and "
		      "%llu lost",
		      ifname, (unsigned long long)state.sent, (unsigned long long)state.failed,
		      s->records, (unsigned long long)(all - s->records));
		printf("# %s: %.0f packets a second\n", ifname,
		       (double)state.sent * SEC / (double)(state.last_ns - state.first_ns + 1));
		vnft_module_session_close(&module);
	}
}

static void test_down(void)
{
	struct vnft_module_probe state = { .running = 1 };
	struct stream *s = &stream[0];

	if (!session_open(1024))
		return;
	streams = 1;
	stream_set(s, module.setup.session, "vnftx", true, false, 1000000, 100);
	vnft_link_set_up("vnftx", false);
	if (start(s, "vnftx"))
		until_stopped(s, &state, 5000);
	CHECK(!state.running && !state.sent && state.failed == 100 && !s->records,
	      "a device that is down refuses all 100");
	vnft_link_set_up("vnftx", true);
	vnft_module_session_close(&module);
}

/* Unwrapping: more echoes than 16 bits have numbers. */
static void test_wrap(void)
{
	struct vnft_module_probe state = { .running = 1 };
	struct stream *s = &stream[0];
	uint64_t n = 70000;

	if (!session_open(131072))
		return;
	streams = 1;
	stream_set(s, module.setup.session, "vnftd", false, false, 20000, n);
	if (start(s, "vnftd"))
		until_stopped(s, &state, 60000);
	vnft_rings_drain(&module.session.rings, on_record, NULL);
	CHECK(state.sent == n && s->records == n && !s->wrong_records &&
		      once_each(s->sent, NUMBERS_MAX),
	      "70,000 echoes: number and 16 bits of it stay together (%u records, %u wrong)",
	      s->records, s->wrong_records);
	vnft_module_session_close(&module);
}

static int move_back(void)
{
	return vnft_link_delete("vnftm");
}

/* Everything that takes a device away from under a running generator. */
static void test_device_goes(const char *how)
{
	struct vnft_module_probe state = { .running = 1 };
	struct stream *s = &stream[0];
	int ns = -1, back = -1;

	if (!session_open(1024))
		return;
	streams = 1;
	if (!strcmp(how, "namespace deleted")) {
		vnft_netns_create("vnft-gone");
		ns = vnft_netns_open("vnft-gone");
		QUIET(!vnft_netns_enter(ns, &back), "enter");
	}
	QUIET(!vnft_link_add_veth("vnftm", "vnftn", -1) && !vnft_link_set_up("vnftm", true) &&
	      !vnft_link_set_up("vnftn", true), "%s: a veth: %s", how, vnft_why());
	stream_set(s, module.setup.session, "vnftm", true, false, 100000, 0);
	s->how.until_rst = true;
	start(s, "vnftm");
	if (ns >= 0)
		vnft_netns_leave(back);
	usleep(100000);
	if (ns >= 0) {
		close(ns);
		vnft_netns_delete("vnft-gone");
	} else if (!strcmp(how, "deleted")) {
		vnft_link_delete("vnftm");
	} else {
		vnft_link_set_netns("vnftm", other_ns);
	}
	until_stopped(s, &state, 10000);
	CHECK(!state.running && state.sent,
	      "its device is %s: it ends, and its numbers stay (%llu)", how,
	      (unsigned long long)state.sent);
	CHECK(!vnft_module_probe_stop(module.setup.session, s->id, &state) &&
	      vnft_module_probe_get(module.setup.session, s->id, &state) == -ENOENT,
	      "and it can be stopped, once");
	if (!strcmp(how, "moved"))
		in_other(move_back);
	vnft_module_session_close(&module);
}

static void own_eight_and_wait(void)
{
	unsigned int i;

	memset(&module, 0, sizeof(module));
	if (vnft_module_session_open(&module, 1024))
		_exit(1);
	for (i = 0; i < 8; i++) {
		stream_set(&stream[i], module.setup.session, "vnftx", i & 1, i & 2, 10000, 0);
		start(&stream[i], "vnftx");
	}
	pause();
	_exit(0);
}

static bool wait_info(uint32_t probes, uint32_t sessions)
{
	struct vnft_module_info info;
	unsigned int i;

	for (i = 0; i < 500; i++) {
		if (!vnft_module_info(&info) && info.probes == probes && info.sessions == sessions)
			return true;
		usleep(20000);
	}
	return false;
}

static void test_killed(void)
{
	pid_t pid = fork();

	if (!pid)
		own_eight_and_wait();
	CHECK(wait_info(8, 1), "eight generators run");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CHECK(wait_info(0, 0), "their owner is killed: they are gone");
}

int main(void)
{
	struct utsname kernel;

	thorough = getenv("VNFT_LONG");
	/* A kernel that checks every access of its own takes ten times as long. */
	slow = !uname(&kernel) && strstr(kernel.release, "debug");
	/*
	 * A machine that stood still sends in one go what was due: the veth's backlog must hold it.
	 */
	write_file("/proc/sys/net/core/netdev_max_backlog", "100000");
	if (!CHECK(topology(), "two namespaces and a veth%s%s", vnft_failed() ? ": " : "",
		   vnft_failed() ? vnft_why() : ""))
		return unit_done();
	QUIET(!system("ip link add vnftd type dummy && ip link set vnftd up"), "a dummy");
	test_rate(SEC, thorough ? 10 : 3);
	test_rate(SEC / 100, 1000);
	test_rate(SEC / 1000, slow ? 1000 : 10000);
	test_rst(false);
	test_rst(true);
	test_rst_of_others();
	test_also_port();
	test_down();
	if (!slow)
		test_wrap();
	test_flood("vnftd", true, 64);
	test_flood("vnftd", true, 32768);
	test_flood("vnftx", false, 1024);
	test_device_goes("deleted");
	test_device_goes("moved");
	test_device_goes("namespace deleted");
	test_killed();
	vnft_netns_delete("vnft-prober");
	return unit_done();
}
