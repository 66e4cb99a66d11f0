/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The console in a launch (docs/method.md). A thread looks at its file every few milliseconds, and
 * is not that of the watch, which attaches devices in the middle of a launch. Nobody is told when
 * the file grows: what tells would cost its writer something for every byte, and so the launch.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/run/clock.h"
#include "watch_parts.h"

#define LOOK_MS		5
#define PIECE_BYTES	16384
/* Who says more between two looks, or in a launch, says it to keep us busy. */
#define LOOK_BYTES	(256U << 10)
#define LAUNCH_BYTES	(16U << 20)

static void close_file(struct vnft_watch_console *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->on = false;
}

static void give_up(struct vnft_watch_console *c, const char *why)
{
	snprintf(c->gave_up, sizeof(c->gave_up), "%s", why);
	close_file(c);
}

/* The file may have to be made yet. Whoever makes it chooses what it is. */
static bool is_open(struct vnft_watch_console *c)
{
	struct stat st;

	if (c->fd >= 0)
		return true;
	c->fd = open(c->file.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (c->fd >= 0 && (fstat(c->fd, &st) || !S_ISREG(st.st_mode)))
		give_up(c, "what takes its console is no regular file");
	else if (c->fd < 0 && errno != ENOENT)
		give_up(c, strerror(errno));
	c->was_there |= c->fd >= 0;
	return c->fd >= 0;
}

static bool is_done(const struct vnft_watch_console *c)
{
	return c->has_kernel ? vnft_first_lines_done(&c->lines) : c->lines.byte.time_ns;
}

void vnft_watch_console(struct vnft_bench_watch *w)
{
	struct vnft_watch_console *c = &w->console;
	struct vnft_look look = { .before_ns = c->look_ns };
	char piece[PIECE_BYTES];
	uint64_t found = 0;
	ssize_t n = 0;

	if (!c->on)
		return;
	/* What comes behind this moment the next look finds, at the latest. */
	c->look_ns = vnft_now_ns();
	if (!is_open(c))
		return;
	do {
		n = pread(c->fd, piece, sizeof(piece), (off_t)c->offset);
		look.time_ns = vnft_now_ns();
		if (n <= 0)
			break;
		c->offset += (uint64_t)n;
		found += (uint64_t)n;
		vnft_first_lines_take(&c->lines, piece, (size_t)n, look);
	} while ((size_t)n == sizeof(piece) && found < LOOK_BYTES);
	if (is_done(c))
		close_file(c);
	else if (n < 0)
		give_up(c, strerror(errno));
	else if (found >= LOOK_BYTES || c->offset > LAUNCH_BYTES)
		give_up(c, "it said so much that nobody reads on (256 kB at once, or 16 MB)");
}

void vnft_watch_console_begin(struct vnft_bench_watch *w, const struct vnft_guest_ops *ops,
			      const struct vnft_instance *in)
{
	struct vnft_watch_console *c = &w->console;
	struct stat st;

	c->has_kernel = vnft_type_has_kernel(in->type);
	vnft_first_lines_begin(&c->lines, in->type->console_init);
	if (ops->console_file)
		ops->console_file(in, &c->file);
	else
		snprintf(c->file.why, sizeof(c->file.why), "driver %s does not say where it is",
			 ops->name);
	c->on = c->file.path[0];
	/* What is there already is of before. */
	if (c->on && is_open(c) && !fstat(c->fd, &st))
		c->offset = (uint64_t)st.st_size;
	c->look_ns = vnft_now_ns();
}

/* Until there is nothing to find any more: what it looks at is nobody else's meanwhile. */
static void *look_thread(void *arg)
{
	struct vnft_bench_watch *w = arg;

	while (w->console.on && !w->console.stop) {
		vnft_watch_console(w);
		usleep(LOOK_MS * 1000);
	}
	return NULL;
}

void vnft_bench_watch_console(struct vnft_bench_watch *w, const struct vnft_guest_ops *ops,
			      const struct vnft_instance *in)
{
	struct vnft_watch_console *c = &w->console;

	vnft_watch_console_begin(w, ops, in);
	if (!c->on)
		return;
	c->runs = !pthread_create(&c->thread, NULL, look_thread, w);
	if (!c->runs)
		give_up(c, "no thread could be started to look at it");
}

void vnft_watch_console_stop(struct vnft_bench_watch *w)
{
	struct vnft_watch_console *c = &w->console;

	c->stop = true;
	if (c->runs)
		pthread_join(c->thread, NULL);
	c->runs = false;
	close_file(c);
}

static const char *why_silent(const struct vnft_watch_console *c)
{
	if (c->gave_up[0])
		return c->gave_up;
	if (!c->was_there)
		return c->file.why;
	return c->lines.byte.time_ns ? NULL : "it said nothing before the launch was over";
}

static void explain(char to[96], const char *silent, const char *why)
{
	snprintf(to, 96, "%s", silent ? silent : why);
}

void vnft_bench_watch_console_end(struct vnft_bench_watch *w, struct vnft_bench_heard *heard)
{
	struct vnft_watch_console *c = &w->console;
	const char *silent;

	vnft_watch_console_stop(w);
	*heard = (struct vnft_bench_heard) {
		.byte = c->lines.byte, .kernel = c->lines.kernel, .init = c->lines.init,
	};
	silent = why_silent(c);
	explain(heard->byte_why, silent, "");
	explain(heard->kernel_why, silent, vnft_first_lines_no_kernel());
	explain(heard->init_why, silent, vnft_first_lines_no_init(&c->lines));
	if (c->file.mixed && heard->byte.time_ns) {
		heard->byte = (struct vnft_look) { 0 };
		explain(heard->byte_why, NULL, "what its VMM says stands in the same file");
	}
}
