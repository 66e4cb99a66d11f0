/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The virtio network device without the way to its registers, which mmio.c and pci.c know.
 */
#ifndef UNIKERNEL_KVM_TRANSPORT_H
#define UNIKERNEL_KVM_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#define RING_SLOTS	256u

struct unikernel_config;

/**
 * struct virtio_desc - a piece of memory that we lend to the device
 * @flags: VIRTIO_NEXT: the frame goes on in slot @next; VIRTIO_WRITE: the device may write there
 */
struct virtio_desc {
	uint64_t address;
	uint32_t bytes;
	uint16_t flags, next;
};

#define VIRTIO_NEXT	1
#define VIRTIO_WRITE	2

/**
 * struct virtio_ring - what we and the device share, laid out as old devices want it
 * @desc: the slots
 * @avail: numbers of slots that we lend; @avail_index counts them, and never goes back
 * @used: numbers that the device gives back, with the bytes that it wrote; @used_index alike
 * @avail_flags: 1: we want no interrupt; @used_flags: 1: the device wants no notification
 */
struct virtio_ring {
	struct virtio_desc desc[RING_SLOTS];
	volatile uint16_t avail_flags, avail_index;
	uint16_t avail[RING_SLOTS], used_event;
	_Alignas(4096) volatile uint16_t used_flags;
	volatile uint16_t used_index;
	struct {
		uint32_t slot, bytes;
	} used[RING_SLOTS];
};

/**
 * struct virtio_transport - a device that was found
 * @modern: as virtio 1.0 has it; else as it was before
 * @ring: gives ring @n to the device; false if it takes none of this size
 * @notify: there is something new in ring @n
 */
struct virtio_transport {
	bool modern;
	uint64_t (*features)(void);
	void (*accept)(uint64_t features);
	uint8_t (*status)(void);
	void (*set_status)(uint8_t status);
	bool (*ring)(unsigned int n, const struct virtio_ring *ring);
	void (*notify)(unsigned int n);
	uint8_t (*config)(unsigned int offset);
};

/* The first network device, its interrupt on its way to us; NULL if there is none. */
const struct virtio_transport *virtio_by_mmio(const struct unikernel_config *config);
const struct virtio_transport *virtio_by_pci(void);

#endif
