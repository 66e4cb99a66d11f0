/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is read of a host and what becomes of it: from files of /proc and /sys that this test
 * writes, sound ones and hostile ones.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/lib/host/busy.h"
#include "../../tools/lib/host/process.h"
#include "../../tools/lib/text/view.h"
#include "../../tools/results/conditions.h"
#include "unit.h"

#define SELF		100
#define INSTANCE	200

static char root[] = "/tmp/vnft-busy-XXXXXX";
static const struct vnft_busy_cpus both = { { 3 } }, three = { { 3 | 1 << 7 } };
/* Ticks that others took on CPU 7, and of the launch alone, which is half of it; 0: none was. */
static int elsewhere, launched;

/* Write a file below the root, with its directories. */
static void put(const char *path, const char *format, ...)
{
	char at[512], *slash;
	va_list list;
	FILE *f;

	snprintf(at, sizeof(at), "%s%s", root, path);
	for (slash = strchr(at + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(at, 0700);
		*slash = '/';
	}
	f = fopen(at, "w");
	va_start(list, format);
	vfprintf(f, format, list);
	va_end(list);
	fclose(f);
}

/* Ticks of 10 ms; @flags 0x200000 is a kernel thread. */
static void put_process(int pid, int parent, const char *name, unsigned int flags, int own,
			int reaped)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	put(path, "%d (%s) S %d 0 0 0 -1 %u 0 0 0 0 %d 0 %d 0 20 0 1 0 24 0 0 1 0 0 0 0 0 0 0 0 "
	    "0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n", pid, name, parent, flags, own, reaped);
}

static void unlink_process(int pid)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/proc/%d/stat", root, pid);
	unlink(path);
}

