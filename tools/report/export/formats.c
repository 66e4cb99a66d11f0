/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The output formats: a new one is a row here, and its file.
 */
#include <string.h>

#include "export.h"

extern const struct vnft_export_format vnft_export_lines, vnft_export_json;

const struct vnft_export_format *const vnft_export_formats[] = {
	&vnft_export_lines,
	&vnft_export_json,
	NULL
};

const struct vnft_export_format *vnft_export_find(const char *name)
{
	size_t i;

	for (i = 0; vnft_export_formats[i]; i++)
		if (!strcmp(vnft_export_formats[i]->name, name))
			return vnft_export_formats[i];
	return NULL;
}
