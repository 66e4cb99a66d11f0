/* SPDX-License-Identifier: GPL-2.0 */
/* Records of frames and of devices. */
#ifndef VNFT_KMOD_RECORD_H
#define VNFT_KMOD_RECORD_H

#include <linux/netdevice.h>

#include "core/hooks.h"
#include "pass.h"
#include "session.h"
#include "table.h"

/**
 * struct vnft_stage_of - what a STAGE record says beside the frame
 * @parsed: the frame was read just now: its flow can be defined
 */
struct vnft_stage_of {
	enum vnft_hook hook;
	bool parsed;
	const struct sk_buff *skb;
	u32 queue;
	u32 peer;
};

/*
 * Into the calling CPU's ring, behind the FLOW record of @pass; preemption is off, and that is all:
 * any context. False if there was no room, which the caller counts.
 */
bool vnft_record_packet(struct vnft_device *d, struct vnft_pass *pass, enum vnft_dir dir);
bool vnft_record_stage(struct vnft_device *d, struct vnft_pass *pass,
		       const struct vnft_stage_of *stage);
/* A DEVICE record: under rtnl, @d NULL for a device that only a watcher hears of. */
void vnft_record_device(struct vnft_session *session, const struct net_device *dev,
			const struct vnft_device *d, enum vnft_device_event event);
enum vnft_link vnft_record_link(const struct net_device *dev);
/* Draws the secret by which the address of an skb becomes the number of its frame. */
void vnft_record_init(void);

#endif
