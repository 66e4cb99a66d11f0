/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Durations with a unit, read and written without floating point.
 */
#ifndef VNFT_LIB_DURATION_H
#define VNFT_LIB_DURATION_H

#include <stddef.h>
#include <stdint.h>

/* What one @unit ("ms") has in nanoseconds; 0: no such unit. */
uint64_t vnft_duration_unit_ns(const char *unit);

/* "10ms" to nanoseconds; -EINVAL after vnft_fail() names the fault. */
int vnft_parse_duration_ns(const char *text, uint64_t *ns);

/* "10ms": the shortest exact way to write a duration that the parser reads back. */
void vnft_duration_text(uint64_t ns, char *to, size_t bytes);

#endif
