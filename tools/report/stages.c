/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of a record file's page that shows the way of its frames through the host.
 */
#include "../stat/stages.h"
#include "report.h"

static int add_step(const struct vnft_step *step, void *arg)
{
	json_t *o = vnft_hist_json(&step->hist);

	json_object_set_new(o, "device", json_integer(step->device));
	json_object_set_new(o, "dir", json_string(vnft_dir_name(step->dir)));
	json_object_set_new(o, "from", json_string(vnft_hook_name(step->from)));
	json_object_set_new(o, "to", json_string(vnft_hook_name(step->to)));
	return json_array_append_new(arg, o);
}

json_t *vnft_stages_json(struct vnft_steps *steps)
{
	json_t *out = json_array();

	if (vnft_steps_each(steps, add_step, out)) {
		json_decref(out);
		return NULL;
	}
	return out;
}
