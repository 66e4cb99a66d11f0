/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Births of devices, and the phases of a launch: for Xen what the driver saw stands between what
 * the hooks saw. Lives of processes: what of them is understood, and what is kept.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../tools/lib/host/accel.h"
#include "../../tools/bench/measure/launch_busy.h"
#include "../../tools/bench/watch/births.h"
#include "../../tools/bench/watch/watch_parts.h"
#include "../../tools/bench/phases.h"
#include "../../tools/report/report.h"
#include "../../tools/source/file_write.h"
#include "../../tools/stat/records/ports.h"
#include "unit.h"

#define MS 1000000ULL

static bool born(const struct vnft_bench_births *births, unsigned int ifindex, uint64_t time_ns,
		 uint64_t late_ns, bool in_kernel)
{
	const struct vnft_bench_born got = vnft_bench_births_find(births, ifindex);

	return got.time_ns == time_ns && got.late_ns == late_ns && got.in_kernel == in_kernel;
}

static void test_births(void)
{
	struct vnft_bench_births births = { 0 };
	unsigned int i;

	CHECK(born(&births, 7, 0, 0, false), "a device that nobody saw being born");
	vnft_bench_births_heard(&births, 7, 100, 40);
	vnft_bench_births_heard(&births, 8, 150, 145);
	vnft_bench_births_heard(&births, 7, 900, 899);
	CHECK(born(&births, 7, 100, 60, false),
	      "born at its first news, not when it joined a bridge, and at most since the look "
	      "before them");
	vnft_bench_births_stamped(&births, 7, 90);
	vnft_bench_births_stamped(&births, 7, 95);
	CHECK(born(&births, 7, 90, 0, true), "the kernel's stamp wins");
	CHECK(born(&births, 8, 150, 5, false), "but is of that device only");
	vnft_bench_births_stamped(&births, 9, 200);
	vnft_bench_births_heard(&births, 9, 210, 205);
	CHECK(born(&births, 9, 200, 0, true), "also when it came first");
	vnft_bench_births_heard(&births, 0, 5, 4);
	vnft_bench_births_stamped(&births, 0, 5);
	CHECK(born(&births, 0, 0, 0, false), "index 0 is no device");
	for (i = 0; i < 3 * VNFT_BENCH_BIRTHS; i++)
		vnft_bench_births_heard(&births, 1000 + i, 5000 + i, 4990 + i);
	for (i = 2 * VNFT_BENCH_BIRTHS; i < 3 * VNFT_BENCH_BIRTHS; i++)
		QUIET(born(&births, 1000 + i, 5000 + i, 10, false), "birth %u is kept", i);
	CHECK(born(&births, 7, 0, 0, false) && born(&births, 1000, 0, 0, false),
	      "the eldest give way");
}

static const struct vnft_results_phase *phase(const struct vnft_results_run *s, const char *name)
{
	static const struct vnft_results_phase none;
	unsigned int i;

	for (i = 0; i < s->launch.n; i++)
		if (!strcmp(s->launch.at[i].name, name))
			return &s->launch.at[i];
	return &none;
}

static void check_order(const struct vnft_results_run *s, const char *want, const char *what)
{
	char got[256] = "";
	unsigned int i;

	for (i = 0; i < s->launch.n; i++) {
		strcat(got, i ? " " : "");
		strcat(got, s->launch.at[i].name);
	}
	if (!CHECK(!strcmp(got, want), "%s: %s", what, want))
		printf("#   got %s\n", got);
}

#define XEN_ORDER "exec toolstack built device hotplug connected console kernel init returned " \
		  "frame arp rst service"

