/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the files of the oci driver.
 */
#ifndef VNFT_GUEST_OCI_H
#define VNFT_GUEST_OCI_H

#include "../parts.h"

/* Write @dir/config.json for an instance. */
int vnft_oci_bundle(const struct vnft_instance *in, const char *dir);

#endif
