/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Everything that userspace can hand to the module, at random: netlink messages, right but for a
 * few bytes or wrong throughout; indices in the reader's page while generators fill the ring;
 * mmap, munmap, mprotect, ioctl, poll, dup and fork on the device; devices that come, go, are
 * renamed and move beside. Workers of each kind are killed at random and replaced. It passes when
 * every command got through some time, all that was made can be taken away, and the kernel still
 * answers.
 *
 *	[own namespace] vnftx === vnfty, vnftd (a dummy), vnftf0 === vnftg0 (come and go)
 *
 * 30 s, with VNFT_LONG=1 10 min. VNFT_SEED=N repeats a run's choices.
 * runs: tests/lab/with-module
 */
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../tools/lib/net/link_set.h"
#include "../../tools/source/module/ctl.h"
#include "raw.h"
#include "session.h"

#define WORKERS 8
#define MAPS 16

/**
 * struct shared - between the workers and their parent
 * @done: by command, requests that were taken; @asked: all of them
 * @session, @device, @probe: numbers that somebody got, to be used by everybody
 */
struct shared {
	atomic_uint_fast64_t asked, done[VNFT_CMD_NR], scribbled, called, churned;
	_Atomic uint32_t session[8], device[16], probe[16];
};

static struct shared *shared;
static uint64_t seed;
static struct raw raw;

/* ---- chance ---- */

static uint64_t chance(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * 0x2545f4914f6cdd1dULL;
}

static uint32_t below(uint32_t n)
{
	return (uint32_t)(chance() >> 33) % n;
}

static bool one_in(uint32_t n)
{
	return !below(n);
}

/* Numbers near the ends of things are the interesting ones. */
static uint64_t odd_number(void)
{
	switch (below(6)) {
	case 0: return below(4);
	case 1: return 1ULL << below(64);
	case 2: return (1ULL << below(64)) - 1;
	case 3: return ~0ULL - below(4);
	case 4: return below(1 << 20);
	default: return chance();
	}
}

/* ---- messages ---- */

/* Numbers that this worker got belong together; those of other workers do not. */
static uint32_t my_session, my_device, my_probe;

static uint64_t likely(uint16_t type)
{
	switch (type) {
	case VNFT_A_SESSION: return below(8) ? my_session : shared->session[below(8)];
	case VNFT_A_DEVICE: return below(4) ? my_device : shared->device[below(16)];
	case VNFT_A_PROBE: return below(4) ? my_probe : shared->probe[below(16)];
	case VNFT_A_IFINDEX: return if_nametoindex(below(3) ? "vnftx" : one_in(2) ? "vnftd" :
						   "vnftf0");
	case VNFT_A_RECORD_MASK: return chance() & ((1 << VNFT_CLASS_NR) - 1);
	case VNFT_A_STAGES: return chance() & (one_in(2) ? 0xff0000 : 0x1ff00000000);
	case VNFT_A_MATCH_SLOTS: return 64u << below(8);
	case VNFT_A_PAIRING: return below(3);
	case VNFT_A_DIR:
	case VNFT_A_SIDE:
	case VNFT_A_KIND: return below(2);
	case VNFT_A_SRC_MAC:
	case VNFT_A_DST_MAC: return 0x010700000002 + ((uint64_t)below(2) << 40);
	case VNFT_A_INTERVAL_NS: return one_in(16) ? 0 : 4000u << below(20);
	case VNFT_A_COUNT: return 1u << below(16);
	case VNFT_A_DURATION_NS: return 1ULL << below(32);
	case VNFT_A_ECHO_BYTES: return below(1401);
	case VNFT_A_CPU: return below(2);
	default: return chance();
	}
}

