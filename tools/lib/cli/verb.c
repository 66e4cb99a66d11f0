/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A verb by its name.
 */
#include "verb.h"

#include <string.h>

const struct vnft_cmd *vnft_cmd_find(const char *name)
{
	for (size_t i = 0; vnft_cmds[i]; i++)
		if (!strcmp(name, vnft_cmds[i]->name))
			return vnft_cmds[i];
	return NULL;
}
