/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The option parser: every type into its field, and every refusal by name.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "../../tools/lib/cli/help.h"
#include "../../tools/lib/cli/option.h"
#include "../../tools/lib/cli/verb.h"
#include "../../tools/lib/text/duration.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

struct config {
	struct vnft_common common;
	bool flag;
	const char *text;
	struct vnft_list list;
	uint64_t number;
	uint64_t time_ns;
	int choice;
};

static const char *const words[] = { "auto", "tcx", "clsact", NULL };
#define AT(field) offsetof(struct config, field)
static const struct vnft_opt opts[] = {
	{ .name = "flag", .letter = 'f', .type = VNFT_OPT_FLAG, .offset = AT(flag) },
	{ .name = "text", .letter = 't', .type = VNFT_OPT_STRING, .offset = AT(text),
	  .arg = "TEXT" },
	{ .name = "list", .letter = 'l', .type = VNFT_OPT_LIST, .offset = AT(list),
	  .arg = "ITEMS" },
	{ .name = "number", .letter = 'n', .type = VNFT_OPT_U64, .offset = AT(number), .arg = "N",
	  .min = 2, .max = 100, .help = "things" },
	{ .name = "time", .type = VNFT_OPT_DURATION_NS, .offset = AT(time_ns), .arg = "TIME",
	  .min = 1000 },
	{ .name = "hook", .type = VNFT_OPT_CHOICE, .offset = AT(choice), .choices = words },
	{ 0 }
};
static const struct config defaults = { .number = 7, .choice = 1 };
static const struct vnft_cmd cmd = {
	.name = "try", .args = "DEV...", .min_args = 1, .max_args = 3, .opts = opts,
	.config_bytes = sizeof(struct config), .defaults = &defaults,
};

const struct vnft_cmd *const vnft_cmds[] = { &cmd, NULL };

static struct config c;
static char *args[16];

/* Split @line at blanks and parse it. */
static int parse(const char *line)
{
	static char copy[256];
	char *argv[16], *rest = copy, *word;
	int argc = 0;

	c = defaults;
	snprintf(copy, sizeof(copy), "%s", line);
	while ((word = strsep(&rest, " ")) && argc < 15)
		if (*word)
			argv[argc++] = word;
	argv[argc] = NULL;
	return vnft_opt_parse(&cmd, &c, argc, argv, args);
}

static void good(void)
{
	CHECK_EQ(parse("a"), 1, "one argument");
	CHECK(c.number == 7 && c.choice == 1 && !c.flag, "defaults stay");
	CHECK_EQ(parse("-f a -n 5 b"), 2, "options and arguments mixed");
	CHECK(c.flag && c.number == 5 && !strcmp(args[1], "b"), "flag, number, second argument");
	CHECK(parse("-jfn9 a") == 1 && c.common.json && c.flag && c.number == 9,
	      "short options in one word, the last with its value");
	CHECK(parse("a --number=100 --hook clsact") == 1 && c.number == 100 && c.choice == 2,
	      "--name=value and --name value");
	CHECK(parse("--list x,y --list z a") == 1 && c.list.n == 3 && !strcmp(c.list.item[2], "z"),
	      "a list is comma separated and repeatable");
	CHECK(parse("-t -x a") == 1 && !strcmp(c.text, "-x"), "a value may begin with a dash");
	CHECK(parse("-- -f --flag") == 2 && !c.flag && !strcmp(args[0], "-f"), "-- ends options");
	CHECK(parse("-") == 1 && !strcmp(args[0], "-"), "a lone dash is an argument");
	CHECK(parse("-h --bogus") == 0 && c.common.help, "--help ends parsing");
}

