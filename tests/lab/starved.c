/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A task of real-time priority owns a CPU. The thread of a generator that is bound to it cannot
 * end, and no grace period can whose thread in the kernel is there. Nobody waits for that who holds
 * rtnl or the module's lock, and nobody for long: not PROBE_STOP, not the end of the session, not
 * that of the device, not a RECORD without stages, and no other command meanwhile. A stage may have
 * to wait before it is armed; its RECORD does that alone.
 *
 *	[own namespace]	vnftx === vnfty, vnftd (a dummy)
 *
 * Everything else that the kernel does on that CPU goes before the task: who waits for it would
 * wait for the test.
 *
 * runs: tests/lab/with-module
 */
#include <dirent.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../../kmod/core/hooks.h"
#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/source/module/generator.h"
#include "session.h"

#define HOG_CPU		1
#define AT_ONCE_MS	3000
/* Before the kernel complains of a grace period that does not end. */
#define HOG_S		18
/* A generator's is 50. */
#define HOG_PRIORITY	60
#define KERNEL_PRIORITY	70
#define ALL_STAGES	vnft_hooks_by(VNFT_BY_MODULE)

static pid_t hog = -1;

static void there(pid_t pid, int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET((size_t)cpu, &cpus);
	sched_setaffinity(pid, sizeof(cpus), &cpus);
}

static void here(int cpu)
{
	there(0, cpu);
}

/* ---- the kernel's own threads ---- */

static bool begins(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

/* A thread without which others in the kernel do not go on; its name into @comm. */
static bool serves(pid_t pid, char comm[64])
{
	char path[64];
	int parent = 0;
	FILE *stat;
	bool read;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = fopen(path, "re");
	read = stat && fscanf(stat, "%*d (%63[^)]) %*c %d", comm, &parent) == 2;
	if (stat)
		fclose(stat);
	return read && parent == 2 && (begins(comm, "ksoftirqd/") || begins(comm, "ktimers/") ||
				       begins(comm, "rcu") || begins(comm, "kworker/"));
}

/* Of real-time priority in any case: 6.12 leaves all others a share of every CPU. */
static void serve(pid_t pid, bool high)
{
	const struct sched_param param = { .sched_priority = high ? KERNEL_PRIORITY : 1 };

	sched_setscheduler(pid, SCHED_FIFO, &param);
}

/* They go before the hog, but for the one that ends grace periods, unless they shall end. */
static void arrange(bool grace)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char comm[64];
	pid_t pid;

	while (proc && (entry = readdir(proc))) {
		pid = atoi(entry->d_name);
		if (pid <= 0 || !serves(pid, comm))
			continue;
		if (strcmp(comm, "rcu_preempt") && strcmp(comm, "rcu_sched")) {
			serve(pid, true);
			continue;
		}
		serve(pid, grace);
		there(pid, grace ? 0 : HOG_CPU);
	}
	if (proc)
		closedir(proc);
}

static atomic_bool grace_ended;

