/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's structs, as little of them as the stages read, and where kernels differ: one
 * function for each change, headed by the commit that made it. CO-RE finds the members.
 *
 * @direct: the pointer is one that the verifier knows (tp_btf, fentry), so that a plain load will
 * do, which the kernel makes safe; else (raw_tp) bpf_probe_read_kernel(), which costs a call.
 */
#ifndef VNFT_BPF_CORE_FIXES_H
#define VNFT_BPF_CORE_FIXES_H

#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "../kmod/core/env.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct net_device {
	int ifindex;
	possible_net_t nd_net;
};

struct sk_buff {
	struct net_device *dev;
	unsigned int len;
	unsigned int data_len;
	__u16 queue_mapping;
	unsigned int napi_id;
	int skb_iif;
	__u16 vlan_tci;
	__be16 protocol;
	__u16 mac_header;
	unsigned int end;
	unsigned char *head;
	unsigned char *data;
};

struct skb_shared_info {
	unsigned short gso_size;
};

struct napi_struct {
	struct net_device *dev;
	unsigned int napi_id;
};

struct tun_struct {
	struct net_device *dev;
};

struct sk_buff_head {
	struct sk_buff *next;
};

struct xenvif {
	__u16 domid;
	struct net_device *dev;
};

struct xenvif_queue {
	unsigned int id;
	struct xenvif *vif;
	struct sk_buff_head rx_queue;
};

/* Before Linux 6.2, see fix_vlan(). */
struct sk_buff___before_6_2 {
	__u8 vlan_present:1;
};

/* Since then. */
struct sk_buff___since_6_2 {
	__u32 vlan_all;
};

#pragma clang attribute pop

/* A member, by the cheaper way that this program has. */
#define GET(direct, p, member) ({						\
	typeof((p)->member) value_;						\
	if (direct)								\
		value_ = (p)->member;						\
	else									\
		bpf_core_read(&value_, sizeof(value_), &(p)->member);		\
	value_;									\
})

/*
 * 354259fa73e2 ("net: remove skb->vlan_present", 6.2): a tag is there when vlan_all is not 0; a
 * bit said so before.
 */
static __always_inline bool fix_vlan(bool direct, struct sk_buff *skb)
{
	struct sk_buff___before_6_2 *before = (void *)skb;
	struct sk_buff___since_6_2 *since = (void *)skb;

	if (!bpf_core_field_exists(before->vlan_present))
		return GET(direct, since, vlan_all) != 0;
	if (direct)
		return BPF_CORE_READ_BITFIELD(before, vlan_present);
	return BPF_CORE_READ_BITFIELD_PROBED(before, vlan_present);
}

/*
 * dd1b527831a3 ("net: add location to trace_consume_skb()", 6.3): one argument more, behind the
 * skb, and a kernel before it has no second to be read.
 */
static __always_inline struct sk_buff *fix_consume_skb(const __u64 *ctx)
{
	return (struct sk_buff *)ctx[0];
}

#endif
