// SPDX-License-Identifier: GPL-2.0
/*
 * The generator's clock: departures on an open-loop schedule. Packet n is due at start +
 * n * interval whatever became of its predecessors; how late it left is the histogram.
 *
 * A thread of real-time priority on one CPU, which sleeps on a timer of high resolution until the
 * next packet is due: what it counts has one writer. It is a thread because of what comes after
 * the departure: dev_queue_xmit() ends by enabling bottom halves, and so the receiver's softirq
 * runs at once, as it does behind a send(). From the timer's own softirq it would have to wait for
 * ksoftirqd whenever a task was due on this CPU: the generator's delay in the peer's answer.
 *
 * A shot sends all that is due, up to a budget. A generator that does not catch up with that, or
 * that has no pace to keep, goes on as an ordinary thread until it has: several of real-time
 * priority would leave a CPU nothing but what the scheduler's emergency brake lets through, and
 * RCU, on which the removal of devices waits, would come to a halt. It also rests an eighth of what
 * its shot took.
 */
#include <linux/kthread.h>

#include "core/frame.h"
#include "core/hist.h"
#include "generator.h"
#include "prober_send.h"
#include "vnft.h"

#define SHOT_PACKETS	64
#define SHOT_NS		1000000U
#define REST_SHARE	8
/* A generator that cannot keep its pace ends this long after its duration at the latest. */
#define OVERTIME_NS	1000000000ULL

static struct sk_buff *vnft_probe_build(struct vnft_generator *p, u64 n)
{
	const struct vnft_frame_form *f = &p->form;
	const struct vnft_probe_setup *how = &p->how;
	u16 also_port = n & 1 ? READ_ONCE(p->also_port) : 0;
	u32 seq = p->seq_base + n;
	struct sk_buff *skb;
	u8 *bytes;

	skb = alloc_skb(LL_RESERVED_SPACE(p->dev) + f->len_bytes + p->dev->needed_tailroom,
			GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, LL_RESERVED_SPACE(p->dev));
	skb->dev = p->dev;
	skb->protocol = htons(f->ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, VNFT_ETH_BYTES);
	skb_set_transport_header(skb, f->l4_bytes);
	bytes = skb_put_data(skb, p->frame, f->len_bytes);
	if (f->kind == VNFT_PROBE_KIND_ECHO)
		vnft_frame_number(f, bytes, how->echo_id, 0, n);
	else
		vnft_frame_number(f, bytes, vnft_frame_sport(how->sport, how->sports, n),
				  also_port ? also_port : how->dport, seq);
	return skb;
}

static void vnft_probe_depart(struct vnft_generator *p, u64 intended_ns, u64 now_ns)
{
	struct sk_buff *skb = vnft_probe_build(p, p->next);

	/* Before the packet can pass the driver: prober_stamp.c counts back from it. */
	WRITE_ONCE(p->next, p->next + 1);
	/* A queue that dropped this or another one of ours says so by a positive number. */
	if (!skb || dev_queue_xmit(skb)) {
		WRITE_ONCE(p->failed, p->failed + 1);
		return;
	}
	WRITE_ONCE(p->sent, p->sent + 1);
	if (!p->first_ns)
		WRITE_ONCE(p->first_ns, now_ns);
	WRITE_ONCE(p->last_ns, now_ns);
	/* Without an interval nothing is ever late. */
	if (p->how.interval_ns)
		vnft_hist_add(&p->lateness, now_ns > intended_ns ? now_ns - intended_ns : 0);
}

static bool vnft_probe_over(const struct vnft_generator *p, u64 now_ns)
{
	const struct vnft_probe_setup *how = &p->how;
	u64 since_ns = now_ns > p->start_ns ? now_ns - p->start_ns : 0;

	if (READ_ONCE(p->stop) || (how->count && p->next >= how->count))
		return true;
	if (!how->duration_ns)
		return false;
	if (!how->interval_ns)
		return since_ns >= how->duration_ns;
	return p->next * how->interval_ns >= how->duration_ns ||
	       (since_ns >= how->duration_ns && since_ns - how->duration_ns >= OVERTIME_NS);
}

/* Send what is due; *@behind if that was not all. Return: when to come again, 0 if never. */
static u64 vnft_probe_shot(struct vnft_generator *p, bool *behind)
{
	const u64 begin_ns = vnft_now_ns();
	u64 now_ns = begin_ns, due_ns;
	int i;

	for (i = 0; i < SHOT_PACKETS && now_ns - begin_ns < SHOT_NS; i++) {
		if (vnft_probe_over(p, now_ns))
			return 0;
		due_ns = p->start_ns + p->next * p->how.interval_ns;
		if (due_ns > now_ns) {
			*behind = false;
			return due_ns;
		}
		vnft_probe_depart(p, due_ns, now_ns);
		now_ns = vnft_now_ns();
	}
	*behind = true;
	return now_ns + (now_ns - begin_ns) / REST_SHARE;
}

/* Real-time priority is for who keeps his pace. */
static void vnft_probe_rank(struct vnft_generator *p, bool fifo)
{
	if (fifo == p->fifo)
		return;
	p->fifo = fifo;
	if (fifo)
		sched_set_fifo(current);
	else
		sched_set_normal(current, 0);
}

static bool vnft_probe_told(const struct vnft_generator *p)
{
	return READ_ONCE(p->stop) || kthread_should_stop();
}

/* From the first to the second the device stays; false: it has been let go. */
static bool vnft_probe_enter(struct vnft_generator *p)
{
	bool busy;

	raw_spin_lock(&p->lock);
	busy = !p->left;
	p->busy = busy;
	raw_spin_unlock(&p->lock);
	return busy;
}

static void vnft_probe_leave(struct vnft_generator *p)
{
	bool left;

	raw_spin_lock(&p->lock);
	p->busy = false;
	left = p->left;
	raw_spin_unlock(&p->lock);
	if (left)
		netdev_put(p->dev, &p->tracker);
}

static void vnft_probe_go(struct vnft_generator *p, u64 *next_ns, bool *behind)
{
	if (!vnft_probe_enter(p))
		return;
	*next_ns = vnft_probe_shot(p, behind);
	vnft_probe_leave(p);
}

int vnft_probe_thread(void *arg)
{
	struct vnft_generator *p = arg;
	u64 next_ns = p->start_ns;
	bool behind = !p->how.interval_ns;
	ktime_t until;

	while (next_ns && !vnft_probe_told(p)) {
		vnft_probe_rank(p, !behind);
		until = ns_to_ktime(next_ns);
		set_current_state(TASK_IDLE);
		/* Asked between the two, a wake-up is never missed. */
		if (!vnft_probe_told(p))
			schedule_hrtimeout(&until, HRTIMER_MODE_ABS);
		__set_current_state(TASK_RUNNING);
		if (!vnft_probe_told(p) && vnft_now_ns() >= next_ns)
			vnft_probe_go(p, &next_ns, &behind);
	}
	WRITE_ONCE(p->running, false);
	/* Who began it ends it, and frees what it runs on. */
	for (;;) {
		set_current_state(TASK_IDLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}
