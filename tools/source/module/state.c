/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the module's struct of a device to that of sources.
 */
#include "state.h"

void vnft_module_state(const struct vnft_module_device *d, uint32_t ncpus,
		       struct vnft_device_state *state)
{
	*state = (struct vnft_device_state) {
		.counters = d->counters,
		.first_ns = { d->first_in_ns, d->first_out_ns },
		.hook = { d->hook_in, d->hook_out },
		.read_ns = d->read_ns,
		.ncpus = ncpus,
		.memory_bytes = d->memory_bytes,
		.memory_per_cpu_bytes = d->memory_per_cpu_bytes,
	};
}
