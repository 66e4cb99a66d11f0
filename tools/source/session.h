/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the sessions of both observers have in common: configuration, rings, devices by their ids.
 */
#ifndef VNFT_SOURCE_SESSION_H
#define VNFT_SOURCE_SESSION_H

#include <pthread.h>

#include "ring.h"
#include "source.h"

/* Records per CPU, unless the configuration says another number. */
#define VNFT_SESSION_RING_RECORDS	32768U

/* A device of a session; the observer's own struct begins with it. */
struct vnft_member {
	struct vnft_member *next;
	uint16_t id;
};

/**
 * struct vnft_source_session - a session; the observer's own struct begins with it
 * @lock: of @members
 */
struct vnft_source_session {
	struct vnft_source source;
	struct vnft_source_config config;
	struct vnft_rings rings;
	pthread_mutex_t lock;
	struct vnft_member *members;
};

/* @config may be NULL: all defaults. */
void vnft_session_init(struct vnft_source_session *s, const struct vnft_source_ops *ops,
		       const struct vnft_source_config *config);
/* The observer frees the rings and members itself. */
void vnft_session_exit(struct vnft_source_session *s);
/* Is that a number of records for a ring? -EINVAL after vnft_fail(). */
int vnft_session_check_ring(uint32_t records, uint32_t min_records, uint32_t max_records);
/* As vnft_source_ops.drain. */
int vnft_session_drain(struct vnft_source *source, vnft_record_fn fn, void *arg);

/* Records that found no room in its rings. */
uint64_t vnft_session_lost(const struct vnft_source *source);

void vnft_session_insert(struct vnft_source_session *s, struct vnft_member *m);
/* A device by its id, valid until it is detached; NULL after vnft_fail() if there is none. */
struct vnft_member *vnft_session_find(struct vnft_source *source, uint16_t id);
/* Take a device out of the list; NULL after vnft_fail() if it is not there. */
struct vnft_member *vnft_session_remove(struct vnft_source *source, uint16_t id);
/* Take out any one; NULL if none is left. */
struct vnft_member *vnft_session_pop(struct vnft_source_session *s);

#endif