static void bad(void)
{
	static const struct { const char *line, *holds; } cases[] = {
		{ "", "needs DEV..." },
		{ "a b c d", "d: one argument too many" },
		{ "a -n", "--number: no value: give N" },
		{ "a --hook", "give auto|tcx|clsact" },
		{ "a -n 1", "--number: 1: out of range: 2 to 100" },
		{ "a -n 101", "--number: 101: out of range: 2 to 100" },
		{ "a -n 18446744073709551618", "out of range" },
		{ "a -n -3", "-3: not a whole number" },
		{ "a --time 999ns", "out of range: at least 1us" },
		{ "a --time 5", "--time: 5: no unit" },
		{ "a --hook xdp", "--hook: xdp: not one of auto|tcx|clsact" },
		{ "a --list x,,y", "an item is empty" },
		{ "a --text=", "--text: empty" },
		{ "a --flag=yes", "--flag: yes: it takes no value" },
		{ "a --numbr 3", "did you mean --number?" },
		{ "a --nubmer=3", "did you mean --number?" },
		{ "a --bogus", "--bogus: unknown option" },
		{ "a -fq", "-fq: unknown option" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int got = parse(cases[i].line);

		CHECK(got == -EINVAL && strstr(vnft_why(), cases[i].holds) &&
		      !strncmp(vnft_why(), "try: ", 5), "'%s' is refused: %s", cases[i].line,
		      got < 0 ? vnft_why() : "");
	}
}

static void durations(void)
{
	static const struct { const char *text; uint64_t ns; } cases[] = {
		{ "0s", 0 }, { "1ns", 1 }, { "10ms", 10000000 }, { "1.5s", 1500000000 },
		{ "200us", 200000 }, { "5m", 300000000000 }, { "1h", 3600000000000 },
		{ "0.000000001s", 1 }, { "1.23456789012345s", 1234567890 }, { "0.1µs", 100 },
		{ "18446744073709551615ns", UINT64_MAX },
	};
	static const char *const wrong[] = {
		"", "s", "10", "1.s", ".5s", "-1s", "+1s", "1 s", "1e3s", "1S", "1.5", "1s1",
		"0x1s", "18446744073709551616ns", "5124095577h", "99999999999999999999s", NULL
	};
	uint64_t ns;
	char text[32];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(!vnft_parse_duration_ns(cases[i].text, &ns) && ns == cases[i].ns,
		      "%s is %" PRIu64 " ns", cases[i].text, cases[i].ns);
	for (size_t i = 0; wrong[i]; i++)
		CHECK(vnft_parse_duration_ns(wrong[i], &ns) == -EINVAL, "'%s' is refused: %s",
		      wrong[i], vnft_why());
	for (uint64_t n = 1; n < UINT64_MAX / 7; n *= 7) {
		vnft_duration_text(n, text, sizeof(text));
		QUIET(!vnft_parse_duration_ns(text, &ns) && ns == n, "%s reads back", text);
	}
}

static void failures(void)
{
	CHECK_EQ(vnft_fail(-EPERM, "a\nb\x1b[0m\t%s\n", "µ"), -EPERM,
		 "vnft_fail() returns its number");
	CHECK(!strcmp(vnft_why(), "a b\\x1b[0m µ"),
	      "a reason is one line that cannot talk to the terminal");
	vnft_fail(-EIO, "outer: %s", vnft_why());
	CHECK(!strcmp(vnft_why(), "outer: a b\\x1b[0m µ"), "a reason may quote the reason");
	CHECK(vnft_exit_code(0) == 0 && vnft_exit_code(-EINVAL) == 2 &&
		      vnft_exit_code(-EPERM) == 4 && vnft_exit_code(-EOPNOTSUPP) == 4 &&
		      vnft_exit_code(-EIO) == 1,
	      "exit codes");
}

/* The default is typed once, in the config struct. */
static void helps(void)
{
	struct vnft_opt named = opts[3], words_only = opts[3];
	char text[64], cut[12];

	vnft_opt_help(&cmd, &opts[3], text, sizeof(text));
	CHECK(!strcmp(text, "things (default 7, 2 to 100)"), "help adds default and range: %s",
	      text);
	named.help = "things (default @, no less)";
	vnft_opt_help(&cmd, &named, text, sizeof(text));
	CHECK(!strcmp(text, "things (default 7, no less) (2 to 100)"),
	      "or puts the default where the text names it: %s", text);
	words_only.help = "things (default: all)";
	vnft_opt_help(&cmd, &words_only, text, sizeof(text));
	CHECK(!strcmp(text, "things (default: all) (2 to 100)"), "or leaves it to words: %s",
	      text);
	vnft_opt_help(&cmd, &opts[3], cut, sizeof(cut));
	CHECK(!strcmp(cut, "things (def"), "help in a short buffer ends with it: %s", cut);
}

int main(void)
{
	good();
	bad();
	durations();
	failures();
	helps();
	return unit_done();
}
