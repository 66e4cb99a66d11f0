/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/vnftrace as its contract says it (kmod/uapi/vnftrace.h, section 4): who may open it, what
 * SETUP, mmap and poll refuse; readers that lie, are killed, or keep no more than a mapping. The
 * module is loaded.
 *
 *	[own namespace]  vnfta === vnftb      no addresses, no IPv6: nobody else sends
 *
 * runs: tests/lab/with-module
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../tools/source/module/ctl.h"
#include "../bench/frames.h"
#include "../unit/unit.h"
#include "life.h"

#define RECORDS	VNFT_RING_MIN_RECORDS
#define PAGE	((size_t)VNFT_PAGE_BYTES)
#define PATH	"/dev/" VNFT_CHARDEV_NAME

static const char dev[] = "vnfta";
static int packet_socket;

static int open_device(int flags)
{
	return open(PATH, flags | O_CLOEXEC);
}

/* 0 or errno. */
static int setup_with(int fd, struct vnft_session_setup *setup)
{
	return ioctl(fd, VNFT_IOC_SETUP, setup) ? errno : 0;
}

static int setup(int fd, struct vnft_session_setup *answer)
{
	*answer = (struct vnft_session_setup){ VNFT_ABI_VERSION, .ring_records = RECORDS };
	return setup_with(fd, answer);
}

static uint32_t attach(const char *name, uint32_t session)
{
	const struct vnft_module_attach how = {
		.ifindex = if_nametoindex(name),
		.session = session,
		.record_mask = session ? VNFT_RECORD_DEFAULT : 0,
		.match_slots = 64,
	};
	struct vnft_module_device device;

	return vnft_module_attach(&how, &device) ? 0 : device.id;
}

static void send_frames(unsigned int n)
{
	uint8_t frame[98];

	frame_echo(frame, sizeof(frame));
	while (n--)
		if (write(packet_socket, frame, sizeof(frame)) < 0 && errno != ENOBUFS)
			return;
}

static bool count_is(uint32_t sessions, uint32_t devices)
{
	struct vnft_module_info info;
	int i;

	/* What a killed process owned ends a moment after it. */
	for (i = 0; i < 2000; i++) {
		if (vnft_module_info(&info))
			return false;
		if (info.sessions == sessions && info.devices == devices)
			return true;
		usleep(1000);
	}
	return false;
}

/* Exit status of @fn in a child; its errno, as these return it. */
static int in_child(int (*fn)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(fn());
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int open_and_close(void)
{
	int fd = open_device(O_RDWR);

	return fd < 0 ? errno : 0;
}

static int open_without_capability(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { 0 };

	return syscall(SYS_capset, &header, data) ? 255 : open_and_close();
}

static int open_in_user_namespace(void)
{
	return unshare(CLONE_NEWUSER) ? 0 : open_and_close();
}

static int open_as_nobody(void)
{
	return setuid(65534) ? 255 : open_and_close();
}

static void opening(void)
{
	CHECK_EQ(in_child(open_and_close), 0, "root opens it");
	CHECK_EQ(in_child(open_without_capability), EPERM, "without CAP_NET_ADMIN: EPERM");
	CHECK_EQ(in_child(open_in_user_namespace), EPERM,
		 "all capabilities of another user namespace: EPERM");
	CHECK_EQ(in_child(open_as_nobody), EACCES, "another user: EACCES");
}

static void setups(void)
{
	static const struct {
		const char *what;
		struct vnft_session_setup setup;
	} rows[] = {
		{ "version 0", { 0, 0, RECORDS, 0, 0, 0, 0 } },
		{ "a later version", { VNFT_ABI_VERSION + 1, 0, RECORDS, 0, 0, 0, 0 } },
		{ "an unknown flag", { VNFT_ABI_VERSION, 2, RECORDS, 0, 0, 0, 0 } },
		{ "all flags", { VNFT_ABI_VERSION, ~0U, RECORDS, 0, 0, 0, 0 } },
		{ "a reserved field", { VNFT_ABI_VERSION, 0, RECORDS, 0, 0, 1, 0 } },
		{ "no records", { VNFT_ABI_VERSION, 0, 0, 0, 0, 0, 0 } },
		{ "too few records", { VNFT_ABI_VERSION, 0, RECORDS / 2, 0, 0, 0, 0 } },
		{ "no power of two", { VNFT_ABI_VERSION, 0, RECORDS + 1, 0, 0, 0, 0 } },
		{ "too many records",
		  { VNFT_ABI_VERSION, 0, 2 * VNFT_RING_MAX_RECORDS, 0, 0, 0, 0 } },
		{ "all ones", { ~0U, ~0U, ~0U, ~0U, ~0U, ~0U, ~0ULL } },
	};
	struct vnft_session_setup s;
	struct pollfd poller = { .fd = open_device(O_RDWR), .events = POLLIN };
	int fd = poller.fd;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		s = rows[i].setup;
		CHECK_EQ(setup_with(fd, &s), EINVAL, "SETUP: %s: EINVAL", rows[i].what);
	}
	CHECK(ioctl(fd, VNFT_IOC_SETUP, NULL) && errno == EFAULT,
	      "SETUP: no memory of ours: EFAULT");
	CHECK(ioctl(fd, VNFT_IOC_SETUP + 1, &s) && errno == ENOTTY, "another command: ENOTTY");
	CHECK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED && errno == EINVAL,
	      "mmap before SETUP: EINVAL");
	CHECK(poll(&poller, 1, 0) == 1 && poller.revents == POLLERR, "poll before SETUP: POLLERR");
	CHECK(count_is(0, 0), "none of these was a session");
	CHECK(!setup(fd, &s) && s.session && s.ncpus &&
	      s.ring_stride_bytes == 2 * PAGE + RECORDS * VNFT_RECORD_BYTES,
	      "SETUP: session %u, %u rings", s.session, s.ncpus);
	CHECK_EQ(setup(fd, &s), EBUSY, "a second time: EBUSY");
	CHECK(count_is(1, 0), "one session");
	close(fd);
	CHECK(count_is(0, 0), "none after close");
}

