/* SPDX-License-Identifier: GPL-2.0 */
/* The module's netlink family spoken to by hand, also wrongly: for tests of what it refuses. */
#ifndef TESTS_LAB_RAW_H
#define TESTS_LAB_RAW_H

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "../../kmod/uapi/vnftrace.h"

#define RAW_ATTRS	24

/**
 * struct raw - a socket, and what its last refusal said
 * @text: extended ack, "" for none; @bad: attribute to blame, @missing: attribute, 0 for none
 * @interrupted: a message of the answer had NLM_F_DUMP_INTR
 */
struct raw {
	struct mnl_socket *nl;
	uint16_t family;
	uint32_t seq;
	char text[256];
	uint16_t bad, missing;
	bool interrupted;
	char buf[1 << 17];
};

/**
 * struct raw_request - a command and its attributes; of more than 8 bytes: @value again and again
 */
struct raw_request {
	uint8_t cmd;
	uint8_t n;
	struct {
		uint16_t type;
		uint16_t bytes;
		uint64_t value;
	} attr[RAW_ATTRS];
};

static inline struct raw_request raw_without(struct raw_request r, uint16_t type)
{
	uint8_t i, n = 0;

	for (i = 0; i < r.n; i++)
		if (r.attr[i].type != type)
			r.attr[n++] = r.attr[i];
	r.n = n;
	return r;
}

static inline struct raw_request raw_with(struct raw_request r, uint16_t type, uint16_t bytes,
					  uint64_t value)
{
	r = raw_without(r, type);
	if (r.n < RAW_ATTRS) {
		r.attr[r.n].type = type;
		r.attr[r.n].bytes = bytes;
		r.attr[r.n++].value = value;
	}
	return r;
}

/* What every generator of SYNs from 198.18.7.1 to 198.18.7.2 by @ifindex has. */
static inline struct raw_request raw_syns(struct raw_request r, uint32_t ifindex)
{
	r = raw_with(r, VNFT_A_IFINDEX, 4, ifindex);
	r = raw_with(r, VNFT_A_KIND, 1, VNFT_PROBE_KIND_SYN);
	r = raw_with(r, VNFT_A_SRC, 4, 0x010712c6);
	r = raw_with(r, VNFT_A_DST, 4, 0x020712c6);
	r = raw_with(r, VNFT_A_SRC_MAC, 6, 0x010700000002);
	r = raw_with(r, VNFT_A_DST_MAC, 6, 0x020700000002);
	r = raw_with(r, VNFT_A_SPORT, 2, 1000);
	r = raw_with(r, VNFT_A_DPORT, 2, 7);
	return raw_with(r, VNFT_A_INTERVAL_NS, 8, 1000000000);
}

static inline struct nlmsghdr *raw_build(struct raw *raw, const struct raw_request *r,
					 uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(raw->buf);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	uint8_t value[256], i;
	unsigned int k;

	nlh->nlmsg_type = raw->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	nlh->nlmsg_seq = ++raw->seq;
	genl->cmd = r->cmd;
	genl->version = VNFT_GENL_VERSION;
	for (i = 0; i < r->n; i++) {
		for (k = 0; k < sizeof(value); k++)
			value[k] = (uint8_t)(r->attr[i].value >> k % 8 * 8);
		mnl_attr_put(nlh, r->attr[i].type, r->attr[i].bytes, value);
	}
	return nlh;
}

/* The error's extended ack; @request as it was sent, to find what its offset points to. */
static inline void raw_on_error(struct raw *raw, const struct nlmsghdr *nlh, const void *request)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	size_t at = sizeof(int);

	/* A dump's last message has the number alone, an error the request, or its header. */
	if (nlh->nlmsg_type == NLMSG_ERROR)
		at = sizeof(*err) + (nlh->nlmsg_flags & NLM_F_CAPPED ?
				     0 : err->msg.nlmsg_len - sizeof(err->msg));
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	mnl_attr_for_each(attr, nlh, at) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			snprintf(raw->text, sizeof(raw->text), "%s", mnl_attr_get_str(attr));
		else if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS)
			raw->bad = mnl_attr_get_type((const struct nlattr *)
				((const char *)request + mnl_attr_get_u32(attr)));
		else if (mnl_attr_get_type(attr) == 5)	/* NLMSGERR_ATTR_MISS_TYPE */
			raw->missing = (uint16_t)mnl_attr_get_u32(attr);
	}
}

/* Send what is in raw->buf, hand every answer to @fn (may be NULL): 0 or negative errno. */
static inline int raw_talk(struct raw *raw, const struct nlmsghdr *nlh,
			   int (*fn)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	char request[4096];
	const struct nlmsghdr *got;
	int bytes;

	raw->text[0] = 0;
	raw->bad = raw->missing = 0;
	raw->interrupted = false;
	if (nlh->nlmsg_len > sizeof(request))
		return -E2BIG;
	memcpy(request, nlh, nlh->nlmsg_len);
	if (mnl_socket_sendto(raw->nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	for (;;) {
		bytes = (int)mnl_socket_recvfrom(raw->nl, raw->buf, sizeof(raw->buf));
		if (bytes < 0)
			return -errno;
		for (got = (void *)raw->buf; mnl_nlmsg_ok(got, bytes);
		     got = mnl_nlmsg_next(got, &bytes)) {
			if (got->nlmsg_seq != raw->seq)
				continue;
			raw->interrupted |= !!(got->nlmsg_flags & NLM_F_DUMP_INTR);
			if (got->nlmsg_type == NLMSG_DONE || got->nlmsg_type == NLMSG_ERROR) {
				raw_on_error(raw, got, request);
				return *(const int *)mnl_nlmsg_get_payload(got);
			}
			if (fn)
				fn(got, arg);
		}
	}
}

static inline int raw_ask(struct raw *raw, struct raw_request r, uint16_t flags,
			  int (*fn)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	return raw_talk(raw, raw_build(raw, &r, flags), fn, arg);
}

static inline int raw_take_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			*(uint16_t *)arg = mnl_attr_get_u16(attr);
	return 0;
}

static inline bool raw_open(struct raw *raw)
{
	struct timeval limit = { .tv_sec = 20 };
	struct nlmsghdr *nlh;
	int on = 1, room = 4 << 20;

	memset(raw, 0, sizeof(*raw));
	raw->nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!raw->nl || mnl_socket_bind(raw->nl, 0, MNL_SOCKET_AUTOPID) < 0)
		return false;
	mnl_socket_setsockopt(raw->nl, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(mnl_socket_get_fd(raw->nl), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(mnl_socket_get_fd(raw->nl), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	raw->family = GENL_ID_CTRL;
	nlh = raw_build(raw, &(struct raw_request){ .cmd = CTRL_CMD_GETFAMILY }, 0);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, VNFT_GENL_NAME);
	raw->family = 0;
	return !raw_talk(raw, nlh, raw_take_family, &raw->family) && raw->family;
}

static inline void raw_close(struct raw *raw)
{
	if (raw->nl)
		mnl_socket_close(raw->nl);
	raw->nl = NULL;
}

#endif
