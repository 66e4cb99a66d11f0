/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What compare is given on its command line.
 */
#include "load.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "../../lib/text/error.h"
#include "../../results/read.h"

json_t *vnft_compare_load(const char *arg, char *type, size_t bytes)
{
	const char *colon = strrchr(arg, ':');
	char path[4096];
	struct stat st;

	type[0] = '\0';
	if (!colon || !stat(arg, &st))
		return vnft_results_load(arg);
	if ((size_t)(colon - arg) >= sizeof(path) || strlen(colon + 1) >= bytes || !colon[1]) {
		vnft_fail(-EINVAL, "%s: want DIR or DIR:TYPE", arg);
		return NULL;
	}
	memcpy(path, arg, (size_t)(colon - arg));
	path[colon - arg] = '\0';
	memcpy(type, colon + 1, strlen(colon + 1) + 1);
	return vnft_results_load(path);
}