/* Sessions until it refuses; its errno. */
static int fill(int *fd, uint32_t records, unsigned int most, unsigned int *opened)
{
	struct vnft_session_setup s;
	unsigned int i;
	int err = 0;

	for (i = 0; i < most && !err; i++) {
		fd[i] = open_device(O_RDWR);
		s = (struct vnft_session_setup){ VNFT_ABI_VERSION, .ring_records = records };
		err = setup_with(fd[i], &s);
	}
	*opened = err ? i - 1 : i;
	while (i--)
		close(fd[i]);
	return err;
}

static void limits(void)
{
	unsigned int n;
	int fd[100];

	CHECK(fill(fd, RECORDS, 100, &n) == ENOSPC && n >= 16, "session %u: ENOSPC", n + 1);
	CHECK(fill(fd, VNFT_RING_MAX_RECORDS, 100, &n) == ENOMEM,
	      "more memory than all rings may have, at session %u: ENOMEM", n + 1);
	CHECK(count_is(0, 0), "none is left of them");
	CHECK(fill(fd, RECORDS, 10, &n) == 0, "and there is room again");
}

/* A mapping as asked: 0 or errno; undone at once. */
static int map(int fd, size_t bytes, int prot, int flags, uint64_t offset)
{
	void *at = mmap(NULL, bytes, prot, flags, fd, (off_t)offset);

	if (at == MAP_FAILED)
		return errno;
	munmap(at, bytes);
	return 0;
}