static uint16_t width(uint16_t type)
{
	switch (type) {
	case VNFT_A_STAGES:
	case VNFT_A_INTERVAL_NS:
	case VNFT_A_COUNT:
	case VNFT_A_DURATION_NS: return 8;
	case VNFT_A_PAIRING:
	case VNFT_A_DIR:
	case VNFT_A_SIDE:
	case VNFT_A_KIND: return 1;
	case VNFT_A_SPORT:
	case VNFT_A_SPORTS:
	case VNFT_A_DPORT:
	case VNFT_A_ALSO_PORT:
	case VNFT_A_ECHO_ID: return 2;
	case VNFT_A_SRC_MAC:
	case VNFT_A_DST_MAC: return 6;
	case VNFT_A_UNTIL_RST: return 0;
	default: return 4;
	}
}

/* The attributes of each command: those that it needs, a 0, then those that it may have. */
static const uint8_t takes[VNFT_CMD_NR][20] = {
	[VNFT_CMD_ATTACH] = { VNFT_A_IFINDEX, 0, VNFT_A_SESSION, VNFT_A_RECORD_MASK, VNFT_A_STAGES,
			      VNFT_A_MATCH_SLOTS, VNFT_A_SIDE },
	[VNFT_CMD_DETACH] = { VNFT_A_DEVICE, 0, VNFT_A_SESSION },
	[VNFT_CMD_RECORD] = { VNFT_A_DEVICE, VNFT_A_SESSION, VNFT_A_RECORD_MASK, 0, VNFT_A_STAGES },
	[VNFT_CMD_GET] = { VNFT_A_DEVICE },
	[VNFT_CMD_HIST] = { VNFT_A_DEVICE, VNFT_A_PAIRING, VNFT_A_DIR },
	[VNFT_CMD_STREAM] = { VNFT_A_DEVICE, VNFT_A_DIR },
	[VNFT_CMD_PROBE_START] = { VNFT_A_SESSION, VNFT_A_IFINDEX, VNFT_A_KIND, VNFT_A_SRC,
				   VNFT_A_DST, VNFT_A_SRC_MAC, VNFT_A_DST_MAC, VNFT_A_INTERVAL_NS,
				   VNFT_A_SPORT, VNFT_A_DPORT, VNFT_A_COUNT, 0, VNFT_A_ALSO_PORT,
				   VNFT_A_ECHO_ID, VNFT_A_DURATION_NS, VNFT_A_ECHO_BYTES,
				   VNFT_A_CPU, VNFT_A_UNTIL_RST, VNFT_A_DEVICE, VNFT_A_SPORTS },
	[VNFT_CMD_PROBE_SET] = { VNFT_A_SESSION, VNFT_A_PROBE, VNFT_A_ALSO_PORT },
	[VNFT_CMD_PROBE_STOP] = { VNFT_A_SESSION, VNFT_A_PROBE },
	[VNFT_CMD_PROBE_GET] = { VNFT_A_SESSION, VNFT_A_PROBE },
};

static struct raw_request sensible(uint8_t cmd)
{
	struct raw_request r = { .cmd = cmd };
	uint16_t bytes = one_in(2) ? 4 : 16;
	bool optional = false;
	unsigned int i;

	for (i = 0; i < sizeof(takes[cmd]); i++) {
		uint16_t type = takes[cmd][i];

		if (!type)
			optional = true;
		else if (!optional || one_in(2))
			r = raw_with(r, type, type == VNFT_A_SRC || type == VNFT_A_DST ? bytes :
				     width(type), likely(type));
	}
	return r;
}

static int learn(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
		return 0;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == VNFT_A_DEVICE)
			shared->device[below(16)] = my_device = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == VNFT_A_PROBE)
			shared->probe[below(16)] = my_probe = mnl_attr_get_u32(attr);
	}
	return 0;
}

static void flip(uint8_t *at, size_t bytes)
{
	unsigned int n = 1 + below(4);

	while (n--)
		at[below((uint32_t)bytes)] ^= (uint8_t)(1 << below(8));
}

