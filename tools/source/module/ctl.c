/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands of the module's generic netlink family, but for its generators (generator.c).
 */
#include "ctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/net/genl.h"
#include "../../lib/net/mnl.h"
#include "../../lib/text/error.h"
#include "talk.h"

#define INFO(attr, member) VNFT_FIELD(vnft_module_info, attr, VALUE, member)
static const struct vnft_field info_fields[] = {
	INFO(VERSION, version), INFO(NCPUS, ncpus), INFO(HOOKS, hooks), INFO(SESSIONS, sessions),
	INFO(DEVICES, devices), INFO(PROBES, probes),
	VNFT_FIELD(vnft_module_info, MODULE_VERSION, STRING, module_version),
	{ 0 }
};

#define DEVICE(attr, member) VNFT_FIELD(vnft_module_device, attr, VALUE, member)
static const struct vnft_field device_fields[] = {
	DEVICE(DEVICE, id), DEVICE(SESSION, session), DEVICE(IFINDEX, ifindex),
	VNFT_FIELD(vnft_module_device, IFNAME, STRING, ifname),
	DEVICE(NETNS_INODE, netns_inode), DEVICE(LINK, link), DEVICE(SIDE, side),
	DEVICE(HOOK_IN, hook_in), DEVICE(HOOK_OUT, hook_out),
	DEVICE(RECORD_MASK, record_mask), DEVICE(STAGES, stages),
	VNFT_FIELD(vnft_module_device, GONE, FLAG, gone),
	DEVICE(COUNTERS, counters), DEVICE(FIRST_IN_NS, first_in_ns),
	DEVICE(FIRST_OUT_NS, first_out_ns), DEVICE(READ_NS, read_ns),
	DEVICE(MEMORY_BYTES, memory_bytes), DEVICE(MEMORY_PER_CPU_BYTES, memory_per_cpu_bytes),
	{ 0 }
};

static const struct vnft_field hist_fields[] = {
	{ VNFT_A_HIST, VNFT_FIELD_VALUE, sizeof(struct vnft_hist), 0 },
	{ 0 }
};

#define STREAM(attr, member) VNFT_FIELD(vnft_module_stream, attr, VALUE, member)
static const struct vnft_field stream_fields[] = {
	STREAM(FLOW, flow), STREAM(PAYLOAD_BYTES, payload_bytes), STREAM(FIRST_NS, first_ns),
	STREAM(LAST_NS, last_ns), STREAM(OVER_NS, over_ns),
	{ 0 }
};

int vnft_module_errno(int err)
{
	return err == -EINVAL ? -EIO : err;
}

int vnft_module_info(struct vnft_module_info *info)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh;
	int err;

	memset(info, 0, sizeof(*info));
	nlh = vnft_module_request(buf, VNFT_CMD_INFO, 0, &err);
	return nlh ? vnft_module_ask(nlh, "info", info_fields, info) : err;
}

int vnft_module_attach(const struct vnft_module_attach *how, struct vnft_module_device *device)
{
	struct vnft_module_device unused;
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh;
	int err;

	device = device ? device : &unused;
	memset(device, 0, sizeof(*device));
	nlh = vnft_module_request(buf, VNFT_CMD_ATTACH, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_IFINDEX, how->ifindex);
	mnl_attr_put_u8(nlh, VNFT_A_SIDE, how->side);
	if (how->session)
		mnl_attr_put_u32(nlh, VNFT_A_SESSION, how->session);
	if (how->record_mask)
		mnl_attr_put_u32(nlh, VNFT_A_RECORD_MASK, how->record_mask);
	if (how->stages)
		mnl_attr_put_u64(nlh, VNFT_A_STAGES, how->stages);
	if (how->match_slots)
		mnl_attr_put_u32(nlh, VNFT_A_MATCH_SLOTS, how->match_slots);
	return vnft_module_ask(nlh, "attach", device_fields, device);
}

