/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a type file says for this driver, and what `bench` can vary: the kind of domain and the
 * hotplug script of its vif.
 */
#include "xen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/cli/option.h"
#include "../../lib/text/error.h"

/* --xen-machine: as the type says, one kind for all, or a row of each. */
enum machines { AS_TYPE, PV, PVH, BOTH };
const char *const vnft_xen_machines[] = {
	[AS_TYPE] = "type", [PV] = "pv", [PVH] = "pvh", [BOTH] = "both", NULL
};

const struct vnft_guest_own vnft_xen_own[] = {
	{ "topology", "vif" },
	{ "script", NULL },
	{ "vif", NULL },
	{ NULL, NULL }
};

bool vnft_xen_script_word(const char *word)
{
	const size_t bytes = sizeof(((struct vnft_type *)NULL)->script);

	return (!strcmp(word, "stock") || !strcmp(word, "minimal") || word[0] == '/') &&
	       strlen(word) < bytes;
}

int vnft_xen_check_type(struct vnft_type *type)
{
	if (strcmp(type->virtualization, "xen") || type->topology != VNFT_TOPOLOGY_VIF)
		return vnft_fail(-EBADMSG, "driver xen needs \"virtualization = xen\" and "
				 "\"topology = vif\"");
	/* A disk's own boot loader would have to run in dom0, which nobody wants to measure. */
	if (!type->kernel[0])
		return vnft_fail(-EBADMSG, "driver xen needs a \"kernel\"");
	if (!type->machine[0])
		strcpy(type->machine, vnft_xen_machines[PV]);
	if (strcmp(type->machine, vnft_xen_machines[PV]) &&
	    strcmp(type->machine, vnft_xen_machines[PVH]))
		return vnft_fail(-EBADMSG, "\"machine\" cannot be \"%.31s\": driver xen has pv and "
				 "pvh", type->machine);
	if (!type->script[0])
		strcpy(type->script, "stock");
	if (!vnft_xen_script_word(type->script))
		return vnft_fail(-EBADMSG, "\"script\" cannot be \"%.40s\": stock, minimal, or a "
				 "path from /", type->script);
	return vnft_xen_vif_check(type->vif);
}

int vnft_xen_check_switches(const struct vnft_guest_switches *switches)
{
	const struct vnft_list *scripts = &switches->at[VNFT_SWITCH_XEN_SCRIPT].list;
	size_t i;

	for (i = 0; i < scripts->n; i++)
		if (!vnft_xen_script_word(scripts->item[i]))
			return vnft_fail(-EINVAL, "--xen-script: %s: want stock, minimal, or an "
					 "absolute path", scripts->item[i]);
	return 0;
}

static int each_script(const struct vnft_type *type, const struct vnft_list *scripts,
		       int (*each)(const struct vnft_type *type, void *arg), void *arg)
{
	struct vnft_type one = *type;
	size_t i;
	int err = 0;

	if (!scripts->n)
		return each(type, arg);
	for (i = 0; !err && i < scripts->n; i++) {
		snprintf(one.script, sizeof(one.script), "%s", scripts->item[i]);
		err = each(&one, arg);
	}
	return err;
}

int vnft_xen_variants(const struct vnft_type *type, const struct vnft_guest_switches *switches,
		      int (*each)(const struct vnft_type *type, void *arg), void *arg)
{
	const struct vnft_list *scripts = &switches->at[VNFT_SWITCH_XEN_SCRIPT].list;
	const int machine = switches->at[VNFT_SWITCH_XEN_MACHINE].choice;
	struct vnft_type one = *type;
	int kind, err = 0;

	if (machine == AS_TYPE)
		return each_script(type, scripts, each, arg);
	for (kind = PV; !err && kind <= PVH; kind++) {
		if (machine != BOTH && machine != kind)
			continue;
		strcpy(one.machine, vnft_xen_machines[kind]);
		err = each_script(&one, scripts, each, arg);
	}
	return err;
}
