/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reference of a bench: tools/vnftrace-reference.c, started as a container's runtime is.
 */
#include "../parts.h"

#define PROGRAM		"vnftrace-reference"
#define TIMEOUT_S	5

void vnft_guest_reference_type(struct vnft_type *type)
{
	*type = (struct vnft_type) {
		.name = "reference", .title = "reference", .driver = "reference",
		.virtualization = "container", .process = "vnftrace-refere",
		.topology = VNFT_TOPOLOGY_VETH, .answerer = VNFT_ANSWER_LINUX,
		.timeout_s = TIMEOUT_S,
	};
}

static int reference_check(const struct vnft_type *type)
{
	return vnft_guest_helper_check(PROGRAM);
}

static int reference_prepare(struct vnft_instance *in)
{
	return vnft_guest_helper_prepare(in, PROGRAM);
}

static int reference_start(struct vnft_instance *in)
{
	return vnft_guest_helper_start(in, NULL);
}

const struct vnft_guest_ops vnft_guest_reference = {
	.name = "reference",
	.check = reference_check,
	.prepare = reference_prepare,
	.start = reference_start,
	.last_words = vnft_guest_helper_last_words,
	.stop = vnft_guest_helper_stop,
	.release = vnft_guest_helper_release,
};
