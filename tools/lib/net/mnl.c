/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Request and answer over a socket that lives for one exchange: it belongs to the namespace that
 * the thread is in at that moment, and nothing has to be kept per namespace.
 */
#include "mnl.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "../text/error.h"

#define TIMEOUT_S 5
#define DUMP_TRIES 10
#define ERRNO_MAX 4095
/* Dumps come in messages of up to 32 KiB. */
#define ANSWER_BYTES (64 * 1024)

struct answer {
	char *why;
	size_t why_bytes;
};

struct nlmsghdr *vnft_nl_request(char *buf, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	return nlh;
}

const void *vnft_nl_header(const struct nlmsghdr *nlh, size_t bytes)
{
	return nlh->nlmsg_len >= mnl_nlmsg_size(bytes) ? mnl_nlmsg_get_payload(nlh) : NULL;
}

void vnft_nl_text(const struct nlattr *attr, char *to, size_t bytes)
{
	snprintf(to, bytes, "%.*s", (int)mnl_attr_get_payload_len(attr), mnl_attr_get_str(attr));
}

static int take_message(const struct nlattr *attr, void *data)
{
	struct answer *a = data;

	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
		vnft_nl_text(attr, a->why, a->why_bytes);
	return MNL_CB_OK;
}

/* Answers carry negative numbers of errors; what is none says nothing that we understand. */
static int refuse(int error)
{
	errno = error < 0 && error >= -ERRNO_MAX ? -error : EPROTO;
	return MNL_CB_ERROR;
}

static int on_error(const struct nlmsghdr *nlh, void *data)
{
	const struct nlmsgerr *e = vnft_nl_header(nlh, sizeof(*e));
	struct answer *a = data;
	size_t offset = sizeof(*e);

	if (!e) {
		errno = EBADMSG;
		return MNL_CB_ERROR;
	}
	/* The whole refused request comes back, or with NLM_F_CAPPED its header only. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += MNL_ALIGN(e->msg.nlmsg_len) - sizeof(e->msg);
	if ((nlh->nlmsg_flags & NLM_F_ACK_TLVS) && a->why &&
	    mnl_nlmsg_size(offset) <= nlh->nlmsg_len)
		mnl_attr_parse(nlh, (unsigned int)offset, take_message, a);
	if (!e->error)
		return MNL_CB_STOP;
	return refuse(e->error);
}

/* A dump that failed half-way says so in its last message. */
static int on_done(const struct nlmsghdr *nlh, void *data)
{
	const int *error = vnft_nl_header(nlh, sizeof(*error));

	if (!error || *error >= 0)
		return MNL_CB_STOP;
	return refuse(*error);
}

struct route {
	struct answer answer;	/* first: the control callbacks get the same pointer */
	mnl_cb_t cb;
	void *arg;
};

static int on_data(const struct nlmsghdr *nlh, void *data)
{
	struct route *r = data;

	return r->cb ? r->cb(nlh, r->arg) : MNL_CB_OK;
}

static struct mnl_socket *open_socket(int protocol)
{
	struct mnl_socket *nl = mnl_socket_open2(protocol, SOCK_CLOEXEC);
	struct timeval limit = { .tv_sec = TIMEOUT_S };
	int one = 1;

	if (!nl)
		return NULL;
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID)) {
		mnl_socket_close(nl);
		return NULL;
	}
	setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, &one, sizeof(one));
	return nl;
}

/* One attempt: -EINTR from the kernel's flag means that the dump was not consistent. */
static int exchange(int protocol, struct nlmsghdr *request, struct route *r, char *buf)
{
	static mnl_cb_t control[NLMSG_MIN_TYPE] = {
		[NLMSG_ERROR] = on_error, [NLMSG_DONE] = on_done,
	};
	static _Atomic unsigned int last_seq;
	struct mnl_socket *nl = open_socket(protocol);
	unsigned int portid;
	ssize_t n = -1;
	int got = MNL_CB_ERROR;

	if (!nl)
		return -errno;
	portid = mnl_socket_get_portid(nl);
	request->nlmsg_seq = ++last_seq;
	if (mnl_socket_sendto(nl, request, request->nlmsg_len) >= 0) {
		do {
			n = mnl_socket_recvfrom(nl, buf, ANSWER_BYTES);
			if (n < 0 && errno == EINTR) {
				got = MNL_CB_OK;	/* a signal, not the flag */
				continue;
			}
			got = n < 0 ? MNL_CB_ERROR :
				mnl_cb_run2(buf, (size_t)n, request->nlmsg_seq, portid, on_data, r,
					    control, NLMSG_MIN_TYPE);
		} while (got > MNL_CB_STOP);
	}
	n = got < 0 ? -errno : 0;
	if (n == -EAGAIN)
		n = -ETIMEDOUT;
	mnl_socket_close(nl);
	return (int)n;
}

int vnft_nl_talk_by(int protocol, struct nlmsghdr *request, mnl_cb_t cb,
		    void (*restart)(void *arg), void *arg, char *why, size_t why_bytes)
{
	struct route r = { { why, why_bytes }, cb, arg };
	char *buf = malloc(ANSWER_BYTES);
	int err = -ENOMEM;

	if (why)
		why[0] = '\0';
	for (int i = 0; buf && i < DUMP_TRIES; i++) {
		if (restart)
			restart(arg);
		err = exchange(protocol, request, &r, buf);
		if (err != -EINTR || !restart)
			break;
	}
	free(buf);
	if (err && why && !why[0])
		snprintf(why, why_bytes, "%s", strerror(-err));
	return err;
}

int vnft_nl_talk(struct nlmsghdr *request, mnl_cb_t cb, void (*restart)(void *arg), void *arg,
		 char *why, size_t why_bytes)
{
	return vnft_nl_talk_by(NETLINK_ROUTE, request, cb, restart, arg, why, why_bytes);
}

int vnft_nl_do(struct nlmsghdr *request, const char *fmt, ...)
{
	char why[256], what[128];
	va_list ap;
	int err;

	err = vnft_nl_talk(request, NULL, NULL, NULL, why, sizeof(why));
	if (!err)
		return 0;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (err == -EPERM || err == -EACCES)
		return vnft_fail(-EPERM, "%s: %s: CAP_NET_ADMIN is needed", what, why);
	/* The kernel's EINVAL is about our request, not about the user's command line. */
	return vnft_fail(err == -EINVAL ? -EIO : err, "%s: %s", what, why);
}
