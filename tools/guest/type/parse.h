/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the text of a type file to a checked type.
 */
#ifndef VNFT_GUEST_PARSE_H
#define VNFT_GUEST_PARSE_H

#include <stddef.h>

struct vnft_type;

/**
 * vnft_type_parse() - text of a type file to a checked type
 * @type: receives all but the name, which must be set already
 * @file: its name, for messages
 * @images: directory that relative image paths are below
 *
 * Return: 0, or -EBADMSG after vnft_fail("FILE:LINE: what is wrong: what is allowed").
 */
int vnft_type_parse(struct vnft_type *type, const char *file, const char *text, size_t bytes,
		    const char *images);

#endif