static void one_message(void)
{
	struct raw_request r = sensible((uint8_t)(1 + below(VNFT_CMD_NR - 1)));
	uint8_t cmd = r.cmd;
	struct nlmsghdr *nlh;
	uint16_t flags = 0;
	unsigned int i;
	int err;

	if (one_in(3) && r.n) {
		i = below(r.n);
		r.attr[i].value = odd_number();
		if (one_in(4))
			r.attr[i].bytes = (uint16_t)below(40);
		if (one_in(8))
			r.attr[i].type = (uint16_t)(one_in(2) ? below(VNFT_A_NR + 2) : chance());
	}
	if (one_in(16) && r.n)
		r.n = (uint8_t)below(r.n);
	if (one_in(64))
		r.cmd = (uint8_t)chance();
	if (one_in(cmd == VNFT_CMD_GET ? 4 : 64))
		flags |= NLM_F_DUMP;
	if (one_in(128))
		flags |= (uint16_t)chance();
	nlh = raw_build(&raw, &r, flags);
	if (one_in(16))
		flip((uint8_t *)nlh + NLMSG_HDRLEN, nlh->nlmsg_len - NLMSG_HDRLEN);
	if (one_in(64))
		nlh->nlmsg_len =
			(uint32_t)(NLMSG_HDRLEN + below(nlh->nlmsg_len - NLMSG_HDRLEN + 1));
	err = raw_talk(&raw, nlh, learn, NULL);
	shared->asked++;
	if (!err)
		shared->done[cmd]++;
}

static void message_worker(void)
{
	const struct timeval soon = { .tv_usec = 50000 };	/* not all of it is answered */
	struct session s;

	if (!raw_open(&raw) || !session_open(&s, below(2), 64))
		_exit(1);
	my_session = shared->session[below(8)] = s.setup.session;
	setsockopt(mnl_socket_get_fd(raw.nl), SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
	for (;;)
		one_message();
}

/* ---- rings under a reader that lies ---- */

static void scribble(struct session *s)
{
	uint32_t cpu = below(s->setup.ncpus);
	struct vnft_ring_consumer *c = s->rings.ring[cpu].memory;
	const struct vnft_ring_producer *p = (void *)((char *)c + VNFT_PAGE_BYTES);
	uint64_t head = __atomic_load_n(&p->head, __ATOMIC_RELAXED), tail;

	switch (below(4)) {
	case 0: tail = odd_number(); break;
	case 1: tail = head + below(3) - 1; break;
	case 2: tail = head - s->setup.ring_records + below(20) - 10; break;
	default: tail = head - below(s->setup.ring_records); break;
	}
	if (one_in(16))
		memset((char *)c + below(VNFT_PAGE_BYTES - 8), (int)chance(), 8);
	__atomic_store_n(&c->tail, tail, __ATOMIC_RELEASE);
	shared->scribbled++;
}

static void scribble_worker(void)
{
	struct session s;
	unsigned int i;

	if (!raw_open(&raw) || !session_open(&s, below(2), 64u << below(9)))
		_exit(1);
	my_session = shared->session[below(8)] = s.setup.session;
	for (i = 0; i < 4; i++) {
		struct raw_request r = sensible(i & 1 ? VNFT_CMD_PROBE_START : VNFT_CMD_ATTACH);

		r = raw_with(r, VNFT_A_SESSION, 4, my_session);
		if (i & 1)	/* until this worker is killed */
			r = raw_with(raw_without(r, VNFT_A_COUNT), VNFT_A_INTERVAL_NS, 8, 50000);
		raw_talk(&raw, raw_build(&raw, &r, 0), learn, NULL);
	}
	for (;;) {
		struct pollfd p = { .fd = s.fd, .events = POLLIN };

		for (i = below(2000); i; i--)
			scribble(&s);
		poll(&p, 1, (int)below(8));
	}
}

/* ---- the device, call by call ---- */

static struct {
	uint8_t *at;
	size_t bytes;
	bool readable;
} map[MAPS];

static void some_mmap(int fd)
{
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE, MAP_SHARED | MAP_POPULATE };
	uint32_t i = below(MAPS);
	int prot = (int)below(8);

	if (map[i].at)
		munmap(map[i].at, map[i].bytes);
	map[i].bytes = one_in(2) ? 4096 : one_in(2) ? 4096u * (1 + below(32)) : below(1 << 20);
	map[i].at = mmap(NULL, map[i].bytes, prot, flags[below(3)], fd,
			 one_in(3) ? 0 : one_in(2) ? (off_t)(4096 * (uint64_t)below(64)) :
			 (off_t)(odd_number() & ~0xfffULL));
	map[i].readable = prot & PROT_READ;
	if (map[i].at == MAP_FAILED)
		map[i].at = NULL;
}

