/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every BPF object of ours loads, attaches and counts exactly on the kernel that runs this: the
 * host's (tests/netns/10-load.sh) or Debian's (tests/lab/load.sh). Frames go through a packet
 * socket.
 *
 *	load [-v]
 *
 *	[own namespace]  vnfta === vnftb      no addresses, no IPv6: nobody else sends
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/source/attachment.h"
#include "../../tools/source/bpf/alive.h"
#include "../../tools/source/bpf/hooked.h"
#include "../../tools/source/bpf/pin.h"
#include "../../tools/source/bpf/pinned.h"
#include "../../tools/source/bpf/probe.h"
#include "../../tools/source/bpf/session.h"
#include "../../tools/source/bpf/source.h"
#include "../bench/frames.h"
#include "../unit/unit.h"

#define FRAMES 50

static int packet_socket[2];	/* sends on vnfta, vnftb */
static const char *const dev[2] = { "vnfta", "vnftb" };

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd >= 0) {
		QUIET(write(fd, text, strlen(text)) > 0, "%s", path);
		close(fd);
	}
}

/* Is a program of it on a device? */
static bool hooked(const struct vnft_bpf_device *d)
{
	uint8_t dirs[VNFT_DIR_NR];

	vnft_bpf_hooked(d, dirs);
	return vnft_bpf_is_hooked(dirs);
}

static bool make_veth(void)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	int i;

	/* Absent where the kernel has no IPv6. */
	write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	write_file("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	if (vnft_link_add_veth(dev[0], dev[1], -1) || vnft_link_set_up(dev[0], true) ||
	    vnft_link_set_up(dev[1], true))
		return false;
	for (i = 0; i < 2; i++) {
		packet_socket[i] = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
		to.sll_ifindex = (int)if_nametoindex(dev[i]);
		if (bind(packet_socket[i], (struct sockaddr *)&to, sizeof(to)))
			return false;
	}
	return true;
}

static void send_frames(int from, const void *frame, size_t bytes, int n)
{
	while (n--)
		QUIET(send(packet_socket[from], frame, bytes, 0) == (ssize_t)bytes, "send: %s",
		      strerror(errno));
}

/* Frames pass the peer's ingress in a softirq, soon after send() has returned. */
static bool wait_packets(struct vnft_source *s, uint16_t id, enum vnft_dir dir, uint64_t n)
{
	struct vnft_device_state state;
	int tries;

	for (tries = 0; tries < 1000; tries++) {
		if (s->ops->state(s, id, &state))
			return false;
		if (state.counters.dir[dir].packets >= n)
			return state.counters.dir[dir].packets == n;
		usleep(1000);
	}
	return false;
}

struct seen {
	unsigned int packets, flows, vlan, execs, exits, own;
	uint16_t device;
};

static int look(const struct vnft_record *r, void *arg)
{
	struct seen *s = arg;

	s->packets += r->kind == VNFT_KIND_PACKET && (!s->device || s->device == r->device);
	s->flows += r->kind == VNFT_KIND_FLOW;
	s->vlan += r->kind == VNFT_KIND_PACKET && r->packet.vlan_tci == 5;
	if (r->kind == VNFT_KIND_LIFE) {
		s->own += r->class == VNFT_LIFE_OWN;
		s->execs += r->life.event == VNFT_LIFE_EXEC;
		s->exits += r->life.event == VNFT_LIFE_EXIT;
	}
	return 0;
}

static void reply_to(uint8_t *frame)
{
	uint8_t addr[4];

	memcpy(addr, frame + 26, 4);
	memcpy(frame + 26, frame + 30, 4);
	memcpy(frame + 30, addr, 4);
	frame[34] = 0;	/* echo reply */
}

/* Tags in the bytes on the way out of vnfta; the kernel moves the outer to metadata at vnftb. */
static size_t tag(uint8_t *frame, size_t bytes, uint16_t type, uint16_t tci)
{
	memmove(frame + 16, frame + 12, bytes - 12);
	frame[12] = (uint8_t)(type >> 8);
	frame[13] = (uint8_t)type;
	frame[14] = (uint8_t)(tci >> 8);
	frame[15] = (uint8_t)tci;
	return bytes + 4;
}

