/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session but for its devices: configuration, rings, limits of the process.
 */
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "../../lib/text/error.h"
#include "caps.h"

struct vnft_bpf_device *vnft_bpf_find(struct vnft_source *source, uint16_t id)
{
	return (struct vnft_bpf_device *)vnft_session_find(source, id);
}

static int check_config(struct vnft_source_config *c)
{
	int err = vnft_session_check_ring(c->ring_records, VNFT_RECORDS_PER_PAGE, 1U << 24);

	if (err)
		return err;
	c->match_slots = c->match_slots ? c->match_slots : VNFT_BPF_MATCH_SLOTS;
	if (c->match_slots & (c->match_slots - 1) || c->match_slots < 2 ||
	    c->match_slots > 1U << 24)
		return vnft_fail(-EINVAL, "%u match slots: a power of two from 2 to %u",
				 c->match_slots, 1U << 24);
	return 0;
}

/* A device holds a dozen descriptors, and hundreds of devices exceed the usual soft limit. */
void vnft_bpf_raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int vnft_bpf_need_rings(struct vnft_bpf *b)
{
	if (b->rings.fd)
		return 0;
	return vnft_bpf_rings_open(&b->rings, &b->session.rings, vnft_bpf_ncpus(),
				   b->session.config.ring_records);
}

int vnft_bpf_need_outer(struct vnft_bpf *b)
{
	const struct vnft_rings *read = &b->session.rings;
	int err = vnft_bpf_need_rings(b);

	if (err || b->rings.outer_fd >= 0)
		return err;
	b->rings.outer_fd = vnft_ring_create_outer(read->ncpus, read->records);
	return b->rings.outer_fd < 0 ? b->rings.outer_fd :
				       vnft_bpf_rings_insert(&b->rings, read->ncpus,
							     b->rings.outer_fd);
}

int vnft_bpf_session_new(struct vnft_bpf **session, const struct vnft_source_ops *ops,
			 const struct vnft_source_config *config)
{
	struct vnft_bpf *b;
	int err;

	vnft_bpf_quiet();
	err = vnft_bpf_need_caps();
	if (err)
		return err;
	vnft_bpf_raise_descriptors();
	b = calloc(1, sizeof(*b));
	if (!b)
		return vnft_fail(-ENOMEM, "observer: out of memory");
	vnft_session_init(&b->session, ops, config);
	b->next_id = 1;
	b->rings.outer_fd = -1;
	err = check_config(&b->session.config);
	if (err)
		vnft_bpf_session_free(b);
	else
		*session = b;
	return err;
}

void vnft_bpf_session_free(struct vnft_bpf *b)
{
	vnft_bpf_rings_close(&b->rings, &b->session.rings);
	vnft_session_exit(&b->session);
	free(b);
}
