/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices while they run: what `vnftrace top` is made of. Hooks count since they were attached, so
 * a value of an interval is the difference of two snapshots of one attachment. What has no two
 * snapshots has no value: it is new, was attached anew, or is gone, and says so.
 */
#ifndef VNFT_REPORT_LIVE_H
#define VNFT_REPORT_LIVE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../source/attachment.h"

/**
 * struct vnft_live_shot - what one device's hooks knew at one moment, since they were attached
 * @life: as in struct vnft_followed
 * @read_ns: that moment
 * @hist: replies by pairing and direction of the request; NULL: there was none so far
 */
struct vnft_live_shot {
	enum vnft_observer observer;
	uint64_t life, netns_inode;
	unsigned int ifindex;
	char ifname[VNFT_IFNAME_LEN];
	uint16_t id;
	uint8_t side, hooked[VNFT_DIR_NR];
	bool recording;
	uint64_t read_ns;
	struct vnft_counters counters;
	struct vnft_hist *hist[VNFT_PAIRING_NR][VNFT_DIR_NR];
};

/* Snapshots of all devices; zero-initialised is empty. */
struct vnft_live_shots {
	struct vnft_live_shot *at;
	size_t n, room;
};

/* Take one; a vnft_followed_fn, @arg: struct vnft_live_shots. */
int vnft_live_shots_add(const struct vnft_followed *followed, void *arg);
/* Empty again, to be used again. */
void vnft_live_shots_free(struct vnft_live_shots *shots);

/**
 * enum vnft_live_change - what became of a device since the snapshot before
 * @VNFT_LIVE_STEADY: the same attachment in both: the only one that has values
 * @VNFT_LIVE_NEW: not in the one before
 * @VNFT_LIVE_RESTARTED: another attachment of the same device, or one whose counters went back
 * @VNFT_LIVE_GONE: only in the one before
 */
enum vnft_live_change {
	VNFT_LIVE_STEADY = 0,
	VNFT_LIVE_NEW,
	VNFT_LIVE_RESTARTED,
	VNFT_LIVE_GONE,
};

/**
 * struct vnft_live_rtt - round trips of an interval
 * @known: there is a histogram
 * @n: replies in the interval; the quantiles are 0 where there are too few for them
 */
struct vnft_live_rtt {
	bool known;
	uint64_t n, p50_ns, p99_ns;
};

struct vnft_live_who;

/**
 * struct vnft_live_row - a device in one interval
 * @shot: at its end; of a device that is gone at its beginning
 * @span_ns: from the device's own stamp of the one snapshot to that of the other
 * @counters: what was counted in between; all 0 unless STEADY
 * @who: its names and the instance behind it; NULL before they were asked for
 */
struct vnft_live_row {
	const struct vnft_live_shot *shot;
	enum vnft_live_change change;
	uint64_t span_ns;
	struct vnft_counters counters;
	struct vnft_live_rtt rtt[VNFT_PAIRING_NR][VNFT_DIR_NR];
	const struct vnft_live_who *who;
};

/* One device: @before or @after may be NULL, not both. */
void vnft_live_difference(const struct vnft_live_shot *before, const struct vnft_live_shot *after,
			  struct vnft_live_row *row);
/*
 * All of them: those of @after in their order, then those that are gone. *@rows is for free(), and
 * points into the snapshots. 0, or -ENOMEM after vnft_fail().
 */
int vnft_live_differences(const struct vnft_live_shots *before,
			  const struct vnft_live_shots *after, struct vnft_live_row **rows,
			  size_t *n);

/* Which histogram stands for the RTT of a row. */
struct vnft_live_which {
	enum vnft_pairing pairing;
	enum vnft_dir request;
};
/* Words of all: "echo", "echo-in", "syn-rst", ... NULL; and the one by its index. */
extern const char *const vnft_live_which_names[];
struct vnft_live_which vnft_live_which(int index);
#define VNFT_LIVE_WHICH_NR	(VNFT_PAIRING_NR * VNFT_DIR_NR)

/**
 * enum vnft_live_key - what rows are sorted by: quantities from the largest down, names up. Rows
 *	without the value come behind those that have it
 */
enum vnft_live_key {
	VNFT_LIVE_BY_PACKETS = 0,
	VNFT_LIVE_BY_BITS,
	VNFT_LIVE_BY_P50,
	VNFT_LIVE_BY_P99,
	VNFT_LIVE_BY_RETRANS,
	VNFT_LIVE_BY_LOST,
	VNFT_LIVE_BY_DEVICE,
	VNFT_LIVE_KEYS
};
/* By enum vnft_live_key, ended by NULL; and the letter of each on a screen. */
extern const char *const vnft_live_key_names[];
extern const char vnft_live_key_letters[VNFT_LIVE_KEYS + 1];
void vnft_live_sort(struct vnft_live_row *rows, size_t n, enum vnft_live_key key,
		    struct vnft_live_which which);

/* Losses of our own of all causes. */
uint64_t vnft_live_lost(const struct vnft_counters *counters);

/**
 * struct vnft_live_interval - what an interval's object says besides its rows
 * @number: from 1
 * @time_ns: CLOCK_MONOTONIC at its end, and @realtime_ns the wall clock
 * @span_ns: since the look before
 */
struct vnft_live_interval {
	uint64_t number, time_ns, realtime_ns, span_ns;
	enum vnft_live_key key;
	struct vnft_live_which which;
};
/* {"event": "interval", ..., "devices": [...]}: text is drawn from it, too. */
json_t *vnft_live_json(const struct vnft_live_interval *interval, const struct vnft_live_row *rows,
		       size_t n);

#endif
