// SPDX-License-Identifier: GPL-2.0
/*
 * What the entry of a driver's function says of a frame. What leads from its arguments to the
 * attachment:
 *   the net_device itself   tun_net_xmit, veth_xmit, xenvif_start_xmit; veth_poll by its napi
 *   netdev_priv()           struct tun_struct *, struct xenvif *: compared; of the latter the first
 *                           member is read
 *   struct xenvif_queue     see struct vnft_xenvif_queue
 *
 * A function that begins before there is an skb leaves a note with its stamp. The frame is recorded
 * under that stamp when it shows. tun's notes are kept by task, because its functions may sleep and
 * wake up on another CPU; those of polls by CPU.
 */
#include <linux/hash.h>
#include <linux/ptrace.h>
#include <linux/uaccess.h>

#include "core/hooks.h"
#include "hooks_entry.h"
#include "hooks_stage.h"
#include "stage.h"
#include "table.h"
#include "vnft.h"

static void *vnft_argument(struct pt_regs *regs, unsigned int n)
{
	return (void *)regs_get_kernel_argument(regs, n);
}

/* ndo_start_xmit(skb, dev) of tun and veth */
void vnft_entry_xmit(enum vnft_hook hook, struct pt_regs *regs)
{
	const struct sk_buff *skb = vnft_argument(regs, 0);

	vnft_stage(hook, vnft_argument(regs, 1), skb, skb->data, skb_get_queue_mapping(skb), 0);
}

/* ---- notes of a task ---- */

#define VNFT_NOTES_BITS		7
#define VNFT_NOTE_STALE_NS	1000000000ULL
static const char vnft_note_busy;

/**
 * struct vnft_note - what a task is about
 * @task: NULL: free; &vnft_note_busy: being written. Only its own task reads the rest; one that
 *        never took it up leaves it to whoever comes after a second.
 * @what: the tun_struct that is written, or the skb that is read
 * @time_ns: when it was left
 */
struct vnft_note {
	const void *task;
	const void *what;
	u64 time_ns;
} ____cacheline_aligned;

static struct vnft_note vnft_writers[1 << VNFT_NOTES_BITS];
static struct vnft_note vnft_readers[1 << VNFT_NOTES_BITS];

static void vnft_note_leave(struct vnft_note *notes, const void *what)
{
	struct vnft_note *n = &notes[hash_ptr(current, VNFT_NOTES_BITS)];
	const void *owner = READ_ONCE(n->task);
	u64 now_ns = vnft_now_ns();

	if (owner == &vnft_note_busy)
		return;
	if (owner && owner != current && now_ns - READ_ONCE(n->time_ns) < VNFT_NOTE_STALE_NS)
		return;
	if (cmpxchg(&n->task, owner, &vnft_note_busy) != owner)
		return;
	WRITE_ONCE(n->time_ns, now_ns);
	WRITE_ONCE(n->what, what);
	smp_store_release(&n->task, current);	/* with the acquire in vnft_note_take() */
}

/* When the running task left its note about @what, which is gone now; 0 if it did not. */
static u64 vnft_note_take(struct vnft_note *notes, const void *what)
{
	struct vnft_note *n = &notes[hash_ptr(current, VNFT_NOTES_BITS)];
	u64 time_ns;

	if (smp_load_acquire(&n->task) != current)	/* with the release in vnft_note_leave() */
		return 0;
	if (READ_ONCE(n->what) != what)
		return 0;
	time_ns = READ_ONCE(n->time_ns);
	if (cmpxchg(&n->task, current, NULL) != current)
		return 0;
	return time_ns;
}

/* ---- tun ---- */

void vnft_entry_tun_write(enum vnft_hook hook, struct pt_regs *regs)
{
	const void *tun = vnft_argument(regs, 0);

	if (vnft_table_by_priv(tun))
		vnft_note_leave(vnft_writers, tun);
}

/* tun_do_read(tun, tfile, to, noblock, ptr): vhost brings the frame, a read() gets it inside. */
void vnft_entry_tun_read(enum vnft_hook hook, struct pt_regs *regs)
{
	const struct net_device *dev = vnft_table_by_priv(vnft_argument(regs, 0));
	const struct sk_buff *skb = vnft_argument(regs, 4);

	/* TUN_XDP_FLAG (linux/if_tun.h): not an skb. */
	if (!dev || !skb || (unsigned long)skb & 1)
		return;
	vnft_note_leave(vnft_readers, skb);
	vnft_stage(hook, dev, skb, skb->data, skb_get_queue_mapping(skb), 0);
}

