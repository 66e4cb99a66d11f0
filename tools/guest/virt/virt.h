/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libvirt, for every driver that speaks to it: the library's start, connections, its errors. Which
 * daemon and what for is the driver's business.
 */
#ifndef VNFT_GUEST_VIRT_H
#define VNFT_GUEST_VIRT_H

#include <jansson.h>
#include <libvirt/libvirt.h>
#include <stdbool.h>

/* Once, before any other call of libvirt; vnft_virt_connect() does it. */
int vnft_virt_start_library(void);
/* A connection, with libvirt's event loop in a thread as long as any is open. */
int vnft_virt_connect(const char *uri, virConnectPtr *conn);
void vnft_virt_disconnect(virConnectPtr conn);	/* NULL: nothing */
/* Does a daemon listen on this socket? */
bool vnft_virt_answers(const char *path);
/* libvirt's last error of this thread, as one line. */
const char *vnft_virt_error(void);
/* "9.0.0"; new reference, NULL if the library does not start. */
json_t *vnft_virt_version(void);

#endif
