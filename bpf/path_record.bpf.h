/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A frame at a stage: parsed, and if its class is asked for recorded, behind the FLOW record that
 * defines its flow. Looked at by the verifier once for all hooks: see observe().
 */
#ifndef VNFT_BPF_PATH_RECORD_H
#define VNFT_BPF_PATH_RECORD_H

#include "core_fixes.bpf.h"
#include "emit.bpf.h"
#include "path_frame.bpf.h"
/* Behind path_frame.bpf.h, whose macros tell the parser which parts are functions here. */
#include "../kmod/core/hooks.h"
#include "../kmod/core/record.h"

/* vnft_load_fn: only the linear part, where the stack and the drivers put headers. */
VNFT_INLINE int load_frame(const void *from, __u32 offset, void *to, __u32 bytes)
{
	const struct path_frame *f = from;

	if (offset + bytes > f->linear_bytes)
		return -1;
	return (int)bpf_probe_read_kernel(to, bytes, (const void *)(f->base + offset));
}

VNFT_INLINE struct vnft_record *record_begin(const struct path_frame *f, void *ring, __u8 kind,
					     __u32 *seq)
{
	struct vnft_record *r = vnft_emit_reserve(ring, conf.ring_mask, seq);

	if (!r)
		return 0;
	r->time_ns = f->now_ns;
	r->flow = f->flow;
	r->device = state.device[f->place & (VNFT_PATH_DEVICES - 1)].id;
	r->cpu = (__u16)f->cpu;
	r->kind = kind;
	return r;
}

/*
 * Another hook of this CPU may interrupt this. At worst a FLOW record is repeated; it never comes
 * after a record that it defines.
 */
VNFT_INLINE int record_flow(const struct path_frame *f, void *ring, __u32 from_b)
{
	const struct vnft_path_device *d = &state.device[f->place & (VNFT_PATH_DEVICES - 1)];
	__u64 known = f->flow ^ d->epoch;
	__u32 seq, slot = known & (VNFT_FLOWS_NAMED - 1), cpu = f->cpu;
	struct vnft_flows_named *named;
	struct vnft_record *r;

	named = bpf_map_lookup_elem(&vnft_path_named, &cpu);
	if (!named)
		return -1;
	if (*(volatile __u64 *)&named->flow[slot] == known)
		return 0;
	r = record_begin(f, ring, VNFT_KIND_FLOW, &seq);
	if (!r)
		return -1;
	vnft_record_put_flow(r, &f->packet, from_b);
	vnft_emit_submit(r, seq);
	*(volatile __u64 *)&named->flow[slot] = known;
	return 0;
}

VNFT_INLINE int record_stage(const struct path_frame *f, void *ring, __u32 hook, __u64 time_ns,
			     __u32 queue)
{
	struct vnft_record *r;
	__u32 seq;

	r = record_begin(f, ring, VNFT_KIND_STAGE, &seq);
	if (!r)
		return -1;
	r->time_ns = time_ns;
	r->hook = (__u8)hook | f->side;
	r->class = f->packet.class;
	r->flags = (__u8)f->flags;
	r->len32 = f->len_bytes;
	vnft_record_put_stage(r, f->number, queue, f->peer);
	vnft_emit_submit(r, seq);
	return 0;
}

VNFT_INLINE int lost(const struct path_frame *f, __u32 cause)
{
	struct vnft_path_memory *m = memory_of(f->cpu, f->place);

	if (m && cause < VNFT_LOST_NR)
		m->lost[cause]++;
	return 0;
}

/* This CPU's ring, if anybody records. */
VNFT_INLINE void *ring_of(struct path_frame *f)
{
	__u32 cpu = bpf_get_smp_processor_id();

	f->cpu = cpu;
	return bpf_map_lookup_elem(&vnft_rings, &cpu);
}

/*
 * The frame's first moment in its driver, which had no skb yet: remembered by the task that wrote
 * it to a tap, or by the CPU that polls the device.
 */