/* One as everybody in the kernel waits for it, and nobody holds a lock. */
static void *grace_period(void *arg)
{
	here(0);
	if (!syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		atomic_store(&grace_ended, true);
	return arg;
}

/* ---- the hog ---- */

/* Its CPU is its own until it is killed. */
static bool hog_start(void)
{
	const struct sched_param param = { .sched_priority = HOG_PRIORITY };
	int ready[2];
	bool holds;
	char c;

	if (pipe(ready))
		return false;
	hog = fork();
	if (!hog) {
		/* A session whose file it had would not end with ours. */
		if (dup2(ready[1], STDOUT_FILENO) < 0)
			_exit(1);
		closefrom(STDERR_FILENO + 1);
		here(HOG_CPU);
		alarm(HOG_S);
		if (sched_setscheduler(0, SCHED_FIFO, &param) || write(STDOUT_FILENO, "", 1) != 1)
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

struct end {
	const char *what;
	void (*end)(void *arg);
	bool grace;		/* grace periods end meanwhile */
	unsigned int probes;	/* whose threads are there behind it */
};

static void ended(const struct end *e, void *arg)
{
	struct vnft_module_info info;
	uint64_t begin_ns = now_ns(), ms;

	e->end(arg);
	ms = ms_since(begin_ns);
	CHECK(ms < AT_ONCE_MS, "%s: it takes %llu ms", e->what, (unsigned long long)ms);
	begin_ns = now_ns();
	CHECK(!vnft_module_info(&info), "%s: the module answers", e->what);
	ms = ms_since(begin_ns);
	CHECK(ms < AT_ONCE_MS, "%s: after %llu ms", e->what, (unsigned long long)ms);
	CHECK_EQ(info.probes, e->probes, "%s: the threads of generators are there", e->what);
	usleep(300000);
}

/* @e->end(@arg) while the CPU is the hog's, and what that does to others. */
static void starve(const struct end *e, void *arg)
{
	uint64_t longest_ms = 0;
	pthread_t thread, grace;

	usleep(300000);
	arrange(e->grace);
	if (!CHECK(hog_start(), "%s: somebody owns the CPU", e->what))
		return;
	atomic_store(&grace_ended, false);
	pthread_create(&grace, NULL, grace_period, NULL);
	atomic_store(&others, true);
	pthread_create(&thread, NULL, others_go_on, &longest_ms);
	ended(e, arg);
	atomic_store(&others, false);
	pthread_join(thread, NULL);
	CHECK(longest_ms < AT_ONCE_MS, "%s: others wait %llu ms at most", e->what,
	      (unsigned long long)longest_ms);
	CHECK(e->grace ? UNTIL(AT_ONCE_MS, atomic_load(&grace_ended)) : !atomic_load(&grace_ended),
	      "%s: grace periods %s", e->what, e->grace ? "end" : "do not end");
	hog_end();
	pthread_join(grace, NULL);
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

/* ---- stages ---- */

struct recording {
	struct session s;
	struct vnft_module_device device;
	pthread_t again;
};

static void *record_again(void *arg)
{
	const uint64_t all = ALL_STAGES;
	struct recording *r = arg;

	QUIET(!vnft_module_record(r->device.id, r->s.setup.session, 1, &all, &r->device),
	      "stages again: %s", vnft_why());
	return NULL;
}

/* What is taken off waits for a grace period, and so does what is put on behind it. */
static void end_record(void *arg)
{
	struct recording *r = arg;
	const uint64_t none = 0;

	QUIET(!vnft_module_record(r->device.id, r->s.setup.session, 0, &none, NULL),
	      "no stages: %s", vnft_why());
	usleep(200000);
	pthread_create(&r->again, NULL, record_again, r);
	usleep(200000);
}

static void starve_stages(void)
{
	const struct end at_record = { .what = "RECORD", .end = end_record };
	struct recording r;
	uint64_t stages;

	if (!CHECK(session_open(&r.s, 0, 64) &&
		   session_attach(&r.s, "vnftx", 1, ALL_STAGES, &r.device), "stages of a veth"))
		return;
	stages = r.device.stages;
	CHECK(stages & 1ULL << VNFT_HOOK_VETH_XMIT && stages & 1ULL << VNFT_HOOK_DEV_QUEUE,
	      "the stack's and the driver's");
	starve(&at_record, &r);
	pthread_join(r.again, NULL);
	CHECK(r.device.stages == stages, "they are armed again once grace periods end");
	session_close(&r.s);
}

int main(void)
{
	const struct end at_stop = { "PROBE_STOP", end_stop, .probes = 1 };
	const struct end at_close = { "close", end_session, .probes = 1 };
	const struct end at_gone = { "its device goes", end_device, .grace = true, .probes = 1 };
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
		starve(&at_stop, &g);
		CHECK(g.state.running && g.state.sent, "it says that the thread has not ended");
		CHECK(none_left(), "it ends when it may run");
		session_close(&g.s);
	}
	if (generate(&g, "vnftd")) {
		starve(&at_close, &g);
		CHECK(none_left(), "it ends when it may run");
	}
	if (generate(&g, "vnfte")) {
		/* The kernel itself waits for grace periods there. */
		starve(&at_gone, &g);
		CHECK(UNTIL(20000, !vnft_module_probe_get(g.s.setup.session, g.id, &g.state) &&
				   !g.state.running) && g.state.sent, "what it sent is there");
		session_close(&g.s);
		CHECK(none_left(), "it ends when it may run");
	}
	starve_stages();
	return unit_done();
}
