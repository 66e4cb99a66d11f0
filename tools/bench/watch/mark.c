/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marks among the raw records.
 */
#include "mark.h"

#include <stdarg.h>
#include <stdio.h>

#include "../records.h"

void vnft_bench_mark(struct vnft_bench *b, unsigned int number, uint16_t device, uint64_t time_ns,
		     const char *fmt, ...)
{
	struct vnft_record r = { .time_ns = time_ns, .kind = VNFT_KIND_MARK, .device = device,
				 .len32 = number, .flags = VNFT_RF_USERSPACE };
	va_list args;

	va_start(args, fmt);
	vsnprintf(r.mark.name, sizeof(r.mark.name), fmt, args);
	va_end(args);
	vnft_bench_records_write(b, &r);
}