static void mappings(int fd, const struct vnft_session_setup *s)
{
	const int read_write = PROT_READ | PROT_WRITE;
	const uint64_t stride = s->ring_stride_bytes, last = (s->ncpus - 1) * stride;
	int read_only = open_device(O_RDONLY);
	struct vnft_session_setup other;

	CHECK_EQ(map(fd, stride, PROT_READ, MAP_SHARED, 0), 0, "mmap: a ring, read only");
	CHECK_EQ(map(fd, PAGE, read_write, MAP_SHARED, 0), 0, "mmap: its first page, writable");
	CHECK_EQ(map(fd, PAGE, read_write, MAP_SHARED, last), 0, "mmap: that of the last CPU");
	CHECK_EQ(map(fd, PAGE, PROT_READ, MAP_SHARED, last + PAGE), 0, "mmap: one page within");
	CHECK_EQ(map(fd, PAGE, read_write, MAP_SHARED, PAGE), EACCES,
		 "mmap: the producer's page writable: EACCES");
	CHECK_EQ(map(fd, PAGE, PROT_WRITE, MAP_SHARED, 2 * PAGE), EACCES,
		 "mmap: records writable: EACCES");
	CHECK_EQ(map(fd, 2 * PAGE, read_write, MAP_SHARED, 0), EACCES,
		 "mmap: both pages writable: EACCES");
	CHECK_EQ(map(fd, stride, read_write, MAP_SHARED, 0), EACCES,
		 "mmap: a whole ring writable: EACCES");
	CHECK_EQ(map(fd, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, 0), EACCES,
		 "mmap: to execute it: EACCES");
	CHECK_EQ(map(fd, PAGE, read_write, MAP_PRIVATE, 0), EINVAL, "mmap: a private copy: EINVAL");
	CHECK_EQ(map(fd, stride + PAGE, PROT_READ, MAP_SHARED, 0), EINVAL,
		 "mmap: beyond its ring: EINVAL");
	CHECK_EQ(map(fd, 2 * PAGE, PROT_READ, MAP_SHARED, stride - PAGE), EINVAL,
		 "mmap: across two rings: EINVAL");
	CHECK_EQ(map(fd, PAGE, PROT_READ, MAP_SHARED, last + stride), EINVAL,
		 "mmap: behind the last ring: EINVAL");
	CHECK(map(fd, PAGE, PROT_READ, MAP_SHARED, INT64_MAX & ~(uint64_t)(PAGE - 1)),
	      "mmap: at the end of all offsets");
	CHECK(!setup(read_only, &other) && map(read_only, PAGE, PROT_READ, MAP_SHARED, 0) == 0 &&
	      map(read_only, PAGE, read_write, MAP_SHARED, 0) == EACCES,
	      "mmap: opened for reading: nothing is writable");
	close(read_only);
}

static sigjmp_buf back;

static void on_fault(int sig)
{
	siglongjmp(back, sig);
}

/* The signal that a store raises, 0 if it passes. */
static int store(void *to)
{
	const struct sigaction act = { .sa_handler = on_fault };
	struct sigaction old_segv, old_bus;
	int sig;

	sigaction(SIGSEGV, &act, &old_segv);
	sigaction(SIGBUS, &act, &old_bus);
	sig = sigsetjmp(back, 1);
	if (!sig)
		*(volatile uint64_t *)to = 1;
	sigaction(SIGSEGV, &old_segv, NULL);
	sigaction(SIGBUS, &old_bus, NULL);
	return sig;
}

/* Ways around a mapping that is read only. */
static void ways_around(int fd, uint64_t stride)
{
	char *ring = mmap(NULL, stride, PROT_READ, MAP_SHARED, fd, 0);
	uint64_t one = ~0ULL, before;
	struct iovec from = { &one, sizeof(one) }, to = { ring + PAGE, sizeof(one) };
	int memory = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	memcpy(&before, ring + PAGE, sizeof(before));
	CHECK(mprotect(ring + PAGE, PAGE, PROT_READ | PROT_WRITE) && errno == EACCES,
	      "mprotect to writable: EACCES");
	CHECK(mprotect(ring, PAGE, PROT_READ | PROT_WRITE) && errno == EACCES,
	      "also of the first page, which came with the others");
	CHECK(mprotect(ring, PAGE, PROT_READ | PROT_EXEC) && errno == EACCES,
	      "mprotect to executable: EACCES");
	CHECK(mremap(ring, stride, 2 * stride, MREMAP_MAYMOVE) == MAP_FAILED, "mremap: no larger");
	CHECK(mremap(ring, 0, PAGE, MREMAP_MAYMOVE) == MAP_FAILED, "mremap: no second one");
	CHECK(pwrite(memory, &one, sizeof(one), (off_t)(uintptr_t)(ring + PAGE)) < 0,
	      "/proc/self/mem cannot write it");
	CHECK(process_vm_writev(getpid(), &from, 1, &to, 1, 0) < 0, "nor process_vm_writev()");
	CHECK_EQ(store(ring + PAGE), SIGSEGV, "a store into it is a fault");
	CHECK_EQ(store(ring), SIGSEGV, "also into the first page, mapped with the others");
	CHECK(!memcmp(&before, ring + PAGE, sizeof(before)), "and it is as it was");
	close(memory);
	munmap(ring, stride);
}

/* ---- readers ---- */

struct reader {
	int fd;
	struct vnft_session_setup setup;
	uint32_t device;
	struct ring {
		struct vnft_ring_consumer *consumer;
		const struct vnft_ring_producer *producer;
		const struct vnft_record *record;
	} ring[64];
};

