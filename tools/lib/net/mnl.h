/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One netlink request and its answer.
 */
#ifndef VNFT_LIB_MNL_H
#define VNFT_LIB_MNL_H

#include <libmnl/libmnl.h>
#include <stddef.h>
#include <stdint.h>

/* Requests of ours are a handful of attributes. */
#define VNFT_NL_REQUEST_BYTES 1024

/*
 * Start an rtnetlink request in @buf (VNFT_NL_REQUEST_BYTES); NLM_F_REQUEST | NLM_F_ACK are added.
 */
struct nlmsghdr *vnft_nl_request(char *buf, uint16_t type, uint16_t flags);

/**
 * vnft_nl_talk() - send @request in the calling thread's namespace, hand every answer to @cb
 * @why: receives the kernel's extended ack, or strerror(); may be NULL
 *
 * A dump that the kernel marks as interrupted is asked for again from the start: @cb is told by a
 * call of @restart (may be NULL for what is no dump) before the first message of every attempt.
 *
 * Return: 0, a negative errno from the kernel or from @cb (which returns MNL_CB_ERROR and sets
 * errno).
 */
int vnft_nl_talk(struct nlmsghdr *request, mnl_cb_t cb, void (*restart)(void *arg), void *arg,
		 char *why, size_t why_bytes);

/* The same over another netlink protocol than NETLINK_ROUTE. */
int vnft_nl_talk_by(int protocol, struct nlmsghdr *request, mnl_cb_t cb,
		    void (*restart)(void *arg), void *arg, char *why, size_t why_bytes);

/* The same without answers; on failure vnft_fail("WHAT: why"), and -EPERM says what is needed. */
int vnft_nl_do(struct nlmsghdr *request, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The @bytes of a protocol's header in an answer; NULL: it is too short for them. */
const void *vnft_nl_header(const struct nlmsghdr *nlh, size_t bytes);
/* The text of an attribute, whether or not it ends, as far as it fits. */
void vnft_nl_text(const struct nlattr *attr, char *to, size_t bytes);

#endif
