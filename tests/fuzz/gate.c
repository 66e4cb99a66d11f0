/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Conditions of --fail-if of any bytes: the first byte says whether of a comparison. Either they
 * are refused with one line, or the gate is one that can be judged, and what is printed of it can
 * be.
 */
#include <math.h>

#include "../../tools/report/gates/outcome.h"
#include "../../tools/report/gates/parts.h"
#include "outside.h"

static const json_t *row(void)
{
	static const char text[] =
		"{\"type\": \"t\", \"runs\": 6, \"valid\": true, \"lost\": {\"unread\": 0}, "
		"\"instantiation\": {\"n\": 6, \"median_ns\": 3, \"ci95_ns\": [1, 6], "
		"\"median_bound_ns\": [1, 0], \"samples_ns\": [1, 2, 3, 4, 5, 6]}, \"rtt\": "
		"{\"flood\": {\"mean_ns\": 5, \"p99_ns\": null, \"p99_ns_why\": \"few\"}}}";
	static json_t *loaded;

	if (!loaded)
		loaded = json_loads(text, 0, NULL);
	return loaded;
}

static void judge(const struct vnft_gate *gate)
{
	json_t *outcome = vnft_gate_judge(gate, row(), "t", true);
	char line[1200], *text = NULL;
	json_t *suites;
	size_t bytes;
	FILE *to;

	vnft_outcome_line(outcome, line, sizeof(line));
	must_be_clean(line, false);
	suites = json_pack("[{s:[o]}]", "outcomes", outcome);
	to = open_memstream(&text, &bytes);
	must(to && suites);
	vnft_junit_write(to, suites);
	must(!fclose(to) && strlen(text) == bytes);
	must_be_clean(text, true);
	free(text);
	json_decref(suites);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const bool relative = bytes && data[0] & 1;
	struct vnft_gate gate;
	char text[1024];

	snprintf(text, sizeof(text), "%.*s", bytes ? (int)bytes - 1 : 0,
		 bytes ? (const char *)data + 1 : "");
	if (vnft_gate_parse(text, relative, &gate)) {
		must_name("--fail-if: ");
		return 0;
	}
	must(strlen(gate.text) < sizeof(gate.text) && strlen(gate.row) < sizeof(gate.row));
	must(gate.metric < VNFT_METRIC_NR && gate.stat && isfinite(gate.limit));
	must(gate.form == VNFT_GATE_LIMIT || relative);
	if (!relative)
		judge(&gate);
	return 0;
}
