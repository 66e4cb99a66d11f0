/* SPDX-License-Identifier: GPL-2.0 */
/*
 * `vnftrace path`: from devices on a command line to a page. session.c walks there by find.c (which
 * links these are), collect.c, cost.c (what a stamp of ours costs) and page.c.
 */
#ifndef VNFT_CMD_PATH_PATH_H
#define VNFT_CMD_PATH_PATH_H

#include "../../lib/cli/option.h"
#include "../../lib/text/error.h"
#include "../../source/attachment.h"
#include "../../source/source.h"
#include "../../source/spec.h"
#include "../../stat/path/path.h"

/**
 * struct vnft_tracing_ask - what was asked for; 0, NULL or empty where nothing was
 * @classes: names of the classes to follow; none: all
 * @hook: enum vnft_hook_choice
 * @count: end after so many frames
 * @ready_file: created when every device is being watched
 */
struct vnft_tracing_ask {
	struct vnft_list classes;
	int hook;
	uint64_t duration_ns, count, ring_records;
	const char *ready_file;
};

/**
 * struct vnft_traced_end - one end of a link
 * @spec: how a user names it; "" if it is not to be had, for the reason @why
 * @named: it stands on the command line
 * @asked: stage hooks that its kind can have, and @armed: those that this host gives
 * @hooked: enum vnft_hooked by direction: the worst that was seen
 */
struct vnft_traced_end {
	char spec[VNFT_SPEC_BYTES];
	char why[200];
	bool named;
	uint64_t netns_inode;
	unsigned int ifindex;
	uint32_t mtu_bytes;
	uint8_t side;
	uint16_t id;
	uint64_t asked, armed;
	uint8_t hooked[VNFT_DIR_NR];
};

/**
 * struct vnft_traced - a link; the far end of a tap is no device
 * @link: enum vnft_link
 */
struct vnft_traced {
	uint8_t link;
	struct vnft_traced_end end[VNFT_PATH_ENDS];
};

/**
 * struct vnft_stamp_cost - what one of our stamps takes; 0: not known
 * @rested_ns: in the way of a frame that comes after a rest, as most pings do
 */
struct vnft_stamp_cost {
	double ns, rested_ns;
};

/**
 * struct vnft_tracing - all of it
 * @near: by device id: the near end of a link
 * @record_mask: bits 1 << class
 * @frames: seen at the near ends' boundaries
 * @stamp_why: why @stamp is not known
 */
struct vnft_tracing {
	const struct vnft_tracing_ask *ask;
	struct vnft_traced link[VNFT_PATH_LINKS_MAX];
	unsigned int links;
	bool near[UINT16_MAX + 1];
	struct vnft_source *source;
	struct vnft_output *ready;
	struct vnft_path *path;
	uint32_t record_mask;
	uint64_t frames, records, lost, started_ns, ended_ns;
	struct vnft_stamp_cost stamp;
	char stamp_why[160];
	char text[VNFT_HOOKED_TEXT_BYTES];
};

/* Follow the frames of @n devices and print the page. The exit code; vnft_why() says why. */
int vnft_tracing(const struct vnft_tracing_ask *ask, char **specs, int n, bool as_json);

/* The parts of it: 0, or a negative errno after vnft_fail(). */

/* The links of the devices on the command line. */
int vnft_tracing_find(struct vnft_tracing *t, char **specs, int n);
/* Until the time, the count, an interrupt, or the death of all devices. */
int vnft_tracing_collect(struct vnft_tracing *t);
/* What one of our stamps takes on this host, or why that is not known. */
void vnft_tracing_cost(struct vnft_tracing *t);
/* Print the page. */
enum vnft_exit vnft_tracing_page(struct vnft_tracing *t, bool as_json);

#endif
