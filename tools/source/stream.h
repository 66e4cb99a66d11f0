/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a slot of core/stream.h says of its stream, the same for both observers.
 */
#ifndef VNFT_SOURCE_STREAM_H
#define VNFT_SOURCE_STREAM_H

#include "source.h"

struct vnft_stream_slot;

/* @slot: a copy, made before this call. */
void vnft_stream_of_slot(struct vnft_stream *stream, const struct vnft_stream_slot *slot);

#endif
