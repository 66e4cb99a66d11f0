/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Time between consecutive stages of a frame, from STAGE records.
 */
#ifndef VNFT_STAT_STAGES_H
#define VNFT_STAT_STAGES_H

#include <stdint.h>

#include "../../../kmod/core/hist.h"
#include "../../source/source.h"

/**
 * struct vnft_step - frames that went from one stage to the next
 * @from, @to: enum vnft_hook
 * @hist: of the time between the two stamps
 */
struct vnft_step {
	uint16_t device;
	uint8_t dir;
	uint8_t from, to;
	struct vnft_hist hist;
};

struct vnft_steps;
int vnft_steps_new(struct vnft_steps **steps);
/* The records of each CPU must come in their order. All but STAGE are ignored. */
int vnft_steps_feed(const struct vnft_record *record, void *steps);
/*
 * Hand out every step after the last record, sorted by device, direction and way through the host.
 * If @fn returns other than 0, that ends it and is returned.
 */
int vnft_steps_each(struct vnft_steps *steps, int (*fn)(const struct vnft_step *step, void *arg),
		    void *arg);
/* Frames with two stamps or more, and with one alone. Valid after vnft_steps_each(). */
uint64_t vnft_steps_frames(const struct vnft_steps *steps, uint64_t *alone);
void vnft_steps_free(struct vnft_steps *steps);

#endif
