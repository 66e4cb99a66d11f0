/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who is on a device's hooks: filters of clsact through rtnetlink, programs of tcx through bpf().
 */
#include "filters.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/net/mnl.h"
#include "tcx.h"

#define TCX_MAX 64

static void judge(struct vnft_filter *f)
{
	f->ours = !strcmp(f->name, "vnft_in") || !strcmp(f->name, "vnft_out");
}

/* Needs CAP_SYS_ADMIN; without it the name stays empty. */
static void name_program(struct vnft_filter *f)
{
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(f->prog_id);

	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &bytes))
		snprintf(f->name, sizeof(f->name), "%s", info.name);
	close(fd);
}

struct dump {
	struct vnft_filter *filter;
	size_t n, room;
	enum vnft_dir dir;
};

static int take_bpf(const struct nlattr *attr, void *data)
{
	struct vnft_filter *f = data;
	uint16_t bytes = mnl_attr_get_payload_len(attr);

	if (mnl_attr_get_type(attr) == TCA_BPF_ID && bytes == sizeof(uint32_t))
		f->prog_id = mnl_attr_get_u32(attr);
	/* The maker of a filter names it as he likes. The program's own name is better. */
	if (mnl_attr_get_type(attr) == TCA_BPF_NAME && !f->name[0])
		vnft_nl_text(attr, f->name, sizeof(f->name));
	return MNL_CB_OK;
}

static int take_filter(const struct nlmsghdr *nlh, void *arg)
{
	const struct tcmsg *tc = vnft_nl_header(nlh, sizeof(*tc));
	struct dump *dump = arg;
	const struct nlattr *attr;
	struct vnft_filter f = { .dir = dump->dir };
	char kind[sizeof(f.name)];
	bool bpf = false;

	if (nlh->nlmsg_type != RTM_NEWTFILTER || !tc || !tc->tcm_handle)
		return MNL_CB_OK;
	f.ifindex = (unsigned int)tc->tcm_ifindex;
	f.handle = tc->tcm_handle;
	f.priority = (uint16_t)(tc->tcm_info >> 16);
	mnl_attr_for_each(attr, nlh, sizeof(*tc)) {
		if (mnl_attr_get_type(attr) == TCA_KIND) {
			vnft_nl_text(attr, kind, sizeof(kind));
			bpf = !strcmp(kind, "bpf");
			if (!bpf)
				memcpy(f.name, kind, sizeof(f.name));
		}
		if (mnl_attr_get_type(attr) == TCA_OPTIONS && bpf)
			mnl_attr_parse_nested(attr, take_bpf, &f);
	}
	if (bpf && !f.name[0])
		snprintf(f.name, sizeof(f.name), "bpf");
	f.bpf = bpf && (uint16_t)tc->tcm_info == htons(ETH_P_ALL);
	if (dump->n == dump->room) {
		size_t room = dump->room ? 2 * dump->room : 8;
		struct vnft_filter *more = realloc(dump->filter, room * sizeof(*more));

		if (!more) {
			errno = ENOMEM;
			return MNL_CB_ERROR;
		}
		dump->filter = more;
		dump->room = room;
	}
	dump->filter[dump->n++] = f;
	return MNL_CB_OK;
}

static void again(void *arg)
{
	((struct dump *)arg)->n = 0;
}

/* Filters are collected first, because @fn may delete them or talk to the kernel itself. */
static int each_in(unsigned int ifindex, enum vnft_dir dir, vnft_filter_fn fn, void *arg)
{
	struct dump dump = { .dir = dir };
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh = vnft_nl_request(buf, RTM_GETTFILTER, NLM_F_DUMP);
	struct tcmsg *tc = mnl_nlmsg_put_extra_header(nlh, sizeof(*tc));
	size_t i;
	int err;

	tc->tcm_family = AF_UNSPEC;
	tc->tcm_ifindex = (int)ifindex;
	tc->tcm_parent = TC_H_MAKE(TC_H_CLSACT, dir == VNFT_DIR_IN ? TC_H_MIN_INGRESS :
								    TC_H_MIN_EGRESS);
	err = vnft_nl_talk(nlh, take_filter, again, &dump, NULL, 0);
	for (i = 0; !err && i < dump.n; i++) {
		if (dump.filter[i].prog_id)
			name_program(&dump.filter[i]);
		judge(&dump.filter[i]);
		err = fn(&dump.filter[i], arg);
	}
	free(dump.filter);
	return err;
}

