// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/vnftrace (uapi/vnftrace.h, section 4): an open file is a session, which owns one ring per
 * CPU and what is attached in its name. A mapping holds the file, so a session ends with the last
 * of its descriptors and mappings, also when their owner is killed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "vnft.h"

LIST_HEAD(vnft_sessions);
static u32 session_last_id;
static u32 session_count;
/* Rings of all sessions, and what of the machine's memory they may have. */
static atomic64_t rings_bytes = ATOMIC64_INIT(0);
#define RINGS_SHARE	4

static u64 session_bytes(const struct vnft_session *session)
{
	return session->stride_bytes * nr_cpu_ids;
}

/* ---- sessions ---- */

static void rings_free(struct vnft_session *session)
{
	unsigned int cpu;

	for (cpu = 0; session->ring && cpu < nr_cpu_ids; cpu++)
		vnft_ring_free(&session->ring[cpu]);
	for (cpu = 0; session->named && cpu < nr_cpu_ids; cpu++)
		kvfree(session->named[cpu]);
	kfree(session->ring);
	kfree(session->named);
	session->ring = NULL;
	session->named = NULL;
	atomic64_sub(session_bytes(session), &rings_bytes);
}

static int rings_init(struct vnft_session *session, u32 records)
{
	const u64 limit_bytes = (u64)totalram_pages() * PAGE_SIZE / RINGS_SHARE;
	unsigned int cpu;
	int node;

	session->ring_records = records;
	session->stride_bytes = vnft_ring_bytes(records);
	if (atomic64_add_return(session_bytes(session), &rings_bytes) > limit_bytes)
		goto failed;
	session->ring = kcalloc(nr_cpu_ids, sizeof(*session->ring), GFP_KERNEL);
	session->named = kcalloc(nr_cpu_ids, sizeof(*session->named), GFP_KERNEL);
	if (!session->ring || !session->named)
		goto failed;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		node = cpu_possible(cpu) ? cpu_to_node(cpu) : NUMA_NO_NODE;
		session->named[cpu] = kvzalloc_node(sizeof(**session->named), GFP_KERNEL, node);
		if (!session->named[cpu] || vnft_ring_init(&session->ring[cpu], records, node))
			goto failed;
	}
	return 0;
failed:
	rings_free(session);
	return -ENOMEM;
}

struct vnft_session *vnft_session_find(u32 id)
{
	struct vnft_session *session;

	lockdep_assert_held(&vnft_lock);
	list_for_each_entry(session, &vnft_sessions, all)
		if (session->id == id)
			return session;
	return NULL;
}

u32 vnft_session_count(void)
{
	return READ_ONCE(session_count);
}

void vnft_session_get(struct vnft_session *session)
{
	kref_get(&session->ref);
}

static void session_free(struct kref *ref)
{
	struct vnft_session *session = container_of(ref, struct vnft_session, ref);

	vnft_timer_stop(&session->poll_timer);
	if (session->id) {
		rings_free(session);
		vnft_destroyed("session", session->id);
	}
	kfree(session);
}

void vnft_session_put(struct vnft_session *session)
{
	kref_put(&session->ref, session_free);
}

void vnft_session_emit(struct vnft_session *session, struct vnft_record *record)
{
	struct vnft_record *r;
	u32 seq;

	preempt_disable_notrace();
	record->cpu = raw_smp_processor_id();
	r = vnft_ring_reserve(&session->ring[record->cpu], &seq);
	if (r) {
		/* All but seq, which the reader waits for: last, by submit. */
		r->time_ns = record->time_ns;
		r->flow = record->flow;
		r->device = record->device;
		r->cpu = record->cpu;
		r->kind = record->kind;
		r->hook = record->hook;
		r->class = record->class;
		r->flags = record->flags;
		r->len32 = record->len32;
		memcpy(r->body, record->body, sizeof(r->body));
		vnft_ring_submit(r, seq);
	}
	preempt_enable_notrace();
}

/* ---- readers that wait ---- */

static bool session_readable(const struct vnft_session *session)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (vnft_ring_readable(&session->ring[cpu]))
			return true;
	return false;
}

static void poll_again(struct vnft_session *session)
{
	/* That this sets it off for who waits already does no harm: nothing is there yet. */
	mod_timer(&session->poll_timer, jiffies + max(nsecs_to_jiffies(VNFT_POLL_NS), 1UL));
}

/* Looks in place of the hooks, which wake nobody, for as long as somebody waits. */
static void poll_tick(struct timer_list *timer)
{
	struct vnft_session *session = container_of(timer, struct vnft_session, poll_timer);

	/* Who comes to wait after this look arms the timer anew: poll() waits first. */
	if (!waitqueue_active(&session->wait))
		return;
	if (session_readable(session))
		wake_up_interruptible_poll(&session->wait, EPOLLIN | EPOLLRDNORM);
	else
		poll_again(session);
}

/* ---- the file ---- */

/* Set up? Then everything of it can be seen. */
static bool session_ready(const struct vnft_session *session)
{
	/* Pairs with the release in session_publish(). */
	return smp_load_acquire(&session->id);
}

static int vnft_open(struct inode *inode, struct file *file)
{
	struct vnft_session *session;

	if (!capable(CAP_NET_ADMIN))
		return -EPERM;
	session = kzalloc(sizeof(*session), GFP_KERNEL);
	if (!session)
		return -ENOMEM;
	kref_init(&session->ref);
	INIT_LIST_HEAD(&session->all);
	INIT_LIST_HEAD(&session->devices);
	INIT_LIST_HEAD(&session->probes);
	init_waitqueue_head(&session->wait);
	timer_setup(&session->poll_timer, poll_tick, 0);
	file->private_data = session;
	return nonseekable_open(inode, file);
}

