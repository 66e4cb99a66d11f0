/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attachments that the module keeps: without a session, until detach.
 */
#ifndef VNFT_SOURCE_MODULE_ATTACHED_H
#define VNFT_SOURCE_MODULE_ATTACHED_H

#include "../attachment.h"

/* These do what attached.h says; -EOPNOTSUPP without the module. */
int vnft_module_attached_add(const char *spec, const struct vnft_source_config *config,
			     struct vnft_attached *made);
int vnft_module_attached_each(vnft_attachment_fn fn, void *arg);
/* The life of one is its number, which the module does not give again before all were given. */
int vnft_module_follow_each(vnft_followed_fn fn, void *arg);
int vnft_module_attached_find(const char *spec, uint16_t *id);
/* @spec NULL takes all away. */
int vnft_module_attached_remove(const char *spec, unsigned int *detached);

#endif
