/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of a record file that grows.
 */
#ifndef VNFT_CMD_REPORT_FOLLOW_H
#define VNFT_CMD_REPORT_FOLLOW_H

#include <stdbool.h>

/* Until the file is finished, or an interrupt: 0, or negative errno after vnft_fail(). */
int vnft_report_follow(const char *path, bool as_json);

#endif
