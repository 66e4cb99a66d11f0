/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Making persistent attachments: links and maps pinned, alive until detach or the device's death.
 */
#ifndef VNFT_SOURCE_BPF_PIN_H
#define VNFT_SOURCE_BPF_PIN_H

#include "../source.h"

/*
 * Attach a device for good, named as in spec.h; -EEXIST if it is already. @hook receives what was
 * taken in each direction.
 */
int vnft_bpf_pin(const char *spec, const struct vnft_source_config *config,
		 uint8_t hook[VNFT_DIR_NR]);

#endif
