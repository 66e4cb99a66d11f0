/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What xl prints and xenstore holds, with names of domains and words of guests in it: any bytes.
 */
#include <errno.h>

#include "../../tools/guest/xen/xen.h"
#include "outside.h"

#define OURS	"ae990937-a16f-4fc4-948b-c73ccc927489"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static const size_t rooms[] = { 1, 2, 16, 200, 4096 };
	struct vnft_xen_domain d = { 0 };
	char *text = calloc(1, bytes + 1), to[4096];
	uint32_t domid;
	size_t i;

	must(text);
	memcpy(text, data, bytes);
	for (i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		vnft_xen_words(text, to, rooms[i]);
		must(memchr(to, 0, rooms[i]) && (to[0] || rooms[i] == 1));
		if (vnft_xen_info_value(text, "xen_version", to, rooms[i]))
			must(memchr(to, 0, rooms[i]) && !strchr(to, '\n'));
	}
	vnft_fail(-EIO, "xl: %s", (vnft_xen_words(text, to, sizeof(to)), to));
	must_name("xl: ");
	if (vnft_xen_list_line(text, OURS, &d))
		must(d.domid && d.domid < 0x7ff0 && strcasestr(text, OURS));
	if (vnft_xen_domid(text, &domid))
		must(domid && domid < 0x7ff0);
	if (bytes && vnft_xen_store_is((const char *)data, (unsigned int)bytes, OURS))
		must(bytes >= sizeof(OURS) - 1);
	free(text);
	return 0;
}