void vnft_entry_read(const struct net_device *dev, const struct sk_buff *skb, const void *mac,
		     u32 queue)
{
	if (!vnft_note_take(vnft_readers, skb))
		vnft_stage(VNFT_HOOK_TUN_READ, dev, skb, mac, queue, 0);
}

/* ---- notes of a CPU: polls, with bottom halves off ---- */

/*
 * veth's poll hands up at once what it took. Others hand up frames of a veth device as well, so a
 * frame that comes later than this is not the poll's. Nobody else hands up frames of a vif: its
 * poll may take as long as it likes.
 */
#define VNFT_POLL_STALE_NS	10000000ULL

static DEFINE_PER_CPU(struct vnft_poll {
	const struct net_device *dev;
	enum vnft_hook hook;
	u32 queue;
	u32 peer;
	u64 time_ns;
}, vnft_polls);

static void vnft_poll_begins(enum vnft_hook hook, const struct net_device *dev, u32 queue, u32 peer)
{
	struct vnft_poll *p = this_cpu_ptr(&vnft_polls);

	p->dev = dev;
	p->hook = hook;
	p->queue = queue;
	p->peer = peer;
	p->time_ns = vnft_now_ns();
}

void vnft_entry_veth_poll(enum vnft_hook hook, struct pt_regs *regs)
{
	const struct napi_struct *napi = vnft_argument(regs, 0);

	vnft_poll_begins(hook, napi->dev, VNFT_NO_QUEUE, 0);
}

/* ---- xen-netback ---- */

/*
 * How struct xenvif and struct xenvif_queue begin: drivers/net/xen-netback/common.h. Their first
 * members are the same from 3.16 (queues) to 6.12 at least, and are believed only if the vif is the
 * private part of an attached device and the queue is one that the device has.
 *
 * The list of frames for the guest lies far behind, with what the kernel's configuration sizes
 * before it; this holds for 6.1 and 6.12 (tests/static/netback.sh). On another kernel the list may
 * be elsewhere, and this place beyond the queue's memory: vnft_xenvif_first() checks all it reads.
 */
struct vnft_xenvif {
	u16 domid;
};

/* Xen's: slots of a ring of transmit requests (4 KiB), and bytes of structs of its interface. */
#define VNFT_XEN_SLOTS		256
#define VNFT_XEN_COPY_BYTES	40
#define VNFT_XEN_MAP_BYTES	32
#define VNFT_XEN_UNMAP_BYTES	24
#define VNFT_XEN_REQUEST_BYTES	12

struct vnft_xenvif_ring {
	u32 private[3];
	void *shared;
};

struct vnft_xenvif_queue {
	unsigned int id;
	char name[IFNAMSIZ + 5];
	const struct vnft_xenvif *vif;
	atomic_t eoi_pending;
	struct napi_struct napi;
	unsigned int tx_irq;
	char tx_irq_name[IFNAMSIZ + 8];
	struct vnft_xenvif_ring tx;
	struct sk_buff_head tx_queue;
	void *mmap_pages[VNFT_XEN_SLOTS];
	u32 pending[2];
	u16 pending_ring[VNFT_XEN_SLOTS];
	struct {
		u8 request[VNFT_XEN_REQUEST_BYTES];
		u32 extra_count;
		struct ubuf_info_msgzc ubuf;
	} pending_tx_info[VNFT_XEN_SLOTS];
	u32 grant_tx_handle[VNFT_XEN_SLOTS];
	u64 tx_copy_ops[2 * VNFT_XEN_SLOTS][VNFT_XEN_COPY_BYTES / sizeof(u64)];
	u64 tx_map_ops[VNFT_XEN_SLOTS][VNFT_XEN_MAP_BYTES / sizeof(u64)];
	u64 tx_unmap_ops[VNFT_XEN_SLOTS][VNFT_XEN_UNMAP_BYTES / sizeof(u64)];
	void *pages_to_map[VNFT_XEN_SLOTS];
	void *pages_to_unmap[VNFT_XEN_SLOTS];
	spinlock_t callback_lock;	/* as all of them: for its size */
	spinlock_t response_lock;	/* too */
	u32 dealloc[2];
	u16 dealloc_ring[VNFT_XEN_SLOTS];
	void *dealloc_task;
	wait_queue_head_t dealloc_wq;
	atomic_t inflight_packets;
	void *task;
	wait_queue_head_t wq;
	unsigned int rx_irq;
	char rx_irq_name[IFNAMSIZ + 8];
	struct vnft_xenvif_ring rx;
	struct sk_buff_head rx_queue;
};