VNFT_INLINE int record_arrival(struct path_frame *f, void *ring, const struct vnft_path_device *d)
{
	__u64 pid_tgid, time_ns;
	struct vnft_path_memory *m;
	struct vnft_path_task *t;
	__u32 hook;
	int err;

	if (d->stages & BIT(VNFT_HOOK_TUN_GET_USER)) {
		pid_tgid = bpf_get_current_pid_tgid();
		t = task_of(pid_tgid);
		if (!t || t->pid_tgid != pid_tgid || t->device != d->key ||
		    t->written_packet == f->number)
			return 0;
		time_ns = t->written_ns;
		if (!time_ns)
			return 0;
		t->written_packet = f->number;
		return record_stage(f, ring, VNFT_HOOK_TUN_GET_USER, time_ns, f->queue);
	}
	hook = d->stages & BIT(VNFT_HOOK_VETH_POLL) ? VNFT_HOOK_VETH_POLL : VNFT_HOOK_XENVIF_TX;
	if (!(d->stages & BIT(hook)))
		return 0;
	m = memory_of(f->cpu, f->place);
	if (!m || !m->poll_ns || m->poll_packet == f->number ||
	    (m->poll_napi && m->poll_napi != f->napi_id))
		return 0;
	m->poll_packet = f->number;
	f->peer = (__u16)m->poll_peer;
	err = record_stage(f, ring, hook, m->poll_ns, m->poll_queue);
	f->peer = 0;	/* only records of the driver's hooks have a peer */
	return err;
}

/*
 * A task copies a frame from its tap. vhost had the frame at tun_do_read(), where it was stamped. A
 * read() has it only now.
 */
VNFT_INLINE int record_read(const struct path_frame *f, void *ring,
			    const struct vnft_path_device *d)
{
	struct vnft_path_task *t = task_of(bpf_get_current_pid_tgid());

	if (!t)
		return 0;
	t->copied_packet = f->number;
	if (t->read_packet == f->number || !(d->stages & BIT(VNFT_HOOK_TUN_READ)))
		return 0;
	return record_stage(f, ring, VNFT_HOOK_TUN_READ, f->now_ns, f->queue);
}

/* Where the link header is, and what follows from it; false if it is nowhere. */
VNFT_INLINE bool place_frame(struct path_frame *f)
{
	struct skb_shared_info *shared = (void *)(f->head + f->end);
	__u16 gso_size = 0;
	__u64 mac;

	f->base = f->data;
	if (f->in) {
		mac = f->head + f->mac_header;
		if (mac > f->data || f->data - mac > MAX_LINK_BYTES)
			return false;
		f->base = mac;
		f->len_bytes += (__u32)(f->data - mac);
		f->linear_bytes += (__u32)(f->data - mac);
	}
	if (f->len_bytes >= NO_GSO_BYTES)
		bpf_core_read(&gso_size, sizeof(gso_size), &shared->gso_size);
	f->gso_size_bytes = gso_size;
	return true;
}

/*
 * Is the frame freed because it was read? Then the task that copied it frees it. Other frames that
 * name the tap as their device are freed as well: GSO frames that were cut up in front of the
 * driver, copies of a packet socket, and frames that came in through the tap.
 */
VNFT_INLINE bool was_read(const struct path_frame *f)
{
	struct vnft_path_task *t = task_of(bpf_get_current_pid_tgid());

	if (!t || t->copied_packet != f->number)
		return false;
	t->copied_packet = 0;
	return true;
}

VNFT_INLINE struct vnft_frame beside(const struct path_frame *f)
{
	return (struct vnft_frame) {
		.len_bytes = f->len_bytes,
		.ethertype = f->ethertype,
		.vlan = f->vlan,
		.vlan_tci = f->vlan_tci,
		.gso_size_bytes = f->gso_size_bytes,
	};
}

STEP int parse_l4(struct path_frame *f, __u32 offset, __u32 l4_bytes)
{
	struct vnft_frame frame;

	if (!f)
		return VNFT_VERDICT_TRUNCATED;
	frame = beside(f);
	return vnft_parse_l4(&f->packet, &frame, f, load_frame, offset, l4_bytes);
}

