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

static __always_inline int poll(int place, __u32 queue, __u32 napi_id)
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
	return 0;
}

/* Frames that are not fit for GRO pass it by, and are told apart by the number that GRO puts on. */
SEC("fentry/veth_poll") int vnft_VETH_POLL(__u64 *ctx)
{
	struct napi_struct *napi = (struct napi_struct *)ctx[0];

	return poll(find(true, napi->dev, VNFT_HOOK_VETH_POLL), NO_QUEUE, napi->napi_id);
}

SEC("fentry/xenvif_start_xmit") int vnft_XENVIF_XMIT(__u64 *ctx)
{
	return pass_out(true, SKB, find(true, DEV(1), VNFT_HOOK_XENVIF_XMIT),
			VNFT_HOOK_XENVIF_XMIT), 0;
}

static __always_inline int find_vif(struct xenvif_queue *queue, __u32 hook)
{
	struct xenvif *vif = GET(false, queue, vif);

	return find(false, GET(false, vif, dev), hook);
}

/* The frame that it is about to take is the first of its queue. */
SEC("fentry/xenvif_rx_skb") int vnft_XENVIF_RX(__u64 *ctx)
{
	struct xenvif_queue *queue = (void *)ctx[0];
	__u64 skb = (__u64)GET(false, queue, rx_queue.next);

	if (!skb || skb == (__u64)__builtin_preserve_access_index(&queue->rx_queue))
		return 0;
	pass_out(false, (struct sk_buff *)skb, find_vif(queue, VNFT_HOOK_XENVIF_RX),
		 VNFT_HOOK_XENVIF_RX);
	return 0;
}

SEC("fentry/xenvif_tx_action") int vnft_XENVIF_TX(__u64 *ctx)
{
	struct xenvif_queue *queue = (void *)ctx[0];

	return poll(find_vif(queue, VNFT_HOOK_XENVIF_TX), GET(false, queue, id), 0);
}

/* Which frame's pages these were is not said: the moment is of none. Only large ones have any. */
SEC("fentry/xenvif_skb_zerocopy_complete") int vnft_XENVIF_ZEROCOPY(__u64 *ctx)
{
	struct xenvif_queue *queue = (void *)ctx[0];
	int place = find_vif(queue, VNFT_HOOK_XENVIF_ZEROCOPY);
	struct frame f = {};
	void *ring;

	if (place < 0 || !(state.device[place & (VNFT_PATH_DEVICES - 1)].record_mask &
			   VNFT_RECORD_TCP))
		return 0;
	ring = ring_of(&f);
	if (!ring)
		return 0;
	f.place = (__u32)place;
	f.now_ns = bpf_ktime_get_ns();
	if (record_stage(&f, ring, VNFT_HOOK_XENVIF_ZEROCOPY, f.now_ns, GET(false, queue, id)))
		lost(&f, VNFT_LOST_RING_FULL);
	return 0;
}

#endif
