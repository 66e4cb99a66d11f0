/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flow ids of a record file to addresses: a hash table with open addressing.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../../stat/keyed.h"
#include "../report.h"

#define FLOWS_MAX	(1u << 20)

/* Slot of @id, or the free one where it belongs; id 0 means free. Never full: room >= 2 n. */
static size_t slot_of(const struct vnft_flow *slot, size_t room, uint64_t id)
{
	size_t at = vnft_keyed_hash(&id, 1) & (room - 1);

	while (slot[at].id && slot[at].id != id)
		at = (at + 1) & (room - 1);
	return at;
}

static int grow(struct vnft_flows *flows)
{
	size_t room = flows->room ? 2 * flows->room : 256, i;
	struct vnft_flow *slot = calloc(room, sizeof(*slot));

	if (!slot)
		return vnft_fail(-ENOMEM, "out of memory for %zu flows", room);
	for (i = 0; i < flows->room; i++)
		if (flows->slot[i].id)
			slot[slot_of(slot, room, flows->slot[i].id)] = flows->slot[i];
	free(flows->slot);
	flows->slot = slot;
	flows->room = room;
	return 0;
}

int vnft_flows_add(struct vnft_flows *flows, const struct vnft_record *r)
{
	struct vnft_flow *flow;
	int err;

	if (!r->flow || vnft_flows_find(flows, r->flow))
		return 0;
	if (flows->n == FLOWS_MAX) {
		flows->dropped++;
		return 0;
	}
	if (2 * (flows->n + 1) > flows->room) {
		err = grow(flows);
		if (err)
			return err;
	}
	flow = &flows->slot[slot_of(flows->slot, flows->room, r->flow)];
	flow->id = r->flow;
	memcpy(flow->addr_a, r->addr.addr_a, sizeof(flow->addr_a));
	memcpy(flow->addr_b, r->addr.addr_b, sizeof(flow->addr_b));
	flow->port_a = (uint16_t)(r->len32 >> 16);
	flow->port_b = (uint16_t)r->len32;
	flow->proto = r->class;
	flows->n++;
	return 0;
}

const struct vnft_flow *vnft_flows_find(const struct vnft_flows *flows, uint64_t id)
{
	const struct vnft_flow *flow;

	if (!flows->room || !id)
		return NULL;
	flow = &flows->slot[slot_of(flows->slot, flows->room, id)];
	return flow->id ? flow : NULL;
}

void vnft_flows_free(struct vnft_flows *flows)
{
	free(flows->slot);
	memset(flows, 0, sizeof(*flows));
}

void vnft_flow_end(char *to, size_t bytes, const uint8_t addr[16], uint16_t port)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char text[INET6_ADDRSTRLEN];
	bool ipv4 = !memcmp(addr, mapped, sizeof(mapped));

	inet_ntop(ipv4 ? AF_INET : AF_INET6, ipv4 ? addr + 12 : addr, text, sizeof(text));
	if (!port)
		snprintf(to, bytes, "%s", text);
	else
		snprintf(to, bytes, ipv4 ? "%s:%u" : "[%s]:%u", text, port);
}
