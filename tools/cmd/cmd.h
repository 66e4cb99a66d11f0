/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The verbs: each lives in the file of its name.
 */
#ifndef VNFT_CMD_CMD_H
#define VNFT_CMD_CMD_H

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../source/source.h"

/* --observer of a verb whose config struct has an int member @observer. */
#define VNFT_OBSERVER_OPT(config, text) \
	{ .name = "observer", .type = VNFT_OPT_CHOICE, .offset = offsetof(config, observer), \
	  .arg = "WHO", .choices = vnft_observer_names, .help = text }

extern const struct vnft_cmd vnft_cmd_doctor;
extern const struct vnft_cmd vnft_cmd_types;
extern const struct vnft_cmd vnft_cmd_attach;
extern const struct vnft_cmd vnft_cmd_status;
extern const struct vnft_cmd vnft_cmd_detach;
extern const struct vnft_cmd vnft_cmd_record;
extern const struct vnft_cmd vnft_cmd_report;
extern const struct vnft_cmd vnft_cmd_compare;
extern const struct vnft_cmd vnft_cmd_probe;
extern const struct vnft_cmd vnft_cmd_bench;

#endif