/* @others and @steal: ticks that they took of 400; the run itself takes 40, the kernel 20. */
static void put_host(int others, int steal, int after)
{
	put("/proc/stat", "cpu  1 2 3\ncpu0 %d 50 0 %d 0 5 5 %d 0 0\ncpu1 0 0 0 0 0 0 0 0 0 0\n"
	    "cpu7 9999 0 0 0 0 0 0 0 0 0\ncpu99999 1 1 1 1\ncpux 1 1 1 1 1 1 1 1\nintr 5\n",
	    1000 + after * (60 + others), 1000 + after * (330 - others - steal),
	    10 + after * steal);
	put_process(2, 0, "kthreadd", 0x200000, 0, 0);
	put_process(3, 2, "a) S 1 (b", 0x200000, 10 + 20 * after, 0);
	put_process(SELF, 1, "vnftrace", 0, 5 + 10 * after, 7 + 10 * after);
	put_process(101, SELF, "iperf3", 0, 1, 0);
	put_process(300, 1, "qemu-system-x86", 0, 77, 0);
	/* Who waited for the instance has its ticks as well. */
	put_process(400, 1, "make", 0, 9, 1000 + after * (others + elsewhere + 20));
	put("/proc/loadavg", "1.25 2.00 3.00 1/100 4242\n");
	put("/proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=%d\n", 7 * after);
	put("/proc/interrupts", "           CPU0       CPU1       CPU7\n 24:  %d 2 5 IO 5-edge x\n"
	    "LOC: %d 20 30  Local timer\nERR: 3\n", 1 + after, 10 + 9 * after);
	put("/proc/softirqs", "   CPU0 CPU1 CPU7\n NET_RX: %d 1 1\n", 1 + 5 * after);
	put("/sys/devices/system/cpu/cpu0/cpuidle/state0/name", "C1\n");
	put("/sys/devices/system/cpu/cpu0/cpuidle/state0/usage", "%d\n", 5 + after);
	put("/sys/devices/system/cpu/cpu0/cpuidle/state0/time", "%d\n", 50 + 3 * after);
	put("/sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "%d\n", 2000 + 100 * after);
}

static json_t *conditions_on(const struct vnft_busy_cpus *cpus, int others, int steal,
			     bool own_steal)
{
	static struct vnft_results_readings of;

	memset(&of, 0, sizeof(of));
	of.instance = true;
	of.own_steal = own_steal;
	put_host(others, steal, 0);
	vnft_busy_read(&of.before, root, cpus, SELF, 0);
	/* Its 20 ticks are seen here and then at who waited for it. */
	put_process(INSTANCE, 1, "qemu-system-x86", 0, 20, 0);
	if (launched) {
		put_host(launched, 0, 1);
		put_process(400, 1, "make", 0, 9, 1000 + launched);
		vnft_busy_read_processes(&of.launched, root, cpus, SELF, INSTANCE);
		vnft_busy_read_times(&of.launched, root, cpus);
		of.launched.time_ns = 1000000001;
	}
	vnft_busy_read_processes(&of.at_stop, root, cpus, SELF, INSTANCE);
	put_host(others, steal, 1);
	unlink_process(INSTANCE);
	vnft_busy_read(&of.after, root, cpus, SELF, 0);
	of.before.time_ns = 1;
	of.after.time_ns = 2000000001;
	return vnft_results_conditions(&of);
}

static json_t *conditions_of(int others, int steal, bool own_steal)
{
	return conditions_on(&both, others, steal, own_steal);
}

static double at(const json_t *v, const char *path)
{
	return json_number_value(vnft_view_at(v, path));
}

static const char *text_at(const json_t *v, const char *path)
{
	const char *text = json_string_value(vnft_view_at(v, path));

	return text ? text : "";
}

static void test_quiet(void)
{
	json_t *v = conditions_of(8, 4, false);

	CHECK_EQ(at(v, "cpus"), 2, "two CPUs are meant, of three");
	CHECK_EQ(10 * at(v, "others_percent"), 20, "8 of 400 ticks are others'");
	CHECK_EQ(10 * at(v, "own_percent"), 100, "40 ours, with what we waited for, and a guest");
	CHECK_EQ(10 * at(v, "kernel_percent"), 50, "20 of kernel threads, whatever their name");
	CHECK_EQ(10 * at(v, "steal_percent"), 10, "4 of the hypervisor");
	CHECK_EQ(10 * at(v, "idle_percent"), 795, "what the kernel calls idle");
	CHECK(json_is_false(json_object_get(v, "disturbed")), "a quiet host disturbs nobody");
	CHECK_EQ(at(v, "other_vms"), 1, "another VM");
	CHECK_EQ(100 * at(v, "load"), 125, "load");
	CHECK_EQ(at(v, "pressure.cpu_some_ns"), 7000, "pressure");
	CHECK(strstr(text_at(v, "pressure.io_full_ns_why"), "PSI"), "or why none");
	CHECK_EQ(at(v, "interrupts"), 10, "interrupts of these CPUs alone");
	CHECK_EQ(at(v, "most_interrupts.LOC"), 9, "by name");
	CHECK_EQ(at(v, "softirqs.NET_RX"), 5, "softirqs");
	CHECK_EQ(at(v, "idle_state_ns.C1"), 3000, "idle states");
	CHECK_EQ(at(v, "idle_state_entries.C1"), 1, "how often they were entered");
	CHECK_EQ(at(v, "frequency_low_hz"), 2000000, "the lowest frequency");
	CHECK_EQ(at(v, "frequency_high_hz"), 2100000, "and the highest");
	json_decref(v);
}

static void test_busy(void)
{
	json_t *row = json_object(), *all = json_array(), *v;

	v = conditions_of(120, 0, false);
	CHECK(!strcmp(text_at(v, "disturbed_by"), "other work took 30 % of the CPUs"),
	      "a busy host disturbs: %s", text_at(v, "disturbed_by"));
	json_array_append_new(all, v);
	v = conditions_of(8, 40, false);
	CHECK(!strcmp(text_at(v, "disturbed_by"), "the hypervisor took 10 %"),
	      "so does a hypervisor: %s", text_at(v, "disturbed_by"));
	json_array_append_new(all, v);
	v = conditions_of(8, 40, true);
	CHECK(json_is_false(json_object_get(v, "disturbed")) &&
	      strstr(text_at(v, "steal_percent_why"), "Xen"), "but not Xen for its own guest");
	json_array_append_new(all, v);
	vnft_results_set_disturbed(row, all);
	CHECK_EQ(at(row, "disturbed_runs"), 2, "runs that were disturbed");
	CHECK(!strcmp(text_at(row, "disturbed_by"), "2 of 3 runs disturbed: other work took up to "
		      "30 % of the CPUs, the hypervisor took up to 10 %"),
	      "and the most that was: %s", text_at(row, "disturbed_by"));
	json_decref(row);
	json_decref(all);
}

/* The launch alone, of 200 ticks. */
static void test_launch(void)
{
	json_t *v = conditions_of(60, 0, false);

	CHECK(json_is_null(json_object_get(v, "launch_others_percent")) &&
	      json_is_false(json_object_get(v, "disturbed")), "no launch, and 15 %% of the run");
	json_decref(v);
	launched = 50;
	v = conditions_of(60, 0, false);
	CHECK_EQ(10 * at(v, "launch_others_percent"), 250, "25 %% of the launch");
	CHECK_EQ(10 * at(v, "others_percent"), 150, "are still 15 %% of the run");
	CHECK(!strcmp(text_at(v, "disturbed_by"), "other work took 25 % of the CPUs"),
	      "it is disturbed: %s", text_at(v, "disturbed_by"));
	json_decref(v);
	launched = 0;
}

/* What others do on CPUs that are not the run's is not the run's. */
static void test_restricted(void)
{
	json_t *v;

	elsewhere = 300;
	v = conditions_on(&both, 8, 0, false);
	CHECK_EQ(10 * at(v, "others_percent"), 20, "others on another CPU do not count");
	json_decref(v);
	v = conditions_on(&three, 8, 0, false);
	CHECK_EQ(at(v, "cpus"), 3, "where all CPUs are the run's");
	CHECK_EQ(10 * at(v, "others_percent"), 513, "they do");
	json_decref(v);
	elsewhere = 0;
}

/* What is not there, or not as it should be, is no number. */
static void test_hostile(void)
{
	static const char *const bad[] = { "", "5", "(", ")", "5 )(", "5 (x) S", "-1 (x) S 1 2 3",
					   "5 (x) S 1 0 0 0 -1 x 0 0", "0 (x) S 1" };
	static struct vnft_results_readings of;
	struct vnft_busy_counts counts;
	struct vnft_process process;
	char name[2048];
	json_t *v, *row = json_object();
	size_t i;
	FILE *f;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		QUIET(!vnft_process_parse(bad[i], &process), "\"%s\" is no process", bad[i]);
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	put("/proc/interrupts", "CPU0 CPU99999999999 %s\n%s: 1 2 3\n 1: 4\n 2: -1 x y\n: 1 1 1\n",
	    name, name);
	vnft_busy_read_table(&counts, root, "/proc/interrupts", &both);
	CHECK(!counts.why && counts.total == 2, "columns of no CPU count nothing: %llu",
	      (unsigned long long)counts.total);
	snprintf(name, sizeof(name), "%s/proc/interrupts", root);
	f = fopen(name, "w");
	fputs("CPU0\n", f);
	for (i = 0; i < 500; i++)
		fprintf(f, "%zu: 1 x\n", i);
	fclose(f);
	vnft_busy_read_table(&counts, root, "/proc/interrupts", &both);
	CHECK(counts.n == VNFT_BUSY_COUNTS && counts.total == 500, "more lines than names");

	memset(&of, 0, sizeof(of));
	vnft_busy_read(&of.before, "/nowhere", &both, SELF, 0);
	vnft_busy_read_processes(&of.at_stop, "/nowhere", &both, SELF, INSTANCE);
	vnft_busy_read(&of.after, "/nowhere", &both, SELF, 0);
	v = vnft_results_conditions(&of);
	CHECK(json_is_null(json_object_get(v, "others_percent")) &&
	      json_is_null(json_object_get(v, "disturbed")) && text_at(v, "disturbed_why")[0],
	      "of nothing it is not known: %s", text_at(v, "disturbed_why"));
	vnft_results_set_disturbed(row, json_array_get(v, 0));
	CHECK(json_is_null(json_object_get(row, "disturbed_runs")), "nor how many runs");
	json_decref(v);
	json_decref(row);

	v = conditions_of(120, 0, false);
	CHECK(json_is_true(json_object_get(v, "disturbed")), "with its processes it is");
	json_decref(v);
	unlink_process(2);
	memset(&of, 0, sizeof(of));
	vnft_busy_read(&of.before, root, &both, SELF, 0);
	CHECK(of.before.processes_why, "without kthreadd it is another PID namespace's /proc");
}

int main(void)
{
	char command[64];

	if (!mkdtemp(root) || sysconf(_SC_CLK_TCK) != 100)
		return 1;
	test_quiet();
	test_busy();
	test_launch();
	test_restricted();
	test_hostile();
	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command) || unit_done();
}
