/* SPDX-License-Identifier: GPL-2.0 */
/* A frame at the device boundary. */
#ifndef VNFT_KMOD_OBSERVE_H
#define VNFT_KMOD_OBSERVE_H

#include <linux/skbuff.h>

#include "table.h"

/*
 * Bottom halves are off. @way: VNFT_DIR_IN on ingress, VNFT_DIR_OUT on egress; @dir is the same at
 * a device of the host's side, and the other one at the guest's.
 */
void vnft_observe_frame(struct vnft_device *d, const struct sk_buff *skb, enum vnft_dir way,
			enum vnft_dir dir);
int vnft_observe_selftest(void);

#endif
