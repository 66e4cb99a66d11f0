/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device of our own, as opposed to a persistent attachment that a session adopts.
 */
#ifndef VNFT_SOURCE_BPF_MAKE_H
#define VNFT_SOURCE_BPF_MAKE_H

#include "device.h"

/*
 * Load an instance for a device of the calling thread's namespace and attach it; NULL, errno set.
 * @spec is how the user named it; of @config count the hook and the side.
 */
struct vnft_bpf_device *vnft_bpf_device_make(const char *spec, const char *ifname,
					     const struct vnft_source_config *config,
					     struct vnft_bpf_load *how, bool persistent);

#endif
