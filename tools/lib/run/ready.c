/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file of --ready-file.
 */
#include "ready.h"

#include <stddef.h>

#include "output.h"

int vnft_ready_take(struct vnft_output **ready, const char *path)
{
	*ready = NULL;
	return path ? vnft_output_open(ready, path, VNFT_OUTPUT_WHOLE | VNFT_OUTPUT_ANEW) : 0;
}

int vnft_ready_say(struct vnft_output **ready)
{
	int err = *ready ? vnft_output_finish(*ready) : 0;

	*ready = NULL;
	return err;
}