static bool reader_open(struct reader *r)
{
	uint32_t cpu;
	off_t at;

	memset(r, 0, sizeof(*r));
	r->fd = open_device(O_RDWR);
	if (r->fd < 0 || setup(r->fd, &r->setup) || r->setup.ncpus > 64)
		return false;
	for (cpu = 0; cpu < r->setup.ncpus; cpu++) {
		struct ring *ring = &r->ring[cpu];

		at = (off_t)(cpu * r->setup.ring_stride_bytes);
		ring->consumer = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, at);
		ring->producer = mmap(NULL, r->setup.ring_stride_bytes - PAGE, PROT_READ,
				      MAP_SHARED, r->fd, at + (off_t)PAGE);
		if (ring->consumer == MAP_FAILED || ring->producer == MAP_FAILED)
			return false;
		ring->record = (const void *)((const char *)ring->producer + PAGE);
	}
	r->device = attach(dev, r->setup.session);
	return r->device;
}

static void reader_unmap(struct reader *r)
{
	uint32_t cpu;

	for (cpu = 0; cpu < r->setup.ncpus; cpu++) {
		munmap(r->ring[cpu].consumer, PAGE);
		munmap((void *)r->ring[cpu].producer, r->setup.ring_stride_bytes - PAGE);
	}
}

static void reader_close(struct reader *r)
{
	reader_unmap(r);
	close(r->fd);
}

/* Takes what is there; @echo counts the frames of send_frames(). */
static bool reader_read(struct reader *r, uint64_t *echo)
{
	const struct vnft_record *record;
	bool good = true;
	uint64_t tail;
	uint32_t cpu;

	for (cpu = 0; cpu < r->setup.ncpus; cpu++) {
		tail = r->ring[cpu].consumer->tail;
		for (;; tail++) {
			record = &r->ring[cpu].record[tail & (RECORDS - 1)];
			if (__atomic_load_n(&record->seq, __ATOMIC_ACQUIRE) != (uint32_t)(tail + 1))
				break;
			*echo += record->kind == VNFT_KIND_PACKET &&
				 record->class == VNFT_CLASS_ECHO_REQUEST;
			good &= record->cpu == cpu && record->kind && record->kind < VNFT_KIND_NR;
			__atomic_store_n(&r->ring[cpu].consumer->tail, tail + 1, __ATOMIC_RELEASE);
		}
	}
	return good;
}

static uint64_t reader_lost(const struct reader *r)
{
	uint64_t lost = 0;
	uint32_t cpu;

	for (cpu = 0; cpu < r->setup.ncpus; cpu++)
		lost += __atomic_load_n(&r->ring[cpu].producer->lost_full, __ATOMIC_RELAXED);
	return lost;
}

static void *send_later(void *arg)
{
	usleep(50000);
	send_frames(1);
	return NULL;
}

static void polling(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct pollfd poller = { .events = POLLIN };
	struct reader r;
	pthread_t thread;
	uint64_t echo = 0;

	CHECK(reader_open(&r), "a reader of %s", dev);
	poller.fd = r.fd;
	reader_read(&r, &echo);	/* the record that defines the device */
	CHECK(poll(&poller, 1, 30) == 0, "poll: nothing there, nothing comes");
	pthread_create(&thread, NULL, send_later, NULL);
	CHECK(poll(&poller, 1, 5000) == 1 && poller.revents & POLLIN, "poll wakes for a record");
	pthread_join(thread, NULL);
	CHECK(poll(&poller, 1, 0) == 1, "poll: still there");
	CHECK(reader_read(&r, &echo) && echo == 1, "it is the frame that was sent");
	CHECK(poll(&poller, 1, 0) == 0, "poll: taken");
	epoll_ctl(epoll, EPOLL_CTL_ADD, r.fd, &event);
	CHECK(epoll_wait(epoll, &event, 1, 30) == 0, "epoll: nothing there");
	pthread_create(&thread, NULL, send_later, NULL);
	CHECK(epoll_wait(epoll, &event, 1, 5000) == 1, "epoll wakes for a record");
	pthread_join(thread, NULL);
	reader_read(&r, &echo);
	CHECK(epoll_wait(epoll, &event, 1, 30) == 0, "epoll: taken");
	reader_close(&r);
	close(epoll);
	CHECK(count_is(0, 0), "closed, while it was in an epoll set");
}

static atomic_bool stop;

static void *send_on(void *arg)
{
	unsigned int *sent = arg;

	while (!atomic_load(&stop)) {
		send_frames(16);
		*sent += 16;
	}
	return NULL;
}

