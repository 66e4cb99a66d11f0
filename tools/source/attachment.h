/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An attachment that lasts until detach, as `status` lists it.
 */
#ifndef VNFT_SOURCE_ATTACHMENT_H
#define VNFT_SOURCE_ATTACHMENT_H

#include "source.h"

/**
 * struct vnft_attachment - of either observer
 * @observer: BPF or MODULE
 * @id: in records
 * @recording: BPF: somebody records it
 * @dead: its device is gone; detach cleans it
 * @others: BPF: programs on the same hooks that are not ours, "name(id)" words
 */
struct vnft_attachment {
	enum vnft_observer observer;
	uint16_t id;
	uint64_t netns_inode;
	unsigned int ifindex;
	char ifname[VNFT_IFNAME_LEN];
	uint8_t hook[VNFT_DIR_NR];
	bool recording;
	bool dead;
	char others[256];
	struct vnft_device_state state;
};

/* A return other than 0 stops the walk, which returns it. */
typedef int (*vnft_attachment_fn)(const struct vnft_attachment *attachment, void *arg);

#endif
