/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel runs XDP (ingress only), then tcx, then clsact, each from first to last. What a
 * program does with a frame is its own affair: one that ends the chain, drops or redirects hides
 * the frame from every program behind it.
 */
#include "chain.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/net/netns.h"
#include "../../lib/net/netns_find.h"
#include "filters.h"
#include "hooked.h"

struct chain_walk {
	const struct vnft_bpf_device *d;
	struct vnft_attachment *to;
	const char *hook;
	enum vnft_dir dir;
	bool clsact;
	uint32_t ours[VNFT_DIR_NR];
};

static int add(const struct vnft_filter *f, void *arg)
{
	struct chain_walk *w = arg;
	struct vnft_attachment *a = w->to;
	const bool mine = !strcmp(w->hook, w->clsact ? "clsact" : "tcx");
	struct vnft_chain_place *place;

	if (f->dir != w->dir)
		return 0;
	if (a->chain_n == VNFT_CHAIN_MAX) {
		a->chain_more++;
		return 0;
	}
	place = &a->chain[a->chain_n++];
	place->dir = (enum vnft_dir)vnft_bpf_way(w->d, f->dir);
	place->hook = w->hook;
	place->prog_id = f->prog_id;
	snprintf(place->name, sizeof(place->name), "%s", f->name[0] ? f->name : "?");
	place->rank = mine && f->prog_id && f->prog_id == w->ours[f->dir] ? 0 : 1;
	return 0;
}

/* Whoever stands before ours of its direction gets a rank below 0. */
static void rank(struct vnft_attachment *a, enum vnft_dir dir)
{
	unsigned int i, ours = a->chain_n;

	for (i = 0; i < a->chain_n; i++)
		if (a->chain[i].dir == dir && !a->chain[i].rank)
			ours = i;
	for (i = 0; ours < a->chain_n && i < ours; i++)
		if (a->chain[i].dir == dir)
			a->chain[i].rank = -1;
}

void vnft_bpf_chain(const struct vnft_bpf_device *d, struct vnft_attachment *a)
{
	struct chain_walk w = {
		.d = d,
		.to = a,
		.clsact = d->hook[VNFT_DIR_IN] == VNFT_HOOK_CLSACT_IN,
	};
	int fd = vnft_netns_find(a->netns_inode), back, dir;

	if (fd < 0)
		return;
	if (!vnft_netns_enter(fd, &back)) {
		for (dir = 0; dir < VNFT_DIR_NR; dir++) {
			w.ours[dir] = vnft_bpf_prog_id(d->prog_fd[dir]);
			w.dir = (enum vnft_dir)dir;
			w.hook = "xdp";
			vnft_xdp_each(a->ifindex, add, &w);
			w.hook = "tcx";
			vnft_tcx_each(a->ifindex, add, &w);
			w.hook = "clsact";
			vnft_clsact_each(a->ifindex, add, &w);
			rank(a, (enum vnft_dir)vnft_bpf_way(d, dir));
		}
		vnft_netns_leave(back);
	}
	close(fd);
}
