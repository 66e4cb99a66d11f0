/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Intervals one below the other, as lines or as JSON. The lines are clean (lines.h).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../../lib/run/clock.h"
#include "../../lib/run/interrupt.h"
#include "../../lib/text/error.h"
#include "../../lib/text/json.h"
#include "../../lib/text/view.h"
#include "../../report/live/lines.h"
#include "top.h"

#define WIDTH_MOST	1000

/* What COLUMNS says, else the terminal's; a pipe has none, and there nothing is shortened. */
static size_t width_of_stdout(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	char *end;
	unsigned long n;

	if (columns && *columns) {
		n = strtoul(columns, &end, 10);
		if (!*end && n >= VNFT_LIVE_NARROWEST && n <= WIDTH_MOST)
			return n;
	}
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return 0;
}

static void print_lines(const json_t *value)
{
	const json_t *devices = json_object_get(value, "devices"), *device;
	char line[VNFT_LIVE_LINE_BYTES];
	struct vnft_live_layout layout;
	size_t i;

	vnft_live_lay_out(&layout, value, width_of_stdout());
	vnft_live_title(&layout, value, line, sizeof(line));
	puts(line);
	if (json_array_size(devices))
		vnft_live_head(&layout, line, sizeof(line));
	else
		vnft_live_nothing(&layout, line, sizeof(line));
	puts(line);
	json_array_foreach(devices, i, device) {
		vnft_live_line(&layout, device, line, sizeof(line));
		puts(line);
	}
	if (vnft_live_loss_line(&layout, value, line, sizeof(line)))
		puts(line);
	putchar('\n');
}

static int print(struct vnft_top *top)
{
	vnft_view_printed = true;
	if (top->json) {
		vnft_json_print(top->value, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15));
		putchar('\n');
	} else {
		print_lines(top->value);
	}
	if (fflush(stdout) || ferror(stdout))
		return vnft_fail(-EIO, "stdout: cannot write: %s", strerror(errno));
	return 0;
}

int vnft_top_in_lines(struct vnft_top *top)
{
	uint64_t due_ns, now_ns;
	int err = 0;

	while (!err && !vnft_top_enough(top)) {
		due_ns = vnft_top_due_ns(top);
		now_ns = vnft_now_ns();
		if (vnft_sleep_ns(now_ns < due_ns ? due_ns - now_ns : 0))
			break;
		err = vnft_top_look(top);
		if (!err)
			err = print(top);
	}
	return err;
}
