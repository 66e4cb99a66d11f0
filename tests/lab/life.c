/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module comes and goes under traffic, and nothing stays behind: life CYCLES [SEED]
 *
 *	[own namespace]	vnfta === vnftb		frames in both directions all the time
 *			vnftc === vnftd		made, attached and deleted in each cycle
 *	[short-lived]	vnfte === vnftf		dies with its namespace while attached, at times
 *
 * A cycle loads the module. Two sessions attach and record. A reader in a process of its own does
 * the same, starts a generator, and is killed at a random moment. A device is deleted under its
 * attachment and its generator, and at times a namespace under an attachment. One attachment is
 * left for good. Sessions are closed, or their process ends. Then the module is unloaded: by now
 * every "created" in the kernel's log must have met its "destroyed", and nothing may have
 * complained. The module is not loaded before.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../../tools/lib/run/clock.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/source/module/ctl.h"
#include "../../tools/source/module/generator.h"
#include "../../tools/source/module/source.h"
#include "../bench/frames.h"
#include "../unit/unit.h"
#include "life.h"

#define MODULE		"build/kmod/vnftrace.ko"
#define LOG_BYTES	8192
#define ALIVE_MAX	4096
#define WAIT_MS		5000
#define KILL_US		30000U	/* a reader lives up to so long */
#define NETNS_EVERY	5	/* a namespace takes its time to die */

/**
 * struct log - the kernel's log, read as it comes
 * @alive: objects that were created and not destroyed
 */
static struct {
	int fd;
	char alive[ALIVE_MAX][32];
	unsigned int living, sessions, devices, probes, wrong, complaints;
} klog;

static unsigned int seed, killed, deleted, netns_gone, records;
static const char dev[] = "vnfta";

/* ---- the log ---- */

static void note_created(const char *what)
{
	klog.sessions += !strncmp(what, "session", 7);
	klog.devices += !strncmp(what, "device", 6);
	klog.probes += !strncmp(what, "probe", 5);
	if (klog.living == ALIVE_MAX) {
		klog.wrong++;
		return;
	}
	snprintf(klog.alive[klog.living++], sizeof(klog.alive[0]), "%s", what);
}

static void note_destroyed(const char *what)
{
	unsigned int i;

	for (i = 0; i < klog.living && strcmp(klog.alive[i], what); i++)
		;
	if (i == klog.living) {
		printf("# destroyed, but never created: %s\n", what);
		klog.wrong++;
		return;
	}
	memcpy(klog.alive[i], klog.alive[--klog.living], sizeof(klog.alive[0]));
}

static void note_line(unsigned int level, char *text)
{
	static const char *const complaint[] = { "WARNING:", "BUG:", "Oops", "Call Trace",
		"unregister_netdevice: waiting", "possible recursive", "leaked", "rcu_sched", };
	char *what = strstr(text, "vnftrace: ");
	size_t i;

	text[strcspn(text, "\n")] = '\0';
	for (i = 0; i < sizeof(complaint) / sizeof(complaint[0]); i++)
		if (strstr(text, complaint[i]))
			break;
	if (i < sizeof(complaint) / sizeof(complaint[0]) ||
	    (what && level <= 4 && !strstr(text, "taint"))) {
		printf("# %s\n", text);
		klog.complaints++;
	}
	if (!what)
		return;
	what += strlen("vnftrace: ");
	if (!strncmp(what, "created ", 8))
		note_created(what + 8);
	else if (!strncmp(what, "destroyed ", 10))
		note_destroyed(what + 10);
}

/* One record a read: "LEVEL,SEQUENCE,TIME,-;text". */
static void read_log(void)
{
	char line[LOG_BYTES], *text;
	ssize_t bytes;

	while ((bytes = read(klog.fd, line, sizeof(line) - 1)) > 0 || errno == EPIPE) {
		if (bytes < 0) {
			printf("# the log was overrun\n");
			klog.wrong++;
			continue;
		}
		line[bytes] = '\0';
		text = strchr(line, ';');
		if (text)
			note_line((unsigned int)atoi(line) & 7, text + 1);
	}
}

/* ---- traffic ---- */

static void send_frames(int fd, unsigned int n)
{
	uint8_t frame[98];

	while (n--) {
		switch (n % 4) {
		case 0:
			frame_echo(frame, sizeof(frame));
			break;
		case 1:
			frame_udp(frame, sizeof(frame));
			break;
		case 2:
			frame_tcp(frame, sizeof(frame), 0x02);
			break;
		default:
			frame_tcp(frame, sizeof(frame), 0x18);
		}
		if (send(fd, frame, sizeof(frame), 0) < 0 && errno != ENOBUFS)
			return;
	}
}

