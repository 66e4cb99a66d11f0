/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The output formats: a new one is a word here, and its file.
 */
#include <string.h>

#include "export.h"

/* What `report -p` prints; the first is what the user gets who asks for none. */
#define PAGES(X) X(lines) X(json)
/* What `export` writes. */
#define FILES(X) X(pcapng) X(openmetrics) X(csv) X(jsonl) X(hgrm)
#define FORMATS(X) PAGES(X) FILES(X)

#define FORMAT_EXTERN(name) extern const struct vnft_export_format vnft_export_##name;
FORMATS(FORMAT_EXTERN)

#define FORMAT_ROW(name) &vnft_export_##name,
const struct vnft_export_format *const vnft_export_formats[] = { FORMATS(FORMAT_ROW) NULL };

#define FORMAT_NAME(name) #name,
const char *const vnft_export_page_names[] = { PAGES(FORMAT_NAME) NULL };
const char *const vnft_export_file_names[] = { FILES(FORMAT_NAME) NULL };

const struct vnft_export_format *vnft_export_find(const char *name)
{
	size_t i;

	for (i = 0; vnft_export_formats[i]; i++)
		if (!strcmp(vnft_export_formats[i]->name, name))
			return vnft_export_formats[i];
	return NULL;
}
