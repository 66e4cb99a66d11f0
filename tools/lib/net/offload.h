/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Offloads of a device, as ethtool -K switches them.
 */
#ifndef VNFT_LIB_OFFLOAD_H
#define VNFT_LIB_OFFLOAD_H

#include <stdbool.h>

/* @feature as ethtool -K names it: "tx-checksum", "tso", "gso", "gro": the list is in offload.c. */
int vnft_link_set_offload(const char *name, const char *feature, bool on);

#endif