/* As a process, so that a reader can be forked without threads. */
static pid_t start_traffic(void)
{
	pid_t pid = fork();
	int fd[2];

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd[0] = life_socket("vnfta");
	fd[1] = life_socket("vnftb");
	for (;;) {
		send_frames(fd[0], 64);
		send_frames(fd[1], 64);
		usleep(300);
	}
}

/* ---- what a cycle is made of ---- */

static int load(void)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = syscall(SYS_finit_module, fd, "dyndbg=+p", 0) ? -errno : 0;
	close(fd);
	return err;
}

/* What still holds it is on its way out: a killed process, a namespace. */
static int unload(void)
{
	int tries, err = 0;

	for (tries = 0; tries < WAIT_MS; tries++) {
		err = syscall(SYS_delete_module, "vnftrace", O_NONBLOCK) ? -errno : 0;
		if (!err || (err != -EBUSY && err != -EAGAIN))
			break;
		usleep(1000);
	}
	return err;
}

static int take(const struct vnft_record *record, void *arg)
{
	unsigned int *n = arg;

	*n += record->kind == VNFT_KIND_PACKET;
	return 0;
}

static int start_generator(uint32_t session, const char *name)
{
	struct vnft_module_probe_setup setup = {
		.session = session,
		.ifindex = if_nametoindex(name),
		.kind = VNFT_PROBE_KIND_SYN,
		.addr_bytes = 4,
		.src = { 198, 18, 0, 1 }, .dst = { 198, 18, 0, 2 },
		.src_mac = { 2, 0, 0, 0, 0, 1 }, .dst_mac = { 2, 0, 0, 0, 0, 2 },
		.sport = 40000, .dport = 9, .cpu = -1,
		.until_rst = true,
		.interval_ns = 1000000,
	};
	uint32_t probe;

	return vnft_module_probe_start(&setup, &probe, NULL);
}

static struct vnft_source *open_session(const char *a, const char *b)
{
	const struct vnft_source_config config = {
		.ring_records = 1024,
		.record_mask = VNFT_RECORD_DEFAULT,
	};
	struct vnft_source *s;
	uint16_t id;

	if (vnft_module_open(&s, &config))
		return NULL;
	if (s->ops->attach(s, a, &id) || (b && s->ops->attach(s, b, &id))) {
		s->ops->close(s);
		return NULL;
	}
	return s;
}

/* Everything a tool does, until somebody ends it. */
static pid_t start_reader(void)
{
	unsigned int n = 0;
	struct vnft_source *s;
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		s = open_session("vnfta", "vnftb");
		if (!s)
			_exit(1);
		if (start_generator(vnft_module_session(s), dev))
			_exit(2);
		while (n < 1000)
			s->ops->drain(s, take, &n);
		s->ops->close(s);
		n = 0;
	}
}

