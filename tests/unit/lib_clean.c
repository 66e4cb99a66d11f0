/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The filter for text from outside: what a terminal must not see, and names that can be read back.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../tools/lib/text/clean.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/lib/text/json.h"
#include "../../tools/lib/text/terminal.h"
#include "../../tools/lib/text/view.h"
#include "unit.h"

static void sentence(const char *from, const char *want)
{
	char to[128], again[128];

	vnft_text_clean(to, sizeof(to), from);
	CHECK(!strcmp(to, want), "a sentence becomes '%s'", want);
	vnft_text_clean(again, sizeof(again), to);
	QUIET(!strcmp(to, again), "clean text stays: %s", to);
	vnft_fail(-EIO, "%s", from);
	QUIET(!strcmp(vnft_why(), want), "a reason is cleaned: %s", vnft_why());
}

static void sentences(void)
{
	char cut[8];

	sentence("µ日\xf0\x9f\x98\x80", "µ日\xf0\x9f\x98\x80");
	sentence("a\tb\nc\rd", "a b c d");
	sentence("\x1b]0;t\x07", "\\x1b]0;t\\x07");
	sentence("a\x7f" "b", "a\\x7fb");
	sentence("a\x9b" "31m", "a\\x9b31m");
	sentence("a\xc2\x9b" "31m", "a\\xc2\\x9b31m");
	sentence("a\xc2\x80\xc2\x9f", "a\\xc2\\x80\\xc2\\x9f");
	sentence("\xe2\x80\xae" "exe", "\\xe2\\x80\\xaeexe");		/* U+202E */
	sentence("\xe2\x81\xa6" "x\xe2\x81\xa9", "\\xe2\\x81\\xa6x\\xe2\\x81\\xa9");
	sentence("\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "\\xe2\\x80\\x8e\\xe2\\x80\\x8f\\xd8\\x9c");
	sentence("\xe2\x80\xa8", "\\xe2\\x80\\xa8");			/* U+2028 */
	sentence("\xef\xbf\xbe\xef\xbf\xbf", "\\xef\\xbf\\xbe\\xef\\xbf\\xbf");	/* U+FFFE */
	sentence("\xc0\x9b", "\\xc0\\x9b");				/* too long a form */
	sentence("\xed\xa0\x80", "\\xed\\xa0\\x80");			/* half a surrogate */
	sentence("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");		/* above U+10FFFF */
	sentence("x\xe2\x80", "x\\xe2\\x80");				/* cut short */
	sentence("a\\xff", "a\\xff");
	vnft_text_clean(cut, sizeof(cut), "abcd\xff" "e");
	CHECK(!strcmp(cut, "abcd"), "no half escape at the end: %s", cut);
	vnft_text_clean(cut, sizeof(cut), "abcdef\xc2\xb5");
	CHECK(!strcmp(cut, "abcdef"), "no half character at the end: %s", cut);
}

static void name(const char *from, const char *want)
{
	char shown[VNFT_NAME_SHOWN_BYTES(32)], back[33];
	json_t *value = vnft_json_name(from);

	vnft_name_show(shown, sizeof(shown), from);
	CHECK(!strcmp(shown, want), "a name is shown as '%s'", want);
	CHECK(vnft_name_read(back, sizeof(back), shown) && !strcmp(back, from),
	      "and '%s' reads back", want);
	QUIET(value && !strcmp(json_string_value(value), want), "in JSON as in text: %s", want);
	json_decref(value);
}

static void names(void)
{
	char byte[2] = "", shown[8], back[8];

	name("tap0", "tap0");
	name("ä-µ", "ä-µ");
	name("b\xff\xfe", "b\\xff\\xfe");
	name("e\x1b[1m", "e\\x1b[1m");
	name("n\nl", "n\\x0al");
	name("a\\xff", "a\\x5cxff");
	name("a\\xfz", "a\\xfz");
	name("a\\\xff", "a\\\\xff");
	name("\\\\xaa", "\\\\x5cxaa");
	for (int b = 1; b < 256; b++) {
		byte[0] = (char)b;
		vnft_name_show(shown, sizeof(shown), byte);
		QUIET(vnft_name_read(back, sizeof(back), shown) && !strcmp(back, byte),
		      "byte %d reads back from %s", b, shown);
	}
	CHECK(!vnft_name_read(back, sizeof(back), "a\\x00b") && !back[0],
	      "an escape cannot end a name");
	CHECK(!vnft_name_read(back, sizeof(back), "longer than it"), "a name that does not fit");
}

static void json(void)
{
	json_t *o = json_pack("{s:s, s:[s]}", "k\x7f", "a\xc2\x9b" "b\xe2\x80\xae", "l",
			      "µ\n\x1b"), *back;
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	CHECK(!vnft_json_print(o, f, JSON_COMPACT), "JSON is printed");
	fclose(f);
	CHECK(!strcmp(text, "{\"k\\u007F\":\"a\\u009Bb\\u202E\",\"l\":[\"µ\\n\\u001B\"]}"),
	      "with escapes for what a terminal must not see: %s", text);
	back = json_loads(text, 0, NULL);
	CHECK(json_equal(o, back), "and reads back equal");
	json_decref(back);
	json_decref(o);
	free(text);
	o = json_object();
	vnft_json_null(o, "x", "it said \xff");
	CHECK(!strcmp(json_string_value(json_object_get(o, "x_why")), "it said \\xff"),
	      "a reason need not be UTF-8");
	json_decref(o);
}

static void views(void)
{
	static const struct vnft_column columns[] = { { "n\xc2\x9b", "n" }, { "w", "w" }, { 0 } };
	static const struct vnft_view view[] = { { "head\x1b", "", columns }, { 0 } };
	json_t *o = json_pack("{s:s, s:n, s:s}", "n", "a\xc2\x9b\xe2\x80\xaez", "w", "w_why",
			      "said \xc2\x9b" "2J");
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	vnft_view_text(f, o, view);
	fclose(f);
	CHECK(!strpbrk(text, "\x1b\x7f\x9b\xe2") && strstr(text, "a\\xc2\\x9b\\xe2\\x80\\xaez") &&
	      strstr(text, "said \\xc2\\x9b2J"), "cells, headings and notes are cleaned");
	free(text);
	json_decref(o);
}

static void terminals(void)
{
	int tty = posix_openpt(O_RDWR | O_NOCTTY), file = open("/dev/null", O_WRONLY);
	int end = tty < 0 || grantpt(tty) || unlockpt(tty) ? -1 :
		  open(ptsname(tty), O_RDWR | O_NOCTTY);

	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	CHECK(end >= 0 && vnft_terminal_escapes(end), "a terminal gets escapes");
	CHECK(!vnft_terminal_escapes(file), "a file gets none");
	setenv("NO_COLOR", "1", 1);
	CHECK(!vnft_terminal_escapes(end), "nor does one with NO_COLOR");
	setenv("NO_COLOR", "", 1);
	CHECK(vnft_terminal_escapes(end), "but an empty NO_COLOR is none");
	setenv("TERM", "dumb", 1);
	CHECK(!vnft_terminal_escapes(end), "nor a dumb terminal");
	unsetenv("TERM");
	CHECK(!vnft_terminal_escapes(end), "nor one of no kind");
	close(end);
	close(tty);
	close(file);
}

int main(void)
{
	sentences();
	names();
	json();
	views();
	terminals();
	return unit_done();
}
