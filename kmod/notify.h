/* SPDX-License-Identifier: GPL-2.0 */
/* The life of net_devices. */
#ifndef VNFT_KMOD_NOTIFY_H
#define VNFT_KMOD_NOTIFY_H

int vnft_notify_init(void);
/* No attachment is left. */
void vnft_notify_exit(void);

#endif