/* At a random moment of its life; one that had ended by itself had failed. */
static bool kill_reader(pid_t pid)
{
	int status;

	usleep((unsigned int)rand_r(&seed) % KILL_US);
	if (kill(pid, SIGKILL) || waitpid(pid, &status, 0) != pid)
		return false;
	killed += WIFSIGNALED(status);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static bool wait_records(struct vnft_source *s)
{
	unsigned int n = 0, tries;

	for (tries = 0; tries < WAIT_MS && n < 8; tries++) {
		s->ops->drain(s, take, &n);
		usleep(1000);
	}
	records += n;
	return n >= 8;
}

/* Deleted under two attachments and a generator; what was counted can still be read. */
static bool delete_device(struct vnft_source *s)
{
	struct vnft_source_device device = { 0 };
	uint16_t id;

	if (vnft_link_add_veth("vnftc", "vnftd", -1) || vnft_link_set_up("vnftc", true) ||
	    vnft_link_set_up("vnftd", true))
		return false;
	if (s->ops->attach(s, "vnftc", &id) ||
	    start_generator(vnft_module_session(s), "vnftc"))
		return false;
	usleep((unsigned int)rand_r(&seed) % 3000);
	if (vnft_link_delete("vnftc") || s->ops->device(s, id, &device))
		return false;
	deleted++;
	return device.hooked[VNFT_DIR_IN] == VNFT_HOOKED_DEVICE_GONE;
}

struct netns_job {
	uint32_t session;
	uint32_t id[2];
	bool ok;
};

/* A thread that leaves takes its namespace along. */
static void *live_in_netns(void *arg)
{
	struct vnft_module_attach how = { 0 };
	struct netns_job *job = arg;
	struct vnft_module_device d;
	int fd;

	if (!life_veth("vnfte", "vnftf"))
		return NULL;
	fd = life_socket("vnfte");
	how.ifindex = if_nametoindex("vnfte");
	job->ok = !vnft_module_attach(&how, &d);
	job->id[0] = d.id;
	how.session = job->session;
	job->ok &= !vnft_module_attach(&how, &d);
	job->id[1] = d.id;
	job->ok &= !start_generator(job->session, "vnfte");
	send_frames(fd, 16);
	close(fd);
	return NULL;
}

static bool is_gone(uint32_t id)
{
	struct vnft_module_device d;
	int err = vnft_module_get(id, &d);

	return err == -ENOENT || (!err && d.gone);
}

static bool delete_netns(struct vnft_source *s)
{
	struct netns_job job = { .session = vnft_module_session(s) };
	unsigned int tries;
	pthread_t thread;

	if (pthread_create(&thread, NULL, live_in_netns, &job))
		return false;
	pthread_join(thread, NULL);
	for (tries = 0; job.ok && tries < WAIT_MS; tries++) {
		if (is_gone(job.id[0]) && is_gone(job.id[1])) {
			netns_gone++;
			return true;
		}
		usleep(1000);
	}
	return false;
}

static bool leave_attached(void)
{
	const struct vnft_module_attach how = { .ifindex = if_nametoindex("vnftb") };

	return !vnft_module_attach(&how, NULL);
}

static bool cycle(unsigned int i)
{
	struct vnft_source *a = NULL, *b = NULL;
	pid_t reader;
	bool ok;
	int err;

	err = load();
	if (!QUIET(!err, "cycle %u: load: %s", i, strerror(-err)))
		return false;
	reader = start_reader();
	a = open_session("vnfta", "vnftb");
	b = open_session("vnfta", NULL);
	ok = QUIET(a && b, "cycle %u: two sessions: %s", i, vnft_why());
	ok = ok && QUIET(wait_records(a) && wait_records(b), "cycle %u: both record", i);
	ok = ok && QUIET(delete_device(i % 2 ? a : b), "cycle %u: a deleted device: %s", i,
			 vnft_why());
	if (ok && !(i % NETNS_EVERY))
		ok = QUIET(delete_netns(a), "cycle %u: a deleted namespace: %s", i, vnft_why());
	ok = ok && QUIET(leave_attached(), "cycle %u: attach for good: %s", i, vnft_why());
	ok &= QUIET(kill_reader(reader), "cycle %u: the reader lived until it was killed", i);
	if (a)
		a->ops->close(a);
	if (b)
		b->ops->close(b);
	err = unload();
	ok &= QUIET(!err, "cycle %u: unload: %s", i, strerror(-err));
	read_log();
	return ok & QUIET(!klog.living, "cycle %u: not destroyed: %s and %u more", i,
			  klog.living ? klog.alive[0] : "", klog.living ? klog.living - 1 : 0);
}

int main(int argc, char **argv)
{
	const unsigned int cycles = argc > 1 ? (unsigned int)atoi(argv[1]) : 50;
	uint64_t start_ns = vnft_now_ns();
	pid_t traffic;
	unsigned int i;

	seed = argc > 2 ? (unsigned int)atoi(argv[2]) : (unsigned int)start_ns;
	klog.fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (klog.fd < 0 || !life_veth("vnfta", "vnftb")) {
		CHECK(false, "the kernel's log and a namespace with a veth: %s", vnft_why());
		return unit_done();
	}
	printf("# seed %u\n", seed);
	traffic = start_traffic();
	for (i = 0; i < cycles && cycle(i); i++)
		;
	kill(traffic, SIGKILL);
	waitpid(traffic, NULL, 0);
	read_log();
	CHECK_EQ(i, cycles, "%u times loaded, used and unloaded under traffic", cycles);
	CHECK_EQ(killed, i, "a reader was killed in each: %u", killed);
	CHECK_EQ(deleted, i, "a device was deleted under attachment and generator in each: %u",
		 deleted);
	CHECK(netns_gone, "and %u namespaces", netns_gone);
	CHECK(records >= 16 * i, "two sessions recorded in each: %u frames", records);
	CHECK(!klog.living && !klog.wrong && klog.sessions,
	      "created and destroyed: %u sessions, %u attachments, %u generators", klog.sessions,
	      klog.devices, klog.probes);
	CHECK_EQ(klog.complaints, 0, "the kernel did not complain");
	printf("# %u cycles in %.1f s\n", i, (double)(vnft_now_ns() - start_ns) / 1e9);
	return unit_done();
}
