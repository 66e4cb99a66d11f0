/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this kernel lets us do, tried with programs of two instructions. A child in a network
 * namespace of its own, or on a device of its own, tries the hooks: they see nobody's packets.
 */
#include "probe.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../kmod/core/hooks.h"
#include "../../lib/net/link.h"
#include "../../lib/net/link_set.h"
#include "../../lib/text/error.h"
#include "caps.h"
#include "tcx.h"

#define LO		1	/* ifindex of lo in every namespace */
#define FENTRY_ON	"__dev_queue_xmit"

struct hooks_report {
	char tcx[96], clsact[96];
};

/* r0 = value; exit */
static int tiny(enum bpf_prog_type type, int value, struct bpf_prog_load_opts *opts)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = value },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(type, "vnft_probe", "GPL", insns, 2, opts);
}

static void say(char why[96], const char *what, int err)
{
	snprintf(why, 96, "%s: %s", what, strerror(-err));
}

static void try_tcx(int ifindex, int prog_fd, char why[96])
{
	struct vnft_tcx_link_attr attr = {
		.prog_fd = (uint32_t)prog_fd,
		.ifindex = (uint32_t)ifindex,
		.attach_type = VNFT_BPF_TCX_INGRESS,
		.flags = VNFT_BPF_F_BEFORE,
	};
	long fd = vnft_bpf(BPF_LINK_CREATE, &attr, sizeof(attr));

	if (fd >= 0)
		close((int)fd);
	else if (errno == EINVAL)
		snprintf(why, 96, "this kernel has no tcx (%s or newer has)",
			 vnft_hook_row(VNFT_HOOK_TCX_IN)->since);
	else
		say(why, "link", -errno);
}

static void try_clsact(int ifindex, int prog_fd, char why[96])
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = prog_fd, .handle = 1, .priority = 1);
	int err = bpf_tc_hook_create(&hook);

	if (err) {
		say(why, "clsact qdisc (sch_ingress)", err);
		return;
	}
	err = bpf_tc_attach(&hook, &opts);
	if (err)
		say(why, "bpf filter (cls_bpf)", err);
}

static void try_hooks(struct hooks_report *r)
{
	char name[IFNAMSIZ] = "", peer[IFNAMSIZ];
	int fd, err, ifindex = LO;

	fd = tiny(BPF_PROG_TYPE_SCHED_CLS, -1, NULL);
	if (fd < 0) {
		say(r->tcx, "program", fd);
		memcpy(r->clsact, r->tcx, sizeof(r->clsact));
		return;
	}
	/* A namespace needs CAP_SYS_ADMIN, and hooks do not: then a device of our own will do. */
	if (unshare(CLONE_NEWNET)) {
		snprintf(name, sizeof(name), "vnftd%u", (unsigned int)getpid() % 1000000000);
		snprintf(peer, sizeof(peer), "vnfte%u", (unsigned int)getpid() % 1000000000);
		err = vnft_link_add_veth(name, peer, -1);
		ifindex = err ? err : vnft_link_index(name);
		if (ifindex < 0) {
			say(r->tcx, "device to try it on", ifindex);
			memcpy(r->clsact, r->tcx, sizeof(r->clsact));
			return;
		}
	}
	try_tcx(ifindex, fd, r->tcx);
	try_clsact(ifindex, fd, r->clsact);
	if (name[0])
		vnft_link_delete(name);
}

static int in_child(struct hooks_report *r)
{
	int ends[2], status;
	ssize_t got;
	pid_t pid;

	if (pipe(ends))
		return -errno;
	pid = fork();
	if (!pid) {
		memset(r, 0, sizeof(*r));
		try_hooks(r);
		_exit(write(ends[1], r, sizeof(*r)) != sizeof(*r));
	}
	close(ends[1]);
	got = pid > 0 ? read(ends[0], r, sizeof(*r)) : -1;
	close(ends[0]);
	if (pid > 0)
		waitpid(pid, &status, 0);
	return got == sizeof(*r) ? 0 : -ECHILD;
}

static void attach_raw(const char *name, int prog_fd, char why[96])
{
	int fd = bpf_raw_tracepoint_open(name, prog_fd);

	if (fd >= 0)
		close(fd);
	else
		say(why, name ? name : FENTRY_ON, fd);
}

static void try_tracepoint(char why[96])
{
	int fd = tiny(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, NULL);

	if (fd < 0) {
		say(why, "program", fd);
		return;
	}
	attach_raw("sched_process_exec", fd, why);
	close(fd);
}

static void try_fentry(char why[96])
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY);
	int id = libbpf_find_vmlinux_btf_id(FENTRY_ON, BPF_TRACE_FENTRY), fd;

	if (id < 0) {
		snprintf(why, 96, "kernel without BTF of its functions (CONFIG_DEBUG_INFO_BTF)");
		return;
	}
	opts.attach_btf_id = (uint32_t)id;
	fd = tiny(BPF_PROG_TYPE_TRACING, 0, &opts);
	if (fd < 0) {
		say(why, "program", fd);
		return;
	}
	attach_raw(NULL, fd, why);
	close(fd);
}

int vnft_bpf_usable(void)
{
	int fd, err;

	vnft_bpf_quiet();
	err = vnft_bpf_need_caps();
	if (err)
		return err;
	fd = tiny(BPF_PROG_TYPE_SCHED_CLS, -1, NULL);
	if (fd < 0)
		return vnft_fail(-EOPNOTSUPP,
				 "this kernel takes no BPF program of ours: %s: `vnftrace "
				 "doctor` looks why",
				 strerror(-fd));
	close(fd);
	return 0;
}

int vnft_bpf_probe(struct vnft_bpf_probe *probe)
{
	struct hooks_report report;
	int err;

	vnft_bpf_quiet();
	memset(probe, 0, sizeof(*probe));
	err = in_child(&report);
	if (err)
		return vnft_fail(err, "cannot try the hooks in a child: %s", strerror(-err));
	memcpy(probe->tcx_why, report.tcx, sizeof(probe->tcx_why));
	memcpy(probe->clsact_why, report.clsact, sizeof(probe->clsact_why));
	try_tracepoint(probe->tracepoint_why);
	try_fentry(probe->fentry_why);
	probe->tcx = !probe->tcx_why[0];
	probe->clsact = !probe->clsact_why[0];
	probe->tracepoint = !probe->tracepoint_why[0];
	probe->fentry = !probe->fentry_why[0];
	return 0;
}
