/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loads bpf/boot.bpf.c, which writes the life of instances to a session's rings.
 */
#include "alive.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../lib/text/error.h"
#include "boot.skel.h"

static const struct {
	const char *program;
	bool optional;		/* a tracepoint of a module that may not be there */
} tracepoint[] = {
	{ "vnft_fork", false },
	{ "vnft_exec", false },
	{ "vnft_exit", false },
	{ "vnft_vcpu", true },
};

_Static_assert(sizeof(tracepoint) / sizeof(tracepoint[0]) ==
	       sizeof(((struct vnft_bpf *)0)->life_link) / sizeof(struct bpf_link *),
	       "a link for each tracepoint");

static int load(struct vnft_bpf *b)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "vnft_");
	const uint32_t ring_mask = b->session.rings.records - 1;
	struct bpf_map *rodata, *rings;
	size_t elf_bytes;
	const void *elf = boot_bpf__elf_bytes(&elf_bytes);
	int err;

	b->life = bpf_object__open_mem(elf, elf_bytes, &opts);
	if (!b->life)
		return -errno;
	rodata = bpf_object__find_map_by_name(b->life, ".rodata");
	rings = bpf_object__find_map_by_name(b->life, "vnft_rings");
	if (!rodata || !rings)
		return -ENOENT;
	err = bpf_map__set_initial_value(rodata, &ring_mask, sizeof(ring_mask));
	if (!err)
		err = bpf_map__reuse_fd(rings, b->rings.outer_fd);
	return err ? err : bpf_object__load(b->life);
}

int vnft_bpf_life_start(struct vnft_source *source)
{
	struct vnft_bpf *b = vnft_bpf_of(source);
	struct bpf_program *prog;
	size_t i;
	int err;

	if (b->life)
		return 0;
	err = vnft_bpf_need_outer(b);
	if (err)
		return err;
	err = load(b);
	for (i = 0; !err && i < sizeof(tracepoint) / sizeof(tracepoint[0]); i++) {
		prog = bpf_object__find_program_by_name(b->life, tracepoint[i].program);
		b->life_link[i] = prog ? bpf_program__attach(prog) : NULL;
		if (!b->life_link[i] && !tracepoint[i].optional)
			err = prog ? -errno : -ENOENT;
	}
	if (!err)
		return 0;
	vnft_bpf_life_close(b);
	return vnft_fail(err, "cannot trace exec and exit: %s: CAP_BPF, CAP_PERFMON and a kernel "
			 "with BTF are needed", strerror(-err));
}

static int map_fd(struct vnft_bpf *b, const char *name)
{
	return b->life ? bpf_object__find_map_fd_by_name(b->life, name) : -ENOENT;
}

/* A task is named by a pidfd, so it does not matter which PID namespace we are in. */
static int mark_self(struct vnft_bpf *b, bool on)
{
	const uint32_t mark = 1;
	int own = map_fd(b, "vnft_own"), self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	int err = self < 0 ? -errno : own < 0 ? own : 0;

	if (!err && (on ? bpf_map_update_elem(own, &self, &mark, BPF_ANY) :
		     bpf_map_delete_elem(own, &self)))
		err = -errno;
	if (self >= 0)
		close(self);
	return err;
}

int vnft_bpf_life_begin(struct vnft_source *source)
{
	int err = mark_self(vnft_bpf_of(source), true);

	return err ? vnft_fail(err, "cannot mark the processes of the instance: %s",
			       strerror(-err)) : 0;
}

void vnft_bpf_life_end(struct vnft_source *source)
{
	mark_self(vnft_bpf_of(source), false);
}

int vnft_bpf_life_name(struct vnft_source *source, const char *named)
{
	const uint32_t zero = 0;
	char comm[VNFT_COMM_LEN] = "";
	int fd = map_fd(vnft_bpf_of(source), ".data.named");

	memcpy(comm, named, strnlen(named, sizeof(comm) - 1));
	if (fd < 0 || bpf_map_update_elem(fd, &zero, comm, BPF_ANY))
		return vnft_fail(fd < 0 ? fd : -errno, "cannot ask for processes called %s", comm);
	return 0;
}

void vnft_bpf_life_close(struct vnft_bpf *b)
{
	size_t i;

	for (i = 0; i < sizeof(b->life_link) / sizeof(b->life_link[0]); i++) {
		bpf_link__destroy(b->life_link[i]);
		b->life_link[i] = NULL;
	}
	bpf_object__close(b->life);
	b->life = NULL;
}

void vnft_bpf_life_stop(struct vnft_source *source)
{
	vnft_bpf_life_close(vnft_bpf_of(source));
}