static int vnft_release(struct inode *inode, struct file *file)
{
	struct vnft_session *session = file->private_data;

	if (session_ready(session)) {
		mutex_lock(&vnft_lock);
		session->closed = true;
		list_del_init(&session->all);
		session_count--;
		mutex_unlock(&vnft_lock);
		vnft_probe_end_session(session);
		vnft_device_end_session(session);
	}
	vnft_session_put(session);
	return 0;
}

static int session_publish(struct vnft_session *session, struct vnft_session_setup *setup,
			   const struct vnft_session *rings)
{
	lockdep_assert_held(&vnft_lock);
	if (session->id)
		return -EBUSY;
	if (session_count >= VNFT_MAX_SESSIONS)
		return -ENOSPC;
	do {
		session_last_id++;
	} while (!session_last_id || vnft_session_find(session_last_id));
	session->flags = setup->flags;
	session->ring = rings->ring;
	session->named = rings->named;
	session->ring_records = rings->ring_records;
	session->stride_bytes = rings->stride_bytes;
	/* Pairs with session_ready(). */
	smp_store_release(&session->id, session_last_id);
	list_add_tail(&session->all, &vnft_sessions);
	session_count++;
	setup->ncpus = nr_cpu_ids;
	setup->session = session->id;
	setup->ring_stride_bytes = session->stride_bytes;
	return 0;
}

static int session_setup(struct vnft_session *session, struct vnft_session_setup *setup)
{
	struct vnft_session rings = {};
	int err;

	if (setup->version != VNFT_ABI_VERSION || setup->flags & ~VNFT_SESSION_WATCH ||
	    setup->reserved || !is_power_of_2(setup->ring_records) ||
	    setup->ring_records < VNFT_RING_MIN_RECORDS ||
	    setup->ring_records > VNFT_RING_MAX_RECORDS)
		return -EINVAL;
	if (session_ready(session))
		return -EBUSY;
	/* Without the lock: megabytes may have to be found and cleared. */
	err = rings_init(&rings, setup->ring_records);
	if (err)
		return err;
	mutex_lock(&vnft_lock);
	err = session_publish(session, setup, &rings);
	mutex_unlock(&vnft_lock);
	if (err)
		rings_free(&rings);
	else
		vnft_created("session", setup->session);
	return err;
}

static long vnft_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct vnft_session_setup setup, __user *user = (void __user *)arg;
	int err;

	if (command != VNFT_IOC_SETUP)
		return -ENOTTY;
	if (copy_from_user(&setup, user, sizeof(setup)))
		return -EFAULT;
	err = session_setup(file->private_data, &setup);
	if (err)
		return err;
	/* The session is there, and its owner cannot learn which it is: the close ends it. */
	return copy_to_user(user, &setup, sizeof(setup)) ? -EFAULT : 0;
}

static __poll_t vnft_poll(struct file *file, struct poll_table_struct *wait)
{
	struct vnft_session *session = file->private_data;

	if (!session_ready(session))
		return EPOLLERR;
	poll_wait(file, &session->wait, wait);
	if (session_readable(session))
		return EPOLLIN | EPOLLRDNORM;
	poll_again(session);
	return 0;
}

/* Pages of one ring as they lie; which may be written, and by whom, is the contract's. */
static int vnft_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct vnft_session *session = file->private_data;
	const u64 bytes = vma->vm_end - vma->vm_start;
	u64 at, stride, cpu, from;
	void *memory;
	int err = 0;

	if (!session_ready(session))
		return -EINVAL;
	stride = session->stride_bytes;
	cpu = div64_u64_rem((u64)vma->vm_pgoff << PAGE_SHIFT, stride, &from);
	/* A private copy of what others write would be of no use. */
	if (vma->vm_pgoff > ULONG_MAX >> PAGE_SHIFT || cpu >= nr_cpu_ids ||
	    bytes > stride - from || !(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	cpu = array_index_nospec(cpu, nr_cpu_ids);
	if (vma->vm_flags & VM_EXEC)
		return -EACCES;
	if (vma->vm_flags & VM_WRITE && (from || bytes != PAGE_SIZE))
		return -EACCES;
	/* What begins read only stays so, whatever mprotect() is asked. */
	vnft_vm_flags(vma, VM_DONTEXPAND | VM_DONTCOPY | VM_DONTDUMP,
		      VM_MAYEXEC | (vma->vm_flags & VM_WRITE ? 0 : VM_MAYWRITE));
	memory = session->ring[cpu].memory + from;
	for (at = 0; !err && at < bytes; at += PAGE_SIZE)
		err = vm_insert_page(vma, vma->vm_start + at, vmalloc_to_page(memory + at));
	return err;
}

static const struct file_operations vnft_fops = {
	.owner = THIS_MODULE,
	.open = vnft_open,
	.release = vnft_release,
	.unlocked_ioctl = vnft_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.poll = vnft_poll,
	.mmap = vnft_mmap,
};

static struct miscdevice vnft_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = VNFT_CHARDEV_NAME,
	.fops = &vnft_fops,
	.mode = 0600,
};

int __init vnft_chardev_init(void)
{
	return misc_register(&vnft_misc);
}

void vnft_chardev_exit(void)
{
	misc_deregister(&vnft_misc);
}
