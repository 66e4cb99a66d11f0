/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock of every stamp (time_namespaces(7)).
 */
#include "clock.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../text/error.h"

#define NS_PER_S	1000000000LL

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int64_t offset_ns;	/* what this process is shown, minus the host's */

/*
 * The file tells of the namespace that our children will have. A process cannot change its own once
 * it runs, so it is read once.
 */
static void read_offset(void)
{
	FILE *f = fopen("/proc/self/timens_offsets", "re");
	int64_t s, ns;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "monotonic %" SCNd64 " %" SCNd64, &s, &ns) == 2)
			offset_ns = s * NS_PER_S + ns;
	if (f)
		fclose(f);
}

uint64_t vnft_now_ns(void)
{
	struct timespec ts;

	pthread_once(&once, read_offset);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)(ts.tv_sec * NS_PER_S + ts.tv_nsec - offset_ns);
}

struct timespec vnft_clock_until(uint64_t at_ns)
{
	int64_t shown_ns;

	pthread_once(&once, read_offset);
	shown_ns = (int64_t)at_ns + offset_ns;
	return (struct timespec) { shown_ns / NS_PER_S, shown_ns % NS_PER_S };
}

/* The namespace that a link of ours names; false where there are none. */
static bool names(const char *link, char *to, size_t bytes)
{
	ssize_t n = readlink(link, to, bytes - 1);

	to[n > 0 ? n : 0] = '\0';
	return n > 0;
}

int vnft_clock_check(void)
{
	char own[64], children[64];

	if (!names("/proc/self/ns/time", own, sizeof(own)) ||
	    !names("/proc/self/ns/time_for_children", children, sizeof(children)) ||
	    !strcmp(own, children))
		return 0;
	return vnft_fail(-EOPNOTSUPP,
			 "clock: this process is not in the time namespace of its children, so how "
			 "far its clock is from the host's is not known: unshare --time --fork");
}
