/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module observer's own parts, shared by module*.c and attached.c.
 */
#ifndef VNFT_SOURCE_MODULE_H
#define VNFT_SOURCE_MODULE_H

#include <pthread.h>

#include "ctl.h"
#include "../ring.h"
#include "../source.h"

#define VNFT_MODULE_RING_RECORDS	32768U

/**
 * struct vnft_module - a session: an open /dev/vnftrace, its rings and its devices
 * @setup: as the module answered it
 * @devices: what is recorded of each, because the module is told both at once
 */
struct vnft_module {
	struct vnft_source source;
	struct vnft_source_config config;
	int fd;
	struct vnft_session_setup setup;
	struct vnft_rings rings;
	pthread_mutex_t lock;
	struct vnft_module_member {
		struct vnft_module_member *next;
		uint32_t id;
		uint32_t record_mask;
		uint64_t stages;
	} *devices;
};

/* ---- module/ring.c ---- */

/* Open /dev/vnftrace, set the session up with rings of @records, map them. */
int vnft_module_session_open(struct vnft_module *m, uint32_t records);
void vnft_module_session_close(struct vnft_module *m);

/* ---- module.c ---- */

/* The session's number for commands of its own (generators); 0 if @source is not the module's. */
uint32_t vnft_module_session(const struct vnft_source *source);
/* For state, hist, stream and device of what is attached for good: owns nothing. */
int vnft_module_open_attached(struct vnft_source **source);
void vnft_module_state(const struct vnft_module_device *d, uint32_t ncpus,
		       struct vnft_device_state *state);

#endif
