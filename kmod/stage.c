// SPDX-License-Identifier: GPL-2.0
/*
 * Frames at the stages inside the host: STAGE records; nothing is counted but losses. These hooks
 * run in any context up to NMI. So the skb is only read, and the memory of a CPU (struct
 * vnft_stage_cpu) is guarded: a hook that interrupts its user goes without (VNFT_LOST_NESTED).
 *
 * After the driver's transmit function the skb may be freed: its address is a name and is never
 * followed. What the frame was is remembered from net_dev_start_xmit, which the same CPU passed
 * just before.
 */
#include "parse.h"
#include "pass.h"
#include "record.h"
#include "stage.h"
#include "state.h"
#include "table.h"

/* False unless the link header lies within the skb or its headroom: it is not read then. */
static bool stage_shift(const struct sk_buff *skb, const void *mac, int *shift)
{
	const unsigned char *at = mac;

	if (at < skb->head || at > skb_tail_pointer(skb))
		return false;
	*shift = at - skb->data;
	return true;
}

static bool memory_enter(struct vnft_stage_cpu *here)
{
	if (READ_ONCE(here->busy)) {
		local_inc(&here->lost_nested);
		return false;
	}
	WRITE_ONCE(here->busy, true);
	barrier();	/* against an interrupt on this CPU: the mark lies around what it guards */
	return true;
}

static void memory_leave(struct vnft_stage_cpu *here)
{
	barrier();
	WRITE_ONCE(here->busy, false);
}

static void remember(struct vnft_stage_cpu *here, const struct vnft_pass *pass,
		     const struct vnft_stage_of *stage, bool written)
{
	if (!memory_enter(here))
		return;
	/* The return is recorded only if the hand-over was. */
	here->skb = written ? stage->skb : NULL;
	if (written) {
		here->queue = stage->queue;
		here->flow = pass->flow;
		here->len_bytes = pass->len_bytes;
		here->class = pass->packet.class;
		here->flags = pass->packet.flags | (pass->from_b ? VNFT_RF_FROM_B : 0);
	}
	memory_leave(here);
}

static bool recall(struct vnft_stage_cpu *here, struct vnft_pass *pass,
		   struct vnft_stage_of *stage)
{
	bool known;

	if (!memory_enter(here))
		return false;
	known = here->skb == stage->skb;
	if (known) {
		here->skb = NULL;	/* its memory may be another frame's soon */
		if (stage->queue == ~0U)
			stage->queue = here->queue;
		pass->flow = here->flow;
		pass->len_bytes = here->len_bytes;
		pass->packet.class = here->class;
		pass->packet.flags = here->flags;
		pass->from_b = 0;	/* is in the flags */
	}
	memory_leave(here);
	return known;
}

static void parse(const struct vnft_device *d, const struct sk_buff *skb, int shift,
		  struct vnft_pass *pass)
{
	if (vnft_parse_skb(&pass->packet, skb, shift, d->l2_bytes))
		pass->packet.class = VNFT_CLASS_OTHER;
	pass->len_bytes = vnft_skb_wire_bytes(skb, shift);
}

/* What passes here? False if nobody records it, or if the frame cannot be read. */
static bool look(const struct vnft_device *d, const void *mac, struct vnft_stage_cpu *here,
		 struct vnft_pass *pass, struct vnft_stage_of *stage)
{
	int shift;

	/* There is no frame yet, and no class: recorded if anything is. */
	if (!stage->skb)
		return READ_ONCE(d->record_mask);
	if (!mac) {
		if (!recall(here, pass, stage))
			return false;
	} else {
		if (!stage_shift(stage->skb, mac, &shift))
			return false;
		parse(d, stage->skb, shift, pass);
		stage->parsed = true;
	}
	return READ_ONCE(d->record_mask) & BIT(pass->packet.class);
}

void vnft_stage_frame(struct vnft_device *d, enum vnft_hook hook, const struct sk_buff *skb,
		      const void *mac, u64 time_ns, u32 queue, u32 peer)
{
	struct vnft_stage_of stage = { .hook = hook, .skb = skb, .queue = queue, .peer = peer };
	struct vnft_pass pass = { .now_ns = time_ns };
	struct vnft_stage_cpu *here;
	bool written = false;

	if (!READ_ONCE(d->record_mask))
		return;
	preempt_disable_notrace();
	pass.cpu = raw_smp_processor_id();
	here = d->state.stage[pass.cpu];
	if (look(d, mac, here, &pass, &stage)) {
		written = vnft_record_stage(d, &pass, &stage);
		if (!written)
			local_inc(&here->lost_full);
	}
	if (hook == VNFT_HOOK_DEV_START_XMIT)
		remember(here, &pass, &stage, written);
	preempt_enable_notrace();
}
