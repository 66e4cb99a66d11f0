/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One instance of bpf/packet.bpf.c: loaded for one device, its maps mapped into this process.
 */
#include "device.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../lib/text/error.h"
#include "packet.skel.h"

uint32_t vnft_bpf_ncpus(void)
{
	int n = libbpf_num_possible_cpus();

	return n > 0 ? (uint32_t)n : 1;
}

struct vnft_bpf_device *vnft_bpf_device_new(void)
{
	struct vnft_bpf_device *d = calloc(1, sizeof(*d));
	int dir;

	if (!d) {
		vnft_fail(-ENOMEM, "device: out of memory");
		return NULL;
	}
	d->ncpus = vnft_bpf_ncpus();
	d->netns_fd = d->owner_fd = d->pin_fd = -1;
	d->counters_fd = d->hist_fd = d->state_fd = d->conf_fd = d->rings_fd = -1;
	for (dir = 0; dir < VNFT_DIR_NR; dir++)
		d->prog_fd[dir] = d->link_fd[dir] = -1;
	return d;
}

static uint32_t hist_entries(uint32_t ncpus)
{
	return VNFT_HIST_INDEX(ncpus, 0, 0);
}

static size_t map_bytes(size_t value_bytes, size_t entries)
{
	size_t bytes = value_bytes * entries;

	return (bytes + VNFT_PAGE_BYTES - 1) & ~((size_t)VNFT_PAGE_BYTES - 1);
}

static int size_map(struct bpf_object *o, const char *name, uint32_t entries)
{
	struct bpf_map *map = bpf_object__find_map_by_name(o, name);

	return map ? bpf_map__set_max_entries(map, entries) : -ENOENT;
}

static int prepare(struct vnft_bpf_device *d, const struct vnft_bpf_load *how)
{
	struct vnft_bpf_conf conf = {
		.device = how->id,
		.l2_bytes = how->l2_bytes,
		.ncpus = d->ncpus,
		.match_mask = how->match_slots - 1,
		.ring_mask = how->ring_records - 1,
		.side = d->side,
	};
	struct bpf_object *o = d->object;
	struct bpf_map *map;
	int err, dir;

	for (dir = 0; dir < VNFT_DIR_NR; dir++)
		conf.hook[dir] = vnft_hook_at(d->hook[vnft_bpf_way(d, dir)], d->side);

	map = bpf_object__find_map_by_name(o, ".rodata");
	err = map ? bpf_map__set_initial_value(map, &conf, sizeof(conf)) : -ENOENT;
	err = err ? err : size_map(o, "vnft_counters", d->ncpus);
	err = err ? err : size_map(o, "vnft_named", d->ncpus);
	err = err ? err : size_map(o, "vnft_hist", hist_entries(d->ncpus));
	err = err ? err : size_map(o, "vnft_match", how->match_slots);
	if (err)
		return err;
	map = bpf_object__find_map_by_name(o, "vnft_rings");
	if (!map)
		return -ENOENT;
	return bpf_map__reuse_fd(map, how->rings_fd);
}

static int map_fd(struct bpf_object *o, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(o, name);

	return map ? bpf_map__fd(map) : -ENOENT;
}

static int prog_fd(struct bpf_object *o, const char *name)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(o, name);

	return prog ? bpf_program__fd(prog) : -ENOENT;
}

int vnft_bpf_device_load(struct vnft_bpf_device *d, const struct vnft_bpf_load *how)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "vnft_");
	size_t elf_bytes;
	const void *elf = packet_bpf__elf_bytes(&elf_bytes);
	int err;

	d->member.id = how->id;
	d->ring_records = how->ring_records;
	d->match_slots = how->match_slots;
	d->object = bpf_object__open_mem(elf, elf_bytes, &opts);
	if (!d->object)
		return vnft_fail(-errno, "%s: cannot open the built-in program: %s", d->spec,
				 strerror(errno));
	err = prepare(d, how);
	if (!err)
		err = bpf_object__load(d->object);
	if (err)
		return vnft_fail(err, "%s: the kernel refused the program: %s (-v shows why)",
				 d->spec, strerror(-err));
	d->prog_fd[vnft_bpf_way(d, VNFT_DIR_IN)] = prog_fd(d->object, "vnft_in");
	d->prog_fd[vnft_bpf_way(d, VNFT_DIR_OUT)] = prog_fd(d->object, "vnft_out");
	d->counters_fd = map_fd(d->object, "vnft_counters");
	d->hist_fd = map_fd(d->object, "vnft_hist");
	d->state_fd = map_fd(d->object, ".bss");
	d->conf_fd = map_fd(d->object, ".rodata");
	d->rings_fd = map_fd(d->object, "vnft_rings");
	return vnft_bpf_device_map(d);
}

static void *map_memory(int fd, size_t bytes, int prot)
{
	void *p = mmap(NULL, bytes, prot, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

int vnft_bpf_device_map(struct vnft_bpf_device *d)
{
	d->counters = map_memory(d->counters_fd, map_bytes(sizeof(*d->counters), d->ncpus),
				 PROT_READ);
	d->hist = map_memory(d->hist_fd, map_bytes(sizeof(*d->hist), hist_entries(d->ncpus)),
			     PROT_READ);
	d->state = map_memory(d->state_fd, map_bytes(sizeof(*d->state), 1),
			      PROT_READ | PROT_WRITE);
	if (!d->counters || !d->hist || !d->state)
		return vnft_fail(-errno, "%s: cannot map its counters: %s", d->spec,
				 strerror(errno));
	return 0;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void vnft_bpf_device_free(struct vnft_bpf_device *d)
{
	int dir;

	if (!d)
		return;
	if (d->counters)
		munmap((void *)d->counters, map_bytes(sizeof(*d->counters), d->ncpus));
	if (d->hist)
		munmap((void *)d->hist, map_bytes(sizeof(*d->hist), hist_entries(d->ncpus)));
	if (d->state)
		munmap(d->state, map_bytes(sizeof(*d->state), 1));
	for (dir = 0; dir < VNFT_DIR_NR; dir++)
		close_fd(d->link_fd[dir]);
	if (d->object) {	/* owns the other descriptors */
		bpf_object__close(d->object);
	} else {
		for (dir = 0; dir < VNFT_DIR_NR; dir++)
			close_fd(d->prog_fd[dir]);
		close_fd(d->counters_fd);
		close_fd(d->hist_fd);
		close_fd(d->state_fd);
		close_fd(d->conf_fd);
		close_fd(d->rings_fd);
	}
	close_fd(d->netns_fd);
	close_fd(d->owner_fd);
	close_fd(d->pin_fd);
	free(d);
}

uint64_t vnft_bpf_device_memory(const struct vnft_bpf_device *d, uint64_t *per_cpu_bytes)
{
	*per_cpu_bytes = sizeof(*d->counters) + hist_entries(1) * sizeof(*d->hist) +
			 sizeof(struct vnft_bpf_named);
	return map_bytes(*per_cpu_bytes, d->ncpus) + map_bytes(sizeof(*d->state), 1) +
	       map_bytes(sizeof(struct vnft_bpf_conf), 1) +
	       map_bytes(sizeof(struct vnft_match_slot), d->match_slots);
}
