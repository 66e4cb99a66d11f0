/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A task of the highest priority owns the CPU of a generator, whose thread then cannot end. Nobody
 * waits for that who holds rtnl or the module's lock, and nobody for long: not PROBE_STOP, not the
 * end of the session, not that of the device, and no other command meanwhile.
 *
 *	[own namespace]	vnftx === vnfty, vnftd (a dummy)
 *
 * runs: tests/lab/with-module
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/source/module/generator.h"
#include "session.h"

#define HOG_CPU		1
#define AT_ONCE_MS	3000
#define HOG_S		60

static pid_t hog = -1;

static void here(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET((size_t)cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
}

/* Its CPU is its own until it is killed. */
static bool hog_start(void)
{
	const struct sched_param param = { .sched_priority = 99 };
	int ready[2];
	bool holds;
	char c;

	if (pipe(ready))
		return false;
	hog = fork();
	if (!hog) {
		here(HOG_CPU);
		alarm(HOG_S);
		if (sched_setscheduler(0, SCHED_FIFO, &param) || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			;
	}
	close(ready[1]);
	holds = read(ready[0], &c, 1) == 1;
	close(ready[0]);
	return holds;
}

static void hog_end(void)
{
	kill(hog, SIGKILL);
	waitpid(hog, NULL, 0);
}

static uint32_t start(const struct session *s, const char *name)
{
	const struct vnft_module_probe_setup how = {
		.session = s->setup.session, .ifindex = if_nametoindex(name),
		.kind = VNFT_PROBE_KIND_ECHO, .addr_bytes = 4,
		.src = { 198, 18, 7, 1 }, .dst = { 198, 18, 7, 2 },
		.src_mac = { 2, 0, 0, 0, 7, 1 }, .dst_mac = { 2, 0, 0, 0, 7, 2 },
		.echo_id = 9, .interval_ns = 1000000, .cpu = HOG_CPU,
	};
	uint32_t id = 0;
	uint64_t start_ns;

	return vnft_module_probe_start(&how, &id, &start_ns) ? 0 : id;
}

static uint64_t ms_since(uint64_t begin_ns)
{
	return (now_ns() - begin_ns) / 1000000;
}

/* ---- others, who need rtnl and the module's lock ---- */

static atomic_bool others;

static void *others_go_on(void *arg)
{
	uint64_t *longest_ms = arg, begin_ns, ms;
	unsigned int i;

	here(0);
	for (i = 0; atomic_load(&others); i++) {
		begin_ns = now_ns();
		/* Under rtnl, and the module hears of it under its own lock. */
		QUIET(!vnft_link_set_mtu("vnfty", i & 1 ? 1400 : 1500), "MTU: %s", vnft_why());
		ms = ms_since(begin_ns);
		*longest_ms = ms > *longest_ms ? ms : *longest_ms;
		usleep(20000);
	}
	return NULL;
}

/* @end while the CPU is not the generator's, and what that does to others. */
static void starve(const char *what, void (*end)(void *arg), void *arg)
{
	uint64_t longest_ms = 0, ms, begin_ns;
	struct vnft_module_info info;
	pthread_t thread;

	usleep(300000);
	if (!CHECK(hog_start(), "%s: somebody owns the CPU", what))
		return;
	atomic_store(&others, true);
	pthread_create(&thread, NULL, others_go_on, &longest_ms);
	begin_ns = now_ns();
	end(arg);
	ms = ms_since(begin_ns);
	CHECK(ms < AT_ONCE_MS, "%s: it takes %llu ms", what, (unsigned long long)ms);
	begin_ns = now_ns();
	CHECK(!vnft_module_info(&info) && info.probes == 1 && ms_since(begin_ns) < AT_ONCE_MS,
	      "%s: the module answers, and its thread is there", what);
	usleep(300000);
	atomic_store(&others, false);
	pthread_join(thread, NULL);
	CHECK(longest_ms < AT_ONCE_MS, "%s: others wait %llu ms at most", what,
	      (unsigned long long)longest_ms);
	hog_end();
}

static bool none_left(void)
{
	struct vnft_module_info info;

	return UNTIL(20000, !vnft_module_info(&info) && !info.probes);
}

/* ---- what ends a generator ---- */

struct generator {
	struct session s;
	uint32_t id;
	struct vnft_module_probe state;
};

static bool generate(struct generator *g, const char *name)
{
	memset(g, 0, sizeof(*g));
	return CHECK(session_open(&g->s, 0, 64) && (g->id = start(&g->s, name)), "a generator %s",
		     vnft_failed() ? vnft_why() : "");
}

static void end_stop(void *arg)
{
	struct generator *g = arg;

	QUIET(!vnft_module_probe_stop(g->s.setup.session, g->id, &g->state), "stop: %s",
	      vnft_why());
}

static void end_session(void *arg)
{
	session_close(&((struct generator *)arg)->s);
}

static void end_device(void *arg)
{
	QUIET(!vnft_link_delete("vnfte"), "delete: %s", vnft_why());
}

int main(void)
{
	struct generator g;

	if (sysconf(_SC_NPROCESSORS_ONLN) <= HOG_CPU) {
		SKIP("a generator whose CPU is another's", "this machine has one CPU");
		return 0;
	}
	here(0);
	/* Without the brake that leaves others a share of the CPU. */
	life_write("/proc/sys/kernel/sched_rt_runtime_us", "-1");
	if (!CHECK(life_veth("vnftx", "vnfty") &&
		   !system("for d in d e; do ip link add vnft$d type dummy; "
			   "ip link set vnft$d up; done"), "devices"))
		return unit_done();
	if (generate(&g, "vnftd")) {
		starve("PROBE_STOP", end_stop, &g);
		CHECK(g.state.running && g.state.sent, "it says that the thread has not ended");
		CHECK(none_left(), "it ends when it may run");
		session_close(&g.s);
	}
	if (generate(&g, "vnftd")) {
		starve("close", end_session, &g);
		CHECK(none_left(), "it ends when it may run");
	}
	if (generate(&g, "vnfte")) {
		starve("its device goes", end_device, &g);
		CHECK(UNTIL(20000, !vnft_module_probe_get(g.s.setup.session, g.id, &g.state) &&
				   !g.state.running) && g.state.sent, "what it sent is there");
		session_close(&g.s);
		CHECK(none_left(), "it ends when it may run");
	}
	return unit_done();
}
