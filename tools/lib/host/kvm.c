/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does KVM run instructions, or does it emulate them? A vCPU counts in a two-instruction loop in
 * long mode for 100 ms. Hardware does 500 million rounds a second and more. A nested KVM that
 * emulates does about one million: it creates vCPUs just as well, but its guests hang. On a
 * processor that QEMU's TCG emulates such a loop is fast, because it is translated once; what else
 * a guest does is not. There the processor says what it is.
 *
 * The loop runs in a child, so that a vCPU that cannot be stopped takes only the child along. The
 * child also has its own timer signal.
 */
#include "kvm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/kvm.h>

#include "../run/clock.h"
#include "processor.h"

/* A fifth of the slowest real hardware: below it no guest boots while a bench waits. */
#define USABLE_MIPS 100.0
#define COUNT_MS 100
#define GIVE_UP_MS 1000
/* There everything takes longer, and on a busy machine much longer. */
#define GIVE_UP_TCG_MS 30000

struct outcome {
	uint64_t rounds;
	uint64_t ns;
	int err;
	char step[32];
};

static void on_alarm(int sig)
{
}

#ifdef __x86_64__
#define MEM_BYTES 0x10000
#define CODE 0x8000
#define CPUID_ENTRIES 256	/* KVM has no more */

/* inc %rcx; jmp back */
static const uint8_t code[] = { 0x48, 0xff, 0xc1, 0xeb, 0xfb };

static int failed(struct outcome *out, const char *step)
{
	out->err = errno ? errno : EIO;
	snprintf(out->step, sizeof(out->step), "%s", step);
	return -1;
}

/*
 * All that this KVM can give: a vCPU that was told nothing has no long mode, and newer kernels do
 * not let it in. Where KVM does not say, entering it will.
 */
static void set_cpuid(int kvm, int vcpu)
{
	struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 entry[CPUID_ENTRIES];
	} cpuid = { .head.nent = CPUID_ENTRIES };

	if (!ioctl(kvm, KVM_GET_SUPPORTED_CPUID, &cpuid))
		ioctl(vcpu, KVM_SET_CPUID2, &cpuid);
}

/* One 2 MiB page mapped one to one, flat segments. */
static int enter_long_mode(int vcpu, uint8_t *mem)
{
	struct kvm_segment seg = {
		.limit = 0xffffffff, .selector = 8, .type = 11,
		.present = 1, .s = 1, .l = 1, .g = 1,
	};
	struct kvm_regs regs = { .rip = CODE, .rflags = 2, .rsp = MEM_BYTES };
	struct kvm_sregs sregs;

	*(uint64_t *)(mem + 0x1000) = 0x2000 | 3;
	*(uint64_t *)(mem + 0x2000) = 0x3000 | 3;
	*(uint64_t *)(mem + 0x3000) = 0x83;
	memcpy(mem + CODE, code, sizeof(code));
	if (ioctl(vcpu, KVM_GET_SREGS, &sregs))
		return -1;
	sregs.cr3 = 0x1000;
	sregs.cr4 = 1 << 5;			/* PAE */
	sregs.cr0 = 0x80050033;			/* PG AM WP NE ET MP PE */
	sregs.efer = 0x500;			/* LME LMA */
	sregs.cs = seg;
	seg.type = 3;
	seg.l = 0;
	seg.selector = 16;
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = seg;
	return ioctl(vcpu, KVM_SET_SREGS, &sregs) || ioctl(vcpu, KVM_SET_REGS, &regs) ? -1 : 0;
}

static int count(int vcpu, struct kvm_run *run, struct outcome *out)
{
	/* Repeated every 10 ms, as the first signal may come before the vCPU is entered. */
	struct itimerval when = { .it_value.tv_usec = COUNT_MS * 1000,
				  .it_interval.tv_usec = 10000 };
	uint64_t start_ns = vnft_now_ns();
	struct kvm_regs regs;

	setitimer(ITIMER_REAL, &when, NULL);
	while (!ioctl(vcpu, KVM_RUN, 0) || errno == EAGAIN)
		if (run->exit_reason != KVM_EXIT_INTR ||
		    vnft_now_ns() - start_ns > 2 * COUNT_MS * 1000000ULL)
			break;
	out->ns = vnft_now_ns() - start_ns;
	if (ioctl(vcpu, KVM_GET_REGS, &regs))
		return failed(out, "KVM_GET_REGS");
	out->rounds = regs.rcx;
	if (run->exit_reason != KVM_EXIT_INTR && out->ns < COUNT_MS * 500000ULL) {
		errno = EIO;
		return failed(out, "KVM_RUN");
	}
	return 0;
}

