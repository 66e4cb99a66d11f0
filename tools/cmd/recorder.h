/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of `vnftrace record`: its options, and a recording with its observers and devices.
 */
#ifndef VNFT_CMD_RECORDER_H
#define VNFT_CMD_RECORDER_H

#include "../lib/cli/option.h"
#include "../source/source.h"

#define RECORD_OBSERVERS 2	/* at most */

struct record_config {
	struct vnft_common common;
	const char *output;
	const char *ready_file;
	bool force;
	bool tcp;
	int hook;
	int observer;
	struct vnft_list stages;
	uint64_t duration_ns;
	uint64_t count;
	uint64_t ring_records;
};

/**
 * struct recorded - a device being recorded by one observer
 * @before: its counters when recording began: an attachment may be older
 * @asked: stage hooks that were asked for of this observer, and @armed: those it gives
 * @packets: PACKET records of it in the file
 */
struct recorded {
	struct recording_side *side;
	uint16_t id;
	const char *spec;
	struct vnft_counters before;
	uint64_t asked, armed;
	uint64_t packets;
};

/**
 * struct recording_side - one observer
 * @packets: PACKET records that it gave
 */
struct recording_side {
	struct recording *recording;
	enum vnft_observer observer;
	struct vnft_source *source;
	uint64_t packets;
};

/**
 * struct recording - all of it
 * @dev: @devices of them: every device once for each observer
 * @by_id: of a device id, its index in @dev + 1
 * @stages: bits 1 << hook that were asked for
 * @begun: devices are recorded: what is in the file is worth keeping
 */
struct recording {
	const struct record_config *config;
	struct recording_side side[RECORD_OBSERVERS];
	int sides;
	struct vnft_file_writer *writer;
	struct vnft_output *ready;
	bool begun;
	struct recorded *dev;
	int devices;
	uint32_t *by_id;
	uint64_t stages;
	uint64_t records, packets, started_ns, ended_ns;
};

/* Stage hooks by their names, or "all": 0 or -EINVAL after vnft_fail(). */
int record_stages(const struct vnft_list *names, uint64_t *hooks);
/* Take the files, open the observers, attach the devices, and record. */
int record_start(struct recording *r, char **specs, int n);
/* Until the time, the count, an interrupt, or the death of all devices. */
int record_collect(struct recording *r);
/* End everything; a file that is not closed yet is kept unfinished, or removed if it is empty. */
void record_close(struct recording *r);

#endif
