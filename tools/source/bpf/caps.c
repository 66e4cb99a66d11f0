/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libbpf's messages, and the capabilities for loading programs.
 */
#include "caps.h"

#include <bpf/libbpf.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"

/* A verifier's log has many lines, with names of types in it that came from the kernel's BTF. */
static int say_lines(const char *fmt, va_list args)
{
	char *text, *rest, *line;
	int n = vasprintf(&text, fmt, args);

	if (n < 0)
		return n;
	for (rest = text; (line = strsep(&rest, "\n"));)
		if (*line)
			vnft_debug("%s", line);
	free(text);
	return n;
}

static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list args)
{
	if (level == LIBBPF_DEBUG || !vnft_verbose)
		return 0;
	return say_lines(fmt, args);
}

void vnft_bpf_quiet(void)
{
	libbpf_set_print(print_libbpf);
}

const struct vnft_cap vnft_bpf_caps[] = {
	{ CAP_BPF, "load programs" },
	{ CAP_PERFMON, "load programs that read the clock and packets" },
	{ CAP_NET_ADMIN, "attach to a device" },
	{ 0 }
};

int vnft_bpf_need_caps(void)
{
	return vnft_need_caps(vnft_bpf_caps);
}
