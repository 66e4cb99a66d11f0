/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Puts programs onto a device's hooks: tcx links here, clsact filters in clsact.c. Ours are the
 * first on ingress and the last on egress, so that what other programs do to a frame counts as the
 * host's time.
 */
#include "attach.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/text/error.h"
#include "clsact.h"
#include "tcx.h"

static const uint32_t attach_type[VNFT_DIR_NR] = { VNFT_BPF_TCX_INGRESS, VNFT_BPF_TCX_EGRESS };
static const uint32_t place[VNFT_DIR_NR] = { VNFT_BPF_F_BEFORE, VNFT_BPF_F_AFTER };

/* A kernel that has no tcx, or was built without it, answers EINVAL. */
static int has_tcx(unsigned int ifindex)
{
	struct vnft_tcx_query_attr attr = {
		.ifindex = ifindex,
		.attach_type = VNFT_BPF_TCX_INGRESS,
	};

	if (!vnft_bpf(BPF_PROG_QUERY, &attr, sizeof(attr)) || errno == ENOENT)
		return 0;
	return -errno;
}

int vnft_bpf_choose_hook(struct vnft_bpf_device *d, enum vnft_hook_choice choice)
{
	int err = choice == VNFT_HOOK_CLSACT ? -EINVAL : has_tcx(d->ifindex);

	if (choice == VNFT_HOOK_CLSACT) {
		int fits = vnft_clsact_fits(d);

		if (fits && fits != -EBUSY)
			return fits;
		if (fits && has_tcx(d->ifindex))
			return vnft_clsact_refuse(d);
		if (fits) {
			vnft_warn("%s: it has an ingress qdisc, beside which there can be no "
				  "clsact: tcx is taken", d->spec);
			err = 0;
		}
	}
	if (!err) {
		d->hook[VNFT_DIR_IN] = VNFT_HOOK_TCX_IN;
		d->hook[VNFT_DIR_OUT] = VNFT_HOOK_TCX_OUT;
		return 0;
	}
	if (err != -EINVAL)
		return vnft_fail(err, "%s: cannot look at its hooks: %s", d->spec,
				 strerror(-err));
	if (choice == VNFT_HOOK_TCX)
		return vnft_fail(-EOPNOTSUPP, "%s: this kernel has no tcx (%s or newer has): use "
				 "--hook clsact", d->spec,
				 vnft_hook_row(VNFT_HOOK_TCX_IN)->since);
	d->hook[VNFT_DIR_IN] = VNFT_HOOK_CLSACT_IN;
	d->hook[VNFT_DIR_OUT] = VNFT_HOOK_CLSACT_OUT;
	return 0;
}

static int attach_tcx(struct vnft_bpf_device *d, int dir)
{
	struct vnft_tcx_link_attr attr = {
		.prog_fd = (uint32_t)d->prog_fd[dir],
		.ifindex = d->ifindex,
		.attach_type = attach_type[dir],
		.flags = place[dir],
	};
	long fd = vnft_bpf(BPF_LINK_CREATE, &attr, sizeof(attr));

	if (fd < 0)
		return vnft_fail(-errno, "%s: tcx refused the program: %s", d->spec,
				 strerror(errno));
	d->link_fd[dir] = (int)fd;
	return 0;
}

int vnft_bpf_attach_hooks(struct vnft_bpf_device *d, bool persistent)
{
	int err;

	if (d->hook[VNFT_DIR_IN] == VNFT_HOOK_CLSACT_IN)
		return vnft_clsact_attach(d, persistent);
	err = attach_tcx(d, VNFT_DIR_IN);
	return err ? err : attach_tcx(d, VNFT_DIR_OUT);
}

void vnft_bpf_detach_hooks(struct vnft_bpf_device *d)
{
	int dir;

	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		union bpf_attr attr = { 0 };

		if (d->link_fd[dir] < 0)
			continue;
		/*
		 * This works while somebody else holds the link, too. When the device is gone it
		 * fails, which does no harm.
		 */
		attr.link_detach.link_fd = (uint32_t)d->link_fd[dir];
		vnft_bpf(BPF_LINK_DETACH, &attr, sizeof(attr));
		close(d->link_fd[dir]);
		d->link_fd[dir] = -1;
	}
	if (d->handle[VNFT_DIR_IN] || d->handle[VNFT_DIR_OUT])
		vnft_clsact_detach(d);
}
