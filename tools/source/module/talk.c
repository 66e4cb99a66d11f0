/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sends requests to the module, and takes its answers apart.
 */
#include "talk.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stdbool.h>
#include <string.h>

#include "../../lib/host/modules.h"
#include "../../lib/net/genl.h"
#include "../../lib/text/error.h"

/**
 * struct taker - an answer being taken apart
 * @to: a struct that @fields describe
 * @bad: attribute that was missing or of another size; 0: none
 */
struct taker {
	const struct vnft_field *fields;
	void *to;
	uint16_t bad;
	bool answered;
};

static bool take_one(const struct vnft_field *f, const struct nlattr *attr, void *to)
{
	uint16_t bytes = mnl_attr_get_payload_len(attr);
	const char *from = mnl_attr_get_payload(attr);

	switch (f->shape) {
	case VNFT_FIELD_FLAG:
		*(bool *)to = true;
		return true;
	case VNFT_FIELD_STRING:
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
		if (!(seen & 1ULL << i) && t->fields[i].shape != VNFT_FIELD_FLAG)
			t->bad = t->fields[i].attr;
	return MNL_CB_OK;
}

uint16_t vnft_module_take(const struct nlmsghdr *nlh, const struct vnft_field *fields, void *to)
{
	struct taker t = { .fields = fields, .to = to };

	on_answer(nlh, &t);
	return t.bad;
}

int vnft_module_missing(const char *where)
{
	const char *advice, *barred = vnft_modules_barred(&advice);

	if (barred)
		return vnft_fail(-EOPNOTSUPP, "%sthe module is not loaded: %s: %s", where, barred,
				 advice);
	return vnft_fail(-EOPNOTSUPP, "%sthe module is not loaded: `modprobe vnftrace`", where);
}

struct nlmsghdr *vnft_module_request(char *buf, uint8_t cmd, uint16_t flags, int *err)
{
	uint16_t family;

	*err = vnft_genl_family(VNFT_GENL_NAME, &family);
	if (*err == -ENOENT)
		*err = vnft_module_missing("");
	return *err ? NULL : vnft_genl_request(buf, family, cmd, VNFT_GENL_VERSION, flags);
}

int vnft_module_refused(int err, const char *what, const char *why)
{
	/* The kernel's own refusal has no text; the module's says what it wants. */
	if (err == -EPERM && !strcmp(why, strerror(EPERM)))
		return vnft_fail(err, "module: %s: %s: CAP_NET_ADMIN is needed", what, why);
	return vnft_fail(err, "module: %s: %s", what, why);
}

int vnft_module_ask(struct nlmsghdr *nlh, const char *what, const struct vnft_field *fields,
		    void *to)
{
	struct taker t = { .fields = fields, .to = to };
	char why[256];
	int err;

	err = vnft_genl_talk(nlh, fields ? on_answer : NULL, NULL, &t, why, sizeof(why));
	if (err)
		return vnft_module_refused(err, what, why);
	if (fields && !t.answered)
		return vnft_fail(-EPROTO, "module: %s: no answer", what);
	if (t.bad)
		return vnft_fail(-EPROTO, "module: %s: attribute %u of its answer is missing or of "
				 "another size: is it of another version?", what, t.bad);
	return 0;
}