static void test_phases(void)
{
	static struct vnft_results_run s;
	struct vnft_bench b = { .life = true };
	struct vnft_type type = { .driver = "xen", .virtualization = "xen",
				  .topology = VNFT_TOPOLOGY_VIF };
	/* In the driver's own order, one not seen, one not its own (a domain of before). */
	struct vnft_instance in = {
		.type = &type, .accel = VNFT_ACCEL_XEN, .t0_ns = 1000 * MS,
		.started_ns = 1400 * MS, .phases = 4,
		.phase = { { "built", 1200 * MS, "" }, { "toolstack", 1100 * MS, "" },
			   { "connected", 0, "backend/vif/3/0/state was never 4" },
			   { "hotplug", 999 * MS, "" } },
	};
	struct vnft_bench_seen seen = { .exec_ns = 1001 * MS,
					.born = { .time_ns = 1250 * MS, .late_ns = 7 * MS },
					.first_frame_ns = 1500 * MS, .first_rst_ns = 1600 * MS,
					.first_synack_ns = 1700 * MS };

	vnft_bench_phases(&b, &type, &in, &seen, &s);
	check_order(&s, XEN_ORDER, "phases of a Xen row");
	CHECK(s.launch.n <= VNFT_RESULTS_PHASES, "which have room");
	CHECK_EQ(phase(&s, "toolstack")->time_ns, 100 * MS, "the driver's stamps count from t0");
	CHECK_EQ(phase(&s, "built")->time_ns, 200 * MS, "found by name, whatever their order");
	CHECK(!phase(&s, "toolstack")->from_hook && phase(&s, "rst")->from_hook,
	      "with userspace's clock beside them");
	CHECK(!phase(&s, "connected")->time_ns &&
	      strstr(phase(&s, "connected")->why, "never 4"), "the driver's reason: %s",
	      phase(&s, "connected")->why);
	CHECK(!phase(&s, "hotplug")->time_ns && phase(&s, "hotplug")->why[0],
	      "a stamp from before t0 is none: %s", phase(&s, "hotplug")->why);
	CHECK(phase(&s, "device")->time_ns == 250 * MS && !phase(&s, "device")->from_hook &&
	      phase(&s, "device")->late_ns == 7 * MS, "the device's birth is the reader's");
	CHECK(!phase(&s, "arp")->time_ns && phase(&s, "arp")->why[0], "no ARP, and why");

	seen.born.in_kernel = true;
	in.phases = 0;
	vnft_bench_phases(&b, &type, &in, &seen, &s);
	check_order(&s, XEN_ORDER, "of a driver that stamps none");
	CHECK(phase(&s, "device")->from_hook, "the device's birth is the module's");
	CHECK(strstr(phase(&s, "built")->why, "xenstore"), "why not: %s", phase(&s, "built")->why);
	in.phases = 1000;	/* a driver's mistake must not be read */
	vnft_bench_phases(&b, &type, &in, &seen, &s);
	CHECK_EQ(phase(&s, "built")->time_ns, 200 * MS, "no more than fit are looked at");

	strcpy(type.driver, "exec");
	in.phases = 0;
	vnft_bench_phases(&b, &type, &in, &seen, &s);
	check_order(&s, XEN_ORDER, "of another driver, for Xen too");
	CHECK(!strcmp(phase(&s, "built")->why, "driver exec does not look into xenstore"),
	      "and why it has none");

	strcpy(type.virtualization, "kvm");
	in.accel = VNFT_ACCEL_KVM;
	type.topology = VNFT_TOPOLOGY_TAP;
	seen.vcpu_ns = 1010 * MS;
	seen.born.time_ns = 0;
	vnft_bench_phases(&b, &type, &in, &seen, &s);
	check_order(&s, "exec device vcpu console kernel init returned frame arp rst service",
		    "phases of a KVM row");
	CHECK(strstr(phase(&s, "device")->why, "beforehand"), "whose tap is there before");
	in.accel = VNFT_ACCEL_KVM_EMULATED;
	seen.vcpu_ns = 0;
	vnft_bench_phases(&b, &type, &in, &seen, &s);
	CHECK(!strcmp(phase(&s, "vcpu")->why, "no kvm_entry was seen"),
	      "an emulated KVM has a first entry like any other");
	in.accel = VNFT_ACCEL_TCG;
	vnft_bench_phases(&b, &type, &in, &seen, &s);
	CHECK(strstr(phase(&s, "vcpu")->why, "no KVM"), "and TCG has none");
	CHECK(!phase(&s, "console")->time_ns && strstr(phase(&s, "console")->why, "not read"),
	      "whose console nobody read: %s", phase(&s, "console")->why);
	CHECK(phase(&s, "rst")->role == VNFT_SPAN_END &&
	      phase(&s, "returned")->role == VNFT_SPAN_ASIDE &&
	      phase(&s, "vcpu")->role == VNFT_SPAN_STEP, "what ends it, and what is beside it");
	seen.vcpu_ns = in.t0_ns;
	vnft_bench_phases(&b, &type, &in, &seen, &s);
	CHECK(!phase(&s, "vcpu")->time_ns && phase(&s, "vcpu")->why[0],
	      "a moment that is t0 itself has no length, and a reason");
}

