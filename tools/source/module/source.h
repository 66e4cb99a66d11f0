/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel module as a source.
 */
#ifndef VNFT_SOURCE_MODULE_SOURCE_H
#define VNFT_SOURCE_MODULE_SOURCE_H

#include "../source.h"

/* The module's session: everything it attached is gone when it is closed or killed. */
int vnft_module_open(struct vnft_source **source, const struct vnft_source_config *config);
/* The session's number for commands of its own (generators); 0 if @source is not the module's. */
uint32_t vnft_module_session(const struct vnft_source *source);
/* For state, hist, stream and device of attachments without a session. */
int vnft_module_open_attached(struct vnft_source **source);

#endif
