/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loads bpf/path.bpf.c. Each hook gets the best mechanism that this kernel lets us have, or the
 * reason why it has none. That is tried, and not guessed from a version.
 */
#include "stages_load.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../lib/text/error.h"
#include "path.skel.h"

#define BIT(hook) VNFT_STAGE_BIT(hook)
#define HOOKS	VNFT_HOOK_MAX

/* Names of a hook's program, and of the twin for raw_tp that a tracepoint's program has. */
static const struct {
	const char *program, *raw;
} hook_table[HOOKS] = {
#define X(id, name, ...) [id] = { "vnft_" #name, "vnft_raw_" #name },
	VNFT_HOOKS(X)
#undef X
};

uint64_t vnft_stages_needs(uint64_t hooks)
{
	uint64_t work = hooks;
	uint32_t hook;

	for (hook = 0; hook < HOOKS; hook++)
		if (hooks & BIT(hook))
			work |= vnft_hook_row(hook)->bpf_needs;
	return work;
}

const char *vnft_stages_misfit(enum vnft_hook hook, uint8_t link)
{
	const struct vnft_hook_row *row = vnft_hook_row(hook);

	if (vnft_hooks_fit(BIT(hook), link))
		return NULL;
	if (row->where == VNFT_HOOK_CORE)
		return "only frames of a tap are read and freed as its own";
	switch (row->links) {
	case VNFT_LINKS_TAP:
		return "the device is no tap";
	case VNFT_LINKS_VETH:
		return "the device is no veth";
	case VNFT_LINKS_VIF:
		return "the device is no Xen vif";
	default:
		return "the device is of another kind";
	}
}

static void refuse(struct vnft_stages *s, uint32_t hook, const char *what, int err)
{
	s->how[hook] = NULL;
	if (!err)
		snprintf(s->why[hook], sizeof(s->why[hook]), "%s", what);
	else
		snprintf(s->why[hook], sizeof(s->why[hook]), "%s: %s%s", what, strerror(-err),
			 err == -EPERM ? ": capability missing or kernel locked down" : "");
}

static void *read_btf(const char *name, size_t *bytes)
{
	const size_t chunk = 1 << 20;
	char path[64], *to = NULL, *more;
	ssize_t got = 1;
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	for (*bytes = 0; fd >= 0 && got > 0; *bytes += got > 0 ? (size_t)got : 0) {
		more = realloc(to, *bytes + chunk);
		if (!more)
			break;
		to = more;
		got = read(fd, to + *bytes, chunk);
	}
	if (fd >= 0)
		close(fd);
	return to;
}

/* Is @hook a function of this module? */
static bool is_of(uint32_t hook, const char *module)
{
	const struct vnft_hook_row *row = vnft_hook_row(hook);

	return row->where == VNFT_HOOK_DRIVER && !strcmp(row->module, module);
}

/*
 * Finds which of a driver's functions there are, in its module or in the kernel. It looks for their
 * names only, because parsing the whole BTF costs more than all the rest. load() fails if one is
 * no function.
 */
static void find_functions(struct vnft_stages *s, const char *driver, const void *kernel,
			   size_t kernel_bytes)
{
	size_t module_bytes;
	void *module = read_btf(driver, &module_bytes);
	uint32_t hook;

	for (hook = 0; hook < HOOKS; hook++) {
		const char *name = vnft_hook_row(hook)->name;
		const size_t bytes = name ? strlen(name) + 1 : 0;

		if (!is_of(hook, driver))
			continue;
		if ((module && memmem(module, module_bytes, name, bytes)) ||
		    (kernel && memmem(kernel, kernel_bytes, name, bytes)))
			s->how[hook] = "fentry";
		else
			refuse(s, hook, "not in this kernel, or its module not loaded", 0);
	}
	free(module);
}

/* BTF id 1 is no function; a kernel that forbids fentry answers EPERM before it finds that. */
static int try_fentry(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY,
		    .attach_btf_id = 1);
	int fd;

	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "vnft_probe", "GPL", insns, 2, &opts);
	if (fd >= 0)
		close(fd);
	return fd == -EPERM ? fd : 0;
}

static void find_hooks(struct vnft_stages *s)
{
	int err = try_fentry();
	size_t bytes = 0;
	void *kernel = err ? NULL : read_btf("vmlinux", &bytes);
	uint32_t hook, first;

	for (hook = 0; hook < HOOKS; hook++) {
		const struct vnft_hook_row *row = vnft_hook_row(hook);

		if (row->where == VNFT_HOOK_CORE) {
			s->how[hook] = "tp_btf";
		} else if (row->where == VNFT_HOOK_DRIVER && err) {
			refuse(s, hook, "fentry", err);
		} else if (row->where == VNFT_HOOK_DRIVER) {
			/* A module's BTF is read once, for the first of its hooks. */
			for (first = 0; !is_of(first, row->module); first++)
				;
			if (first == hook)
				find_functions(s, row->module, kernel, bytes);
		}
	}
	free(kernel);
}

static struct bpf_program *program(const struct vnft_stages *s, uint32_t hook, bool raw)
{
	return bpf_object__find_program_by_name(s->object, raw ? hook_table[hook].raw :
								 hook_table[hook].program);
}

