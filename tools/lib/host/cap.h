/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capabilities of this process: those that are missing are named at once, with what gives them.
 */
#ifndef VNFT_LIB_CAP_H
#define VNFT_LIB_CAP_H

#include <stdbool.h>
#include <stddef.h>

/* A capability and what needs it: "load programs". A NULL @what_for ends a list. */
struct vnft_cap {
	int cap;
	const char *what_for;
};

/* Is it in the effective set? */
bool vnft_cap_have(int cap);

/* "CAP_BPF"; "?" for a number that is none. */
void vnft_cap_name(int cap, char *to, size_t bytes);

/* 0 if the effective set has all of @need; else -EPERM after vnft_fail() naming all that lack. */
int vnft_need_caps(const struct vnft_cap *need);
int vnft_need_cap(int cap, const char *what_for);

/*
 * What gives this program @cap: a command for root in @fix, or, where no command can (root without
 * it, a bounding set without it), "" there and the reason in @why.
 */
void vnft_cap_fix(int cap, char *fix, size_t fix_bytes, char *why, size_t why_bytes);

#endif
