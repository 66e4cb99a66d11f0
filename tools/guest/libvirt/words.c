/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a guest that never answered said last: a panic on its console, else the console's last
 * lines; and QEMU's own last line if it ended.
 */
#include "libvirt.h"

#include <stdio.h>
#include <string.h>

#include "../parts.h"

static bool log_words(const char *name, char *to, size_t bytes)
{
	char text[VNFT_SAID_TAIL_BYTES + 1], path[256], line[VNFT_SAID_LINE_BYTES];

	if (!vnft_libvirt_embed_root()[0])
		return false;
	snprintf(path, sizeof(path), "%s/log/qemu/%s.log", vnft_libvirt_embed_root(), name);
	vnft_said_tail(path, text);
	while (vnft_said_pop_line(text, line)) {
		/* What libvirt wrote about its end, or made QEMU write. */
		if (strstr(line, "shutting down") || strstr(line, "terminating on signal"))
			continue;
		if (!strstr(line, VNFT_LIBVIRT_EMULATOR ":"))
			return false;
		snprintf(to, bytes, "%s", line);
		return true;
	}
	return false;
}

void vnft_libvirt_words(const char *name, const char *console, bool gone, char *to, size_t bytes)
{
	char said[2 * VNFT_SAID_LINE_BYTES + 8];

	if (vnft_said_panic(console, said, sizeof(said)))
		snprintf(to, bytes, "%s", said);
	else if (gone && log_words(name, said, sizeof(said)))
		snprintf(to, bytes, "QEMU ended: %s", said);
	else if (vnft_said_end(console, said, sizeof(said)))
		snprintf(to, bytes, "its console%s: %s", gone ? " before it ended" : "", said);
	else
		snprintf(to, bytes, "%s%s",
			 console[0] ? "nothing on its console" : "it has no console",
			 gone ? ", and QEMU ended" : "");
}
