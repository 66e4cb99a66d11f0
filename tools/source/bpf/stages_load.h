/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bpf/path.bpf.c of a session: what is loaded, and by which mechanism each hook stamps.
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
 * @loaded: @how and @why are known, and all that can be had is loaded
 * @how: mechanism by hook, NULL: not to be had, for the reason in @why
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
/* Whose driver's function is it? The link (enum vnft_link) must fit; NULL if it is any device's. */
const char *vnft_stages_misfit(enum vnft_hook hook, uint8_t link);
/* Load what this kernel has, with the session's rings. */
int vnft_stages_load(struct vnft_stages *s, const struct vnft_rings *rings, int outer_fd);
/* Exactly the hooks of @work run now; those that refuse are known by their @why. */
void vnft_stages_attach(struct vnft_stages *s, uint64_t work);
void vnft_stages_unload(struct vnft_stages *s);

#endif
