/* SPDX-License-Identifier: GPL-2.0 */
/*
 * K-way merge of per-CPU record streams with a heap of stream heads.
 */
#include "merge.h"

#include <errno.h>
#include <stdlib.h>

#include "../lib/text/error.h"

/**
 * struct lane - records of one CPU in order of sequence
 * @reached_ns: latest stamp handed out; a stamp before it sorts as if it were this
 */
struct lane {
	struct vnft_record *record;
	size_t n, room, at;
	uint64_t reached_ns;
	uint32_t number;
};

/*
 * Lanes: one per CPU and observer, then userspace's, then definitions. The heap holds those with
 * records left. @cpus: lanes of CPUs.
 */
struct vnft_merge {
	struct lane *lane;
	struct lane **heap;
	uint32_t ncpus;
	uint32_t cpus;
	uint32_t left;
	uint64_t backwards;
};

int vnft_merge_open(struct vnft_merge **merge, uint32_t ncpus)
{
	struct vnft_merge *m = calloc(1, sizeof(*m));
	uint32_t i;

	*merge = NULL;
	if (m) {
		m->ncpus = ncpus;
		m->cpus = 2 * ncpus;
		m->lane = calloc((size_t)m->cpus + 2, sizeof(*m->lane));
		m->heap = calloc((size_t)m->cpus + 2, sizeof(struct lane *));
	}
	if (!m || !m->lane || !m->heap) {
		vnft_merge_close(m);
		return vnft_fail(-ENOMEM, "merge: no memory for %u CPUs", ncpus);
	}
	for (i = 0; i < m->cpus + 2; i++)
		m->lane[i].number = i;
	*merge = m;
	return 0;
}

int vnft_merge_add(const struct vnft_record *record, void *merge)
{
	struct vnft_merge *m = merge;
	struct vnft_record *more;
	struct lane *lane;
	size_t room;

	if (record->cpu >= m->ncpus)
		return vnft_fail(-EBADMSG, "merge: record of CPU %u, there are %u", record->cpu,
				 m->ncpus);
	lane = &m->lane[!record->seq ? m->cpus : record->flags & VNFT_RF_MODULE ?
			m->ncpus + record->cpu : record->cpu];
	if (record->kind == VNFT_KIND_MANIFEST ||
	    (record->kind == VNFT_KIND_DEVICE && record->dev.event == VNFT_DEVICE_DEFINED))
		lane = &m->lane[m->cpus + 1];
	if (lane->n == lane->room) {
		room = lane->room ? 2 * lane->room : 1024;
		more = realloc(lane->record, room * sizeof(*more));
		if (!more)
			return vnft_fail(-ENOMEM, "merge: no memory for %zu records", room);
		lane->record = more;
		lane->room = room;
	}
	lane->record[lane->n++] = *record;
	return 0;
}

static uint64_t key(const struct vnft_merge *m, const struct lane *lane)
{
	uint64_t time_ns = lane->record[lane->at].time_ns;

	if (lane->number == m->cpus + 1)
		return 0;
	return time_ns > lane->reached_ns ? time_ns : lane->reached_ns;
}

static bool before(const struct vnft_merge *m, const struct lane *a, const struct lane *b)
{
	uint64_t ka = key(m, a), kb = key(m, b);
	bool definition = a->number == m->cpus + 1;

	return ka != kb ? ka < kb
			: definition || (b->number != m->cpus + 1 && a->number < b->number);
}

static void sink(struct vnft_merge *m, uint32_t i)
{
	struct lane *down = m->heap[i];
	uint32_t child;

	for (; (child = 2 * i + 1) < m->left; i = child) {
		if (child + 1 < m->left && before(m, m->heap[child + 1], m->heap[child]))
			child++;
		if (!before(m, m->heap[child], down))
			break;
		m->heap[i] = m->heap[child];
	}
	m->heap[i] = down;
}

int vnft_merge_run(struct vnft_merge *merge, vnft_record_fn fn, void *arg)
{
	struct vnft_merge *m = merge;
	const struct vnft_record *r;
	struct lane *lane;
	uint32_t i;
	int err = 0;

	for (m->left = 0, i = 0; i < m->cpus + 2; i++)
		if (m->lane[i].n)
			m->heap[m->left++] = &m->lane[i];
	for (i = m->left / 2; i--;)
		sink(m, i);
	while (m->left && !err) {
		lane = m->heap[0];
		r = &lane->record[lane->at];
		if (r->time_ns < lane->reached_ns)
			m->backwards += lane->number < m->cpus;
		else
			lane->reached_ns = r->time_ns;
		err = fn(r, arg);
		if (++lane->at == lane->n)
			m->heap[0] = m->heap[--m->left];
		if (m->left)
			sink(m, 0);
	}
	for (i = 0; i < m->cpus + 2; i++)
		m->lane[i].n = m->lane[i].at = 0;
	return err;
}

uint64_t vnft_merge_backwards(const struct vnft_merge *merge)
{
	return merge->backwards;
}

void vnft_merge_close(struct vnft_merge *merge)
{
	uint32_t i;

	if (!merge)
		return;
	for (i = 0; merge->lane && i < merge->cpus + 2; i++)
		free(merge->lane[i].record);
	free(merge->lane);
	free(merge->heap);
	free(merge);
}
