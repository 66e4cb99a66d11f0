/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of drivers, in the order of help and tables. A driver is vnft_guest_NAME, a struct
 * vnft_guest_ops in NAME/driver.c, NAME.c or helper/NAME.c.
 */
#ifndef VNFT_GUEST_DRIVERS_H
#define VNFT_GUEST_DRIVERS_H

#include "guest.h"

#define VNFT_GUEST_DRIVERS(X) X(libvirt) X(docker) X(oci) X(engine) X(xen) X(process) X(exec)

#define VNFT_GUEST_EXTERN(name) extern const struct vnft_guest_ops vnft_guest_##name;
VNFT_GUEST_DRIVERS(VNFT_GUEST_EXTERN)
#undef VNFT_GUEST_EXTERN

#endif
