/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What `bench` can vary in the types of one driver, a row of each value. This list is the only one:
 * options, the parameters in results.json and what drivers read are derived from it.
 *
 *	X(id, driver, option, parameter, kind, field, arg, choices, complete, help, about)
 *
 * parameter, about: key in results.json, and what its schema says of it. kind, field: CHOICE and
 * choice, one of the words in choices, of which the first leaves the type as it is; or LIST and
 * list, words that the driver checks. The others are members of struct vnft_opt.
 */
#ifndef VNFT_GUEST_SWITCH_H
#define VNFT_GUEST_SWITCH_H

#include "../lib/cli/option.h"

#define VNFT_GUEST_SWITCHES(X) \
	X(XEN_MACHINE, "xen", "xen-machine", "xen_machine", CHOICE, choice, "MACHINE", \
	  vnft_xen_machines, NULL, \
	  "domains of Xen rows: pv, pvh, or a row of each (both); default: as the type says", \
	  "domains of Xen rows: type, pv, pvh or both") \
	X(XEN_SCRIPT, "xen", "xen-script", "xen_scripts", LIST, list, "SCRIPTS", NULL, \
	  "stock|minimal", \
	  "hotplug script of a Xen row's vif, a row of each: stock (the toolstack's), " \
	  "minimal (ours: joins the bridge, no more), or a path; default: as the type says", \
	  "hotplug scripts of Xen rows; none: the type's")

extern const char *const vnft_xen_machines[];

#define VNFT_SWITCH_ID(id, ...) VNFT_SWITCH_##id,
enum vnft_guest_switch_id {
	VNFT_GUEST_SWITCHES(VNFT_SWITCH_ID)
	VNFT_SWITCH_NR,
};
#undef VNFT_SWITCH_ID

/**
 * struct vnft_guest_switch - one switch as it was set; all zero: left alone
 */
struct vnft_guest_switch {
	int choice;
	struct vnft_list list;
};

/**
 * struct vnft_guest_switches - all of them, part of a verb's config
 */
struct vnft_guest_switches {
	struct vnft_guest_switch at[VNFT_SWITCH_NR];
};

#endif