static void some_touch(void)
{
	static volatile uint64_t sink;
	uint32_t i = below(MAPS), k;

	if (!map[i].at || map[i].bytes < 4096)
		return;
	switch (below(6)) {
	case 0:
		mprotect(map[i].at, map[i].bytes, (int)below(8));
		map[i].readable = false;
		break;
	case 1:
		munmap(map[i].at + 4096 * below((uint32_t)(map[i].bytes / 4096)), 4096);
		map[i].readable = false;
		break;
	case 2:
		madvise(map[i].at, map[i].bytes, (int)below(26));
		map[i].readable = false;
		break;
	default:
		for (k = 0; map[i].readable && k + 8 < map[i].bytes; k += 1024)
			sink += *(volatile uint64_t *)(map[i].at + k);
	}
}

static void some_ioctl(int fd)
{
	struct vnft_session_setup setup = {
		.version = one_in(16) ? (uint32_t)odd_number() : VNFT_ABI_VERSION,
		.flags = one_in(8) ? (uint32_t)odd_number() : below(2),
		.ring_records = one_in(4) ? (uint32_t)odd_number() & 0xffff : 64u << below(8),
		.reserved = one_in(16) ? (uint32_t)chance() : 0,
	};

	if (one_in(4))
		ioctl(fd, chance() & 0xffffffff, odd_number());
	else if (one_in(8))
		ioctl(fd, VNFT_IOC_SETUP, odd_number());
	else if (!ioctl(fd, VNFT_IOC_SETUP, &setup))
		shared->session[below(8)] = setup.session;
}

static void some_call(int *fd)
{
	struct pollfd p = { .fd = *fd, .events = (short)chance() };
	char byte[64];
	int copy;

	shared->called++;
	switch (below(12)) {
	case 0:
		close(*fd);
		*fd = open("/dev/" VNFT_CHARDEV_NAME, one_in(4) ? O_RDONLY : O_RDWR);
		break;
	case 1:
	case 2: some_ioctl(*fd); break;
	case 3:
	case 4: some_mmap(*fd); break;
	case 5: poll(&p, 1, (int)below(8)); break;
	case 6:
		if (read(*fd, byte, sizeof(byte)) < 0 && write(*fd, byte, sizeof(byte)) < 0)
			lseek(*fd, (off_t)chance(), (int)below(5));
		break;
	case 7:
		copy = dup(*fd);
		close(*fd);
		*fd = copy;
		break;
	case 8:
		if (one_in(8) && !fork()) {	/* who inherits it may outlive us */
			usleep(below(20000));
			_exit(0);
		}
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		break;
	default: some_touch();
	}
}

/* A map may be cut, or its page not be there: that ends the process, not the test. */
static void call_worker(void)
{
	int fd = open("/dev/" VNFT_CHARDEV_NAME, O_RDWR);

	for (;;)
		some_call(&fd);
}

/* ---- devices beside ---- */

