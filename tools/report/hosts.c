/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where results were measured: one line for each, so that a row of an emulated machine cannot pass
 * for one of bare metal, and two hosts of one name are told apart.
 */
#include <stdio.h>
#include <string.h>

#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "../results/read.h"
#include "results.h"

/* How many of the first @n results are of this host name? */
static unsigned int same_name(const json_t *const *results, size_t n, const char *name)
{
	unsigned int same = 0;
	size_t i;

	for (i = 0; i < n; i++)
		same += !strcmp(vnft_results_host(results[i]), name);
	return same;
}

/* A member of the manifest's host, with the reason of a null. */
static void take(json_t *line, const json_t *host, const char *key)
{
	char why[32];

	snprintf(why, sizeof(why), "%s_why", key);
	if (!json_object_get(host, key)) {
		vnft_json_null(line, key, "the manifest does not say");
		return;
	}
	json_object_set(line, key, json_object_get(host, key));
	if (json_is_string(json_object_get(host, why)))
		json_object_set(line, why, json_object_get(host, why));
}

/* What ran the rows' instructions, each once. */
static json_t *accels(const json_t *results)
{
	json_t *list = json_array(), *row, *other;
	const char *accel;
	size_t i, k;

	json_array_foreach(json_object_get(results, "rows"), i, row) {
		accel = json_string_value(json_object_get(row, "accel"));
		json_array_foreach(list, k, other)
			if (accel && !strcmp(json_string_value(other), accel))
				accel = NULL;
		if (accel)
			json_array_append_new(list, json_string(accel));
	}
	return list;
}

json_t *vnft_report_hosts(const json_t *const *results, size_t n)
{
	static const char *const keys[] = { "kernel", "cpu", "machine", "hypervisor_flag",
					    "hypervisor" };
	json_t *hosts = json_array(), *line;
	char name[320];
	size_t i, k;

	for (i = 0; i < n; i++) {
		const char *hostname = vnft_results_host(results[i]);
		const unsigned int before = same_name(results, i, hostname);

		line = json_object();
		json_array_append_new(hosts, line);
		snprintf(name, sizeof(name), before ? "%.255s (%u)" : "%.255s", hostname,
			 before + 1);
		json_object_set_new(line, "host", vnft_json_text(name));
		json_object_set_new(line, "hostname", vnft_json_text(hostname));
		json_object_set_new(line, "accels", accels(results[i]));
		for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			take(line, vnft_view_at(results[i], "manifest.host"), keys[k]);
	}
	return hosts;
}
