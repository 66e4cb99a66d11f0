/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every hook once, with all that the observers, the tool and the tests know of it. Nobody keeps a
 * second list: vnft_hook_row() returns a row, and VNFT_HOOKS(X) expands X for each.
 *
 * X(id, NAME, "name", dir, where, rank, "what it stamps", further members of struct vnft_hook_row)
 *   id     number in records; never reused
 *   name   of a CORE hook the tracepoint's, of a DRIVER hook the function's
 *   dir    IN from the guest, OUT to the guest, as in enum vnft_dir, at a device of the host's
 *          side; the other way round at one of the guest's side
 *   where  BOUNDARY: once per frame at the device, PACKET records
 *          CORE:     a stage in the stack
 *          DRIVER:   a stage in the device's own driver
 *   rank   place on a frame's way in its direction; those of one rank come in any order
 */
#ifndef VNFT_CORE_HOOKS_H
#define VNFT_CORE_HOOKS_H

#include "env.h"

#define VNFT_HOOK_BIT(name)	(1ULL << VNFT_HOOK_##name)
/* Sets of enum vnft_link. */
#define VNFT_LINKS_TAP		(1U << VNFT_LINK_TAP | 1U << VNFT_LINK_TUN)
#define VNFT_LINKS_VETH		(1U << VNFT_LINK_VETH)
#define VNFT_LINKS_VIF		(1U << VNFT_LINK_VIF)
/* Members that hooks share. */
#define VNFT_TUN		.links = VNFT_LINKS_TAP, .module = "tun"
#define VNFT_VETH		.links = VNFT_LINKS_VETH, .module = "veth"
#define VNFT_NETBACK		.links = VNFT_LINKS_VIF, .module = "xen_netback"
/* The function has no frame yet. It shows later; with GRO, BPF sees no RECEIVE_ENTRY of it. */
#define VNFT_ARRIVES \
	.bpf_needs = VNFT_HOOK_BIT(RECEIVE_ENTRY) | VNFT_HOOK_BIT(RECEIVE), \
	.module_needs = VNFT_HOOK_BIT(RECEIVE_ENTRY)

#define VNFT_HOOKS(X) \
	X(1, TCX_IN, "tcx/ingress", IN, BOUNDARY, 3, "frame from the guest enters the stack", \
	  .only = VNFT_BY_BPF, .since = "6.6") \
	X(2, TCX_OUT, "tcx/egress", OUT, BOUNDARY, 1, "frame for the guest leaves the stack", \
	  .only = VNFT_BY_BPF, .since = "6.6") \
	X(3, CLSACT_IN, "clsact/ingress", IN, BOUNDARY, 3, \
	  "frame from the guest enters the stack", .only = VNFT_BY_BPF, .since = "4.5") \
	X(4, CLSACT_OUT, "clsact/egress", OUT, BOUNDARY, 1, \
	  "frame for the guest leaves the stack", .only = VNFT_BY_BPF, .since = "4.5") \
	X(5, NETFILTER_IN, "netfilter/ingress", IN, BOUNDARY, 3, "after tcx and clsact", \
	  .only = VNFT_BY_MODULE, .since = "5.16") \
	X(6, NETFILTER_OUT, "netfilter/egress", OUT, BOUNDARY, 1, "before tcx and clsact", \
	  .only = VNFT_BY_MODULE, .since = "5.16") \
	X(16, DEV_QUEUE, "net_dev_queue", OUT, CORE, 2, "handed to the queueing discipline") \
	X(17, DEV_START_XMIT, "net_dev_start_xmit", OUT, CORE, 3, "handed to the driver") \
	X(18, DEV_XMIT, "net_dev_xmit", OUT, CORE, 4, "the driver returned", \
	  .bpf_needs = VNFT_HOOK_BIT(DEV_START_XMIT)) \
	X(19, RECEIVE_ENTRY, "netif_receive_skb_entry", IN, CORE, 1, "driver hands the frame up") \
	X(20, RECEIVE, "netif_receive_skb", IN, CORE, 2, "frame is processed") \
	X(21, RX_ENTRY, "netif_rx_entry", IN, CORE, 1, "frame is queued to the backlog") \
	X(22, CONSUME, "consume_skb", OUT, CORE, 4, "frame was read and is freed", \
	  .links = VNFT_LINKS_TAP, .bpf_needs = VNFT_HOOK_BIT(COPY_DATAGRAM)) \
	X(23, COPY_DATAGRAM, "skb_copy_datagram_iovec", OUT, CORE, 4, "copied to its reader", \
	  .links = VNFT_LINKS_TAP) \
	X(32, TUN_XMIT, "tun_net_xmit", OUT, DRIVER, 4, "tap queues the frame for its reader", \
	  VNFT_TUN) \
	X(33, TUN_READ, "tun_do_read", OUT, DRIVER, 4, "VMM reads the frame", VNFT_TUN, \
	  .bpf_needs = VNFT_HOOK_BIT(COPY_DATAGRAM), .module_needs = VNFT_HOOK_BIT(COPY_DATAGRAM)) \
	X(34, TUN_GET_USER, "tun_get_user", IN, DRIVER, 0, "VMM writes the frame", VNFT_TUN, \
	  VNFT_ARRIVES) \
	X(35, VETH_XMIT, "veth_xmit", OUT, DRIVER, 4, "veth passes the frame to its peer", \
	  VNFT_VETH) \
	X(36, VETH_POLL, "veth_poll", IN, DRIVER, 0, "peer takes frames from its ring", VNFT_VETH, \
	  VNFT_ARRIVES) \
	X(37, XENVIF_XMIT, "xenvif_start_xmit", OUT, DRIVER, 4, "netback queues the frame", \
	  VNFT_NETBACK) \
	X(38, XENVIF_RX, "xenvif_rx_skb", OUT, DRIVER, 4, "netback copies it to the guest", \
	  VNFT_NETBACK) \
	X(39, XENVIF_TX, "xenvif_tx_action", IN, DRIVER, 0, "netback takes frames of the guest", \
	  VNFT_NETBACK, VNFT_ARRIVES) \
	X(40, XENVIF_ZEROCOPY, "xenvif_skb_zerocopy_complete", IN, DRIVER, 4, \
	  "guest's pages returned", VNFT_NETBACK)

