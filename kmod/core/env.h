/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the core needs from its surroundings, once for each of the three that compile it:
 * BPF, the kernel module, and userspace (tool, unit tests, fuzzers). Everything else in
 * kmod/core/ is plain C without a libc or kernel call.
 */
#ifndef VNFT_CORE_ENV_H
#define VNFT_CORE_ENV_H

#if defined(__KERNEL__)
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/barrier.h>
#include <asm/processor.h>
#define VNFT_INLINE static __always_inline
#define vnft_cmpxchg64(p, old, new) cmpxchg64((p), (old), (new))
#define vnft_read_once(x) READ_ONCE(x)
#define vnft_write_once(x, v) WRITE_ONCE(x, v)
#define vnft_load_acquire(p) smp_load_acquire(p)	/* pairs as its caller says */
#define vnft_store_release(p, v) smp_store_release(p, v)	/* likewise */
#define vnft_relax() cpu_relax()
#elif defined(__bpf__)
#ifndef NULL
#define NULL ((void *)0)
#endif
#ifndef VNFT_INLINE
#define VNFT_INLINE static inline __attribute__((always_inline))
#endif
#define vnft_cmpxchg64(p, old, new) __sync_val_compare_and_swap((p), (old), (new))
#else
#include <linux/types.h>
#include <string.h>
#define VNFT_INLINE static inline __attribute__((always_inline, unused))
#define vnft_cmpxchg64(p, old, new) __sync_val_compare_and_swap((p), (old), (new))
#endif

#ifndef __KERNEL__
/* As the kernel's: one access, neither torn nor repeated. On amd64 every load is an acquire. */
#define vnft_read_once(x) (*(const volatile __typeof__(x) *)&(x))
#define vnft_write_once(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#ifdef __bpf__	/* clang 14 has none for BPF; accesses of this kind stay in order */
#define vnft_load_acquire(p) vnft_read_once(*(p))
#define vnft_store_release(p, v) do { vnft_barrier(); vnft_write_once(*(p), v); } while (0)
#define vnft_relax() do { } while (0)
#else
#define vnft_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define vnft_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define vnft_relax() __builtin_ia32_pause()
#endif
#endif

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "vnftrace is written for little-endian machines (amd64)"
#endif

#define vnft_be16(v) __builtin_bswap16(v)
#define vnft_be32(v) __builtin_bswap32(v)

/*
 * The compiler may not move a store past this. On amd64 the CPU does not either, and BPF
 * has no cheaper fence; pairs with the acquire load of the other side.
 */
#if defined(__KERNEL__)
#define vnft_barrier() smp_wmb()	/* pairs as said above */
#else
#define vnft_barrier() __asm__ volatile("" ::: "memory")
#endif

/**
 * typedef vnft_ask_fn - a number that costs something, asked for when a rule needs it
 * @frame: whatever the surroundings call a frame
 *
 * Two numbers are asked for so: the stamp of the frame, which is the same every time, and the id of
 * its flow.
 */
typedef __u64 (*vnft_ask_fn)(void *frame);

#include "../uapi/vnftrace.h"

#endif
