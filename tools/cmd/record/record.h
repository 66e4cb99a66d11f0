/* SPDX-License-Identifier: GPL-2.0 */
/*
 * `vnftrace record`: a recording with its observers and devices. session.c walks from what was
 * asked for to the page, by open.c, collect.c and page.c.
 */
#ifndef VNFT_CMD_RECORD_RECORD_H
#define VNFT_CMD_RECORD_RECORD_H

#include "../../lib/cli/option.h"
#include "../../lib/text/error.h"
#include "../../source/attachment.h"
#include "../../source/file_write.h"
#include "../../source/source.h"

#define VNFT_RECORDING_SIDES 2	/* at most */

/**
 * struct vnft_recording_ask - what was asked for; 0, NULL or false where nothing was
 * @ready_file: created when every device is being recorded
 * @hook: enum vnft_hook_choice; @observer: enum vnft_observer; @side: enum vnft_side_choice
 * @stages: names of hooks, or "all"
 * @count: end after so many packets of one observer
 */
struct vnft_recording_ask {
	const char *output;
	const char *ready_file;
	bool tcp;
	bool force;
	int hook;
	int observer;
	int side;
	struct vnft_list stages;
	uint64_t duration_ns;
	uint64_t count;
	uint64_t ring_records;
};

/**
 * struct vnft_recorded - a device being recorded by one observer
 * @before: its counters when recording began: an attachment may be older
 * @asked: stage hooks that were asked for of this observer, and @armed: those it gives
 * @packets: PACKET records of it in the file
 * @side: enum vnft_device_side
 * @hooked: enum vnft_hooked by direction: the worst that was seen
 */
struct vnft_recorded {
	struct vnft_recording_side *observer;
	uint16_t id;
	uint8_t side;
	const char *spec;
	struct vnft_counters before;
	uint64_t asked, armed;
	uint64_t packets;
	uint8_t hooked[VNFT_DIR_NR];
};

/**
 * struct vnft_recording_side - one observer
 * @packets: PACKET records that it gave
 */
struct vnft_recording_side {
	struct vnft_recording *recording;
	enum vnft_observer observer;
	struct vnft_source *source;
	uint64_t packets;
};

/**
 * struct vnft_recording - all of it
 * @dev: @devices of them: every device once for each observer
 * @by_id: of a device id, its index in @dev + 1
 * @stages: bits 1 << hook that were asked for
 * @begun: devices are recorded: what is in the file is worth keeping
 */
struct vnft_recording {
	const struct vnft_recording_ask *ask;
	struct vnft_recording_side side[VNFT_RECORDING_SIDES];
	int sides;
	struct vnft_file_writer *writer;
	struct vnft_output *ready;
	bool begun;
	struct vnft_recorded *dev;
	int devices;
	uint32_t *by_id;
	uint64_t stages;
	uint64_t records, packets, started_ns, ended_ns;
	char text[VNFT_HOOKED_TEXT_BYTES];
};

/* Record the @n devices @specs and print the page. Returns the exit code; vnft_why() says why. */
int vnft_recording(const struct vnft_recording_ask *ask, char **specs, int n, bool as_json);

/* The parts of it: 0, or a negative errno after vnft_fail(). */

/* Stage hooks by their names, or "all". */
int vnft_recording_stages(const struct vnft_list *names, uint64_t *hooks);
/* Take the files, open the observers, attach the devices, and record. */
int vnft_recording_start(struct vnft_recording *r, char **specs, int n);
/* Until the time, the count, an interrupt, or the death of all devices. */
int vnft_recording_collect(struct vnft_recording *r);
/* Close the file and print the page. */
enum vnft_exit vnft_recording_finish(struct vnft_recording *r, bool as_json);
/* End everything; a file that is not closed yet is kept unfinished, or removed if it is empty. */
void vnft_recording_close(struct vnft_recording *r);

#endif
