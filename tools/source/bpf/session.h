/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The BPF observer's session: its rings and its devices, which go when it is closed.
 */
#ifndef VNFT_SOURCE_BPF_SESSION_H
#define VNFT_SOURCE_BPF_SESSION_H

#include "../session.h"
#include "device.h"
#include "ring.h"

struct bpf_link;

/**
 * struct vnft_bpf - a session
 * @session: comes first
 * @life: bpf/boot.bpf.c, while exec and exit are traced
 * @stages: NULL until stages were asked for
 */
struct vnft_bpf {
	struct vnft_source_session session;
	struct vnft_bpf_rings rings;
	uint16_t next_id;
	struct bpf_object *life;
	struct bpf_link *life_link[4];
	struct vnft_stages *stages;
};

static inline struct vnft_bpf *vnft_bpf_of(struct vnft_source *source)
{
	return (struct vnft_bpf *)source;
}

/* NULL after vnft_fail() if the id is not of this session. */
struct vnft_bpf_device *vnft_bpf_find(struct vnft_source *source, uint16_t id);
/* A new session has neither rings nor devices. */
int vnft_bpf_session_new(struct vnft_bpf **session, const struct vnft_source_ops *ops,
			 const struct vnft_source_config *config);
/* As many descriptors as this process may have: hundreds of devices need more than the usual. */
void vnft_bpf_raise_descriptors(void);
/* The caller has taken its devices out. */
void vnft_bpf_session_free(struct vnft_bpf *b);
/* Make, unless they are there, the session's rings; and the array of them for its own devices. */
int vnft_bpf_need_rings(struct vnft_bpf *b);
int vnft_bpf_need_outer(struct vnft_bpf *b);

#endif
