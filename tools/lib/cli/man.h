/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Manual pages in troff's man macros, from the tables.
 */
#ifndef VNFT_LIB_MAN_H
#define VNFT_LIB_MAN_H

/* NULL: vnftrace(1). 0, or -EINVAL after vnft_fail() for a verb that is none. */
int vnft_help_man(const char *verb);

#endif
