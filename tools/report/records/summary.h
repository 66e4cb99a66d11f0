/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the records of a file add up to: summary.c adds, page.c shows.
 */
#ifndef VNFT_REPORT_RECORDS_SUMMARY_H
#define VNFT_REPORT_RECORDS_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../../kmod/core/match.h"
#include "../../../kmod/uapi/vnftrace.h"
#include "../report.h"

#define SUMMARY_DEVICES	4096u
#define SUMMARY_CPUS	4096u
#define SUMMARY_OBSERVERS 2	/* BPF, and VNFT_RF_MODULE: each numbers its records */

struct summary_device {
	uint16_t id;
	bool defined;
	struct vnft_rec_device dev;
	uint64_t netns_inode;
	uint32_t ifindex;
	uint64_t packets[VNFT_DIR_NR][VNFT_CLASS_NR];
	uint64_t bytes[VNFT_DIR_NR];
};

struct summary {
	struct vnft_record manifest;
	uint64_t records, first_ns, last_ns, kind[VNFT_KIND_NR], odd;
	struct summary_device *device[SUMMARY_DEVICES];
	size_t devices;
	uint16_t place[UINT16_MAX + 1];		/* of a device id, + 1 */
	uint64_t lost[VNFT_LOST_NR];
	struct summary_sequence {
		bool begun;
		uint32_t last;
		uint64_t records, gaps, missing;
	} cpu[SUMMARY_OBSERVERS][SUMMARY_CPUS];
	struct vnft_flows flows;
	struct vnft_pair *pair;
	struct vnft_steps *steps;
};

/* NULL after vnft_fail(). */
struct summary *vnft_summary_new(void);
/* The next record; a vnft_record_fn. 0, or a negative errno after vnft_fail(). */
int vnft_summary_add(const struct vnft_record *r, void *summary);
void vnft_summary_free(struct summary *s);

/* Ids say whose they are: the module's lie between those of BPF's sessions and of its pins. */
const char *vnft_summary_observer(uint16_t id);

/* The device of this id, a new one if there is none yet. NULL: no memory, or too many. */
struct summary_device *vnft_summary_device_of(struct summary *s, uint16_t id);

/* contents.c: what of the file tells of others, a line each. New reference. */
json_t *vnft_summary_contents(const struct summary *s);

#endif