static int run_vcpu(struct outcome *out)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEM_BYTES };
	int kvm, vm, vcpu, run_bytes;
	struct kvm_run *run;
	uint8_t *mem;

	errno = 0;
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		return failed(out, "open");
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0)
		return failed(out, "KVM_CREATE_VM");
	mem = mmap(NULL, MEM_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED)
		return failed(out, "mmap");
	region.userspace_addr = (uintptr_t)mem;
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region))
		return failed(out, "KVM_SET_USER_MEMORY_REGION");
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (vcpu < 0)
		return failed(out, "KVM_CREATE_VCPU");
	set_cpuid(kvm, vcpu);
	run_bytes = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	run = run_bytes > 0
		      ? mmap(NULL, (size_t)run_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0)
		      : MAP_FAILED;
	if (run == MAP_FAILED)
		return failed(out, "mmap of the vCPU");
	if (enter_long_mode(vcpu, mem))
		return failed(out, "KVM_SET_SREGS");
	return count(vcpu, run, out);
}
#else
static int run_vcpu(struct outcome *out)
{
	out->err = EOPNOTSUPP;
	snprintf(out->step, sizeof(out->step), "loop for this processor");
	return -1;
}
#endif

/* The child: report and leave; the kernel takes the vCPU apart. */
static void child(int fd, pid_t parent)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct outcome out = { 0 };
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	sigaction(SIGALRM, &sa, NULL);
	run_vcpu(&out);
	_exit(write(fd, &out, sizeof(out)) != sizeof(out));
}

static bool run_child(struct outcome *out, int give_up_ms)
{
	pid_t pid, parent = getpid();
	struct pollfd pfd;
	bool ok = false;
	int fd[2];

	if (pipe2(fd, O_CLOEXEC))
		return false;
	pid = fork();
	if (!pid)
		child(fd[1], parent);
	close(fd[1]);
	pfd = (struct pollfd){ .fd = fd[0], .events = POLLIN };
	while (pid > 0 && poll(&pfd, 1, give_up_ms) < 0 && errno == EINTR)
		;
	if (pid > 0 && (pfd.revents & POLLIN))
		ok = read(fd[0], out, sizeof(*out)) == sizeof(*out);
	close(fd[0]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	return ok;
}

static struct vnft_kvm_speed measured;

static void measure(void)
{
	const bool tcg = vnft_processor_is_tcg();
	const int give_up_ms = tcg ? GIVE_UP_TCG_MS : GIVE_UP_MS;
	struct vnft_kvm_speed *s = &measured;
	struct outcome out = { 0 };

	if (access("/dev/kvm", F_OK))
		snprintf(s->why, sizeof(s->why),
			 "/dev/kvm: not there: modprobe kvm_intel or kvm_amd, or "
			 "turn virtualization on in the firmware");
	else if (!run_child(&out, give_up_ms))
		snprintf(s->why, sizeof(s->why), "a vCPU did not come back within %d ms",
			 give_up_ms);
	else if (out.err == EACCES)
		snprintf(s->why, sizeof(s->why), "/dev/kvm: no permission: adduser $USER kvm");
	else if (out.err)
		snprintf(s->why, sizeof(s->why), "/dev/kvm: %s: %s", out.step, strerror(out.err));
	else
		s->mips = out.ns ? (double)out.rounds * 1e3 / (double)out.ns : 0;
	if (s->why[0])
		return;
	s->usable = s->mips >= USABLE_MIPS && !tcg;
	if (tcg)
		snprintf(s->why, sizeof(s->why),
			 "QEMU's TCG emulates this processor, and so what KVM runs on it");
	else if (!s->usable)
		snprintf(s->why, sizeof(s->why),
			 "a vCPU makes %.3g million loops a second (hardware: over "
			 "500): KVM here is emulated",
			 s->mips);
}

void vnft_kvm_measure(struct vnft_kvm_speed *speed)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, measure);
	*speed = measured;
}