static void choose_programs(struct vnft_stages *s)
{
	struct bpf_program *prog;
	uint32_t hook;
	int raw;

	for (hook = 0; hook < HOOKS; hook++)
		for (raw = 0; hook_table[hook].program && raw < 2; raw++) {
			prog = program(s, hook, raw);
			if (prog)
				bpf_program__set_autoload(prog, s->how[hook] &&
							  raw == !strcmp(s->how[hook], "raw_tp"));
		}
}

static struct bpf_map *map(const struct vnft_stages *s, const char *name)
{
	return bpf_object__find_map_by_name(s->object, name);
}

static int load(struct vnft_stages *s, const struct vnft_rings *rings, int outer_fd)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "vnft_");
	const struct vnft_path_conf conf = {
		.secret = { s->secret[0], s->secret[1] },
		.ring_mask = rings->records - 1,
	};
	size_t elf_bytes;
	const void *elf = path_bpf__elf_bytes(&elf_bytes);
	int err;

	bpf_object__close(s->object);
	s->object = bpf_object__open_mem(elf, elf_bytes, &opts);
	if (!s->object)
		return -errno;
	err = bpf_map__set_initial_value(map(s, ".rodata"), &conf, sizeof(conf));
	err = err ? err : bpf_map__set_max_entries(map(s, "vnft_path_named"), rings->ncpus);
	err = err ? err : bpf_map__set_max_entries(map(s, "vnft_path_mem"),
						   VNFT_PATH_MEMORY(rings->ncpus, 0));
	err = err ? err : bpf_map__reuse_fd(map(s, "vnft_rings"), outer_fd);
	if (err)
		return err;
	choose_programs(s);
	return bpf_object__load(s->object);
}

/* If the kernel refuses the programs, try without those in functions, then with raw_tp alone. */
static int load_what_works(struct vnft_stages *s, const struct vnft_rings *rings, int outer_fd)
{
	int err = load(s, rings, outer_fd);
	uint32_t hook;

	for (hook = 0; err && hook < HOOKS; hook++)
		if (s->how[hook] && !strcmp(s->how[hook], "fentry"))
			refuse(s, hook, "fentry", err);
	if (err)
		err = load(s, rings, outer_fd);
	for (hook = 0; err && hook < HOOKS; hook++)
		if (s->how[hook])
			s->how[hook] = "raw_tp";
	return err ? load(s, rings, outer_fd) : 0;
}

static void *map_memory(const struct vnft_stages *s, const char *name, size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
		       bpf_map__fd(map(s, name)), 0);

	return p == MAP_FAILED ? NULL : p;
}

int vnft_stages_load(struct vnft_stages *s, const struct vnft_rings *rings, int outer_fd)
{
	int err;

	if (s->loaded)
		return 0;
	find_hooks(s);
	err = load_what_works(s, rings, outer_fd);
	if (err)
		return vnft_fail(err, "the kernel refused the programs for stages: %s "
				 "(-v shows why)", strerror(-err));
	s->ncpus = rings->ncpus;
	s->memory_bytes = sizeof(*s->memory) * VNFT_PATH_MEMORY(s->ncpus, 0);
	s->state = map_memory(s, ".bss", sizeof(*s->state));
	s->memory = map_memory(s, "vnft_path_mem", s->memory_bytes);
	if (!s->state || !s->memory)
		return vnft_fail(-errno, "stages: cannot map their state: %s", strerror(errno));
	s->loaded = true;
	return 0;
}

static void attach_one(struct vnft_stages *s, uint32_t hook)
{
	struct bpf_program *prog = program(s, hook, !strcmp(s->how[hook], "raw_tp"));

	s->link[hook] = prog ? bpf_program__attach(prog) : NULL;
	if (!s->link[hook])
		refuse(s, hook, s->how[hook], prog ? -errno : -ENOENT);
}

void vnft_stages_attach(struct vnft_stages *s, uint64_t work)
{
	uint32_t hook;

	for (hook = 0; hook < HOOKS; hook++) {
		if (!(work & BIT(hook))) {
			bpf_link__destroy(s->link[hook]);
			s->link[hook] = NULL;
		} else if (!s->link[hook] && s->how[hook]) {
			attach_one(s, hook);
		}
	}
}

uint64_t vnft_stages_missed(const struct vnft_stages *s, uint64_t hooks)
{
	struct bpf_prog_info info;
	uint64_t missed = 0;
	uint32_t hook, bytes;

	for (hook = 0; hook < HOOKS; hook++) {
		if (!(hooks & BIT(hook)) || !s->how[hook] || strcmp(s->how[hook], "fentry"))
			continue;
		memset(&info, 0, sizeof(info));
		bytes = sizeof(info);
		if (!bpf_obj_get_info_by_fd(bpf_program__fd(program(s, hook, false)), &info,
					    &bytes))
			missed += info.recursion_misses;
	}
	return missed;
}

void vnft_stages_unload(struct vnft_stages *s)
{
	vnft_stages_attach(s, 0);
	if (s->state)
		munmap(s->state, sizeof(*s->state));
	if (s->memory)
		munmap(s->memory, s->memory_bytes);
	bpf_object__close(s->object);
}
