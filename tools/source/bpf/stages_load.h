/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The programs of bpf/path.bpf.c in a session, and the mechanism of each hook.
 */
#ifndef VNFT_SOURCE_BPF_STAGES_LOAD_H
#define VNFT_SOURCE_BPF_STAGES_LOAD_H

#include "../../../bpf/path_types.bpf.h"
#include "device.h"
#include "ring.h"

struct bpf_link;

#define VNFT_STAGE_BIT(hook)	(1ULL << (hook))

/**
 * struct vnft_stages - of one session
 * @loaded: the programs are, and @how and @why are known
 * @how: mechanism by hook; NULL if there is none, for the reason in @why
 * @owner: devices by their place in @state
 */
struct vnft_stages {
	uint64_t secret[2];
	bool loaded;
	struct bpf_object *object;
	struct vnft_path_state *state;
	struct vnft_path_memory *memory;
	size_t memory_bytes;
	uint32_t ncpus;
	const char *how[VNFT_HOOK_MAX];
	char why[VNFT_HOOK_MAX][96];
	struct bpf_link *link[VNFT_HOOK_MAX];
	struct vnft_bpf_device *owner[VNFT_PATH_DEVICES];
};

/* Hooks that have to run for @hooks. */
uint64_t vnft_stages_needs(uint64_t hooks);
/* Why a hook is none of a device with this enum vnft_link; NULL if it is one. */
const char *vnft_stages_misfit(enum vnft_hook hook, uint8_t link);
/* Load what this kernel has, with the session's rings. */
int vnft_stages_load(struct vnft_stages *s, const struct vnft_rings *rings, int outer_fd);
/* Attach the hooks of @work, detach all others. One that refuses loses its @how, and has a @why. */
void vnft_stages_attach(struct vnft_stages *s, uint64_t work);
/*
 * Calls of the drivers' functions among @hooks that no program saw, of all devices: where a task
 * may be preempted in a program, the kernel does not run it for the next task on that CPU.
 */
uint64_t vnft_stages_missed(const struct vnft_stages *s, uint64_t hooks);
void vnft_stages_unload(struct vnft_stages *s);

#endif
