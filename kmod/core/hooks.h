/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every hook once. Users define X and expand VNFT_HOOKS(X); nobody keeps a second list.
 *
 * X(id, NAME, "name", dir, where, "what it stamps")
 *   id     number in records; never reused
 *   dir    IN from the guest, OUT to the guest, as in enum vnft_dir
 *   where  BOUNDARY: once per frame at the device, PACKET records
 *          CORE:     a stage in the stack, any device
 *          DRIVER:   a stage in the device's own driver
 */
#ifndef VNFT_CORE_HOOKS_H
#define VNFT_CORE_HOOKS_H

#define VNFT_HOOKS(X) \
	X(1, TCX_IN, "tcx/ingress", IN, BOUNDARY, "frame from the guest enters the stack") \
	X(2, TCX_OUT, "tcx/egress", OUT, BOUNDARY, "frame for the guest leaves the stack") \
	X(3, CLSACT_IN, "clsact/ingress", IN, BOUNDARY, "frame from the guest enters the stack") \
	X(4, CLSACT_OUT, "clsact/egress", OUT, BOUNDARY, "frame for the guest leaves the stack") \
	X(5, NETFILTER_IN, "netfilter/ingress", IN, BOUNDARY, "after tcx and clsact") \
	X(6, NETFILTER_OUT, "netfilter/egress", OUT, BOUNDARY, "before tcx and clsact") \
	X(16, DEV_QUEUE, "net_dev_queue", OUT, CORE, "handed to the queueing discipline") \
	X(17, DEV_START_XMIT, "net_dev_start_xmit", OUT, CORE, "handed to the driver") \
	X(18, DEV_XMIT, "net_dev_xmit", OUT, CORE, "the driver returned") \
	X(19, RECEIVE_ENTRY, "netif_receive_skb_entry", IN, CORE, "driver hands the frame up") \
	X(20, RECEIVE, "netif_receive_skb", IN, CORE, "frame is processed") \
	X(21, RX_ENTRY, "netif_rx_entry", IN, CORE, "frame is queued to the backlog") \
	X(22, CONSUME, "consume_skb", OUT, CORE, "frame was read and is freed") \
	X(23, COPY_DATAGRAM, "skb_copy_datagram_iovec", OUT, CORE, "copied to its reader") \
	X(32, TUN_XMIT, "tun_net_xmit", OUT, DRIVER, "tap queues the frame for its reader") \
	X(33, TUN_READ, "tun_do_read", OUT, DRIVER, "VMM reads the frame") \
	X(34, TUN_GET_USER, "tun_get_user", IN, DRIVER, "VMM writes the frame") \
	X(35, VETH_XMIT, "veth_xmit", OUT, DRIVER, "veth passes the frame to its peer") \
	X(36, VETH_POLL, "veth_poll", IN, DRIVER, "peer takes frames from its ring") \
	X(37, XENVIF_XMIT, "xenvif_start_xmit", OUT, DRIVER, "netback queues the frame") \
	X(38, XENVIF_RX, "xenvif_rx_skb", OUT, DRIVER, "netback copies it to the guest") \
	X(39, XENVIF_TX, "xenvif_tx_action", IN, DRIVER, "netback takes frames of the guest") \
	X(40, XENVIF_ZEROCOPY, "xenvif_skb_zerocopy_complete", IN, DRIVER, "guest's pages returned")

enum vnft_hook_where {
	VNFT_HOOK_BOUNDARY,
	VNFT_HOOK_CORE,
	VNFT_HOOK_DRIVER,
};

enum vnft_hook {
	VNFT_HOOK_NONE = 0,
#define X(id, name, text, dir, where, what) VNFT_HOOK_##name = (id),
	VNFT_HOOKS(X)
#undef X
	VNFT_HOOK_MAX = 64
};

#endif