static void churn_worker(void)
{
	int ns;

	for (;; shared->churned++) {
		vnft_link_add_veth("vnftf0", "vnftg0", -1);
		vnft_link_set_up("vnftf0", true);
		vnft_link_set_up("vnftg0", true);
		usleep(below(30000));
		switch (below(4)) {
		case 0:
			vnft_link_rename("vnftf0", "vnftr0");
			usleep(below(10000));
			vnft_link_rename("vnftr0", "vnftf0");
			break;
		case 1:
			ns = open("/proc/self/ns/net", O_RDONLY);
			if (!unshare(CLONE_NEWNET)) {
				int fresh = open("/proc/self/ns/net", O_RDONLY);

				setns(ns, CLONE_NEWNET);
				vnft_link_set_netns(one_in(2) ? "vnftf0" : "vnftg0", fresh);
				usleep(below(20000));
				close(fresh);	/* and the namespace is gone */
			}
			close(ns);
			break;
		default:
			vnft_link_set_up("vnftd", one_in(4));
			vnft_link_set_up("vnftd", true);
		}
		vnft_link_delete("vnftf0");
		vnft_link_delete("vnftr0");
	}
}

/* ---- the parent ---- */

static void (*const worker[WORKERS])(void) = {
	message_worker, message_worker, message_worker, scribble_worker, scribble_worker,
	call_worker, call_worker, churn_worker,
};

static pid_t spawn(unsigned int i, uint64_t its_seed)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	seed = its_seed | 1;
	worker[i]();
	_exit(0);
}

static void run(unsigned int seconds)
{
	uint64_t until_ns = now_ns() + seconds * 1000000000ULL;
	unsigned int i, kills = 0;
	pid_t pid[WORKERS];

	for (i = 0; i < WORKERS; i++)
		pid[i] = spawn(i, chance());
	while (now_ns() < until_ns) {
		usleep(50000 + below(500000));
		i = below(WORKERS);
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
		pid[i] = spawn(i, chance());
		kills++;
		for (i = 0; i < WORKERS; i++)	/* who died by himself */
			if (waitpid(pid[i], NULL, WNOHANG) == pid[i])
				pid[i] = spawn(i, chance());
	}
	for (i = 0; i < WORKERS; i++) {
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
	}
	printf("# %u kills\n", kills);
}

static int detach_lasting(const struct vnft_module_device *d, void *arg)
{
	if (!d->session)
		vnft_module_detach(d->id, 0);
	return 0;
}

static bool quiet(void)
{
	struct vnft_module_info info;

	vnft_module_each(detach_lasting, NULL);
	return !vnft_module_info(&info) && !info.sessions && !info.devices && !info.probes;
}

int main(void)
{
	const char *given = getenv("VNFT_SEED");
	uint8_t cmd;

	seed = (given ? strtoull(given, NULL, 0) : now_ns()) | 1;
	printf("# seed %llu\n", (unsigned long long)seed);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (!CHECK(shared != MAP_FAILED && life_veth("vnftx", "vnfty") &&
		   !system("ip link add vnftd type dummy && ip link set vnftd up"), "devices"))
		return unit_done();
	run(getenv("VNFT_LONG") ? 600 : 30);
	printf("# %llu messages, %llu indices, %llu calls, %llu devices came and went; taken:",
	       (unsigned long long)shared->asked, (unsigned long long)shared->scribbled,
	       (unsigned long long)shared->called, (unsigned long long)shared->churned);
	for (cmd = VNFT_CMD_INFO; cmd < VNFT_CMD_NR; cmd++)
		printf(" %llu", (unsigned long long)shared->done[cmd]);
	putchar('\n');
	for (cmd = VNFT_CMD_INFO; cmd < VNFT_CMD_NR; cmd++)
		/* A stream needs TCP payload. A machine that sent few messages was too busy. */
		QUIET(shared->done[cmd] || cmd == VNFT_CMD_STREAM || shared->asked < 2000,
		      "command %u got through", cmd);
	CHECK(shared->scribbled > 1000 && shared->called > 1000 && shared->churned > 3,
	      "every worker came to work");
	CHECK(UNTIL(20000, quiet()), "nothing is left: no session, attachment or generator");
	return unit_done();
}
