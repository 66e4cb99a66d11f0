/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A result on the command line of compare.
 */
#ifndef VNFT_CMD_COMPARE_LOAD_H
#define VNFT_CMD_COMPARE_LOAD_H

#include <jansson.h>
#include <stddef.h>

/*
 * "DIR", or "DIR:TYPE", unless a path of that very name exists; @type receives TYPE or "". New
 * reference, NULL after vnft_fail().
 */
json_t *vnft_compare_load(const char *arg, char *type, size_t bytes);

#endif
