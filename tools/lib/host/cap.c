/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capabilities of this process.
 */
#include "cap.h"

#include <errno.h>
#include <sys/capability.h>

#include "../text/error.h"

int vnft_need_cap(int cap, const char *what_for)
{
	cap_t caps = cap_get_proc();
	cap_flag_value_t value = CAP_CLEAR;
	char *name;
	int err;

	if (caps) {
		cap_get_flag(caps, cap, CAP_EFFECTIVE, &value);
		cap_free(caps);
	}
	if (value == CAP_SET)
		return 0;
	name = cap_to_name(cap);
	for (char *c = name; c && *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	err = vnft_fail(-EPERM, "%s is missing, needed to %s: run as root",
			name ? name : "a capability", what_for);
	cap_free(name);
	return err;
}