enum vnft_hook_where {
	VNFT_HOOK_BOUNDARY,
	VNFT_HOOK_CORE,
	VNFT_HOOK_DRIVER,
};

enum vnft_hook {
	VNFT_HOOK_NONE = 0,
#define X(id, name, ...) VNFT_HOOK_##name = (id),
	VNFT_HOOKS(X)
#undef X
	VNFT_HOOK_MAX = 64
};

/* Whose hook it is. */
enum vnft_hook_by {
	VNFT_BY_BOTH,
	VNFT_BY_BPF,
	VNFT_BY_MODULE,
};

/**
 * struct vnft_hook_row - a hook
 * @name, @what, @dir, @where, @rank: see above; @name is NULL for a number that is no hook
 * @only: the one observer that has it, or VNFT_BY_BOTH
 * @links: devices that it fits, bits 1 << enum vnft_link; 0: all
 * @module: of the kernel, where the driver's function lives unless it is built in
 * @since: the first Linux that has it; NULL: all that we run on
 * @bpf_needs, @module_needs: other hooks that have to be armed in that observer, bits 1 << hook
 */
struct vnft_hook_row {
	const char *name, *what;
	__u8 dir, where, rank, only;
	__u32 links;
	const char *module, *since;
	__u64 bpf_needs, module_needs;
};

/**
 * vnft_hook_row() - what is known of a hook
 * @hook: any number; VNFT_HOOK_GUEST_SIDE is taken off
 *
 * Return: its row; a row without a name if there is no such hook.
 */
VNFT_INLINE const struct vnft_hook_row *vnft_hook_row(unsigned int hook)
{
	static const struct vnft_hook_row rows[VNFT_HOOK_MAX] = {
#define X(id, NAME, text, DIR, WHERE, RANK, WHAT, ...) \
		[id] = { .name = (text), .what = (WHAT), .dir = VNFT_DIR_##DIR, \
			 .where = VNFT_HOOK_##WHERE, .rank = (RANK), __VA_ARGS__ },
		VNFT_HOOKS(X)
#undef X
	};

	hook &= ~VNFT_HOOK_GUEST_SIDE;
	return &rows[hook < VNFT_HOOK_MAX ? hook : VNFT_HOOK_NONE];
}

/**
 * vnft_hook_dir() - direction of a frame that was seen at a hook
 * @hook: as in a record, with the side of its device
 *
 * Return: enum vnft_dir, or -1 for a number that is no hook.
 */
VNFT_INLINE int vnft_hook_dir(unsigned int hook)
{
	const struct vnft_hook_row *row = vnft_hook_row(hook);

	return !row->name ? -1 : hook & VNFT_HOOK_GUEST_SIDE ? !row->dir : row->dir;
}

/* What a hook of a device of this side is in records; enum vnft_device_side. */
VNFT_INLINE __u8 vnft_hook_at(unsigned int hook, unsigned int side)
{
	return (__u8)(side == VNFT_SIDE_GUEST ? hook | VNFT_HOOK_GUEST_SIDE : hook);
}

/* All hooks of an observer, bits 1 << hook. */
VNFT_INLINE __u64 vnft_hooks_by(enum vnft_hook_by by)
{
	__u64 hooks = 0;
	unsigned int hook;

	for (hook = 1; hook < VNFT_HOOK_MAX; hook++) {
		const struct vnft_hook_row *row = vnft_hook_row(hook);

		if (row->name && (row->only == VNFT_BY_BOTH || row->only == by))
			hooks |= 1ULL << hook;
	}
	return hooks;
}

/* Those of @hooks at the boundary of a device. */
VNFT_INLINE __u64 vnft_hooks_boundary(__u64 hooks)
{
	unsigned int hook;

	for (hook = 0; hook < VNFT_HOOK_MAX; hook++)
		if (!vnft_hook_row(hook)->name || vnft_hook_row(hook)->where != VNFT_HOOK_BOUNDARY)
			hooks &= ~(1ULL << hook);
	return hooks;
}

/* Those of @hooks that a device of this kind can have; enum vnft_link. */
VNFT_INLINE __u64 vnft_hooks_fit(__u64 hooks, unsigned int link)
{
	unsigned int hook;

	for (hook = 0; hook < VNFT_HOOK_MAX; hook++)
		if (vnft_hook_row(hook)->links && !(vnft_hook_row(hook)->links >> link & 1))
			hooks &= ~(1ULL << hook);
	return hooks;
}

#endif
