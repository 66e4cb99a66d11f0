/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text that becomes XML: every value escaped, every write bounded.
 */
#ifndef VNFT_GUEST_XML_H
#define VNFT_GUEST_XML_H

#include <stddef.h>

/**
 * struct vnft_xml - text that grows
 * @err: first failure, -E2BIG or (a control character) -EINVAL; what comes after is not written
 */
struct vnft_xml {
	char *to;
	size_t bytes, used;
	int err;
};

/* As printf with two conversions: %s escapes its text, %u takes an unsigned int. */
void vnft_xml(struct vnft_xml *x, const char *fmt, ...);

#endif
