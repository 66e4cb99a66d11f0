/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A record as a JSON object: what the formats that write text are made of.
 */
#include <inttypes.h>

#include "../../../kmod/core/hooks.h"
#include "../../lib/text/json.h"
#include "../../source/lost.h"
#include "../../stat/records/pair.h"
#include "export.h"

static void put(json_t *o, const char *key, uint64_t value)
{
	json_object_set_new(o, key, json_integer((json_int_t)value));
}

/* Text out of a record is whatever somebody wrote into a file. */
static void put_text(json_t *o, const char *key, const char *text, size_t bytes)
{
	char whole[VNFT_NAME_LEN + 1];

	snprintf(whole, sizeof(whole), "%.*s", (int)bytes, text);
	json_object_set_new(o, key, vnft_json_name(whole));
}

static const char *kind_name(uint8_t kind)
{
	static const char *const words[VNFT_KIND_NR] = {
		"none",	 "manifest", "device", "flow", "packet",
		"stage", "life",     "sent",   "mark", "lost",
	};

	return kind < VNFT_KIND_NR ? words[kind] : "?";
}

static void put_packet(const struct vnft_export *x, json_t *o, const struct vnft_record *r)
{
	const struct vnft_flow *flow = vnft_flows_find(&x->flows, r->flow);
	bool from_b = r->flags & VNFT_RF_FROM_B;
	char end[80];

	json_object_set_new(o, "class", json_string(vnft_class_name(r->class)));
	if (flow) {
		vnft_flow_end(end, sizeof(end), from_b ? flow->addr_b : flow->addr_a,
			      from_b ? flow->port_b : flow->port_a);
		json_object_set_new(o, "src", json_string(end));
		vnft_flow_end(end, sizeof(end), from_b ? flow->addr_a : flow->addr_b,
			      from_b ? flow->port_a : flow->port_b);
		json_object_set_new(o, "dst", json_string(end));
	}
	put(o, "len_bytes", r->len32);
	if (r->kind == VNFT_KIND_STAGE) {
		snprintf(end, sizeof(end), "%016" PRIx64, (uint64_t)r->stage.packet);
		json_object_set_new(o, "packet", json_string(end));
		if (r->stage.queue != UINT32_MAX)
			put(o, "queue", r->stage.queue);
		if (vnft_hook_row(r->hook)->links == VNFT_LINKS_VIF)
			put(o, "domid", r->stage.peer);
	}
	if (r->kind != VNFT_KIND_PACKET)
		return;
	if (r->class == VNFT_CLASS_ECHO_REQUEST || r->class == VNFT_CLASS_ECHO_REPLY) {
		put(o, "echo_id", r->packet.tcp_seq >> 16);
		put(o, "echo_seq", r->packet.tcp_seq & 0xffff);
	} else if (r->packet.proto == VNFT_PROTO_TCP) {
		put(o, "tcp_seq", r->packet.tcp_seq);
		put(o, "tcp_ack", r->packet.tcp_ack);
		put(o, "payload_bytes", r->packet.payload_bytes);
		if (r->flags & VNFT_RF_TIMESTAMP) {
			put(o, "tsval", r->packet.tsval);
			put(o, "tsecr", r->packet.tsecr);
		}
	}
	if (r->packet.gso_segs > 1)
		put(o, "gso_segs", r->packet.gso_segs);
	if (r->flags & VNFT_RF_RETRANS)
		json_object_set_new(o, "retransmission", json_true());
}

static void put_device(json_t *o, const struct vnft_record *r)
{
	put_text(o, "name", r->dev.name, VNFT_IFNAME_LEN);
	put(o, "ifindex", r->len32);
	put(o, "netns_inode", r->flow);
	put(o, "event", r->dev.event);
}

json_t *vnft_export_record_json(const struct vnft_export *x, const struct vnft_record *r)
{
	json_t *o = json_object();

	put(o, "time_ns", r->time_ns);
	put(o, "cpu", r->cpu);
	put(o, "seq", r->seq);
	json_object_set_new(o, "kind", json_string(kind_name(r->kind)));
	put(o, "device", r->device);
	if (x->ifname[r->device][0] && r->kind != VNFT_KIND_DEVICE)
		put_text(o, "dev", x->ifname[r->device], VNFT_IFNAME_LEN);
	if (r->hook)
		json_object_set_new(o, "hook", json_string(vnft_hook_name(r->hook)));
	if (r->hook && vnft_hook_dir(r->hook) >= 0)
		json_object_set_new(o, "dir", json_string(vnft_dir_name(vnft_hook_dir(r->hook))));
	switch (r->kind) {
	case VNFT_KIND_DEVICE:
		put_device(o, r);
		break;
	case VNFT_KIND_PACKET:
	case VNFT_KIND_STAGE:
		put_packet(x, o, r);
		break;
	case VNFT_KIND_LIFE:
		put_text(o, "comm", r->life.comm, VNFT_COMM_LEN);
		put(o, "tgid", r->len32);
		put(o, "event", r->life.event);
		break;
	case VNFT_KIND_SENT:
		put(o, "number", r->len32);
		put(o, "intended_ns", r->sent.intended_ns);
		break;
	case VNFT_KIND_MARK:
		put_text(o, "name", r->mark.name, VNFT_NAME_LEN);
		put(o, "run", r->len32);
		break;
	case VNFT_KIND_LOST:
		json_object_set_new(o, "cause", json_string(vnft_lost_name(r->len32)));
		put(o, "count", r->lost.count);
		break;
	}
	if (r->flags & VNFT_RF_USERSPACE)
		json_object_set_new(o, "clock", json_string("userspace"));
	return o;
}