static void test_counts(struct vnft_source *s, uint16_t a, uint16_t b, const char *hook)
{
	uint8_t f[256];
	static const uint16_t types[] = { 0x8100, 0x88a8, 0x9100 };
	struct vnft_device_state sa, sb;
	struct vnft_hist h;
	struct seen seen = { 0 };
	size_t bytes;
	int i;

	frame_udp(f, 64);
	send_frames(0, f, 64, FRAMES);
	for (i = 0; i < FRAMES; i++) {
		frame_echo(f, 98);
		f[41] = (uint8_t)i;
		send_frames(0, f, 98, 1);
		reply_to(f);
		QUIET(wait_packets(s, b, VNFT_DIR_IN, FRAMES + (uint64_t)i + 1), "%s: frame %d",
		      hook, i);
		send_frames(1, f, 98, 1);
	}
	for (i = 0; i < 3; i++) {	/* one tag, two, an old one that the kernel leaves there */
		frame_tcp(f, 74, 0x02);
		bytes = i == 1 ? tag(f, 74, 0x8100, 7) : 74;
		bytes = tag(f, bytes, types[i], 5);
		send_frames(0, f, bytes, FRAMES);
	}
	CHECK(wait_packets(s, b, VNFT_DIR_IN, 5 * FRAMES) &&
		      wait_packets(s, a, VNFT_DIR_IN, FRAMES),
	      "%s: %d frames arrive", hook, 6 * FRAMES);
	s->ops->state(s, a, &sa);
	s->ops->state(s, b, &sb);
	CHECK_EQ(sa.counters.dir[VNFT_DIR_OUT].packets, 5 * FRAMES, "%s: packets out", hook);
	CHECK_EQ(sa.counters.dir[VNFT_DIR_OUT].bytes, (64 + 98 + 78 + 82 + 78) * FRAMES,
		 "%s: bytes out, tags in the bytes", hook);
	CHECK_EQ(sb.counters.dir[VNFT_DIR_IN].bytes, (64 + 98 + 78 + 82 + 78) * FRAMES,
		 "%s: bytes in, outer tag in the metadata", hook);
	CHECK_EQ(sa.counters.dir[VNFT_DIR_OUT].classes[VNFT_CLASS_UDP], FRAMES, "%s: UDP", hook);
	CHECK_EQ(sa.counters.dir[VNFT_DIR_OUT].classes[VNFT_CLASS_SYN], 3 * FRAMES,
		 "%s: tagged SYN out, tags in the bytes", hook);
	CHECK_EQ(sb.counters.dir[VNFT_DIR_IN].classes[VNFT_CLASS_SYN], 3 * FRAMES,
		 "%s: tagged SYN in, outer tag in the metadata", hook);
	CHECK_EQ(sa.counters.dir[VNFT_DIR_IN].classes[VNFT_CLASS_ECHO_REPLY], FRAMES,
		 "%s: echo replies", hook);
	CHECK_EQ(sa.counters.matched[VNFT_PAIRING_ECHO], FRAMES, "%s: replies meet requests", hook);
	s->ops->hist(s, a, VNFT_PAIRING_ECHO, VNFT_DIR_OUT, &h);
	CHECK(h.count == FRAMES && h.min_ns > 0 && h.max_ns < 1000000000ULL,
	      "%s: the guest's RTT is in its histogram", hook);
	s->ops->hist(s, b, VNFT_PAIRING_ECHO, VNFT_DIR_IN, &h);
	CHECK(h.count == FRAMES, "%s: and the host's at the other end", hook);
	CHECK(sa.first_ns[VNFT_DIR_OUT] && sa.first_ns[VNFT_DIR_IN] > sa.first_ns[VNFT_DIR_OUT],
	      "%s: first frames are stamped", hook);
	seen.device = a;
	s->ops->drain(s, look, &seen);
	CHECK_EQ(seen.packets, 5 * FRAMES, "%s: a record for each but UDP", hook);
	CHECK_EQ(seen.vlan, 6 * FRAMES, "%s: the outer tag at both devices", hook);
	CHECK(seen.flows >= 4, "%s: flows are defined", hook);
	for (i = 0, bytes = 0; i < VNFT_LOST_NR; i++)
		bytes += sa.counters.lost[i] + sb.counters.lost[i];
	CHECK_EQ(bytes, 0, "%s: nothing lost", hook);
}

