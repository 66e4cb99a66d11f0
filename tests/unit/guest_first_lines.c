/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a console says first, in whatever pieces it comes: which bytes and lines are found, and
 * between which two looks. What is no line of a kernel's or of init's is not taken for one.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../tools/guest/first_lines.h"
#include "../../tools/stat/random.h"
#include "unit.h"

#define PIECES	400	/* ways to cut each text */

/* A look finds what came since the one before it; the first one came at 1. */
static struct vnft_look look_at(uint64_t number)
{
	return (struct vnft_look) { number, number + 1 };
}

/*
 * A console, with marks where something begins: \1 the first byte, \2 the kernel's line, \3 init's.
 * A mark that is missing is not to be found.
 */
static const struct {
	const char *what, *says, *init;
} texts[] = {
	{ "nothing", "", "" },
	{ "a kernel, then init",
	  "\1\2[    0.000000] Linux version 6.1\r\n[    0.512345] Run /init\r\n\3Welcome\r\n"
	  "more", "" },
	{ "a prompt without an end", "\1\2[    1.000000] x\n\3login: ", "" },
	{ "a firmware before", "\1SeaBIOS\n\n\2[    0.000000] Linux\n\3hi\n", "" },
	{ "a terminal that is told much",
	  "\1\033c\033[?7l\033[2J\033]0;title\a\2[    0.0\033[0m00000] Linux\r\n\033[1;32m\3ok"
	  "\033[0m", "" },
	{ "a column of callers",
	  "\1\2[    0.000000][    T0] Linux\n[    0.100000][    C1] x\n", "" },
	{ "a kernel that ran for a day", "\1\2[86400.123456] x\n\3y\n", "" },
	{ "dates of xenconsoled",
	  "\1\2[2026-11-27 10:00:00] [    0.000000] Linux\n[2026-11-27 10:00:01] [    0.1"
	  "00000] x\n\3[2026-11-27 10:00:01] up\n", "" },
	{ "a time behind the kernel's first words",
	  "\1\2Linux version [    0.000000] x\nWelcome\n", "" },
	{ "a kernel without times", "\1\2Linux version 6.1.0\nx86/fpu: x\nWelcome\n", "" },
	{ "times from the second line on",
	  "\1\2Linux version 6.1.0\nCommand line: x\n[    0.000000] y\n\3Welcome\n", "" },
	{ "no kernel, no init", "\1Welcome\nlogin: ", "" },
	{ "an error of a quiet kernel", "\1\2[    0.700000] oops\n\3Welcome\n", "" },
	{ "blank lines", "\1\n\r\n  \n\2[    0.000000] x\n \n\t\n\3y", "" },
	{ "init says itself who it is", "\1SeaBIOS\n\3now: Welcome\n", "Welcome" },
	{ "by a word in the kernel's log",
	  "\1\2[    0.000000] Linux\nfsck\n\3[    1.000000] systemd[1]: hi\n", "systemd[1]:" },
	{ "a word that never comes", "\1\2[    0.000000] Linux\nWelcome\n", "systemd[1]:" },
	{ "almost a time",
	  "\1[   0.000000] four places\n[    0.00000] five\n[    0.0000000] seven\n[     .000000]\n"
	  "[12:00:00] x\n[ OK ] y\n", "" },
	{ "bells are no text", "\1\a\a\2[    0.000000] x\n\a\a\3y", "" },
};

/* The look that finds the byte behind mark @c of @says, where a look has as much as @cut says. */
static struct vnft_look expected(const char *says, char c, const bool *cut)
{
	uint64_t number = 1;
	size_t i, at = 0;

	if (!strchr(says, c))
		return (struct vnft_look) { 0 };
	for (i = 0; says[i] != c; i++) {
		if (says[i] < 1 || says[i] > 3) {
			number += cut[at];
			at++;
		}
	}
	return look_at(number);
}

static bool is_look(struct vnft_look a, struct vnft_look b)
{
	return a.before_ns == b.before_ns && a.time_ns == b.time_ns;
}

/* @cut: is there a look behind this byte? */
static bool holds(size_t k, const bool *cut)
{
	const char *says = texts[k].says;
	struct vnft_first_lines l;
	uint64_t number = 1;
	char piece[1024];
	size_t n = 0, at = 0;

	vnft_first_lines_begin(&l, texts[k].init);
	for (; *says; says++) {
		if (*says >= 1 && *says <= 3)
			continue;
		piece[n++] = *says;
		if (!cut[at++])
			continue;
		vnft_first_lines_take(&l, piece, n, look_at(number++));
		n = 0;
	}
	vnft_first_lines_take(&l, piece, n, look_at(number));
	return is_look(l.byte, expected(texts[k].says, 1, cut)) &&
	       is_look(l.kernel, expected(texts[k].says, 2, cut)) &&
	       is_look(l.init, expected(texts[k].says, 3, cut)) &&
	       vnft_first_lines_done(&l) == !!strchr(texts[k].says, 3) * !!strchr(texts[k].says, 2);
}

