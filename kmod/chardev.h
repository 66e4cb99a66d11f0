/* SPDX-License-Identifier: GPL-2.0 */
/* /dev/vnftrace. */
#ifndef VNFT_KMOD_CHARDEV_H
#define VNFT_KMOD_CHARDEV_H

int vnft_chardev_init(void);
void vnft_chardev_exit(void);

#endif
