/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent attachments in a session.
 */
#ifndef VNFT_SOURCE_BPF_ADOPT_H
#define VNFT_SOURCE_BPF_ADOPT_H

#include "session.h"

/*
 * Use a persistent attachment; -ENOENT if @spec has none. With @to_record, -EBUSY if somebody else
 * records it.
 */
int vnft_bpf_adopt(struct vnft_source *source, const char *spec, bool to_record, uint16_t *id);
int vnft_bpf_record_adopted(struct vnft_bpf *b, struct vnft_bpf_device *d, uint32_t record_mask);
void vnft_bpf_leave(struct vnft_bpf_device *d);

#endif
