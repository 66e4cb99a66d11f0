/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stages in the drivers' own functions, by fentry. Where a function begins before there is an skb,
 * its time is kept until the frame is known: by the task (a tap's file is written and read in its
 * user's context), or by the CPU (a poll).
 */
#ifndef VNFT_BPF_PATH_DRIVER_H
#define VNFT_BPF_PATH_DRIVER_H

SEC("fentry/tun_net_xmit") int vnft_TUN_XMIT(__u64 *ctx)
{
	return pass_out(true, SKB, find(true, DEV(1), VNFT_HOOK_TUN_XMIT), VNFT_HOOK_TUN_XMIT), 0;
}

/* tun, file, iterator, noblock, frame: vhost brings the frame, a read() gets it from the ring. */
SEC("fentry/tun_do_read") int vnft_TUN_READ(__u64 *ctx)
{
	struct tun_struct *tun = (struct tun_struct *)ctx[0];
	__u64 pid_tgid = bpf_get_current_pid_tgid(), skb = ctx[4];
	struct vnft_path_task *t = task_of(pid_tgid);
	int place;

	/* Bit 0: an XDP frame. */
	if (!t || !skb || skb & 1)
		return 0;
	place = find(true, tun->dev, VNFT_HOOK_TUN_READ);
	if (place < 0)
		return 0;
	t->read_packet = VNFT_FRAME_NUMBER(skb, conf.secret);
	pass_out(false, (struct sk_buff *)skb, place, VNFT_HOOK_TUN_READ);
	return 0;
}

SEC("fentry/tun_get_user") int vnft_TUN_GET_USER(__u64 *ctx)
{
	struct tun_struct *tun = (struct tun_struct *)ctx[0];
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	struct vnft_path_task *t = task_of(pid_tgid);
	int place = find(true, tun->dev, VNFT_HOOK_TUN_GET_USER);

	if (!t || place < 0 || !recorded(place))
		return 0;
	t->written_ns = 0;	/* whose it is may be just another's */
	vnft_barrier();
	t->pid_tgid = pid_tgid;
	t->device = state.device[place & (VNFT_PATH_DEVICES - 1)].key;
	t->written_packet = 0;
	vnft_barrier();
	t->written_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("fentry/veth_xmit") int vnft_VETH_XMIT(__u64 *ctx)
{
	return pass_out(true, SKB, find(true, DEV(1), VNFT_HOOK_VETH_XMIT), VNFT_HOOK_VETH_XMIT), 0;
}

static __always_inline int poll(int place, __u32 queue, __u32 napi_id, __u32 peer)
{
	struct vnft_path_memory *m;

	if (place < 0 || !recorded(place))
		return 0;
	m = memory_of(bpf_get_smp_processor_id(), (__u32)place);
	if (!m)
		return 0;
	m->poll_ns = bpf_ktime_get_ns();
	m->poll_packet = 0;
	m->poll_queue = queue;
	m->poll_napi = napi_id;
	m->poll_peer = peer;
	return 0;
}

/* GRO marks the frames of a poll with the number of its NAPI. Frames that pass GRO by have none. */
SEC("fentry/veth_poll") int vnft_VETH_POLL(__u64 *ctx)
{
	struct napi_struct *napi = (struct napi_struct *)ctx[0];

	return poll(find(true, napi->dev, VNFT_HOOK_VETH_POLL), NO_QUEUE, napi->napi_id, 0);
}

/* A function of its own, because the stack of its caller is small. */
#define APART static __attribute__((noinline))

APART int find_queue(struct xenvif_queue *queue, __u32 hook)
{
	struct xenvif *vif = GET(false, queue, vif);

	return find(false, GET(false, vif, dev), hook);
}

APART int say_domain(struct path_frame *f, struct xenvif *vif)
{
	f->peer = GET(false, vif, domid);
	return 0;
}

APART int say_queue(struct path_frame *f, struct xenvif_queue *queue)
{
	f->queue = GET(false, queue, id);
	return say_domain(f, GET(false, queue, vif));
}

/* netdev_priv(): what lies behind a net_device is aligned to 32 bytes. */
SEC("fentry/xenvif_start_xmit") int vnft_XENVIF_XMIT(__u64 *ctx)
{
	const __u64 bytes = (bpf_core_type_size(struct net_device) + 31) & ~31ULL;
	int place = find(true, DEV(1), VNFT_HOOK_XENVIF_XMIT);
	struct path_frame f;

	if (place < 0 || !recorded(place) || unwanted_out(true, SKB, place))
		return 0;
	look(true, SKB, &f, place);	/* with the queue that it asks for */
	say_domain(&f, (struct xenvif *)(ctx[1] + bytes));
	observe(&f, VNFT_HOOK_XENVIF_XMIT);
	return 0;
}

/* The first of its queue; 0: none. Only the caller of xenvif_rx_skb() takes from the queue. */
APART __u64 first_frame(struct xenvif_queue *queue)
{
	__u64 skb = (__u64)GET(false, queue, rx_queue.next);

	return skb == (__u64)__builtin_preserve_access_index(&queue->rx_queue) ? 0 : skb;
}

SEC("fentry/xenvif_rx_skb") int vnft_XENVIF_RX(__u64 *ctx)
{
	struct xenvif_queue *queue = (void *)ctx[0];
	struct sk_buff *skb = (void *)first_frame(queue);
	int place = find_queue(queue, VNFT_HOOK_XENVIF_RX);
	struct path_frame f;

	if (!skb || place < 0 || !recorded(place) || unwanted_out(false, skb, place))
		return 0;
	look(false, skb, &f, place);
	say_queue(&f, queue);
	observe(&f, VNFT_HOOK_XENVIF_RX);
	return 0;
}

SEC("fentry/xenvif_tx_action") int vnft_XENVIF_TX(__u64 *ctx)
{
	struct xenvif_queue *queue = (void *)ctx[0];
	struct xenvif *vif = GET(false, queue, vif);

	return poll(find_queue(queue, VNFT_HOOK_XENVIF_TX), GET(false, queue, id), 0,
		    GET(false, vif, domid));
}

/*
 * The function does not say which frame's pages these were. The record belongs to no frame, and is
 * written whichever classes are recorded.
 */
SEC("fentry/xenvif_skb_zerocopy_complete") int vnft_XENVIF_ZEROCOPY(__u64 *ctx)
{
	struct xenvif_queue *queue = (void *)ctx[0];
	int place = find_queue(queue, VNFT_HOOK_XENVIF_ZEROCOPY);
	struct path_frame f = {};
	void *ring;

	if (place < 0 || !recorded(place))
		return 0;
	ring = ring_of(&f);
	if (!ring)
		return 0;
	f.place = (__u32)place;
	f.now_ns = bpf_ktime_get_ns();
	say_queue(&f, queue);
	if (record_stage(&f, ring, VNFT_HOOK_XENVIF_ZEROCOPY, f.now_ns, f.queue))
		lost(&f, VNFT_LOST_RING_FULL);
	return 0;
}

#endif
