/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the files of the oci driver.
 */
#ifndef VNFT_GUEST_OCI_H
#define VNFT_GUEST_OCI_H

#include "../parts.h"

/* In the bundle, for $VNFT_VETH_TIMES. */
#define VNFT_OCI_TIMES "network"

/* Write @dir/config.json for an instance, and the file for its hook's times. */
int vnft_oci_bundle(const struct vnft_instance *in, const char *dir);

#endif
