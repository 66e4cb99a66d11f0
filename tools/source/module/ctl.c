/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands of the module's generic netlink family. Answers are taken by tables: a member has the
 * width of its attribute, and one that is missing or of another size is an error, not a zero.
 */
#include "ctl.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/net/genl.h"
#include "../../lib/net/mnl.h"
#include "../../lib/text/error.h"

enum shape {
	VALUE,		/* @bytes, exactly */
	STRING,		/* up to @bytes with its end */
	FLAG,		/* bool; may be absent */
};

/**
 * struct field - where an attribute of an answer goes
 */
struct field {
	uint16_t attr;
	uint8_t shape;
	uint16_t bytes;
	size_t offset;
};

#define FIELD(of, attr_, shape_, member) \
	{ attr_, shape_, sizeof(((struct of *)0)->member), offsetof(struct of, member) }

#define INFO(attr, member) FIELD(vnft_module_info, VNFT_A_##attr, VALUE, member)
static const struct field info_fields[] = {
	INFO(VERSION, version), INFO(NCPUS, ncpus), INFO(HOOKS, hooks), INFO(SESSIONS, sessions),
	INFO(DEVICES, devices), INFO(PROBES, probes),
	FIELD(vnft_module_info, VNFT_A_MODULE_VERSION, STRING, module_version),
	{ 0 }
};

#define DEVICE(attr, member) FIELD(vnft_module_device, VNFT_A_##attr, VALUE, member)
static const struct field device_fields[] = {
	DEVICE(DEVICE, id), DEVICE(SESSION, session), DEVICE(IFINDEX, ifindex),
	FIELD(vnft_module_device, VNFT_A_IFNAME, STRING, ifname),
	DEVICE(NETNS_INODE, netns_inode), DEVICE(LINK, link), DEVICE(HOOK_IN, hook_in),
	DEVICE(HOOK_OUT, hook_out), DEVICE(RECORD_MASK, record_mask), DEVICE(STAGES, stages),
	FIELD(vnft_module_device, VNFT_A_GONE, FLAG, gone),
	DEVICE(COUNTERS, counters), DEVICE(FIRST_IN_NS, first_in_ns),
	DEVICE(FIRST_OUT_NS, first_out_ns), DEVICE(READ_NS, read_ns),
	DEVICE(MEMORY_BYTES, memory_bytes), DEVICE(MEMORY_PER_CPU_BYTES, memory_per_cpu_bytes),
	{ 0 }
};

static const struct field hist_fields[] = {
	{ VNFT_A_HIST, VALUE, sizeof(struct vnft_hist), 0 },
	{ 0 }
};

#define STREAM(attr, member) FIELD(vnft_module_stream, VNFT_A_##attr, VALUE, member)
static const struct field stream_fields[] = {
	STREAM(FLOW, flow), STREAM(PAYLOAD_BYTES, payload_bytes), STREAM(FIRST_NS, first_ns),
	STREAM(LAST_NS, last_ns),
	{ 0 }
};

#define PROBE(attr, member) FIELD(vnft_module_probe, VNFT_A_##attr, VALUE, member)
static const struct field started_fields[] = {
	PROBE(PROBE, id), PROBE(START_NS, start_ns),
	{ 0 }
};
static const struct field probe_fields[] = {
	PROBE(PROBE, id), PROBE(RUNNING, running), PROBE(SENT, sent), PROBE(FAILED, failed),
	PROBE(START_NS, start_ns), PROBE(FIRST_NS, first_ns), PROBE(LAST_NS, last_ns),
	PROBE(ANSWER_NS, answer_ns), PROBE(LATENESS, lateness),
	{ 0 }
};

/**
 * struct taker - an answer being taken apart
 * @to: a struct that @fields describe
 * @bad: attribute that was missing or of another size; 0: none
 */
struct taker {
	const struct field *fields;
	void *to;
	uint16_t bad;
	bool answered;
};

static bool take_one(const struct field *f, const struct nlattr *attr, void *to)
{
	uint16_t bytes = mnl_attr_get_payload_len(attr);
	const char *from = mnl_attr_get_payload(attr);

	switch (f->shape) {
	case FLAG:
		*(bool *)to = true;
		return true;
	case STRING:
		if (!bytes || bytes > f->bytes || from[bytes - 1])
			return false;
		break;
	default:
		if (bytes != f->bytes)
			return false;
	}
	memcpy(to, from, bytes);
	return true;
}

static int on_answer(const struct nlmsghdr *nlh, void *data)
{
	struct taker *t = data;
	const struct nlattr *attr;
	uint64_t seen = 0;
	size_t i;

	t->answered = true;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		for (i = 0; t->fields[i].attr; i++) {
			if (t->fields[i].attr != mnl_attr_get_type(attr))
				continue;
			if (take_one(&t->fields[i], attr, (char *)t->to + t->fields[i].offset))
				seen |= 1ULL << i;
			else
				t->bad = t->fields[i].attr;
		}
	for (i = 0; t->fields[i].attr && !t->bad; i++)
		if (!(seen & 1ULL << i) && t->fields[i].shape != FLAG)
			t->bad = t->fields[i].attr;
	return MNL_CB_OK;
}

int vnft_module_errno(int err)
{
	return err == -EINVAL ? -EIO : err;
}

/* Starts a request; NULL, *@err after vnft_fail() when there is nobody to ask. */
static struct nlmsghdr *request(char *buf, uint8_t cmd, uint16_t flags, int *err)
{
	uint16_t family;

