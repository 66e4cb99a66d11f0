/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Starts, changes, stops and asks the module's generators of probes.
 */
#include "generator.h"

#include <string.h>

#include "../../lib/net/mnl.h"
#include "talk.h"

#define PROBE(attr, member) VNFT_FIELD(vnft_module_probe, attr, VALUE, member)
static const struct vnft_field started_fields[] = {
	PROBE(PROBE, id), PROBE(START_NS, start_ns),
	{ 0 }
};
static const struct vnft_field probe_fields[] = {
	PROBE(PROBE, id), PROBE(RUNNING, running), PROBE(SENT, sent), PROBE(FAILED, failed),
	PROBE(START_NS, start_ns), PROBE(FIRST_NS, first_ns), PROBE(LAST_NS, last_ns),
	PROBE(ANSWER_NS, answer_ns), PROBE(LATENESS, lateness),
	{ 0 }
};

static void put_u16(struct nlmsghdr *nlh, uint16_t attr, uint16_t value)
{
	if (value)
		mnl_attr_put_u16(nlh, attr, value);
}

static void put_u64(struct nlmsghdr *nlh, uint16_t attr, uint64_t value)
{
	if (value)
		mnl_attr_put_u64(nlh, attr, value);
}

int vnft_module_probe_start(const struct vnft_module_probe_setup *s, uint32_t *probe,
			    uint64_t *start_ns)
{
	struct vnft_module_probe started = { 0 };
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh;
	int err;

	nlh = vnft_module_request(buf, VNFT_CMD_PROBE_START, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_SESSION, s->session);
	mnl_attr_put_u32(nlh, VNFT_A_IFINDEX, s->ifindex);
	mnl_attr_put_u8(nlh, VNFT_A_KIND, (uint8_t)s->kind);
	mnl_attr_put(nlh, VNFT_A_SRC, s->addr_bytes, s->src);
	mnl_attr_put(nlh, VNFT_A_DST, s->addr_bytes, s->dst);
	mnl_attr_put(nlh, VNFT_A_SRC_MAC, sizeof(s->src_mac), s->src_mac);
	mnl_attr_put(nlh, VNFT_A_DST_MAC, sizeof(s->dst_mac), s->dst_mac);
	mnl_attr_put_u64(nlh, VNFT_A_INTERVAL_NS, s->interval_ns);
	put_u16(nlh, VNFT_A_SPORT, s->sport);
	put_u16(nlh, VNFT_A_SPORTS, s->sports);
	put_u16(nlh, VNFT_A_DPORT, s->dport);
	put_u16(nlh, VNFT_A_ALSO_PORT, s->also_port);
	put_u16(nlh, VNFT_A_ECHO_ID, s->echo_id);
	put_u64(nlh, VNFT_A_COUNT, s->count);
	put_u64(nlh, VNFT_A_DURATION_NS, s->duration_ns);
	if (s->echo_bytes)
		mnl_attr_put_u32(nlh, VNFT_A_ECHO_BYTES, s->echo_bytes);
	if (s->cpu >= 0)
		mnl_attr_put_u32(nlh, VNFT_A_CPU, (uint32_t)s->cpu);
	if (s->until_rst)
		mnl_attr_put(nlh, VNFT_A_UNTIL_RST, 0, NULL);
	if (s->device)
		mnl_attr_put_u32(nlh, VNFT_A_DEVICE, s->device);
	err = vnft_module_ask(nlh, "generator", started_fields, &started);
	*probe = started.id;
	if (start_ns)
		*start_ns = started.start_ns;
	return err;
}

static int about_probe(uint8_t cmd, const char *what, uint32_t session, uint32_t probe,
		       const uint16_t *also_port, struct vnft_module_probe *answer)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh;
	int err;

	if (answer)
		memset(answer, 0, sizeof(*answer));
	nlh = vnft_module_request(buf, cmd, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_SESSION, session);
	mnl_attr_put_u32(nlh, VNFT_A_PROBE, probe);
	if (also_port)
		mnl_attr_put_u16(nlh, VNFT_A_ALSO_PORT, *also_port);
	return vnft_module_ask(nlh, what, answer ? probe_fields : NULL, answer);
}

int vnft_module_probe_set(uint32_t session, uint32_t probe, uint16_t also_port)
{
	return about_probe(VNFT_CMD_PROBE_SET, "generator's second port", session, probe,
			   &also_port, NULL);
}

int vnft_module_probe_stop(uint32_t session, uint32_t probe, struct vnft_module_probe *answer)
{
	return about_probe(VNFT_CMD_PROBE_STOP, "end of generator", session, probe, NULL, answer);
}

int vnft_module_probe_get(uint32_t session, uint32_t probe, struct vnft_module_probe *answer)
{
	return about_probe(VNFT_CMD_PROBE_GET, "generator", session, probe, NULL, answer);
}