/* What looks at a console found stands where it belongs, with how late the looks were. */
static void test_console(void)
{
	static struct vnft_results_run s;
	const struct vnft_bench b = { .life = true };
	struct vnft_type type = { .driver = "libvirt", .virtualization = "kvm",
				  .topology = VNFT_TOPOLOGY_TAP };
	const struct vnft_instance in = { .type = &type, .accel = VNFT_ACCEL_TCG,
					  .t0_ns = 1000 * MS, .started_ns = 1010 * MS };
	const struct vnft_bench_seen seen = {
		.first_frame_ns = 1300 * MS, .first_rst_ns = 1400 * MS,
		.heard = { .byte = { 990 * MS, 1004 * MS }, .kernel = { 1195 * MS, 1200 * MS },
			   .init_why = "no line but the kernel's" },
	};

	vnft_bench_phases(&b, &type, &in, &seen, &s);
	CHECK(phase(&s, "kernel")->time_ns == 200 * MS && phase(&s, "kernel")->late_ns == 5 * MS &&
	      phase(&s, "kernel")->alone && !phase(&s, "kernel")->from_hook,
	      "the kernel's first line, by userspace's clock");
	CHECK(phase(&s, "console")->time_ns == 4 * MS && phase(&s, "console")->late_ns == 4 * MS,
	      "no byte came before t0");
	CHECK(!strcmp(phase(&s, "init")->why, "no line but the kernel's") &&
	      phase(&s, "init")->alone, "or why there was no line");
	CHECK(!phase(&s, "rst")->alone && !phase(&s, "exec")->alone, "of nothing else");
	strcpy(type.virtualization, "container");
	vnft_bench_phases(&b, &type, &in, &seen, &s);
	CHECK(phase(&s, "console")->time_ns == 4 * MS && phase(&s, "init")->why[0] &&
	      !phase(&s, "init")->alone, "of a container its output, and no lines");
}

#define CONTAINER_ORDER "exec hook namespace veth bridge address network device init console " \
			"returned frame arp rst service"

/* The hook of an OCI runtime, and its steps as it wrote them. */
static void test_network(void)
{
	static struct vnft_results_run s;
	struct vnft_bench b = { .life = true };
	const struct vnft_type type = { .driver = "oci", .virtualization = "container",
					.topology = VNFT_TOPOLOGY_VETH };
	const struct vnft_instance in = {
		.type = &type, .t0_ns = 1000 * MS, .started_ns = 1400 * MS, .phases = 4,
		.phase = { { "namespace", 1060 * MS, "" }, { "veth", 1070 * MS, "" },
			   { "bridge", 0, "the hook did not say when" },
			   { "address", 1095 * MS, "" } },
	};
	const struct vnft_bench_seen seen = { .hook_ns = 1050 * MS, .hooked_ns = 1100 * MS,
					      .first_rst_ns = 1600 * MS };

	vnft_bench_phases(&b, &type, &in, &seen, &s);
	check_order(&s, CONTAINER_ORDER, "a container with a hook");
	CHECK(phase(&s, "hook")->time_ns == 50 * MS && phase(&s, "network")->time_ns == 100 * MS &&
	      phase(&s, "network")->from_hook, "its hook's exec and exit");
	CHECK(phase(&s, "veth")->time_ns == 70 * MS && phase(&s, "address")->time_ns == 95 * MS &&
	      !phase(&s, "veth")->from_hook, "and its steps, on its own clock");
	CHECK(strstr(phase(&s, "bridge")->why, "did not say"), "or why not");
	b.life = false;
	strcpy(b.life_why, "no exec here");
	s.launch.n = 0;
	vnft_bench_phases(&b, &type, &in, &(const struct vnft_bench_seen) { .first_rst_ns = 1 },
			  &s);
	CHECK(!strcmp(phase(&s, "hook")->why, "no exec here"), "nobody sees execs");
}

