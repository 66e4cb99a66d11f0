/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's memory: who asks for it pays for it in his cgroup, and all of it together has a
 * bound, an eighth of the machine's or what the parameter memory_mb says; containers have half of
 * that.
 *
 *	[host's]	vnftx === vnfty
 *	[container's]	vnftk === vnftl
 *
 * runs: tests/lab/with-module
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/source/module/ctl.h"
#include "session.h"

#define MB		(1ULL << 20)
#define SLOTS_MAX	(1U << 20)
#define GROUP		"/tmp/vnft-cgroup"

static void parameter(const char *name, const char *value)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/module/vnftrace/parameters/%s", name);
	life_write(path, value);
}

/* The attachment that was made, or all zero. */
static struct vnft_module_device attach(const char *name, uint32_t session, uint32_t slots)
{
	const struct vnft_module_attach how = {
		.ifindex = if_nametoindex(name), .session = session, .match_slots = slots,
	};
	struct vnft_module_device device;

	if (vnft_module_attach(&how, &device))
		memset(&device, 0, sizeof(device));
	return device;
}

static uint64_t ring_bytes(const struct session *s)
{
	return s->setup.ncpus * s->setup.ring_stride_bytes;
}

/* ---- who pays ---- */

static uint64_t charged(void)
{
	FILE *f = fopen(GROUP "/one/memory.current", "re");
	unsigned long long bytes = 0;

	QUIET(f && fscanf(f, "%llu", &bytes) == 1, "memory.current");
	if (f)
		fclose(f);
	return bytes;
}

static bool cgroup(void)
{
	char pid[16];

	mkdir(GROUP, 0700);
	if (mount("cgroup2", GROUP, "cgroup2", 0, NULL))
		return false;
	life_write(GROUP "/cgroup.subtree_control", "+memory");
	mkdir(GROUP "/one", 0700);
	snprintf(pid, sizeof(pid), "%d", getpid());
	life_write(GROUP "/one/cgroup.procs", pid);
	return !access(GROUP "/one/memory.current", R_OK);
}

/* The kernel charges some pages in advance for each CPU, so that it may be less by these. */
static bool is_paid(uint64_t charged_bytes, uint64_t bytes)
{
	return charged_bytes + bytes / 8 >= bytes && charged_bytes <= 2 * bytes;
}

static int pays(void)
{
	struct vnft_module_device device;
	uint64_t before, rings, all;
	struct session s;

	errno = 0;
	if (!CHECK(cgroup(), "a cgroup of its own") && errno)
		perror(GROUP);
	before = charged();
	QUIET(session_open(&s, 0, 1 << 15), "a session");
	rings = charged() - before;
	CHECK(is_paid(rings, ring_bytes(&s)), "%llu kB of rings, %llu kB charged",
	      (unsigned long long)ring_bytes(&s) >> 10, (unsigned long long)rings >> 10);
	device = attach("vnftx", s.setup.session, 1 << 18);
	all = charged() - before;
	CHECK(device.memory_bytes > 4 * MB && is_paid(all - rings, device.memory_bytes),
	      "%llu kB of an attachment, %llu kB charged",
	      (unsigned long long)device.memory_bytes >> 10,
	      (unsigned long long)(all - rings) >> 10);
	session_close(&s);
	CHECK(UNTIL(20000, charged() < before + rings / 2), "and given back");
	return unit_done();
}

/* ---- how much there is ---- */

/* Sessions with rings of @records until one is refused: the bytes of all that were not. */
static uint64_t fill(uint32_t records, int *refused)
{
	struct vnft_session_setup setup;
	uint64_t bytes = 0;
	int fd[64], n = 0;

	for (*refused = 0; n < 64 && !*refused; n++) {
		fd[n] = open("/dev/" VNFT_CHARDEV_NAME, O_RDWR | O_CLOEXEC);
		setup = (struct vnft_session_setup){ VNFT_ABI_VERSION, .ring_records = records };
		if (ioctl(fd[n], VNFT_IOC_SETUP, &setup))
			*refused = errno;
		else
			bytes += setup.ncpus * setup.ring_stride_bytes;
	}
	while (n--)
		close(fd[n]);
	return bytes;
}

static void check_bound(uint64_t bound, const char *what)
{
	const uint32_t records = (uint32_t)(bound / 40 / 4096 + 1) * 64;
	int refused, again;
	uint64_t bytes = fill(1U << (31 - __builtin_clz(records)), &refused);
	uint64_t more = fill(1U << (31 - __builtin_clz(records)), &again);

	/* Beside rings a session has some kB a CPU for the flows that it knows. */
	CHECK(refused == ENOMEM && bytes <= bound && bytes >= bound - bound / 4,
	      "%s: %llu of %llu MB, then: %s", what, (unsigned long long)(bytes / MB),
	      (unsigned long long)(bound / MB), strerror(refused));
	CHECK(more == bytes && again == refused, "and again as many: %llu MB",
	      (unsigned long long)(more / MB));
}

static void test_attachments(void)
{
	struct vnft_module_device one, two;
	struct vnft_module_info info;

	QUIET(UNTIL(20000, !vnft_module_info(&info) && !info.devices), "the container's are gone");
	parameter("memory_mb", "48");
	/* Memory comes back when no CPU can be looking at it any more. */
	QUIET(UNTIL(20000, (one = attach("vnftx", 0, SLOTS_MAX)).id), "one");
	two = attach("vnfty", 0, SLOTS_MAX);
	CHECK(one.memory_bytes > 24 * MB && one.memory_bytes < 48 * MB, "one of %llu MB",
	      (unsigned long long)(one.memory_bytes / MB));
	CHECK(!two.id && strstr(vnft_why(), "memory_mb"), "no room for two: %s", vnft_why());
	QUIET(!vnft_module_detach(one.id, 0), "detach");
	CHECK(UNTIL(20000, (two = attach("vnfty", 0, SLOTS_MAX)).id), "there is when one goes");
	QUIET(!vnft_module_detach(two.id, 0), "detach");
}

static int contained(void)
{
	if (!CHECK(life_veth("vnftk", "vnftl"), "a container"))
		return unit_done();
	check_bound(32 * MB, "a container, of 64");
	CHECK(attach("vnftk", 0, SLOTS_MAX).id, "an attachment of 25 MB");
	CHECK(!attach("vnftl", 0, SLOTS_MAX).id && strstr(vnft_why(), "memory_mb"),
	      "and not another: %s", vnft_why());
	CHECK(attach("vnftl", 0, 64).id, "but a small one");
	return unit_done();
}

static bool in_child(int (*fn)(void), int flags)
{
	int status;
	pid_t pid = fork(), child;

	if (!pid) {
		unit_ran = unit_failed = 0;
		if (unshare(flags))
			_exit(99);
		child = fork();
		if (!child)
			_exit(fn());
		_exit(waitpid(child, &status, 0) == child && WIFEXITED(status) ?
		      WEXITSTATUS(status) : 98);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

int main(void)
{
	struct sysinfo machine;

	if (!CHECK(life_veth("vnftx", "vnfty") && !sysinfo(&machine), "a veth"))
		return unit_done();
	CHECK(in_child(pays, 0), "who asks pays");
	check_bound(machine.totalram * machine.mem_unit / 8, "an eighth of the machine");
	parameter("memory_mb", "64");
	check_bound(64 * MB, "as memory_mb says");
	parameter("containers", "1");
	CHECK(in_child(contained, CLONE_NEWPID), "half of it for containers");
	parameter("containers", "0");
	test_attachments();
	parameter("memory_mb", "0");
	return unit_done();
}
