/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processor's I/O ports, and its barriers.
 */
#ifndef UNIKERNEL_KVM_PORTS_H
#define UNIKERNEL_KVM_PORTS_H

#include <stdint.h>

static inline void out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" :: "a"(value), "Nd"(port));
}

static inline uint8_t in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" :: "a"(value), "Nd"(port));
}

static inline uint32_t in32(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

/* x86 keeps the order of writes, and of reads; the compiler has to be told. */
static inline void in_order(void)
{
	__asm__ volatile("" ::: "memory");
}

/* But it lets a read pass an earlier write. */
static inline void write_before_read(void)
{
	__asm__ volatile("mfence" ::: "memory");
}

#endif
