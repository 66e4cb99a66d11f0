/* SPDX-License-Identifier: GPL-2.0 */
/*
 * results.json is rewritten after every run, so that a session that is interrupted leaves what it
 * finished.
 */
#include "write.h"

#include <stdio.h>

#include "../lib/text/json.h"
#include "keys.h"
#include "read.h"
#include "parts.h"

int vnft_results_save(const struct vnft_results_session *session,
		      const struct vnft_results_row *row, unsigned int rows, const char *dir,
		      json_t **results)
{
	json_t *to = json_object(), *list = json_array();
	char path[4096];
	unsigned int i;
	int err;

	json_object_set_new(to, "schema", json_integer(VNFT_RESULTS_SCHEMA));
	json_object_set(to, "manifest", session->manifest);
	for (i = 0; i < rows; i++)
		json_array_append_new(list, vnft_results_row_json(session, &row[i]));
	json_object_set_new(to, "rows", list);
	snprintf(path, sizeof(path), "%s/" VNFT_RESULTS_FILE, dir);
	err = vnft_json_save(to, path);
	if (results)
		*results = to;
	else
		json_decref(to);
	return err;
}