static const struct net_device *vnft_xenvif_dev(const struct vnft_xenvif_queue *queue)
{
	const struct net_device *dev = vnft_table_by_priv(queue->vif);

	return dev && queue->id < dev->num_tx_queues ? dev : NULL;
}

void vnft_entry_xenvif_xmit(enum vnft_hook hook, struct pt_regs *regs)
{
	const struct sk_buff *skb = vnft_argument(regs, 0);
	const struct net_device *dev = vnft_argument(regs, 1);
	const struct vnft_xenvif *vif = netdev_priv(dev);

	vnft_stage(hook, dev, skb, skb->data, skb_get_queue_mapping(skb), vif->domid);
}

/*
 * The frame that xenvif_rx_skb() is about to take: the first of its list, from which this kthread
 * alone takes. NULL if what lies there is no list that begins with a frame for the device.
 */
static const struct sk_buff *vnft_xenvif_first(const struct vnft_xenvif_queue *queue,
					       const struct net_device *dev)
{
	const struct sk_buff_head *list = &queue->rx_queue;
	struct sk_buff *skb, *prev;
	struct net_device *skb_dev;

	if (get_kernel_nofault(skb, &list->next) || skb == (const void *)list ||
	    get_kernel_nofault(prev, &skb->prev) || prev != (const void *)list ||
	    get_kernel_nofault(skb_dev, &skb->dev) || skb_dev != dev)
		return NULL;
	return skb;
}

void vnft_entry_xenvif_rx(enum vnft_hook hook, struct pt_regs *regs)
{
	const struct vnft_xenvif_queue *queue = vnft_argument(regs, 0);
	const struct net_device *dev = vnft_xenvif_dev(queue);
	const struct sk_buff *skb;

	if (!dev)
		return;
	skb = vnft_xenvif_first(queue, dev);
	vnft_stage(hook, dev, skb, skb ? skb->data : NULL, queue->id, queue->vif->domid);
}

void vnft_entry_xenvif_tx(enum vnft_hook hook, struct pt_regs *regs)
{
	const struct vnft_xenvif_queue *queue = vnft_argument(regs, 0);
	const struct net_device *dev = vnft_xenvif_dev(queue);

	if (dev)
		vnft_poll_begins(hook, dev, queue->id, queue->vif->domid);
}

/* The function does not say which frame's pages these were: the record belongs to no frame. */
void vnft_entry_xenvif_zerocopy(enum vnft_hook hook, struct pt_regs *regs)
{
	const struct vnft_xenvif_queue *queue = vnft_argument(regs, 0);
	const struct net_device *dev = vnft_xenvif_dev(queue);

	if (dev)
		vnft_stage(hook, dev, NULL, NULL, queue->id, queue->vif->domid);
}

/* ---- where a driver hands the frame up ---- */

void vnft_entry_arrived(const struct net_device *dev, const struct sk_buff *skb, const void *mac,
			u32 queue)
{
	const struct vnft_poll *p = raw_cpu_ptr(&vnft_polls);
	struct vnft_device *d;
	u64 written_ns = 0;

	rcu_read_lock();
	vnft_table_for_each(d, dev) {
		const u64 stages = READ_ONCE(d->stages);

		if (stages & BIT_ULL(VNFT_HOOK_TUN_GET_USER)) {
			if (!written_ns)
				written_ns = vnft_note_take(vnft_writers, d->priv);
			if (written_ns)
				vnft_stage_frame(d, VNFT_HOOK_TUN_GET_USER, skb, mac, written_ns,
						 queue, 0);
		} else if (p->dev == dev && stages & BIT_ULL(p->hook) &&
			   (p->hook == VNFT_HOOK_XENVIF_TX ||
			    vnft_now_ns() - p->time_ns < VNFT_POLL_STALE_NS)) {
			vnft_stage_frame(d, p->hook, skb, mac, p->time_ns, p->queue, p->peer);
		}
	}
	rcu_read_unlock();
}
