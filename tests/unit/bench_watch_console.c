/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looks at a console: its file may come late, hold what is of before, be no file, or grow without
 * end. What was found lies between two looks; of what was not, the reason is given.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/bench/watch/watch_parts.h"
#include "../../tools/lib/run/clock.h"
#include "unit.h"

static char dir[] = "/tmp/vnft-looks-XXXXXX";
static char path[64];
static struct vnft_guest_console_file file;
static struct vnft_bench_watch watch;
static struct vnft_bench_heard heard;

static void say_where(const struct vnft_instance *in, struct vnft_guest_console_file *to)
{
	*to = file;
}

static const struct vnft_guest_ops ops = { .name = "a", .console_file = say_where };
static const struct vnft_guest_ops mute = { .name = "mute" };

static void begin_as(const struct vnft_guest_ops *driver, const char *virtualization)
{
	static struct vnft_type type;
	const struct vnft_instance in = { .type = &type };

	type = (struct vnft_type) { .driver = "a" };
	strcpy(type.virtualization, virtualization);
	watch = (struct vnft_bench_watch) { .lock = PTHREAD_MUTEX_INITIALIZER, .console.fd = -1 };
	vnft_watch_console_begin(&watch, driver, &in);
}

static void begin(void)
{
	begin_as(&ops, "kvm");
}

static void end(void)
{
	vnft_bench_watch_console_end(&watch, &heard);
}

static void write_more(const char *text, size_t bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);

	if (write(fd, text, bytes) != (ssize_t)bytes)
		CHECK(false, "cannot write to %s", path);
	close(fd);
}

static void say(const char *text)
{
	write_more(text, strlen(text));
}

/* Looked at before it is written, and then; is @look of the latter, and true? */
static bool is_between(const struct vnft_look *look, uint64_t before_ns, uint64_t said_ns)
{
	return look->before_ns >= before_ns && look->before_ns <= said_ns &&
	       look->time_ns >= said_ns && look->time_ns <= vnft_now_ns();
}

static void test_found(void)
{
	uint64_t begun_ns = vnft_now_ns(), kernel_ns, init_ns;

	begin();
	vnft_watch_console(&watch);
	vnft_watch_console(&watch);
	say("[    0.000000] Lin");
	kernel_ns = vnft_now_ns();
	vnft_watch_console(&watch);
	vnft_watch_console(&watch);
	say("ux\nWelcome");
	init_ns = vnft_now_ns();
	vnft_watch_console(&watch);
	end();
	CHECK(is_between(&heard.byte, begun_ns, kernel_ns) &&
	      is_between(&heard.kernel, begun_ns, kernel_ns) &&
	      is_between(&heard.init, kernel_ns, init_ns), "a file that comes late, and grows");
	CHECK(watch.console.fd < 0 && !watch.console.on, "nobody looks on");
	begin();
	say("\n[    9.000000] more\n");
	end();
	CHECK(!heard.byte.time_ns && !strcmp(heard.byte_why,
					     "it said nothing before the launch was over"),
	      "nobody looked, nothing is found: %s", heard.byte_why);
	begin();
	vnft_watch_console(&watch);
	end();
	CHECK(!heard.byte.time_ns && heard.kernel_why[0] && heard.init_why[0],
	      "what was there before the launch is not of it");
	unlink(path);
}

static void test_never(void)
{
	begin();
	vnft_watch_console(&watch);
	end();
	CHECK(!strcmp(heard.byte_why, "nobody made it") && !strcmp(heard.init_why, file.why) &&
	      !strcmp(heard.kernel_why, file.why), "a file that never came: %s", heard.byte_why);
	begin_as(&mute, "kvm");
	vnft_watch_console(&watch);
	end();
	CHECK(strstr(heard.byte_why, "driver mute does not say"), "nobody says where: %s",
	      heard.byte_why);
	if (mkfifo(path, 0600))
		CHECK(false, "a pipe");
	begin();
	vnft_watch_console(&watch);
	end();
	CHECK(strstr(heard.byte_why, "no regular file"), "a pipe, and nobody waits: %s",
	      heard.byte_why);
	unlink(path);
	if (symlink("/etc/passwd", path))
		CHECK(false, "a link");
	begin();
	vnft_watch_console(&watch);
	end();
	CHECK(!heard.byte.time_ns && heard.byte_why[0], "a link, which nobody follows: %s",
	      heard.byte_why);
	unlink(path);
}

static void test_much(void)
{
	const size_t bytes = 1 << 20;
	char *text = calloc(1, bytes);
	unsigned int i;

	begin();
	say("x");
	vnft_watch_console(&watch);
	write_more(text, bytes);
	vnft_watch_console(&watch);
	say("\n[    0.000000] x\ny");
	vnft_watch_console(&watch);
	end();
	CHECK(heard.byte.time_ns && !heard.kernel.time_ns && strstr(heard.kernel_why, "so much") &&
	      strstr(heard.init_why, "so much"), "too much at once: %s", heard.kernel_why);
	CHECK(watch.console.offset < bytes / 2, "which nobody read");
	unlink(path);
	begin();
	for (i = 0; i < 200; i++) {
		write_more(text, bytes / 8);
		vnft_watch_console(&watch);
	}
	end();
	CHECK(strstr(heard.kernel_why, "so much") && watch.console.offset < 17 << 20,
	      "or too much in all, of %u MiB", (unsigned int)(watch.console.offset >> 20));
	unlink(path);
	free(text);
}

/* Whose output is looked at decides what is looked for. */
static void test_whose(void)
{
	begin_as(&ops, "container");
	say("[    0.000000] x\n");
	vnft_watch_console(&watch);
	CHECK(!watch.console.on, "of a container the first byte is all");
	end();
	CHECK(heard.byte.time_ns, "and that was found");
	unlink(path);
	file.mixed = true;
	begin();
	say("[    0.000000] x\n");
	vnft_watch_console(&watch);
	end();
	CHECK(!heard.byte.time_ns && strstr(heard.byte_why, "its VMM says") &&
	      heard.kernel.time_ns, "the first byte of a VMM's output is not the guest's");
	file.mixed = false;
	unlink(path);
}

int main(void)
{
	if (!CHECK(mkdtemp(dir), "a directory"))
		return 1;
	snprintf(path, sizeof(path), "%s/console", dir);
	snprintf(file.path, sizeof(file.path), "%s", path);
	snprintf(file.why, sizeof(file.why), "nobody made it");
	test_found();
	test_never();
	test_much();
	test_whose();
	CHECK(!rmdir(dir), "and nothing is left");
	return unit_done();
}
