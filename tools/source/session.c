/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sessions of both observers: their devices, and how their rings are drained.
 */
#include "session.h"

#include <errno.h>

#include "../lib/text/error.h"

static struct vnft_source_session *session(struct vnft_source *source)
{
	return (struct vnft_source_session *)source;
}

void vnft_session_init(struct vnft_source_session *s, const struct vnft_source_ops *ops,
		       const struct vnft_source_config *config)
{
	s->source.ops = ops;
	pthread_mutex_init(&s->lock, NULL);
	if (config)
		s->config = *config;
	if (!s->config.ring_records)
		s->config.ring_records = VNFT_SESSION_RING_RECORDS;
}

void vnft_session_exit(struct vnft_source_session *s)
{
	pthread_mutex_destroy(&s->lock);
}

int vnft_session_check_ring(uint32_t records, uint32_t min_records, uint32_t max_records)
{
	if (records & (records - 1) || records < min_records || records > max_records)
		return vnft_fail(-EINVAL, "%u records per ring: a power of two from %u to %u",
				 records, min_records, max_records);
	return 0;
}

int vnft_session_drain(struct vnft_source *source, vnft_record_fn fn, void *arg)
{
	return vnft_rings_drain(&session(source)->rings, fn, arg);
}

uint64_t vnft_session_lost(const struct vnft_source *source)
{
	return vnft_rings_lost(&((const struct vnft_source_session *)source)->rings);
}

void vnft_session_insert(struct vnft_source_session *s, struct vnft_member *m)
{
	pthread_mutex_lock(&s->lock);
	m->next = s->members;
	s->members = m;
	pthread_mutex_unlock(&s->lock);
}

/* Under the lock: what points to the member of this id, or to NULL. */
static struct vnft_member **place_of(struct vnft_source_session *s, uint16_t id)
{
	struct vnft_member **at;

	for (at = &s->members; *at && (*at)->id != id; at = &(*at)->next)
		;
	return at;
}

static struct vnft_member *missing(uint16_t id)
{
	vnft_fail(-ENOENT, "device %u is not attached", id);
	return NULL;
}

struct vnft_member *vnft_session_find(struct vnft_source *source, uint16_t id)
{
	struct vnft_source_session *s = session(source);
	struct vnft_member *m;

	pthread_mutex_lock(&s->lock);
	m = *place_of(s, id);
	pthread_mutex_unlock(&s->lock);
	return m ? m : missing(id);
}

struct vnft_member *vnft_session_remove(struct vnft_source *source, uint16_t id)
{
	struct vnft_source_session *s = session(source);
	struct vnft_member **at, *m;

	pthread_mutex_lock(&s->lock);
	at = place_of(s, id);
	m = *at;
	if (m)
		*at = m->next;
	pthread_mutex_unlock(&s->lock);
	return m ? m : missing(id);
}

struct vnft_member *vnft_session_pop(struct vnft_source_session *s)
{
	struct vnft_member *m;

	pthread_mutex_lock(&s->lock);
	m = s->members;
	if (m)
		s->members = m->next;
	pthread_mutex_unlock(&s->lock);
	return m;
}
