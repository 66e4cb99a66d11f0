/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A persistent attachment in a session. Anybody may read it, and one session at a time may record
 * it. The recorder puts its own rings into the attachment's array and holds the lock of its
 * directory. When a recorder is killed the kernel frees the lock, and the next recorder replaces
 * the rings that were left.
 */
#include "adopt.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>

#include "../../lib/text/error.h"
#include "../attachment.h"
#include "hooked.h"
#include "pinned.h"
#include "read.h"

static int start(struct vnft_bpf *b, struct vnft_bpf_device *d)
{
	int err;

	if (d->recording)
		return 0;
	if (flock(d->pin_fd, LOCK_EX | LOCK_NB))
		return vnft_fail(errno == EWOULDBLOCK ? -EBUSY : -errno,
				 "%s: somebody else is recording it: one at a time", d->spec);
	err = vnft_bpf_need_rings(b);
	if (!err && b->session.rings.records != d->ring_records)
		err = vnft_fail(-EOPNOTSUPP, "%s: it was attached for rings of %u records, not %u",
				d->spec, d->ring_records, b->session.rings.records);
	if (!err && b->session.rings.ncpus != d->ncpus)
		err = vnft_fail(-EOPNOTSUPP, "%s: it was attached for %u CPUs, not %u", d->spec,
				d->ncpus, b->session.rings.ncpus);
	if (!err)
		err = vnft_bpf_rings_insert(&b->rings, d->ncpus, d->rings_fd);
	if (err)
		flock(d->pin_fd, LOCK_UN);
	d->recording = !err;
	return err;
}

void vnft_bpf_leave(struct vnft_bpf_device *d)
{
	if (!d->recording)
		return;
	vnft_bpf_device_record(d, 0);
	vnft_bpf_rings_remove(d->rings_fd, d->ncpus);
	flock(d->pin_fd, LOCK_UN);
	d->recording = false;
}

int vnft_bpf_record_adopted(struct vnft_bpf *b, struct vnft_bpf_device *d, uint32_t record_mask)
{
	int err;

	if (!record_mask) {
		/* The rings stay in place, because they may still hold records. */
		if (d->recording)
			vnft_bpf_device_record(d, 0);
		return 0;
	}
	err = start(b, d);
	if (!err)
		vnft_bpf_device_record(d, record_mask);
	return err;
}

static bool is_side(const struct vnft_bpf_device *d, enum vnft_side_choice side)
{
	return side == VNFT_SIDE_AUTO ||
	       (side == VNFT_SIDE_IS_GUEST) == (d->side == VNFT_SIDE_GUEST);
}

int vnft_bpf_adopt(struct vnft_source *source, const char *spec, bool to_record, uint16_t *id)
{
	struct vnft_bpf *b = vnft_bpf_of(source);
	uint8_t hooked[VNFT_DIR_NR];
	struct vnft_bpf_device *d;
	int err;

	err = vnft_bpf_open_device(spec, &d);
	if (err)
		return err;
	/* One that lacks a direction makes half a record, one of the other side a wrong one. */
	vnft_bpf_hooked(d, hooked);
	if (to_record && (!vnft_hooked_both(hooked) || !is_side(d, b->session.config.side)))
		err = -EBUSY;
	if (!err && to_record)
		err = start(b, d);
	if (!err)
		err = vnft_bpf_record_adopted(b, d, b->session.config.record_mask);
	if (err) {
		vnft_bpf_leave(d);
		vnft_bpf_device_free(d);
		return err;
	}
	*id = d->member.id;
	vnft_session_insert(&b->session, &d->member);
	return 0;
}
