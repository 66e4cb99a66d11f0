// SPDX-License-Identifier: GPL-2.0
/*
 * Frames at the stages inside the host: STAGE records of the devices that are asked for, from the
 * stack's tracepoints and the drivers' own functions. One object, loaded when stages are wanted.
 *
 * Every frame of the host passes these hooks. A foreign frame costs the look for its device. What
 * a device pointer points to is read only by loads that the kernel guards, because an skb in a
 * socket keeps other things in that place. A frame that somebody records is parsed anew at each
 * stage: since the last one, which ran on any CPU, its skb may have become another's.
 *
 * Tracepoints come as twins, tp_btf and raw_tp; the tool takes the first where the kernel does.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "core_fixes.bpf.h"
#include "path_record.bpf.h"

char _license[] SEC("license") = "GPL";

/* Is the device asked for, at this hook? Its place in state, or -1. */
static __always_inline int find(bool direct, struct net_device *dev, __u32 hook)
{
	struct net *net = GET(direct, dev, nd_net.net);
	__u64 key = VNFT_PATH_KEY(GET(direct, net, ns.inum), GET(direct, dev, ifindex));
	__u32 at = VNFT_PATH_PLACE(key), i;

#pragma unroll
	for (i = 0; i < VNFT_PATH_WAYS; i++, at = (at + 1) & (VNFT_PATH_DEVICES - 1))
		if (state.device[at].key == key)
			return state.device[at].work >> hook & 1 ? (int)at : -1;
	return -1;
}

static __always_inline bool recorded(int place)
{
	return state.device[place & (VNFT_PATH_DEVICES - 1)].record_mask;
}

/*
 * Most frames are plain TCP or UDP over IPv4, and not recorded. One read tells them, before
 * anything is copied. @link: address of the link header; @linear_bytes can be read from there.
 *
 * Return: true if the frame is surely not recorded; false if observe() has to parse it.
 *
 * A function of its own, because the stack of its caller is small.
 */
static __attribute__((noinline)) bool unwanted(int place, __u64 link, __u32 linear_bytes)
{
	const struct vnft_path_device *d = &state.device[place & (VNFT_PATH_DEVICES - 1)];
	struct {
		__u16 reserved[VNFT_ETH_BYTES / 2];	/* so that the rest is aligned */
		__u16 ethertype;
		struct vnft_wire_ipv4 ip;
		__u8 tcp[14];
	} head;
	__u32 class = VNFT_CLASS_UDP;

	if (d->record_mask & (1U << VNFT_CLASS_OTHER) || !d->l2_bytes ||
	    linear_bytes < VNFT_ETH_BYTES + sizeof(head.ip) + sizeof(head.tcp))
		return false;
	if (bpf_probe_read_kernel(&head.ethertype, sizeof(head) - sizeof(head.reserved),
				  (const void *)(link + VNFT_ETH_BYTES - 2)))
		return false;
	if (head.ethertype != vnft_be16(VNFT_ETH_P_IPV4) || head.ip.version_ihl != 0x45 ||
	    head.ip.fragment & vnft_be16(0x1fff))
		return false;
	if (head.ip.proto == VNFT_PROTO_TCP) {
		if (head.tcp[13] & (VNFT_TCP_SYN | VNFT_TCP_RST))
			return false;
		class = VNFT_CLASS_TCP;
	} else if (head.ip.proto != VNFT_PROTO_UDP) {
		return false;
	}
	return !(d->record_mask >> class & 1);
}

static __always_inline bool unwanted_out(bool direct, struct sk_buff *skb, int place)
{
	return unwanted(place, (__u64)GET(direct, skb, data),
			GET(direct, skb, len) - GET(direct, skb, data_len));
}

/*
 * Copies what an skb says of its frame. Pointers are copied as pointers: not every verifier lets
 * them be numbers here. In a function that is called later their type is forgotten, and every
 * verifier computes with them.
 */
static __always_inline void look(bool direct, struct sk_buff *skb, struct path_frame *f, int place)
{
	__builtin_memset(f, 0, sizeof(*f));
	f->place = (__u32)place;
	f->skb = (__u64)skb;
	f->head = (__u64)GET(direct, skb, head);
	f->data = (__u64)GET(direct, skb, data);
	f->end = GET(direct, skb, end);
	f->len_bytes = GET(direct, skb, len);
	f->linear_bytes = f->len_bytes - GET(direct, skb, data_len);
	f->ethertype = vnft_be16(GET(direct, skb, protocol));
	f->queue = GET(direct, skb, queue_mapping);
	if (fix_vlan(direct, skb)) {
		f->vlan = 1;
		f->vlan_tci = GET(direct, skb, vlan_tci);
	}
}

/* On its way to the guest: skb->data is the link header. */
static __always_inline int pass_out(bool direct, struct sk_buff *skb, int place, __u32 hook)
{
	struct path_frame f;

	if (place < 0 || !recorded(place) || unwanted_out(direct, skb, place))
		return 0;
	look(direct, skb, &f, place);
	return observe(&f, hook);
}

