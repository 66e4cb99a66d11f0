/* SPDX-License-Identifier: GPL-2.0 */
/*
 * xenstore: small texts, by path, that guests and dom0 leave for each other.
 */
#ifndef UNIKERNEL_XEN_STORE_H
#define UNIKERNEL_XEN_STORE_H

#include <stdint.h>

/* Until the next call. */
const char *store_read(const char *path);
void store_write(const char *path, uint32_t value);

#endif
