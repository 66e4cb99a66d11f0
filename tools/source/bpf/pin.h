/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes persistent attachments. Their links and maps are pinned, and live until they are detached
 * or the device goes.
 */
#ifndef VNFT_SOURCE_BPF_PIN_H
#define VNFT_SOURCE_BPF_PIN_H

#include "../attachment.h"

/*
 * Attach a device, named as in spec.h, until it is detached; -EEXIST if it is attached already.
 * @made receives what it is like.
 */
int vnft_bpf_pin(const char *spec, const struct vnft_source_config *config,
		 struct vnft_attached *made);

#endif
