/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module says of a device, as a source says it.
 */
#ifndef VNFT_SOURCE_MODULE_STATE_H
#define VNFT_SOURCE_MODULE_STATE_H

#include "../source.h"
#include "ctl.h"

void vnft_module_state(const struct vnft_module_device *d, uint32_t ncpus,
		       struct vnft_device_state *state);

#endif
