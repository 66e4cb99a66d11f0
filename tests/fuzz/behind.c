/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What /proc tells of a process behind a device: lines of its cgroup, words of its command line,
 * and a device's name. Any bytes; what is taken out of them is shown as a name.
 */
#include <errno.h>
#include <net/if.h>

#include "../../tools/lib/host/behind.h"
#include "outside.h"

static void shown(const struct vnft_behind *b)
{
	char name[VNFT_NAME_SHOWN_BYTES(sizeof(b->name))];

	must(memchr(b->kind, 0, sizeof(b->kind)) && b->kind[0]);
	must(memchr(b->name, 0, sizeof(b->name)) && b->name[0]);
	vnft_name_show(name, sizeof(name), b->name);
	must_be_clean(name, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct vnft_behind b = { .pid = 0 };
	char *text = calloc(1, bytes + 1), ifname[IFNAMSIZ];

	must(text);
	memcpy(text, data, bytes);
	if (vnft_behind_of_cgroup(text, &b))
		shown(&b);
	b = (struct vnft_behind) { .pid = 0 };
	if (vnft_behind_of_words(text, bytes, &b))
		shown(&b);
	b = (struct vnft_behind) { .pid = 0 };
	if (vnft_behind_of_words(text, bytes + 1, &b))
		shown(&b);
	snprintf(ifname, sizeof(ifname), "%s", text);
	if (vnft_behind_vif(ifname, &b))
		shown(&b);
	free(text);
	return 0;
}
