/* SPDX-License-Identifier: GPL-2.0 */
/*
 * virtio by PCI, modern devices alone. The firmware has given bus numbers and addresses already. A
 * device's list of capabilities says where its registers are, and MSI-X carries its interrupt
 * without any board between it and us.
 */
#include "../machine.h"
#include "interrupts.h"
#include "ports.h"
#include "transport.h"

#include <stddef.h>

#define VIRTIO_NET_OLD		0x10001af4u	/* may be modern as well */
#define VIRTIO_NET		0x10411af4u
#define COMMAND			0x04
#define COMMAND_BITS		0x406u		/* memory, bus master, no line */
#define HEADER_TYPE		0x0e
#define BRIDGE			1
#define MANY_FUNCTIONS		0x80
#define BAR			0x10
#define SECONDARY_BUS		0x19
#define CAPABILITIES		0x34
#define CAPABILITY_MSIX		0x11
#define CAPABILITY_VENDOR	0x09
#define MSIX_ENABLE		0x80000000u
#define NO_VECTOR		0xffffu

/* Kinds of virtio's areas. */
enum { AREA_COMMON = 1, AREA_NOTIFY, AREA_INTERRUPT, AREA_CONFIG, AREAS };

/**
 * struct virtio_common - virtio 1.0, 4.1.4.3
 */
struct virtio_common {
	uint32_t features_word, features, accept_word, accept;
	uint16_t config_vector, rings;
	uint8_t status, generation;
	uint16_t ring, ring_slots, ring_vector, ring_enable, ring_notify;
	uint32_t desc[2], avail[2], used[2];
};

static volatile uint8_t *area[AREAS];
static uint32_t notify_step;
static uint16_t ring_notify[2];

#define common	((volatile struct virtio_common *)area[AREA_COMMON])

/* @where: bus, device and function as the port wants them. */
static uint32_t read32(uint32_t where, unsigned int offset)
{
	out32(0xcf8, 0x80000000u | where | (offset & 0xfc));
	return in32(0xcfc);
}

static uint8_t read8(uint32_t where, unsigned int offset)
{
	return (uint8_t)(read32(where, offset) >> (offset % 4 * 8));
}

static void write32(uint32_t where, unsigned int offset, uint32_t value)
{
	out32(0xcf8, 0x80000000u | where | (offset & 0xfc));
	out32(0xcfc, value);
}

static volatile uint8_t *memory_of(uint32_t where, unsigned int bar)
{
	uint32_t low = bar < 6 ? read32(where, BAR + 4 * bar) : 1;

	if (low & 1)
		return NULL;
	if ((low & 6) == 4 && read32(where, BAR + 4 * bar + 4))
		die("virtio: its registers are above 4 GiB, which boot.S does not map");
	return (volatile uint8_t *)(uintptr_t)(low & ~15u);
}

static void take_area(uint32_t where, unsigned int at)
{
	const unsigned int kind = read8(where, at + 3);
	volatile uint8_t *memory;

	if (kind < AREA_COMMON || kind >= AREAS || area[kind])
		return;
	memory = memory_of(where, read8(where, at + 4));
	if (!memory)
		return;
	area[kind] = memory + read32(where, at + 8);
	if (kind == AREA_NOTIFY)
		notify_step = read32(where, at + 16);
}

static bool take_msix(uint32_t where, unsigned int at)
{
	const uint32_t table = read32(where, at + 4);
	volatile uint8_t *memory = memory_of(where, table & 7);
	volatile uint32_t *entry;
	uint64_t address;
	uint32_t data;

	if (!memory)
		return false;
	entry = (volatile uint32_t *)(memory + (table & ~7u));
	interrupt_by_message(&address, &data);
	entry[0] = (uint32_t)address;
	entry[1] = (uint32_t)(address >> 32);
	entry[2] = data;
	entry[3] = 0;	/* not masked */
	write32(where, at, read32(where, at) | MSIX_ENABLE);
	return true;
}

static bool take(uint32_t where)
{
	unsigned int at, msix = 0, steps = 48;

	write32(where, COMMAND, COMMAND_BITS);
	for (at = read8(where, CAPABILITIES); at >= 0x40 && steps--; at = read8(where, at + 1)) {
		if (read8(where, at) == CAPABILITY_VENDOR)
			take_area(where, at);
		else if (read8(where, at) == CAPABILITY_MSIX)
			msix = at;
	}
	return area[AREA_COMMON] && area[AREA_NOTIFY] && area[AREA_CONFIG] && msix &&
		take_msix(where, msix);
}

static bool look_at_bus(unsigned int bus, unsigned int depth);

static bool look_at(uint32_t where, unsigned int depth)
{
	const uint32_t id = read32(where, 0);

	if (id == VIRTIO_NET || id == VIRTIO_NET_OLD)
		return take(where);
	return (read8(where, HEADER_TYPE) & 0x7f) == BRIDGE && depth &&
		look_at_bus(read8(where, SECONDARY_BUS), depth - 1);
}

static bool look_at_bus(unsigned int bus, unsigned int depth)
{
	unsigned int device, function, functions;
	uint32_t where;

	for (device = 0; device < 32; device++) {
		where = bus << 16 | device << 11;
		if (read32(where, 0) == UINT32_MAX)
			continue;
		functions = read8(where, HEADER_TYPE) & MANY_FUNCTIONS ? 8 : 1;
		for (function = 0; function < functions; function++)
			if (read32(where | function << 8, 0) != UINT32_MAX &&
			    look_at(where | function << 8, depth))
				return true;
	}
	return false;
}

static uint64_t features(void)
{
	uint64_t low;

	common->features_word = 0;
	low = common->features;
	common->features_word = 1;
	return low | (uint64_t)common->features << 32;
}

static void accept(uint64_t bits)
{
	common->accept_word = 0;
	common->accept = (uint32_t)bits;
	common->accept_word = 1;
	common->accept = (uint32_t)(bits >> 32);
}

static uint8_t status(void)
{
	return common->status;
}

static void set_status(uint8_t value)
{
	common->status = value;
}

static void set_address(volatile uint32_t to[2], const volatile void *at)
{
	to[0] = (uint32_t)(uintptr_t)at;
	to[1] = (uint32_t)((uintptr_t)at >> 32);
}

static bool ring(unsigned int n, const struct virtio_ring *r)
{
	common->ring = (uint16_t)n;
	if (common->ring_slots < RING_SLOTS)
		return false;
	common->ring_slots = RING_SLOTS;
	common->ring_vector = 0;
	if (common->ring_vector == NO_VECTOR)
		return false;
	ring_notify[n] = common->ring_notify;
	set_address(common->desc, r->desc);
	set_address(common->avail, &r->avail_flags);
	set_address(common->used, &r->used_flags);
	common->ring_enable = 1;
	return true;
}

static void notify(unsigned int n)
{
	*(volatile uint16_t *)(area[AREA_NOTIFY] + ring_notify[n] * notify_step) = (uint16_t)n;
}

static uint8_t config_byte(unsigned int offset)
{
	return area[AREA_CONFIG][offset];
}

static const struct virtio_transport modern = {
	.modern = true,
	.features = features, .accept = accept, .status = status, .set_status = set_status,
	.ring = ring, .notify = notify, .config = config_byte,
};

const struct virtio_transport *virtio_by_pci(void)
{
	return look_at_bus(0, 4) ? &modern : NULL;
}
