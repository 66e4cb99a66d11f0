/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest's console, or what a daemon or program logged: any bytes. What is quoted of it is text
 * that ends, and no message with it in talks to a terminal.
 */
#include <errno.h>
#include <fcntl.h>

#include "../../tools/guest/first_lines.h"
#include "../../tools/guest/parts.h"
#include "outside.h"

static char path[64];

static void remove_file(void)
{
	unlink(path);
}

/* Links are not followed where consoles are read, so that a file of ours in /proc will not do. */
static void write_file(const uint8_t *data, size_t bytes)
{
	static int fd = -1;

	if (fd < 0) {
		snprintf(path, sizeof(path), "/dev/shm/vnft-fuzz-XXXXXX");
		fd = mkstemp(path);
		atexit(remove_file);
	}
	must(fd >= 0 && !ftruncate(fd, 0) && pwrite(fd, data, bytes, 0) == (ssize_t)bytes);
}

static void say(const char *said)
{
	vnft_fail(-EIO, "guest: %s", said);
	must_name("guest: ");
}

static bool is_same(const struct vnft_look *a, const struct vnft_look *b)
{
	return a->before_ns == b->before_ns && a->time_ns == b->time_ns;
}

/*
 * What is found first does not depend on where the pieces end, and lies between the looks that it
 * came between. The first byte says which word is init's, and the lengths of pieces.
 */
static void find_lines(const uint8_t *data, size_t bytes)
{
	static const char *const word[] = { "", "init", "[", "  " };
	const size_t step = bytes ? data[0] / 4 + 1 : 1;
	const char *init = word[bytes ? data[0] % 4 : 0];
	const struct vnft_look once = { 1, 2 };
	struct vnft_first_lines whole, parts;
	uint64_t number = 1;
	size_t at;

	vnft_first_lines_begin(&whole, init);
	vnft_first_lines_take(&whole, (const char *)data, bytes, once);
	vnft_first_lines_begin(&parts, init);
	for (at = 0; at < bytes; at += step, number++)
		vnft_first_lines_take(&parts, (const char *)data + at,
				      bytes - at < step ? bytes - at : step,
				      (const struct vnft_look) { number, number + 1 });
	must(!whole.byte.time_ns == !bytes && !parts.byte.time_ns == !bytes);
	must(!whole.kernel.time_ns == !parts.kernel.time_ns);
	must(!whole.init.time_ns == !parts.init.time_ns);
	must(!whole.kernel.time_ns || is_same(&whole.kernel, &once));
	must(!whole.init.time_ns || is_same(&whole.init, &once));
	must(parts.kernel.time_ns <= number && parts.kernel.before_ns <= parts.kernel.time_ns);
	must(parts.init.time_ns <= number && parts.init.before_ns <= parts.init.time_ns);
	must(parts.bytes < sizeof(parts.line));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char text[VNFT_SAID_TAIL_BYTES + 1], line[VNFT_SAID_LINE_BYTES], said[200];
	struct vnft_guest_console console = { 0 };

	find_lines(data, bytes);
	write_file(data, bytes);
	vnft_said_tail(path, text);
	must_be_clean(text, true);
	while (vnft_said_pop_line(text, line)) {
		must(line[0]);
		must_be_clean(line, false);
	}
	must(!text[0]);
	vnft_said_last(path, said, sizeof(said));
	say(said);
	if (vnft_said_console(path, said, sizeof(said))) {
		must(said[0]);
		must_be_clean(said, false);
	}
	if (vnft_said_panic(path, said, 20))
		must(strlen(said) < 20);
	must(!vnft_said_keep_file(&console, path) && console.said_bytes == bytes);
	must(console.bytes == bytes || console.bytes == VNFT_GUEST_CONSOLE_BYTES);
	must(!console.bytes || !memcmp(console.text, data + bytes - console.bytes, console.bytes));
	if (vnft_said_last_line(&console, line))
		must_be_clean(line, false);
	free(console.text);
	return 0;
}