static void test_hook(enum vnft_hook_choice choice, const char *name)
{
	struct vnft_source_config config = { .hook = choice, .record_mask = VNFT_RECORD_DEFAULT };
	struct vnft_source *s;
	struct vnft_device_state state;
	struct seen seen = { 0 };
	uint16_t a, b;
	uint8_t f[98];
	int err;

	err = vnft_bpf_open(&s, &config);
	if (!CHECK(!err, "%s: a session opens%s%s", name, err ? ": " : "", err ? vnft_why() : ""))
		return;
	err = s->ops->attach(s, dev[0], &a);
	if (err == -EOPNOTSUPP) {
		SKIP(name, vnft_why());
		s->ops->close(s);
		return;
	}
	if (CHECK(!err, "%s: attach%s%s", name, err ? ": " : "", err ? vnft_why() : "") &&
	    CHECK(!s->ops->attach(s, dev[1], &b), "%s: attach the other end", name))
		test_counts(s, a, b, name);
	s->ops->close(s);

	/* A ring of 64 holds 56: what does not fit is counted, one by one. */
	config.ring_records = 64;
	if (CHECK(!vnft_bpf_open(&s, &config) && !s->ops->attach(s, dev[0], &a),
		  "%s: again with a small ring", name)) {
		frame_echo(f, sizeof(f));
		send_frames(0, f, sizeof(f), 500);
		s->ops->state(s, a, &state);
		s->ops->drain(s, look, &seen);
		CHECK_EQ(seen.packets + state.counters.lost[VNFT_LOST_RING_FULL], 500,
			 "%s: overflow: read (%u) and lost are all that passed", name,
			 seen.packets);
		CHECK(state.counters.lost[VNFT_LOST_RING_FULL] > 0, "%s: something was lost", name);
	}
	s->ops->close(s);
}

static int count_pin(const struct vnft_attachment *pin, void *arg)
{
	if (!strcmp(pin->ifname, dev[0]))
		*(uint64_t *)arg = pin->state.counters.dir[VNFT_DIR_OUT].packets + 1;
	return 0;
}

static void test_pin(enum vnft_hook_choice choice, const char *name)
{
	const struct vnft_source_config config = { .hook = choice };
	struct vnft_source *s, *second;
	struct seen seen = { 0 };
	unsigned int detached = 0;
	uint64_t packets = 0;
	uint8_t f[98];
	struct vnft_attached made;
	uint16_t id;
	int err;

	frame_echo(f, sizeof(f));
	err = vnft_bpf_pin(dev[0], &config, &made);
	if (err == -EOPNOTSUPP) {
		SKIP(name, vnft_why());
		return;
	}
	if (!CHECK(!err, "%s: attach for good%s%s", name, err ? ": " : "", err ? vnft_why() : ""))
		return;
	CHECK_EQ(vnft_bpf_pin(dev[0], &config, &made), -EEXIST, "%s: a second time is refused",
		 name);
	send_frames(0, f, sizeof(f), FRAMES);
	vnft_bpf_pin_each(count_pin, &packets);
	CHECK_EQ(packets, FRAMES + 1, "%s: it counts", name);
	if (CHECK(!vnft_bpf_open_pinned(&s, dev[0], &id, NULL), "%s: opened by its pins", name)) {
		CHECK(!s->ops->record(s, id, VNFT_RECORD_DEFAULT), "%s: recorded", name);
		CHECK(!vnft_bpf_open_pinned(&second, dev[0], &id, NULL) &&
		      second->ops->record(second, id, VNFT_RECORD_DEFAULT) == -EBUSY,
		      "%s: by one at a time", name);
		second->ops->close(second);
		send_frames(0, f, sizeof(f), FRAMES);
		s->ops->drain(s, look, &seen);
		CHECK_EQ(seen.packets, FRAMES, "%s: all of it", name);
		s->ops->close(s);
	}
	CHECK(!vnft_bpf_unpin(dev[0], &detached) && detached == 1, "%s: detach", name);
	packets = 0;
	vnft_bpf_pin_each(count_pin, &packets);
	CHECK_EQ(packets, 0, "%s: gone", name);
}

