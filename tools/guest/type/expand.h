/* SPDX-License-Identifier: GPL-2.0 */
/*
 * @FIELD@s in a type's texts.
 */
#ifndef VNFT_GUEST_EXPAND_H
#define VNFT_GUEST_EXPAND_H

#include <stddef.h>

struct vnft_instance;

/* Names of all fields, NULL-terminated. */
extern const char *const vnft_type_fields[];
/* First "@FIELD@" of @text that is unknown, as its length with *at set; 0 if all are known. */
size_t vnft_type_unknown_field(const char *text, const char **at);
/* Fill the fields of @text in for an instance; -EINVAL for an unknown field, -E2BIG. */
int vnft_type_expand(const char *text, const struct vnft_instance *in, char *to, size_t bytes);

#endif
