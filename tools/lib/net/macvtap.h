/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file by which a program has a macvtap.
 */
#ifndef VNFT_LIB_MACVTAP_H
#define VNFT_LIB_MACVTAP_H

/*
 * A descriptor of macvtap @name of the calling thread's network namespace, or negative errno after
 * vnft_fail(). The calling process gets a mount namespace of its own for it.
 */
int vnft_macvtap_open(const char *name);

#endif
