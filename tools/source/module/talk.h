/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests of the module's generic netlink family, and their answers, which are taken by tables: a
 * member has the width of its attribute, and one that is missing or of another size is an error,
 * not a zero.
 */
#ifndef VNFT_SOURCE_MODULE_TALK_H
#define VNFT_SOURCE_MODULE_TALK_H

#include <stddef.h>
#include <stdint.h>

#include "../../../kmod/uapi/vnftrace.h"

/*
 * -EOPNOTSUPP after vnft_fail(): the module is not loaded, and what would help. @where: "" or
 * "FILE: ".
 */
int vnft_module_missing(const char *where);

enum vnft_field_shape {
	VNFT_FIELD_VALUE,		/* @bytes, exactly */
	VNFT_FIELD_STRING,		/* up to @bytes with its end */
	VNFT_FIELD_FLAG,		/* bool; may be absent */
};

/**
 * struct vnft_field - where an attribute of an answer goes
 */
struct vnft_field {
	uint16_t attr;
	uint8_t shape;
	uint16_t bytes;
	size_t offset;
};

#define VNFT_FIELD(of, attr, shape, member) \
	{ VNFT_A_##attr, VNFT_FIELD_##shape, sizeof(((struct of *)0)->member), \
	  offsetof(struct of, member) }

/* Starts a request; NULL, *@err after vnft_fail() when there is nobody to ask. */
struct nlmsghdr *vnft_module_request(char *buf, uint8_t cmd, uint16_t flags, int *err);
/* Send; @fields NULL: nothing is answered but yes or no; otherwise they end with an empty one. */
int vnft_module_ask(struct nlmsghdr *nlh, const char *what, const struct vnft_field *fields,
		    void *to);
/* One answer of a dump: 0, or the attribute that was missing or of another size. */
uint16_t vnft_module_take(const struct nlmsghdr *nlh, const struct vnft_field *fields, void *to);
/* The line for a refusal: vnft_fail(), with the missing capability if it is that. */
int vnft_module_refused(int err, const char *what, const char *why);

#endif
