/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between kernels, 6.1 to 6.12 and what is known beyond: the only place that looks at
 * LINUX_VERSION_CODE. One function or macro for each, headed by what changed.
 */
#ifndef VNFT_KMOD_COMPAT_H
#define VNFT_KMOD_COMPAT_H

#include <linux/ftrace.h>
#include <linux/mm.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <net/genetlink.h>

/* 6.12 moved it: 5f60d5f6bbc1 "move asm/unaligned.h to linux/unaligned.h". */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/* 6.3 made vma->vm_flags const: bc292ab00f6c "mm: introduce vma->vm_flags wrapper functions". */
static inline void vnft_vm_flags(struct vm_area_struct *vma, unsigned long set, unsigned long clear)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

/* 6.2 renamed it, 6.15 took the old name away: 9b13df3fb64e, 8fa7292fee5c. */
static inline void vnft_timer_stop(struct timer_list *timer)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	timer_delete_sync(timer);
#else
	del_timer_sync(timer);
#endif
}

/* 6.7 put a struct genl_info into it: 9272af109fe6, "add struct genl_info to dump info". */
static inline struct nlattr **vnft_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return genl_dumpit_info(cb)->info.attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/* 6.2 split the rows of commands: 20b0b53acab5 "genetlink: introduce split op representation". */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define VNFT_GENL_OPS	genl_split_ops
#else
#define VNFT_GENL_OPS	genl_ops
#endif

/* 6.3 added the caller to the tracepoint consume_skb: dd1b527831a3. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define VNFT_CONSUME_SKB_ARGS	struct sk_buff *skb, void *location
#else
#define VNFT_CONSUME_SKB_ARGS	struct sk_buff *skb
#endif

/*
 * The arguments of a function hooked by ftrace, for regs_get_kernel_argument() alone: on amd64 all
 * of these kernels keep struct pt_regs in there. 6.13, and stable kernels before it, hid that
 * behind a macro: e4cf33ca4812, "Consolidate ftrace_regs accessor functions for archs using
 * pt_regs".
 */
static inline struct pt_regs *vnft_ftrace_regs(struct ftrace_regs *regs)
{
#ifdef arch_ftrace_regs
	return &arch_ftrace_regs(regs)->regs;
#else
	return &regs->regs;
#endif
}

#endif
