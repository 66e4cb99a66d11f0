/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who observes, when the user does not say.
 */
#include "open.h"

#include <errno.h>
#include <stdio.h>

#include "../lib/run/clock.h"
#include "../lib/text/error.h"
#include "bpf/probe.h"
#include "bpf/source.h"
#include "module/session.h"
#include "module/source.h"

int vnft_observer_choose(enum vnft_observer asked, enum vnft_observer *chosen)
{
	char why[256];
	int err;

	*chosen = asked;
	if (asked != VNFT_OBSERVER_AUTO)
		return 0;
	*chosen = VNFT_OBSERVER_BPF;
	err = vnft_bpf_usable();
	if (!err)
		return 0;
	snprintf(why, sizeof(why), "%s", vnft_why());
	*chosen = VNFT_OBSERVER_MODULE;
	if (!vnft_module_usable())
		return 0;
	/* Give BPF's reason: it is the observer that needs nothing to be loaded. */
	*chosen = VNFT_OBSERVER_BPF;
	return vnft_fail(err, "%s", why);
}

int vnft_source_open(struct vnft_source **source, enum vnft_observer observer,
		     const struct vnft_source_config *config)
{
	int err;

	*source = NULL;
	if (observer == VNFT_OBSERVER_BOTH)
		return vnft_fail(-EINVAL, "two observers are two sessions");
	err = vnft_clock_check();
	if (!err)
		err = vnft_observer_choose(observer, &observer);
	if (err)
		return err;
	return observer == VNFT_OBSERVER_MODULE ? vnft_module_open(source, config) :
						  vnft_bpf_open(source, config);
}

const char *const vnft_observer_names[] = { "auto", "bpf", "module", "both", NULL };

const char *vnft_observer_name(enum vnft_observer observer)
{
	return (unsigned int)observer <= VNFT_OBSERVER_BOTH ? vnft_observer_names[observer] : "?";
}