static void test_pieces(void)
{
	struct vnft_random random = { .state = 7 };
	bool cut[1024] = { false };
	unsigned int wrong, way;
	size_t k, i;

	for (k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
		memset(cut, 0, sizeof(cut));
		wrong = !holds(k, cut);
		memset(cut, 1, sizeof(cut));
		wrong += !holds(k, cut);
		for (way = 0; way < PIECES; way++) {
			for (i = 0; i < sizeof(cut); i++)
				cut[i] = !vnft_random_below(&random, 1 + way % 16);
			wrong += !holds(k, cut);
		}
		CHECK_EQ(wrong, 0, "in one piece, in bytes and in %u other ways: %s", PIECES,
			 texts[k].what);
	}
}

/* The kernel's first words behind what a firmware left open: between the line's begin and them. */
static void test_open(void)
{
	struct vnft_first_lines l;

	vnft_first_lines_begin(&l, "");
	vnft_first_lines_take(&l, "Booting from ROM..", 18, look_at(10));
	vnft_first_lines_take(&l, "[    0.000000] Linux version 6\n", 31, look_at(20));
	CHECK(l.kernel.before_ns == 10 && l.kernel.time_ns == 21,
	      "a line that a firmware began, and a kernel went on with");
	vnft_first_lines_take(&l, "[    0.100000] x\nup\n", 20, look_at(30));
	CHECK(is_look(l.init, look_at(30)), "of which nothing is init's");
	vnft_first_lines_begin(&l, "");
	vnft_first_lines_take(&l, "..Linux version 6\nx\n", 20, look_at(10));
	CHECK(l.kernel.time_ns == 11 && !l.init.time_ns, "also one without times");
}

static void test_why(void)
{
	struct vnft_first_lines l;

	CHECK(strlen(vnft_first_lines_no_kernel()) < 96, "why there is no kernel: %s",
	      vnft_first_lines_no_kernel());
	vnft_first_lines_begin(&l, "");
	CHECK(strstr(vnft_first_lines_no_init(&l), "no line of its kernel came") &&
	      strlen(vnft_first_lines_no_init(&l)) < 96, "why no init: %s",
	      vnft_first_lines_no_init(&l));
	vnft_first_lines_take(&l, "Linux version 6\n", 16, look_at(1));
	CHECK(strstr(vnft_first_lines_no_init(&l), "printk.time=1") &&
	      strlen(vnft_first_lines_no_init(&l)) < 96, "or: %s", vnft_first_lines_no_init(&l));
	vnft_first_lines_take(&l, "[    1.000000] x\n", 17, look_at(2));
	CHECK(strstr(vnft_first_lines_no_init(&l), "no line but the kernel's") &&
	      strlen(vnft_first_lines_no_init(&l)) < 96, "or: %s", vnft_first_lines_no_init(&l));
	vnft_first_lines_begin(&l, "Welcome");
	CHECK(strstr(vnft_first_lines_no_init(&l), "console_init") &&
	      strlen(vnft_first_lines_no_init(&l)) < 96, "or: %s", vnft_first_lines_no_init(&l));
}

static double seconds(void)
{
	struct timespec used = { 0 };

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

/* A guest that does not end its lines, or its escapes, and looks that find little each time. */
static void test_endless(void)
{
	static const char *const endless[] = { "[", "[ ", "x", "\033]x", "\033[0;0;", "[    0.0",
					       "Linux version", "\n", "\033", "\xff" };
	const size_t bytes = 4 << 20;
	char *text = malloc(bytes);
	struct vnft_first_lines l;
	double small = 0, large = 0, begun;
	size_t k, i;

	for (k = 0; k < sizeof(endless) / sizeof(endless[0]); k++) {
		for (i = 0; i < bytes; i++)
			text[i] = endless[k][i % strlen(endless[k])];
		vnft_first_lines_begin(&l, "yy");
		begun = seconds();
		vnft_first_lines_take(&l, text, bytes / 16, look_at(1));
		small += seconds() - begun;
		begun = seconds();
		vnft_first_lines_take(&l, text, bytes, look_at(2));
		large += seconds() - begun;
		QUIET(is_look(l.byte, look_at(1)) && !l.init.time_ns && l.bytes < sizeof(l.line),
		      "endless %zu", k);
	}
	printf("# %.1f ns a byte\n", large * 1e9 / (double)bytes / (double)k);
	CHECK(large < 48 * small + 0.05, "16 times as much takes about 16 times as long: %.0f and "
	      "%.0f ms", small * 1000, large * 1000);
	free(text);
}

int main(void)
{
	test_pieces();
	test_open();
	test_why();
	test_endless();
	return unit_done();
}
