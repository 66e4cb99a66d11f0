/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a record file tells of others: to be read before it is shared.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/json.h"
#include "summary.h"

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

/* Different ones; -1: no memory to count them. */
static json_int_t addresses(const struct vnft_flows *flows)
{
	uint8_t (*all)[16] = malloc(2 * (flows->n + 1) * sizeof(*all));
	json_int_t different = 0;
	size_t i, n = 0;

	if (!all)
		return -1;
	for (i = 0; i < flows->room; i++) {
		if (!flows->slot[i].id)
			continue;
		memcpy(all[n++], flows->slot[i].addr_a, 16);
		memcpy(all[n++], flows->slot[i].addr_b, 16);
	}
	if (n)
		qsort(all, n, sizeof(*all), compare);
	for (i = 0; i < n; i++)
		different += !i || memcmp(all[i - 1], all[i], 16);
	free(all);
	return different;
}

json_t *vnft_summary_contents(const struct summary *s)
{
	const struct {
		const char *what, *anonymized;
		json_int_t count;
	} row[] = {
		{ "addresses of hosts", "hashed", addresses(&s->flows) },
		{ "names of devices", "numbered", (json_int_t)s->devices },
		{ "exec, exit and vCPU entry of processes, with name and number", "numbered",
		  (json_int_t)s->kind[VNFT_KIND_LIFE] },
		{ "marks: types of instances, moments of their runs", "types numbered",
		  (json_int_t)s->kind[VNFT_KIND_MARK] },
		{ "frames, with time, ports, length, sequence numbers", "kept",
		  (json_int_t)(s->kind[VNFT_KIND_PACKET] + s->kind[VNFT_KIND_STAGE]) },
		{ "stimuli sent, with time", "kept", (json_int_t)s->kind[VNFT_KIND_SENT] },
		{ "wall clock", "kept", s->manifest.manifest.realtime_offset_ns != 0 },
		{ "bytes of payload", "never recorded", 0 },
	};
	json_t *out = json_array(), *o;
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		o = json_pack("{s:s, s:s}", "what", row[i].what, "anonymized", row[i].anonymized);
		if (row[i].count < 0)
			vnft_json_null(o, "count", "out of memory");
		else
			json_object_set_new(o, "count", json_integer(row[i].count));
		json_array_append_new(out, o);
	}
	return out;
}