STEP int parse_ipv6(struct path_frame *f, __u32 offset)
{
	struct vnft_frame frame;

	if (!f)
		return VNFT_VERDICT_TRUNCATED;
	frame = beside(f);
	return vnft_parse_ipv6(&f->packet, &frame, f, load_frame, offset);
}

/**
 * parse() - what is it?
 *
 * Return: its class, or -1 if that is not recorded.
 */
STEP int parse(struct path_frame *f)
{
	const struct vnft_path_device *d;
	struct vnft_frame frame;
	__u32 class;
	int verdict;

	if (!f || !place_frame(f))
		return -1;
	d = &state.device[f->place & (VNFT_PATH_DEVICES - 1)];
	frame = beside(f);
	frame.l2_bytes = d->l2_bytes ? VNFT_ETH_BYTES : 0;
	verdict = vnft_packet_parse(&f->packet, &frame, f, load_frame);
	if (verdict)
		f->packet.class = VNFT_CLASS_OTHER;
	if (verdict == VNFT_VERDICT_TRUNCATED) {
		f->cpu = bpf_get_smp_processor_id();
		lost(f, VNFT_LOST_TRUNCATED);
	}
	class = f->packet.class;
	if (class >= VNFT_CLASS_NR || !(d->record_mask >> class & 1))
		return -1;
	return (int)class;
}

/**
 * observe() - a frame at a stage of its device
 *
 * Return: 1 if it is in the ring.
 */
STEP int observe(struct path_frame *f, __u32 hook)
{
	const struct vnft_path_device *d;
	__u8 from_b;
	void *ring;
	int err = 0;

	if (!f || hook >= VNFT_HOOK_MAX || parse(f) < 0)
		return 0;
	f->now_ns = bpf_ktime_get_ns();
	f->len_bytes = vnft_packet_wire_bytes(f->len_bytes, f->vlan);
	d = &state.device[f->place & (VNFT_PATH_DEVICES - 1)];
	f->side = d->side;
	f->flow = vnft_flow_id(&f->packet, &from_b);
	f->flags = f->packet.flags | (from_b ? VNFT_RF_FROM_B : 0);
	f->number = VNFT_FRAME_NUMBER(f->skb, conf.secret);
	ring = ring_of(f);
	if (!ring || (hook == VNFT_HOOK_CONSUME && !was_read(f)))
		return 0;
	err = record_flow(f, ring, from_b);
	if (!err && (hook == VNFT_HOOK_RECEIVE_ENTRY || hook == VNFT_HOOK_RECEIVE))
		err = record_arrival(f, ring, d);
	if (!err && hook == VNFT_HOOK_COPY_DATAGRAM)
		err = record_read(f, ring, d);
	if (!err && d->stages >> hook & 1)
		err = record_stage(f, ring, hook, f->now_ns, f->queue);
	if (err)
		lost(f, VNFT_LOST_RING_FULL);
	return !err;
}

/**
 * recall() - the driver returned: the frame that this CPU gave it last, if it was recorded
 */
STEP int recall(struct path_frame *f)
{
	struct vnft_path_memory *m;
	void *ring;

	if (!f)
		return 0;
	ring = ring_of(f);
	m = memory_of(f->cpu, f->place);
	f->number = VNFT_FRAME_NUMBER(f->skb, conf.secret);
	if (!ring || !m || m->packet != f->number)
		return 0;
	m->packet = 0;	/* its memory may be another frame's soon */
	f->now_ns = bpf_ktime_get_ns();
	f->side = state.device[f->place & (VNFT_PATH_DEVICES - 1)].side;
	f->flow = m->flow;
	f->len_bytes = m->len_bytes;
	f->packet.class = (__u8)m->class;
	f->flags = m->flags;
	if (record_stage(f, ring, VNFT_HOOK_DEV_XMIT, f->now_ns, m->queue))
		lost(f, VNFT_LOST_RING_FULL);
	return 0;
}

#endif