	*err = vnft_genl_family(VNFT_GENL_NAME, &family);
	if (*err == -ENOENT)
		*err = vnft_fail(-EOPNOTSUPP, VNFT_MODULE_NOT_LOADED);
	return *err ? NULL : vnft_genl_request(buf, family, cmd, VNFT_GENL_VERSION, flags);
}

static int refused(int err, const char *what, const char *why)
{
	if (err == -EPERM)
		return vnft_fail(err, "module: %s: %s: CAP_NET_ADMIN is needed", what, why);
	return vnft_fail(err, "module: %s: %s", what, why);
}

/* Send; @fields NULL: nothing is answered but yes or no. */
static int ask(struct nlmsghdr *nlh, const char *what, const struct field *fields, void *to)
{
	struct taker t = { .fields = fields, .to = to };
	char why[256];
	int err;

	err = vnft_genl_talk(nlh, fields ? on_answer : NULL, NULL, &t, why, sizeof(why));
	if (err)
		return refused(err, what, why);
	if (fields && !t.answered)
		return vnft_fail(-EPROTO, "module: %s: no answer", what);
	if (t.bad)
		return vnft_fail(-EPROTO, "module: %s: attribute %u of its answer is missing or of "
				 "another size: is it of another version?", what, t.bad);
	return 0;
}

int vnft_module_info(struct vnft_module_info *info)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh;
	int err;

	memset(info, 0, sizeof(*info));
	nlh = request(buf, VNFT_CMD_INFO, 0, &err);
	return nlh ? ask(nlh, "info", info_fields, info) : err;
}

int vnft_module_attach(const struct vnft_module_attach *how, struct vnft_module_device *device)
{
	struct vnft_module_device unused;
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh;
	int err;

	device = device ? device : &unused;
	memset(device, 0, sizeof(*device));
	nlh = request(buf, VNFT_CMD_ATTACH, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_IFINDEX, how->ifindex);
	if (how->session)
		mnl_attr_put_u32(nlh, VNFT_A_SESSION, how->session);
	if (how->record_mask)
		mnl_attr_put_u32(nlh, VNFT_A_RECORD_MASK, how->record_mask);
	if (how->stages)
		mnl_attr_put_u64(nlh, VNFT_A_STAGES, how->stages);
	if (how->match_slots)
		mnl_attr_put_u32(nlh, VNFT_A_MATCH_SLOTS, how->match_slots);
	return ask(nlh, "attach", device_fields, device);
}

int vnft_module_detach(uint32_t device, uint32_t session)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh;
	int err;

	nlh = request(buf, VNFT_CMD_DETACH, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_DEVICE, device);
	if (session)
		mnl_attr_put_u32(nlh, VNFT_A_SESSION, session);
	return ask(nlh, "detach", NULL, NULL);
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
	nlh = request(buf, VNFT_CMD_RECORD, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_DEVICE, device);
	mnl_attr_put_u32(nlh, VNFT_A_SESSION, session);
	mnl_attr_put_u32(nlh, VNFT_A_RECORD_MASK, record_mask);
	if (stages)
		mnl_attr_put_u64(nlh, VNFT_A_STAGES, *stages);
	return ask(nlh, "record", device_fields, answer);
}

int vnft_module_get(uint32_t device, struct vnft_module_device *answer)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh;
	int err;

	memset(answer, 0, sizeof(*answer));
	nlh = request(buf, VNFT_CMD_GET, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_DEVICE, device);
	return ask(nlh, "get", device_fields, answer);
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
	struct taker t = { .fields = device_fields };

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
	t.to = memset(&list->device[list->n++], 0, sizeof(*list->device));
	on_answer(nlh, &t);
	list->bad = list->bad ? list->bad : t.bad;
	return MNL_CB_OK;
}

int vnft_module_each(int (*fn)(const struct vnft_module_device *device, void *arg), void *arg)
{
	char buf[VNFT_NL_REQUEST_BYTES], why[256];
	struct list list = { 0 };
	struct nlmsghdr *nlh;
	size_t i;
	int err;

	nlh = request(buf, VNFT_CMD_GET, NLM_F_DUMP, &err);
	if (!nlh)
		return err;
	err = vnft_genl_talk(nlh, on_device, forget, &list, why, sizeof(why));
	if (err)
		refused(err, "list", why);
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

	nlh = request(buf, VNFT_CMD_HIST, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_DEVICE, device);
	mnl_attr_put_u8(nlh, VNFT_A_PAIRING, (uint8_t)pairing);
	mnl_attr_put_u8(nlh, VNFT_A_DIR, (uint8_t)direction);
	return ask(nlh, "histogram", hist_fields, hist);
}

int vnft_module_stream(uint32_t device, enum vnft_dir dir, struct vnft_module_stream *stream)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh;
	int err;

	nlh = request(buf, VNFT_CMD_STREAM, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_DEVICE, device);
	mnl_attr_put_u8(nlh, VNFT_A_DIR, (uint8_t)dir);
	return ask(nlh, "stream", stream_fields, stream);
}

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

	nlh = request(buf, VNFT_CMD_PROBE_START, 0, &err);
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
	err = ask(nlh, "generator", started_fields, &started);
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
	nlh = request(buf, cmd, 0, &err);
	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, VNFT_A_SESSION, session);
	mnl_attr_put_u32(nlh, VNFT_A_PROBE, probe);
	if (also_port)
		mnl_attr_put_u16(nlh, VNFT_A_ALSO_PORT, *also_port);
	return ask(nlh, what, answer ? probe_fields : NULL, answer);
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
