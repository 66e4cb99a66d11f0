/* SPDX-License-Identifier: GPL-2.0 */
/* The netlink family. */
#ifndef VNFT_KMOD_GENL_H
#define VNFT_KMOD_GENL_H

int vnft_genl_init(void);
void vnft_genl_exit(void);

#endif