static void test_containers(void)
{
	static struct vnft_results_run s;
	struct vnft_bench b = { .life = true };
	struct vnft_type type = { .driver = "docker", .virtualization = "container",
				  .topology = VNFT_TOPOLOGY_VETH };
	const struct vnft_instance in = { .type = &type, .t0_ns = 1000 * MS,
					  .started_ns = 1400 * MS, .stop_ns = 2000 * MS,
					  .stopped_ns = 2100 * MS };
	struct vnft_bench_seen seen = { .exec_ns = 1001 * MS, .born.time_ns = 1250 * MS,
					.init_ns = 1300 * MS, .first_rst_ns = 1600 * MS };

	vnft_bench_phases(&b, &type, &in, &seen, &s);
	check_order(&s, CONTAINER_ORDER, "of a container");
	CHECK(strstr(phase(&s, "hook")->why, "by others") &&
	      strstr(phase(&s, "veth")->why, "driver docker does not look into the making"),
	      "whose network is its daemon's work: %s", phase(&s, "veth")->why);
	CHECK(phase(&s, "init")->time_ns == 300 * MS && phase(&s, "init")->from_hook,
	      "its first process is exec'd, by the hook's clock");
	seen.init_ns = 0;
	vnft_bench_phases(&b, &type, &in, &seen, &s);
	CHECK(strstr(phase(&s, "init")->why, "first process"), "or why not: %s",
	      phase(&s, "init")->why);
	strcpy(type.driver, "exec");
	vnft_bench_phases(&b, &type, &in, &seen, &s);
	CHECK(strstr(phase(&s, "init")->why, "does not know"), "nobody knows it: %s",
	      phase(&s, "init")->why);

	seen.exit_ns = 2050 * MS;
	vnft_bench_endings(&b, &in, &seen, &s);
	CHECK(s.ending.n == 3 && s.ending.at[0].time_ns == 50 * MS &&
	      s.ending.at[2].time_ns == 100 * MS, "a teardown counts from its own begin");
	CHECK(!s.ending.at[1].time_ns && s.ending.at[1].why[0], "its device is still there: %s",
	      s.ending.at[1].why);
}


#define SPIN_NS (200 * MS)

/* So much CPU time of its own thread. */
static void *spin(void *arg)
{
	struct timespec used = { 0 };

	while ((uint64_t)used.tv_sec * 1000 * MS + (uint64_t)used.tv_nsec < SPIN_NS)
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return arg;
}

/*
 * A CPU that a process keeps busy is one, whatever else runs; those that we keep busy ourselves are
 * none of the launch's. Ticks of 10 ms round each CPU's time, at both ends.
 */
static void test_busy(void)
{
	const int64_t cpus = sysconf(_SC_NPROCESSORS_ONLN), round_ns = 20 * (int64_t)MS * cpus;
	const int64_t threads = cpus < 64 ? cpus : 64;
	struct vnft_results_run with = { 0 }, without = { 0 };
	struct vnft_bench_launch_busy busy;
	pthread_t thread[64];
	int64_t i;
	pid_t pid;

	vnft_bench_launch_busy_begin(&busy);
	pid = fork();
	if (!pid) {
		spin(NULL);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	vnft_bench_launch_busy_end(&busy, &with);
	CHECK(with.launch_observed_ns >= SPIN_NS &&
	      with.launch_busy_ns >= (int64_t)SPIN_NS - round_ns,
	      "another's work is the launch's: %.1f of %.1f ms", (double)with.launch_busy_ns / MS,
	      (double)with.launch_observed_ns / MS);
	vnft_bench_launch_busy_begin(&busy);
	for (i = 0; i < threads; i++)
		if (pthread_create(&thread[i], NULL, spin, NULL))
			exit(1);
	for (i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	vnft_bench_launch_busy_end(&busy, &without);
	CHECK(without.launch_busy_ns <=
	      cpus * (int64_t)without.launch_observed_ns - threads * (int64_t)SPIN_NS + round_ns,
	      "our own is not: %.1f of %.1f ms", (double)without.launch_busy_ns / MS,
	      (double)without.launch_observed_ns / MS);
}

int main(void)
{
	test_births();
	test_phases();
	test_containers();
	test_network();
	test_console();
	test_busy();
	return unit_done();
}