int vnft_clsact_each(unsigned int ifindex, vnft_filter_fn fn, void *arg)
{
	int err = each_in(ifindex, VNFT_DIR_IN, fn, arg);

	return err ? err : each_in(ifindex, VNFT_DIR_OUT, fn, arg);
}

int vnft_tcx_each(unsigned int ifindex, vnft_filter_fn fn, void *arg)
{
	uint32_t ids[TCX_MAX], links[TCX_MAX], i;
	int dir, err = 0;

	for (dir = 0; dir < VNFT_DIR_NR && !err; dir++) {
		struct vnft_tcx_query_attr attr = {
			.ifindex = ifindex,
			.attach_type = dir == VNFT_DIR_IN ? VNFT_BPF_TCX_INGRESS :
							    VNFT_BPF_TCX_EGRESS,
			.prog_ids = (uintptr_t)ids,
			.link_ids = (uintptr_t)links,
			.count = TCX_MAX,
		};

		if (vnft_bpf(BPF_PROG_QUERY, &attr, sizeof(attr)))
			continue;
		for (i = 0; i < attr.count && i < TCX_MAX && !err; i++) {
			struct vnft_filter f = {
				.ifindex = ifindex,
				.dir = (enum vnft_dir)dir,
				.prog_id = ids[i],
				.link_id = links[i],
			};

			name_program(&f);
			judge(&f);
			err = fn(&f, arg);
		}
	}
	return err;
}

static int take_xdp(const struct nlattr *attr, void *data)
{
	struct vnft_filter *f = data;

	/* Of several modes (driver, generic, hardware) this is the first, or the only one. */
	switch (mnl_attr_get_type(attr)) {
	case IFLA_XDP_PROG_ID:
	case IFLA_XDP_DRV_PROG_ID:
	case IFLA_XDP_SKB_PROG_ID:
	case IFLA_XDP_HW_PROG_ID:
		if (!f->prog_id && mnl_attr_get_payload_len(attr) == sizeof(uint32_t))
			f->prog_id = mnl_attr_get_u32(attr);
	}
	return MNL_CB_OK;
}

static int take_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct ifinfomsg))
		if ((mnl_attr_get_type(attr) & NLA_TYPE_MASK) == IFLA_XDP)
			mnl_attr_parse_nested(attr, take_xdp, arg);
	return MNL_CB_OK;
}

int vnft_xdp_each(unsigned int ifindex, vnft_filter_fn fn, void *arg)
{
	struct vnft_filter f = { .ifindex = ifindex, .dir = VNFT_DIR_IN };
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh = vnft_nl_request(buf, RTM_GETLINK, 0);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	int err;

	ifi->ifi_index = (int)ifindex;
	err = vnft_nl_talk(nlh, take_link, NULL, &f, NULL, 0);
	if (err || !f.prog_id)
		return err;
	name_program(&f);
	return fn(&f, arg);
}

struct kind {
	unsigned int ifindex;
	char *name;
};

static int take_qdisc(const struct nlmsghdr *nlh, void *arg)
{
	const struct tcmsg *tc = vnft_nl_header(nlh, sizeof(*tc));
	const struct kind *kind = arg;
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWQDISC || !tc || tc->tcm_parent != TC_H_CLSACT ||
	    tc->tcm_ifindex != (int)kind->ifindex)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*tc))
		if (mnl_attr_get_type(attr) == TCA_KIND)
			vnft_nl_text(attr, kind->name, 16);
	return MNL_CB_OK;
}

static void no_kind(void *arg)
{
	((struct kind *)arg)->name[0] = '\0';
}

int vnft_clsact_kind(unsigned int ifindex, char name[16])
{
	struct kind kind = { .ifindex = ifindex, .name = name };
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh = vnft_nl_request(buf, RTM_GETQDISC, NLM_F_DUMP);
	struct tcmsg *tc = mnl_nlmsg_put_extra_header(nlh, sizeof(*tc));

	/* The kernel answers with the qdiscs of every device. */
	tc->tcm_ifindex = (int)ifindex;
	no_kind(&kind);
	return vnft_nl_talk(nlh, take_qdisc, no_kind, &kind, NULL, 0);
}
