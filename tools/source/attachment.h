/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An attachment that lasts until detach, as `status` lists it.
 */
#ifndef VNFT_SOURCE_ATTACHMENT_H
#define VNFT_SOURCE_ATTACHMENT_H

#include "source.h"

/**
 * struct vnft_chain_place - a program on the way of a device's frames
 * @hook: "xdp", "tcx", "clsact"
 * @rank: below 0 it runs before ours of the same direction, above 0 behind; 0: it is ours
 */
struct vnft_chain_place {
	enum vnft_dir dir;
	const char *hook;
	char name[32];
	uint32_t prog_id;
	int8_t rank;
};

#define VNFT_CHAIN_MAX	32

/**
 * struct vnft_attached - what an attachment was made like
 * @hook: enum vnft_hook, by direction
 * @side: enum vnft_device_side, and @side_why: words that live forever
 */
struct vnft_attached {
	uint8_t hook[VNFT_DIR_NR];
	uint8_t side;
	const char *side_why;
};

/**
 * struct vnft_attachment - of either observer
 * @observer: BPF or MODULE
 * @id: in records
 * @netns_inode, @ifindex, @ifname: where the device is now; where nothing of ours is left on it,
 *	where it was attached
 * @side: enum vnft_device_side
 * @recording: BPF: somebody records it
 * @hooked: enum vnft_hooked, by direction
 * @chain: BPF: all programs on its hooks in the order in which they run, ingress first;
 *	@chain_n of them, and @chain_more did not fit
 */
struct vnft_attachment {
	enum vnft_observer observer;
	uint16_t id;
	uint64_t netns_inode;
	unsigned int ifindex;
	char ifname[VNFT_IFNAME_LEN];
	uint8_t side;
	uint8_t hook[VNFT_DIR_NR];
	bool recording;
	uint8_t hooked[VNFT_DIR_NR];
	struct vnft_chain_place chain[VNFT_CHAIN_MAX];
	unsigned int chain_n, chain_more;
	struct vnft_device_state state;
};

/* Are the programs of both directions on their hooks? Of none? */
bool vnft_hooked_both(const uint8_t hooked[VNFT_DIR_NR]);
bool vnft_hooked_none(const uint8_t hooked[VNFT_DIR_NR]);
/* Did somebody take away the program of a direction, or put another in its place? */
bool vnft_hooked_lost(const uint8_t hooked[VNFT_DIR_NR]);
/* In words: "counting", "in only, out program removed", "device gone"; returns @text. */
const char *vnft_hooked_say(const uint8_t hooked[VNFT_DIR_NR], char *text, size_t bytes);
#define VNFT_HOOKED_TEXT_BYTES	80

/* A return other than 0 stops the walk, which returns it. */
typedef int (*vnft_attachment_fn)(const struct vnft_attachment *attachment, void *arg);

/**
 * struct vnft_followed - an attachment that is looked at again and again
 * @attachment: without its chain
 * @life: another number for each attachment of its observer, also where a device has a second one
 *	after its first: the counters of each begin at 0
 * @hist: as in struct vnft_source_ops, of this one
 * @device: the observer's own
 */
struct vnft_followed {
	struct vnft_attachment attachment;
	uint64_t life;
	int (*hist)(const struct vnft_followed *followed, enum vnft_pairing pairing,
		    enum vnft_dir request, struct vnft_hist *sum);
	const void *device;
};

typedef int (*vnft_followed_fn)(const struct vnft_followed *followed, void *arg);

#endif