/* From the guest: the link header was taken off already. */
static __always_inline int pass_in(bool direct, struct sk_buff *skb, __u32 hook)
{
	int place = find(direct, GET(direct, skb, dev), hook);
	struct path_frame f;
	__u64 link;

	if (place < 0 || !recorded(place))
		return 0;
	link = (__u64)GET(direct, skb, head) + GET(direct, skb, mac_header);
	/* The link header was taken off: it lies in front of skb->data. */
	if (unwanted(place, link, GET(direct, skb, len) - GET(direct, skb, data_len) +
				  VNFT_ETH_BYTES))
		return 0;
	look(direct, skb, &f, place);
	f.in = 1;
	f.mac_header = GET(direct, skb, mac_header);
	f.napi_id = GET(direct, skb, napi_id);
	f.queue--;	/* skb has number + 1; 0, which is none, becomes NO_QUEUE */
	observe(&f, hook);
	return 0;
}

static __always_inline int out(bool direct, struct sk_buff *skb, __u32 hook)
{
	pass_out(direct, skb, find(direct, GET(direct, skb, dev), hook), hook);
	return 0;
}

/*
 * The driver may free the skb, so that net_dev_xmit cannot read it. What it will record is
 * remembered here.
 */
static __always_inline int start_xmit(bool direct, struct sk_buff *skb, struct net_device *dev)
{
	int place = find(direct, dev, VNFT_HOOK_DEV_START_XMIT);
	struct vnft_path_memory *m;
	struct path_frame f;

	if (place < 0 || !recorded(place))
		return 0;
	m = memory_of(bpf_get_smp_processor_id(), (__u32)place);
	if (!m)
		return 0;
	m->packet = 0;
	if (unwanted_out(direct, skb, place))
		return 0;
	look(direct, skb, &f, place);
	if (!observe(&f, VNFT_HOOK_DEV_START_XMIT))
		return 0;
	m->packet = f.number;
	m->flow = f.flow;
	m->len_bytes = f.len_bytes;
	m->queue = f.queue;
	m->class = f.packet.class;
	m->flags = f.flags;
	return 0;
}

static __always_inline int xmit(bool direct, __u64 skb, struct net_device *dev)
{
	int place = find(direct, dev, VNFT_HOOK_DEV_XMIT);
	struct vnft_path_memory *m;
	struct path_frame f = {};

	if (place < 0)
		return 0;
	m = memory_of(bpf_get_smp_processor_id(), (__u32)place);
	if (!m || !m->packet)
		return 0;
	f.place = (__u32)place;
	f.skb = skb;
	return recall(&f);
}

/*
 * Read from a tap, and not a frame that came in through it and ends in the host. A tag in the
 * metadata makes two copies: the second is the whole frame but for the addresses.
 */
static __always_inline int copy(bool direct, struct sk_buff *skb, __u32 bytes)
{
	struct net_device *dev = GET(direct, skb, dev);
	int place = find(direct, dev, VNFT_HOOK_COPY_DATAGRAM);

	if (place >= 0 && bytes + 12 >= GET(direct, skb, len) &&
	    GET(direct, skb, skb_iif) != GET(direct, dev, ifindex))
		pass_out(direct, skb, place, VNFT_HOOK_COPY_DATAGRAM);
	return 0;
}

#define TRACEPOINT(hook, tracepoint, call)					\
SEC("tp_btf/" tracepoint) int vnft_##hook(__u64 *ctx)				\
{										\
	const bool direct = true;						\
	return call;								\
}										\
SEC("raw_tp/" tracepoint) int vnft_raw_##hook(__u64 *ctx)			\
{										\
	const bool direct = false;						\
	return call;								\
}
#define SKB ((struct sk_buff *)ctx[0])
#define DEV(n) ((struct net_device *)ctx[n])

TRACEPOINT(DEV_QUEUE, "net_dev_queue", out(direct, SKB, VNFT_HOOK_DEV_QUEUE))
TRACEPOINT(DEV_START_XMIT, "net_dev_start_xmit", start_xmit(direct, SKB, DEV(1)))
TRACEPOINT(DEV_XMIT, "net_dev_xmit", xmit(direct, ctx[0], DEV(2)))
TRACEPOINT(RECEIVE_ENTRY, "netif_receive_skb_entry", pass_in(direct, SKB, VNFT_HOOK_RECEIVE_ENTRY))
TRACEPOINT(RECEIVE, "netif_receive_skb", pass_in(direct, SKB, VNFT_HOOK_RECEIVE))
TRACEPOINT(RX_ENTRY, "netif_rx_entry", pass_in(direct, SKB, VNFT_HOOK_RX_ENTRY))
TRACEPOINT(CONSUME, "consume_skb", out(direct, fix_consume_skb(ctx), VNFT_HOOK_CONSUME))
TRACEPOINT(COPY_DATAGRAM, "skb_copy_datagram_iovec", copy(direct, SKB, (__u32)ctx[1]))

#include "path_driver.bpf.h"
