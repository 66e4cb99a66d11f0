/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capabilities of this process.
 */
#include "cap.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <unistd.h>

#include "../text/error.h"

bool vnft_cap_have(int cap)
{
	cap_t caps = cap_get_proc();
	cap_flag_value_t value = CAP_CLEAR;

	if (caps) {
		cap_get_flag(caps, cap, CAP_EFFECTIVE, &value);
		cap_free(caps);
	}
	return value == CAP_SET;
}

void vnft_cap_name(int cap, char *to, size_t bytes)
{
	char *name = cap_to_name(cap);

	snprintf(to, bytes, "%s", name ? name : "?");
	cap_free(name);
	for (; *to; to++)
		*to = (char)toupper((unsigned char)*to);
}

/* Whatever is executed here, as whoever, cannot get it. */
static bool out_of_bounds(int cap)
{
	return cap_get_bound(cap) == 0;
}

static void append(char *to, size_t bytes, const char *between, const char *text)
{
	size_t n = strlen(to);

	snprintf(to + n, bytes - n, "%s%s", n ? between : "", text);
}

int vnft_need_caps(const struct vnft_cap *need)
{
	char names[256] = "", uses[384] = "", name[32];
	bool bounded = !geteuid();
	unsigned int n = 0;

	for (; need->what_for; need++) {
		if (vnft_cap_have(need->cap))
			continue;
		vnft_cap_name(need->cap, name, sizeof(name));
		append(names, sizeof(names), ", ", name);
		append(uses, sizeof(uses), ", ", need->what_for);
		bounded |= out_of_bounds(need->cap);
		n++;
	}
	if (!n)
		return 0;
	return vnft_fail(-EPERM, "%s %s missing, needed to %s: %s", names, n == 1 ? "is" : "are",
			 uses, bounded ?
			 "whatever started this shell (a container, a service) has to grant them" :
			 "run as root");
}

int vnft_need_cap(int cap, const char *what_for)
{
	const struct vnft_cap need[] = { { cap, what_for }, { 0 } };

	return vnft_need_caps(need);
}

void vnft_cap_fix(int cap, char *fix, size_t fix_bytes, char *why, size_t why_bytes)
{
	char path[512], name[32];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	*fix = *why = '\0';
	vnft_cap_name(cap, name, sizeof(name));
	path[n > 0 ? n : 0] = '\0';
	if (!geteuid() || out_of_bounds(cap))
		snprintf(why, why_bytes,
			 "whatever started this shell (a container, a service) has to grant %s",
			 name);
	else if (!n || strpbrk(path, " '\"\\$`&;|<>()*?[]#~!{}\n") ||
		 (size_t)snprintf(fix, fix_bytes, "su -c '%s doctor'", path) >= fix_bytes)
		snprintf(why, why_bytes, "run as root");
	if (*why)
		*fix = '\0';
}
