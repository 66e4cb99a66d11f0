/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The unikernel's command line: words with a blank between.
 *
 *	ip=ADDR[:[SERVER]:[PEER]:[MASK][:...]]	as Linux has it, of which it takes these three
 *	vnft.port=PORT				serve iperf 2 there
 *	console=NAME				say there what happens; "none": nowhere
 *	virtio_mmio.device=SIZE@BASE:IRQ	QEMU's microvm appends one for each device
 *
 * Other words are passed over.
 */
#ifndef UNIKERNEL_CMDLINE_H
#define UNIKERNEL_CMDLINE_H

#include <stdbool.h>
#include <stdint.h>

#define CMDLINE_DEVICES_MAX	8

/**
 * struct unikernel_config - what the command line says
 * @addr, @peer, @mask: as they go over the wire; @peer 0: not said; @mask: else 255.255.255.0
 * @port: 0: not said
 * @device: places of virtio-mmio devices
 */
struct unikernel_config {
	uint32_t addr, peer, mask;
	uint16_t port;
	bool console;
	unsigned int devices;
	struct {
		uint64_t base;
		unsigned int irq;
	} device[CMDLINE_DEVICES_MAX];
};

/* NULL, or what is wrong with it; @c is filled as far as it was read. */
const char *cmdline_parse(struct unikernel_config *c, const char *line);

#endif
