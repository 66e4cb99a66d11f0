/* SPDX-License-Identifier: GPL-2.0 */
/* What passes: SENT records, and the RST that ends a generator. */
#ifndef VNFT_KMOD_PROBER_STAMP_H
#define VNFT_KMOD_PROBER_STAMP_H

#include "generator.h"

/* -ENOENT: this kernel has no such tracepoint. */
int vnft_probe_stamp_init(void);
/* Without locks: one generator more or less whose packets are to be known. */
int vnft_probe_stamp_get(void);
void vnft_probe_stamp_put(void);
/* Under vnft_lock: @p->dev's packets are looked at for @p's from now on, or no more. */
void vnft_probe_stamp_add(struct vnft_generator *p);
void vnft_probe_stamp_del(struct vnft_generator *p);
/* Under rtnl: look for the RST that ends it. */
int vnft_probe_rst_hook(struct vnft_generator *p);
void vnft_probe_rst_unhook(struct vnft_generator *p);

#endif
