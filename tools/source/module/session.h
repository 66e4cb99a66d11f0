/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session with the module: an open /dev/vnftrace and its rings.
 */
#ifndef VNFT_SOURCE_MODULE_SESSION_H
#define VNFT_SOURCE_MODULE_SESSION_H

#include "../session.h"
#include "ctl.h"

/**
 * struct vnft_module - a session
 * @session: comes first
 * @fd: of /dev/vnftrace; -1 for looking at attachments, which needs no session
 * @setup: as the module answered it
 */
struct vnft_module {
	struct vnft_source_session session;
	int fd;
	struct vnft_session_setup setup;
};

static inline struct vnft_module *vnft_module_of(struct vnft_source *source)
{
	return (struct vnft_module *)source;
}

/* Is the module loaded, and may we use it? 0, or negative errno after vnft_fail() with the fix. */
int vnft_module_usable(void);
/* Open /dev/vnftrace, set the session up with rings of @records, map them. */
int vnft_module_session_open(struct vnft_module *m, uint32_t records);
void vnft_module_session_close(struct vnft_module *m);

#endif
