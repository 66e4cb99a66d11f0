/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ports of flows: a table that grows, each flow in the first free slot behind its own.
 */
#include "ports.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "../../lib/text/error.h"
#include "../keyed.h"

#define SLOTS_AT_FIRST	1024u

/* @ports: as in a FLOW record: end A's in the upper half. */
struct slot {
	uint64_t flow;
	uint32_t ports;
	bool taken;
};

struct vnft_ports {
	struct slot *slot;
	uint32_t slots, flows;
};

int vnft_ports_new(struct vnft_ports **ports)
{
	struct vnft_ports *p = calloc(1, sizeof(*p));

	if (p)
		p->slot = calloc(SLOTS_AT_FIRST, sizeof(*p->slot));
	if (!p || !p->slot) {
		free(p);
		return vnft_fail(-ENOMEM, "out of memory for flows");
	}
	p->slots = SLOTS_AT_FIRST;
	*ports = p;
	return 0;
}

void vnft_ports_free(struct vnft_ports *p)
{
	if (p)
		free(p->slot);
	free(p);
}

/* The flow's slot, or the free one that it would take: there always is one. */
static struct slot *find(struct slot *slot, uint32_t slots, uint64_t flow)
{
	uint32_t i = (uint32_t)vnft_keyed_hash(&flow, 1) & (slots - 1);

	while (slot[i].taken && slot[i].flow != flow)
		i = (i + 1) & (slots - 1);
	return &slot[i];
}

static int grow(struct vnft_ports *p)
{
	struct slot *wider = calloc((size_t)p->slots * 2, sizeof(*wider));
	uint32_t i;

	if (!wider)
		return vnft_fail(-ENOMEM, "out of memory for flows");
	for (i = 0; i < p->slots; i++)
		if (p->slot[i].taken)
			*find(wider, p->slots * 2, p->slot[i].flow) = p->slot[i];
	free(p->slot);
	p->slot = wider;
	p->slots *= 2;
	return 0;
}

int vnft_ports_feed(const struct vnft_record *r, struct vnft_ports *p)
{
	struct slot *slot;

	if (r->kind != VNFT_KIND_FLOW)
		return 0;
	slot = find(p->slot, p->slots, r->flow);
	if (slot->taken || p->flows == VNFT_PORTS_FLOWS_MAX)
		return 0;
	*slot = (struct slot) { r->flow, r->len32, true };
	if (++p->flows > p->slots / 2)
		return grow(p);
	return 0;
}

/* The port of end A or B of a frame's flow. */
static int port_of(const struct vnft_ports *p, uint64_t flow, bool b)
{
	const struct slot *slot = find(p->slot, p->slots, flow);

	if (!slot->taken)
		return -1;
	return b ? slot->ports & 0xffff : slot->ports >> 16;
}

int vnft_ports_sender(const struct vnft_ports *p, const struct vnft_record *r)
{
	return port_of(p, r->flow, r->flags & VNFT_RF_FROM_B);
}

int vnft_ports_receiver(const struct vnft_ports *p, const struct vnft_record *r)
{
	return port_of(p, r->flow, !(r->flags & VNFT_RF_FROM_B));
}
