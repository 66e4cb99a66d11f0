/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What `vnftrace doctor` does: look around, or cross-check a device.
 */
#ifndef VNFT_CMD_DOCTOR_DOCTOR_H
#define VNFT_CMD_DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

/* Run every check and print the page. 0; -EOPNOTSUPP after vnft_fail() where no type can run. */
int vnft_doctor_look(bool as_json);

/*
 * Watch the device @spec with both observers for @duration_ns, compare, and print the page.
 * @ready_file: created when both observe, or NULL. Returns the exit code; vnft_why() says why.
 */
int vnft_doctor_cross(const char *spec, uint64_t duration_ns, const char *ready_file, bool as_json);

#endif
