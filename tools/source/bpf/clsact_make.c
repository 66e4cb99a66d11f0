/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A clsact qdisc and its first filter in one message: the kernel takes both, or is asked again,
 * before any signal is looked at. So nobody who is killed leaves a qdisc that says of no one that
 * it is his.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "../../lib/net/mnl.h"
#include "filters.h"

#define TIMEOUT_S	5
#define PREFERENCE	1
/* What each of the two messages is called in its answer. */
enum { SEQ_QDISC = 1, SEQ_FILTER, SEQ_END };

static struct nlmsghdr *put(char *buf, uint16_t type, uint32_t seq, unsigned int ifindex,
			    struct tcmsg **tc)
{
	struct nlmsghdr *nlh = vnft_nl_request(buf, type, NLM_F_CREATE | NLM_F_EXCL);

	nlh->nlmsg_seq = seq;
	*tc = mnl_nlmsg_put_extra_header(nlh, sizeof(**tc));
	(*tc)->tcm_family = AF_UNSPEC;
	(*tc)->tcm_ifindex = (int)ifindex;
	return nlh;
}

static size_t fill(char *buf, unsigned int ifindex, int prog_fd, uint32_t handle)
{
	struct nlmsghdr *qdisc, *filter;
	struct nlattr *options;
	struct tcmsg *tc;

	qdisc = put(buf, RTM_NEWQDISC, SEQ_QDISC, ifindex, &tc);
	tc->tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
	tc->tcm_parent = TC_H_CLSACT;
	mnl_attr_put_strz(qdisc, TCA_KIND, "clsact");

	filter = put(buf + MNL_ALIGN(qdisc->nlmsg_len), RTM_NEWTFILTER, SEQ_FILTER, ifindex, &tc);
	tc->tcm_handle = handle;
	tc->tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS);
	tc->tcm_info = TC_H_MAKE(PREFERENCE << 16, htons(ETH_P_ALL));
	mnl_attr_put_strz(filter, TCA_KIND, "bpf");
	options = mnl_attr_nest_start(filter, TCA_OPTIONS);
	mnl_attr_put_u32(filter, TCA_BPF_FD, (uint32_t)prog_fd);
	mnl_attr_put_strz(filter, TCA_BPF_NAME, "vnft_in");
	mnl_attr_put_u32(filter, TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
	mnl_attr_nest_end(filter, options);
	return MNL_ALIGN(qdisc->nlmsg_len) + filter->nlmsg_len;
}

/* The answer to each message, in @error[]. */
static int take_answers(struct mnl_socket *nl, int error[SEQ_END])
{
	char buf[4096];
	struct nlmsghdr *nlh;
	const struct nlmsgerr *e;
	unsigned int got = 0;
	ssize_t n;
	int left;

	while (got < SEQ_END - 1) {
		n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (n <= 0)
			return n ? -errno : -EIO;
		left = (int)n;
		for (nlh = (struct nlmsghdr *)buf; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left)) {
			e = nlh->nlmsg_type == NLMSG_ERROR ? vnft_nl_header(nlh, sizeof(*e)) :
							     NULL;
			if (!e || !nlh->nlmsg_seq || nlh->nlmsg_seq >= SEQ_END)
				continue;
			error[nlh->nlmsg_seq] = e->error;
			got++;
		}
	}
	return 0;
}

int vnft_clsact_make(unsigned int ifindex, int prog_fd, uint32_t handle, int *filter_err)
{
	char buf[2 * VNFT_NL_REQUEST_BYTES] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct timeval limit = { .tv_sec = TIMEOUT_S };
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	size_t bytes = fill(buf, ifindex, prog_fd, handle);
	int error[SEQ_END] = { 0 }, err;

	if (!nl)
		return -errno;
	setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) || mnl_socket_sendto(nl, buf, bytes) < 0)
		err = -errno;
	else
		err = take_answers(nl, error);
	mnl_socket_close(nl);
	*filter_err = error[SEQ_FILTER];
	return err ? err : error[SEQ_QDISC];
}
