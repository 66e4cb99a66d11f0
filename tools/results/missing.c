/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Measurements that were asked for and that runs lack: single ones, or all that count.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../lib/text/json.h"
#include "parts.h"
#include "read.h"

#define AT(member) offsetof(struct vnft_results_run, member)
/* @samples: where the row has one value for each run that has it. */
static const struct measurement {
	const char *what, *samples;
	size_t asked_at, measured_at, why_at;
} all[] = {
	{ "memory", "memory.samples_bytes", AT(memory_asked), AT(memory_measured),
	  AT(memory_why) },
	{ "flood RTT", "rtt.flood.samples_ns", AT(flood.asked), AT(flood.measured), AT(flood.why) },
	{ "fixed-rate RTT", "rtt.fixed.samples_ns", AT(fixed.asked), AT(fixed.measured),
	  AT(fixed.why) },
	{ "tx", "throughput.tx.samples_bps", AT(tx.asked), AT(tx.measured), AT(tx.why) },
	{ "tx of 64 B", "throughput.tx.samples_pps", AT(tx.pps_asked), AT(tx.pps_measured),
	  AT(tx.pps_why) },
	{ "rx", "throughput.rx.samples_bps", AT(rx.asked), AT(rx.measured), AT(rx.why) },
	{ "rx of 64 B", "throughput.rx.samples_pps", AT(rx.pps_asked), AT(rx.pps_measured),
	  AT(rx.pps_why) },
};
#define MEASUREMENTS (sizeof(all) / sizeof(all[0]))
#undef AT

static bool flag(const struct vnft_results_run *run, size_t at)
{
	return *(const bool *)((const char *)run + at);
}

/* Runs that count and were to measure it: how many did, and how many did not. */
static void count(const struct vnft_results_row *row, const struct measurement *m,
		  unsigned int *have, unsigned int *lack)
{
	unsigned int i;

	*have = *lack = 0;
	for (i = 0; i < row->runs; i++) {
		const struct vnft_results_run *r = &row->run[i];

		if (!r->valid || !flag(r, m->asked_at))
			continue;
		*have += flag(r, m->measured_at);
		*lack += !flag(r, m->measured_at);
	}
}

json_t *vnft_results_missing(const struct vnft_results_row *row)
{
	json_t *list = json_array();
	unsigned int i, have, lack;
	size_t k;

	for (k = 0; k < MEASUREMENTS; k++) {
		count(row, &all[k], &have, &lack);
		for (i = 0; have && lack && i < row->runs; i++) {
			const struct vnft_results_run *r = &row->run[i];

			if (!r->valid || !flag(r, all[k].asked_at) || flag(r, all[k].measured_at))
				continue;
			json_array_append_new(list, json_pack("{s:i, s:s, s:o}", "run",
				(int)r->number, "what", all[k].what, "why",
				vnft_json_text((const char *)r + all[k].why_at)));
		}
	}
	return list;
}

bool vnft_results_lacks(const struct vnft_results_row *row, char *why, size_t bytes)
{
	const char *reason = NULL;
	unsigned int i, have, lack;
	char what[128] = "";
	size_t k, used = 0;

	for (k = 0; k < MEASUREMENTS; k++) {
		count(row, &all[k], &have, &lack);
		if (have || !lack)
			continue;
		used += (size_t)snprintf(what + used, sizeof(what) - used, "%s%s",
					 used ? ", " : "", all[k].what);
		for (i = 0; !reason && i < row->runs; i++)
			if (row->run[i].valid && flag(&row->run[i], all[k].asked_at))
				reason = (const char *)&row->run[i] + all[k].why_at;
	}
	if (reason)
		snprintf(why, bytes, "no run has %s: %s", what, reason);
	return reason;
}

const char *vnft_results_missing_what(const char *samples_path)
{
	size_t k;

	for (k = 0; k < MEASUREMENTS; k++)
		if (!strcmp(all[k].samples, samples_path))
			return all[k].what;
	return NULL;
}
