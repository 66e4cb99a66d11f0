/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a PV guest speaks to Xen, and what its parts share.
 */
#ifndef UNIKERNEL_XEN_HYPERCALL_H
#define UNIKERNEL_XEN_HYPERCALL_H

#include <stddef.h>
#include <stdint.h>

#define xen_mb()	__asm__ volatile("mfence" ::: "memory")
#define xen_rmb()	__asm__ volatile("" ::: "memory")
#define xen_wmb()	__asm__ volatile("" ::: "memory")
#include <xen/xen.h>
#include <xen/event_channel.h>

#define XEN_PAGE	4096u
#define XEN_PAGE_ALIGNED __attribute__((aligned(XEN_PAGE)))

#define hypercall(nr, a, b, c) ({					\
	long r_, a_ = (long)(a), b_ = (long)(b), c_ = (long)(c);	\
	__asm__ volatile("call hypercall_page + %c4"			\
			 : "=a"(r_), "+D"(a_), "+S"(b_), "+d"(c_)	\
			 : "i"((nr) * 32)				\
			 : "rcx", "r8", "r9", "r10", "r11", "memory");	\
	r_; })

/* What Xen hands over at the start, and keeps up to date. To be called first. */
void xen_open(const struct start_info *info);
const struct start_info *xen_start_info(void);
struct shared_info *xen_shared(void);

/* Xen's pages are named by machine frame, ours by address. */
uint64_t xen_frame_of(const void *page);
void *xen_page_of(uint64_t frame);
/* Gives one of our pages another machine page. */
void xen_map(void *page, uint64_t machine_address);

/* Event channels: ring at the other end; sleep until the other end rings, or @until_ns if not 0. */
void xen_notify(uint32_t port);
void xen_wait(uint32_t port, uint64_t until_ns);
/* The channel that ends machine_sleep(). */
void xen_wake_by(uint32_t port);

#endif
