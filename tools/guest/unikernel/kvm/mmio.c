/* SPDX-License-Identifier: GPL-2.0 */
/*
 * virtio by memory-mapped registers, old (version 1, as QEMU's microvm has it by default) and
 * modern (version 2). The places of devices stand on the command line.
 */
#include "../cmdline.h"
#include "../machine.h"
#include "interrupts.h"
#include "transport.h"

#include <stddef.h>

#define MAGIC	0x74726976u	/* "virt" */
#define NETWORK	1

/* Registers, by their offset in words. */
enum {
	REG_MAGIC = 0x00 / 4, REG_VERSION = 0x04 / 4, REG_DEVICE = 0x08 / 4,
	REG_FEATURES = 0x10 / 4, REG_FEATURES_WORD = 0x14 / 4,
	REG_ACCEPT = 0x20 / 4, REG_ACCEPT_WORD = 0x24 / 4, REG_OLD_PAGE_BYTES = 0x28 / 4,
	REG_RING = 0x30 / 4, REG_RING_MAX = 0x34 / 4, REG_RING_SLOTS = 0x38 / 4,
	REG_OLD_ALIGN = 0x3c / 4, REG_OLD_PAGE = 0x40 / 4, REG_RING_READY = 0x44 / 4,
	REG_NOTIFY = 0x50 / 4, REG_INTERRUPT = 0x60 / 4, REG_INTERRUPT_SEEN = 0x64 / 4,
	REG_STATUS = 0x70 / 4, REG_DESC = 0x80 / 4, REG_AVAIL = 0x90 / 4, REG_USED = 0xa0 / 4,
	REG_CONFIG = 0x100 / 4,
};

static volatile uint32_t *regs;

static uint64_t features(void)
{
	uint64_t low;

	regs[REG_FEATURES_WORD] = 0;
	low = regs[REG_FEATURES];
	regs[REG_FEATURES_WORD] = 1;
	return low | (uint64_t)regs[REG_FEATURES] << 32;
}

static void accept(uint64_t bits)
{
	regs[REG_ACCEPT_WORD] = 0;
	regs[REG_ACCEPT] = (uint32_t)bits;
	regs[REG_ACCEPT_WORD] = 1;
	regs[REG_ACCEPT] = (uint32_t)(bits >> 32);
}

static uint8_t status(void)
{
	return (uint8_t)regs[REG_STATUS];
}

static void set_status(uint8_t value)
{
	regs[REG_STATUS] = value;
}

static void set_address(unsigned int reg, const volatile void *at)
{
	regs[reg] = (uint32_t)(uintptr_t)at;
	regs[reg + 1] = (uint32_t)((uintptr_t)at >> 32);
}

static bool select_ring(unsigned int n)
{
	regs[REG_RING] = n;
	if (regs[REG_RING_MAX] < RING_SLOTS)
		return false;
	regs[REG_RING_SLOTS] = RING_SLOTS;
	return true;
}

static bool old_ring(unsigned int n, const struct virtio_ring *ring)
{
	regs[REG_OLD_PAGE_BYTES] = 4096;
	if (!select_ring(n))
		return false;
	regs[REG_OLD_ALIGN] = 4096;
	regs[REG_OLD_PAGE] = (uint32_t)((uintptr_t)ring / 4096);
	return true;
}

static bool modern_ring(unsigned int n, const struct virtio_ring *ring)
{
	if (!select_ring(n))
		return false;
	set_address(REG_DESC, ring->desc);
	set_address(REG_AVAIL, &ring->avail_flags);
	set_address(REG_USED, &ring->used_flags);
	regs[REG_RING_READY] = 1;
	return true;
}

static void notify(unsigned int n)
{
	regs[REG_NOTIFY] = n;
}

static uint8_t config_byte(unsigned int offset)
{
	return ((volatile uint8_t *)&regs[REG_CONFIG])[offset];
}

static void acknowledge(void)
{
	regs[REG_INTERRUPT_SEEN] = regs[REG_INTERRUPT];
}

static const struct virtio_transport old = {
	.features = features, .accept = accept, .status = status, .set_status = set_status,
	.ring = old_ring, .notify = notify, .config = config_byte,
}, modern = {
	.modern = true,
	.features = features, .accept = accept, .status = status, .set_status = set_status,
	.ring = modern_ring, .notify = notify, .config = config_byte,
};

const struct virtio_transport *virtio_by_mmio(const struct unikernel_config *config)
{
	unsigned int i;

	for (i = 0; i < config->devices; i++) {
		regs = (volatile uint32_t *)config->device[i].base;
		if (regs[REG_MAGIC] != MAGIC || regs[REG_DEVICE] != NETWORK)
			continue;
		if (config->device[i].irq >= INTERRUPT_LINES)
			die("virtio: the device's interrupt is beyond the first I/O APIC");
		interrupt_by_line(config->device[i].irq, acknowledge);
		return regs[REG_VERSION] == 1 ? &old : &modern;
	}
	return NULL;
}
