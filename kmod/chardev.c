// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/vnftrace (uapi/vnftrace.h, section 4): an open file owns a session. A mapping holds the
 * file, so a session ends with the last of its descriptors and mappings, also when their owner is
 * killed.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "authority.h"
#include "chardev.h"
#include "compat.h"
#include "device.h"
#include "prober.h"
#include "session.h"

static int vnft_open(struct inode *inode, struct file *file)
{
	struct vnft_session *session;
	u64 realm;
	int err = vnft_authority_open(&realm);

	if (err)
		return err;
	session = vnft_session_new(file, realm);
	if (!session)
		return -ENOMEM;
	file->private_data = session;
	return nonseekable_open(inode, file);
}

static int vnft_release(struct inode *inode, struct file *file)
{
	struct vnft_session *session = file->private_data;

	if (vnft_session_ready(session)) {
		vnft_session_close(session);
		vnft_probe_end_session(session);
		vnft_device_end_session(session);
	}
	vnft_session_put(session);
	return 0;
}

static long vnft_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct vnft_session_setup setup, __user *user = (void __user *)arg;
	int err;

	if (command != VNFT_IOC_SETUP)
		return -ENOTTY;
	if (copy_from_user(&setup, user, sizeof(setup)))
		return -EFAULT;
	err = vnft_session_setup(file->private_data, &setup);
	if (err)
		return err;
	/* The session is there, and its owner cannot learn which it is: the close ends it. */
	return copy_to_user(user, &setup, sizeof(setup)) ? -EFAULT : 0;
}

static __poll_t vnft_poll(struct file *file, struct poll_table_struct *wait)
{
	struct vnft_session *session = file->private_data;

	if (!vnft_session_ready(session))
		return EPOLLERR;
	poll_wait(file, &session->wait, wait);
	if (vnft_session_readable(session))
		return EPOLLIN | EPOLLRDNORM;
	vnft_session_look_later(session);
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

	if (!vnft_session_ready(session))
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