int vnft_module_detach(uint32_t device, uint32_t session)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh;
	int err;

	nlh = vnft_module_request(buf, VNFT_CMD_DETACH, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_DEVICE, device);
	if (session)
		mnl_attr_put_u32(nlh, VNFT_A_SESSION, session);
	return vnft_module_ask(nlh, "detach", NULL, NULL);
}

int vnft_module_record(uint32_t device, uint32_t session, uint32_t record_mask,
		       const uint64_t *stages, struct vnft_module_device *answer)
{
	struct vnft_module_device unused;
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh;
	int err;

	answer = answer ? answer : &unused;
	memset(answer, 0, sizeof(*answer));
	nlh = vnft_module_request(buf, VNFT_CMD_RECORD, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_DEVICE, device);
	mnl_attr_put_u32(nlh, VNFT_A_SESSION, session);
	mnl_attr_put_u32(nlh, VNFT_A_RECORD_MASK, record_mask);
	if (stages)
		mnl_attr_put_u64(nlh, VNFT_A_STAGES, *stages);
	return vnft_module_ask(nlh, "record", device_fields, answer);
}

int vnft_module_get(uint32_t device, struct vnft_module_device *answer)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh;
	int err;

	memset(answer, 0, sizeof(*answer));
	nlh = vnft_module_request(buf, VNFT_CMD_GET, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_DEVICE, device);
	return vnft_module_ask(nlh, "get", device_fields, answer);
}

struct list {
	struct vnft_module_device *device;
	size_t n, room;
	uint16_t bad;
};

static void forget(void *arg)
{
	((struct list *)arg)->n = 0;
}

static int on_device(const struct nlmsghdr *nlh, void *arg)
{
	struct list *list = arg;
	uint16_t bad;

	if (list->n == list->room) {
		size_t room = list->room ? 2 * list->room : 16;
		void *more = realloc(list->device, room * sizeof(*list->device));

		if (!more) {
			errno = ENOMEM;
			return MNL_CB_ERROR;
		}
		list->device = more;
		list->room = room;
	}
	memset(&list->device[list->n], 0, sizeof(*list->device));
	bad = vnft_module_take(nlh, device_fields, &list->device[list->n++]);
	list->bad = list->bad ? list->bad : bad;
	return MNL_CB_OK;
}

int vnft_module_each(int (*fn)(const struct vnft_module_device *device, void *arg), void *arg)
{
	char buf[VNFT_NL_REQUEST_BYTES], why[256];
	struct list list = { 0 };
	struct nlmsghdr *nlh;
	size_t i;
	int err;

	nlh = vnft_module_request(buf, VNFT_CMD_GET, NLM_F_DUMP, &err);
	if (!nlh)
		return err;
	err = vnft_genl_talk(nlh, on_device, forget, &list, why, sizeof(why));
	if (err)
		vnft_module_refused(err, "list", why);
	else if (list.bad)
		err = vnft_fail(-EPROTO,
				"module: list: attribute %u is missing or of another size: "
				"is it of another version?",
				list.bad);
	for (i = 0; !err && i < list.n; i++)
		err = fn(&list.device[i], arg);
	free(list.device);
	return err;
}

int vnft_module_hist(uint32_t device, enum vnft_pairing pairing, enum vnft_dir direction,
		     struct vnft_hist *hist)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh;
	int err;

	nlh = vnft_module_request(buf, VNFT_CMD_HIST, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_DEVICE, device);
	mnl_attr_put_u8(nlh, VNFT_A_PAIRING, (uint8_t)pairing);
	mnl_attr_put_u8(nlh, VNFT_A_DIR, (uint8_t)direction);
	return vnft_module_ask(nlh, "histogram", hist_fields, hist);
}

int vnft_module_stream(uint32_t device, enum vnft_dir dir, struct vnft_module_stream *stream)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh;
	int err;

	nlh = vnft_module_request(buf, VNFT_CMD_STREAM, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_DEVICE, device);
	mnl_attr_put_u8(nlh, VNFT_A_DIR, (uint8_t)dir);
	return vnft_module_ask(nlh, "stream", stream_fields, stream);
}
