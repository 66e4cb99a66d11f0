/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes persistent attachments. Their links and maps are pinned, and live until they are detached
 * or the device goes.
 */
#ifndef VNFT_SOURCE_BPF_PIN_H
#define VNFT_SOURCE_BPF_PIN_H

#include "../source.h"

/*
 * Attach a device, named as in spec.h, until it is detached; -EEXIST if it is attached already.
 * @hook receives the hook of each direction.
 */
int vnft_bpf_pin(const char *spec, const struct vnft_source_config *config,
		 uint8_t hook[VNFT_DIR_NR]);

#endif