/* Whatever a reader writes, the others read on. */
static void lies(void)
{
	static const uint64_t tail[] = { 0, 1, ~0ULL, 1ULL << 63, 1ULL << 32, 0xdeadbeefULL };
	struct reader liar, honest;
	struct vnft_module_device seen;
	unsigned int sent = 0, seed = 7, i;
	uint64_t echo = 0, before, mine = 0;
	pthread_t thread;
	bool good = true;
	uint32_t cpu;

	CHECK(reader_open(&liar) && reader_open(&honest), "two readers of %s", dev);
	reader_read(&honest, &echo);
	atomic_store(&stop, false);
	pthread_create(&thread, NULL, send_on, &sent);
	for (i = 0; i < 20000; i++) {
		cpu = i % liar.setup.ncpus;
		liar.ring[cpu].consumer->tail = i % 4 ? tail[i % 6] + i :
			(uint64_t)rand_r(&seed) << 32 | (uint64_t)rand_r(&seed);
		memset((char *)liar.ring[cpu].consumer + 8, (int)i, PAGE - 8);
		good &= reader_read(&honest, &echo);
	}
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	good &= reader_read(&honest, &echo);
	CHECK(good && sent, "%u frames while one reader lies: the other's records are whole", sent);
	CHECK(!vnft_module_get(honest.device, &seen) &&
	      echo + seen.counters.lost[VNFT_LOST_RING_FULL] == sent &&
	      seen.counters.dir[VNFT_DIR_OUT].packets == sent,
	      "and none of them missing: %llu read, %llu lost", (unsigned long long)echo,
	      (unsigned long long)seen.counters.lost[VNFT_LOST_RING_FULL]);
	CHECK(reader_lost(&honest) == seen.counters.lost[VNFT_LOST_RING_FULL],
	      "rings and counters say the same of its losses");
	for (cpu = 0; cpu < liar.setup.ncpus; cpu++)
		liar.ring[cpu].consumer->tail = liar.ring[cpu].producer->head;
	before = reader_lost(&liar);
	send_frames(10);
	CHECK(reader_read(&liar, &mine) && mine == 10 && reader_lost(&liar) == before,
	      "the liar reads as well, once it tells the truth");
	reader_close(&liar);
	CHECK(count_is(1, 1), "its end is not the other's");
	reader_close(&honest);
	CHECK(count_is(0, 0), "both ended");
}

/*
 * Killed at any moment, under traffic. Another device stays attached meanwhile: netfilter's hooks
 * would be patched in and out of the code that sends, and QEMU 7.2 without KVM may keep what it
 * translated from code that is just being patched ("Oops: int3").
 */
static void killed(void)
{
	const uint32_t other = attach("vnftb", 0);
	unsigned int sent = 0, i;
	struct reader r;
	pthread_t thread;
	uint64_t echo;
	pid_t pid;

	atomic_store(&stop, false);
	pthread_create(&thread, NULL, send_on, &sent);
	for (i = 0; i < 30; i++) {
		pid = fork();
		if (!pid) {
			while (reader_open(&r)) {
				echo = 0;
				while (echo < 1000)
					reader_read(&r, &echo);
				reader_close(&r);
			}
			_exit(1);
		}
		usleep(500 * i);
		kill(pid, SIGKILL);
		if (!QUIET(waitpid(pid, NULL, 0) == pid, "reader %u", i) ||
		    !QUIET(count_is(0, 1), "reader %u left something", i))
			break;
	}
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	QUIET(other && !vnft_module_detach(other, 0), "vnftb");
	CHECK(i == 30, "30 readers killed under traffic (%u frames): nothing is left", sent);
}

static void mapping_alone(void)
{
	uint64_t echo = 0;
	struct reader r;

	CHECK(reader_open(&r), "a reader");
	close(r.fd);
	CHECK(count_is(1, 1), "its file closed, its mappings keep the session");
	send_frames(5);
	CHECK(reader_read(&r, &echo) && echo == 5, "which records");
	reader_unmap(&r);
	CHECK(count_is(0, 0), "the last mapping ends it");
}

int main(void)
{
	struct vnft_session_setup s;
	int fd;

	if (!CHECK(life_veth(dev, "vnftb"), "a veth"))
		return unit_done();
	packet_socket = life_socket(dev);
	opening();
	setups();
	limits();
	fd = open_device(O_RDWR);
	CHECK(!setup(fd, &s), "a session");
	mappings(fd, &s);
	ways_around(fd, s.ring_stride_bytes);
	close(fd);
	polling();
	lies();
	killed();
	mapping_alone();
	return unit_done();
}
