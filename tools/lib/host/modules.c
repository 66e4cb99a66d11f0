/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looks for what keeps every module out, whoever signed it.
 */
#include "modules.h"

#include <stdio.h>
#include <unistd.h>

const char *vnft_modules_barred(const char **advice)
{
	FILE *f;
	int first;

	if (access("/proc/modules", F_OK)) {
		*advice = "boot a distribution's kernel (CONFIG_MODULES=y)";
		return "this kernel has no loadable modules";
	}
	f = fopen("/proc/sys/kernel/modules_disabled", "re");
	first = f ? fgetc(f) : EOF;
	if (f)
		fclose(f);
	*advice = "reboot without kernel.modules_disabled=1";
	return first == '1' ? "loading was turned off until the next boot" : NULL;
}
