/* SPDX-License-Identifier: GPL-2.0 */
/* The ids of a probe's flows, sorted. */
#include "flows.h"

#include <errno.h>
#include <stdlib.h>

#include "../lib/text/error.h"

struct vnft_probe_flows {
	size_t n;
	uint64_t flow[];
};

static int by_id(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int vnft_probe_flows_new(struct vnft_probe_flows **flows, const struct vnft_probe_config *config)
{
	const bool syn = config->kind == VNFT_PROBE_SYN;
	const size_t ports = syn && config->sports ? config->sports : 1;
	const size_t ends = syn && config->also_port ? 2 : 1;
	struct vnft_probe_flows *f = malloc(sizeof(*f) + ports * ends * sizeof(f->flow[0]));
	size_t n, also;

	if (!f)
		return vnft_fail(-ENOMEM, "probe: out of memory");
	f->n = 0;
	for (n = 0; n < ports; n++)
		for (also = 0; also < ends; also++)
			f->flow[f->n++] = vnft_probe_flow(config, n, also);
	qsort(f->flow, f->n, sizeof(f->flow[0]), by_id);
	*flows = f;
	return 0;
}

void vnft_probe_flows_free(struct vnft_probe_flows *flows)
{
	free(flows);
}

bool vnft_probe_flows_has(const struct vnft_probe_flows *flows, uint64_t flow)
{
	return bsearch(&flow, flows->flow, flows->n, sizeof(flow), by_id);
}