/* A child that execs, and whose own child does, too; its number. */
static pid_t spawn(void)
{
	pid_t pid = fork();

	if (!pid) {
		if (!fork()) {
			execl("/bin/true", "true", NULL);
			execl("/bin/busybox", "true", NULL);
			_exit(1);
		}
		wait(NULL);
		execl("/bin/true", "true", NULL);
		execl("/bin/busybox", "true", NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	return pid;
}

static struct seen lives(struct vnft_source *s)
{
	struct seen seen = { 0 };

	s->ops->drain(s, look, &seen);
	return seen;
}

static void test_life(void)
{
	struct vnft_source *s;
	struct seen seen;

	if (!CHECK(!vnft_bpf_open(&s, NULL), "life: a session opens"))
		return;
	if (CHECK(!vnft_bpf_life_start(s), "life: exec and exit are traced")) {
		spawn();
		seen = lives(s);
		CHECK_EQ(seen.execs + seen.exits, 0, "life: not of processes that nobody marked");
		CHECK(!vnft_bpf_life_begin(s), "life: what we start is marked");
		spawn();
		vnft_bpf_life_end(s);
		spawn();
		seen = lives(s);
		CHECK(seen.execs == 2 && seen.exits == 2 && seen.own == 4,
		      "life: exec and exit of it and of its child, and of no other (%u, %u)",
		      seen.execs, seen.exits);
		CHECK(!vnft_bpf_life_name(s, "true"), "life: a name is asked for");
		spawn();
		seen = lives(s);
		CHECK(seen.execs == 2 && seen.exits == 2 && !seen.own,
		      "life: then processes of that name, and not as ours (%u, %u)", seen.execs,
		      seen.exits);
		vnft_bpf_life_name(s, "tru");
		spawn();
		vnft_bpf_life_name(s, "");
		spawn();
		seen = lives(s);
		CHECK_EQ(seen.execs + seen.exits, 0, "life: of no name that only begins so");
	}
	s->ops->close(s);
}

static void test_death(void)
{
	struct vnft_device_state state;
	struct vnft_source *s;
	uint16_t id;

	if (!CHECK(!vnft_bpf_open(&s, NULL) && !s->ops->attach(s, dev[0], &id), "attach once more"))
		return;
	vnft_link_delete(dev[0]);
	CHECK(!s->ops->state(s, id, &state), "a device deleted under us can still be read");
	CHECK(!hooked(vnft_bpf_find(s, id)), "and is known to be gone");
	s->ops->close(s);
}

int main(int argc, char **argv)
{
	struct vnft_bpf_probe probe;

	vnft_verbose = argc > 1;	/* then the verifier's log is shown */
	if (unshare(CLONE_NEWNET) || !make_veth()) {
		CHECK(false, "a namespace with a veth: %s", vnft_why());
		return unit_done();
	}
	CHECK(!vnft_bpf_probe(&probe), "the kernel can be probed");
	printf("# tcx: %s\n# clsact: %s\n# raw tracepoint: %s\n# fentry: %s\n",
	       probe.tcx ? "yes" : probe.tcx_why, probe.clsact ? "yes" : probe.clsact_why,
	       probe.tracepoint ? "yes" : probe.tracepoint_why,
	       probe.fentry ? "yes" : probe.fentry_why);
	CHECK(probe.clsact && probe.tracepoint, "clsact and raw tracepoints work");
	test_hook(VNFT_HOOK_TCX, "tcx");
	test_hook(VNFT_HOOK_CLSACT, "clsact");
	test_pin(VNFT_HOOK_TCX, "tcx pinned");
	test_pin(VNFT_HOOK_CLSACT, "clsact pinned");
	test_life();
	test_death();
	return unit_done();
}
