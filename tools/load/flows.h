/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which flows are a probe's: each of its SYNs may have one of its own.
 */
#ifndef VNFT_LOAD_FLOWS_H
#define VNFT_LOAD_FLOWS_H

#include "load.h"

struct vnft_probe_flows;

/* Of a probe whose ports were chosen. 0, or -ENOMEM after vnft_fail(). */
int vnft_probe_flows_new(struct vnft_probe_flows **flows, const struct vnft_probe_config *config);
void vnft_probe_flows_free(struct vnft_probe_flows *flows);

/* Is it the id of a flow of the probe? */
bool vnft_probe_flows_has(const struct vnft_probe_flows *flows, uint64_t flow);

#endif
