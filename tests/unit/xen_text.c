/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the xen driver reads: xl's lists, xl's errors, xenstore's values, notes of a killed run. All
 * of it as xl 4.17 prints it, and as an enemy would.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/guest/parts.h"
#include "../../tools/guest/xen/xen.h"
#include "unit.h"

#define OURS	"ae990937-a16f-4fc4-948b-c73ccc927489"
#define OTHER	"11111111-2222-3333-4444-555555555555"
#define HEAD	"Name                                        ID   Mem VCPUs\tState\tTime(s)   " \
		"UUID                            Reason-Code\tSecurity Label\n"
#define DOM0	"Domain-0                                     0  1024     1     r-----      70.0 " \
		"00000000-0000-0000-0000-000000000000        -                -\n"

static void numbers(void)
{
	static const char *const bad[] = { "", "0", "-1", "+1", " 1", "1 ", "01x", "32752", "99999",
					   "100000", "18446744073709551617", "1\n", "0x1" };
	uint32_t domid = 7;
	size_t i;

	CHECK(vnft_xen_domid("1", &domid) && domid == 1, "the first domain");
	CHECK(vnft_xen_domid("32751", &domid) && domid == 32751, "the last one");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!vnft_xen_domid(bad[i], &domid), "not a domain's number: case %zu", i);
}

/* The state that a line with these flags is read as, -1 for none. */
static int state_of(const char *flags)
{
	struct vnft_xen_domain d;
	char text[512];

	snprintf(text, sizeof(text), HEAD DOM0 "vnft-1-1    5    64     1     %s       1.0 " OURS
		 "        -                -\n", flags);
	return vnft_xen_list_line(text, OURS, &d) ? (int)d.state : -1;
}

static void lists(void)
{
	static const char three[] =
		HEAD DOM0
		"web                              3   512     2     -b----       9.1 " OTHER
		"        -                -\n"
		"(null)                          17     8     1     --p---       0.0 " OURS
		"        -                -\n";
	static const char *const garbage[] = {
		"", "\n", "\n\n\n", OURS, " " OURS "\n", "a b c d e f " OURS "\n",
		"x 5 64 1 r----- 1.0\n" OURS "\n",
		"x 5 64 1 r----- 1.0 " OURS "x - -\n",
		"x 5 64 1 rrrrrr 1.0 " OURS " - -\n",
		"x 5 64 1 ------- 1.0 " OURS " - -\n",
		"x 5 64k 1 r----- 1.0 " OURS " - -\n",
		"x 5 1234567890123 1 r----- 1.0 " OURS " - -\n",
		"x 0 64 1 r----- 1.0 " OURS " - -\n",
		"x 40000 64 1 r----- 1.0 " OURS " - -\n",
		"a name 5 64 1 r----- 1.0 " OURS " - -\n",
	};
	struct vnft_xen_domain d;
	char big[2048];
	size_t i;

	CHECK(vnft_xen_list_line(three, OURS, &d) && d.domid == 17 && d.memory_mib == 8 &&
	      d.state == VNFT_XEN_RUNS, "a domain without a name is found by its UUID");
	CHECK(!vnft_xen_list_line(HEAD DOM0, OURS, &d), "one that is not there is not");
	CHECK_EQ(state_of("r-----"), VNFT_XEN_RUNS, "it runs");
	CHECK_EQ(state_of("-b----"), VNFT_XEN_RUNS, "it waits");
	CHECK_EQ(state_of("---sc-"), VNFT_XEN_CRASHED, "it crashed");
	CHECK_EQ(state_of("---sw-"), VNFT_XEN_CRASHED, "its watchdog fired");
	CHECK_EQ(state_of("---s--"), VNFT_XEN_SHUT_DOWN, "it powered off");
	CHECK_EQ(state_of("---sr-"), VNFT_XEN_SHUT_DOWN, "it wants to reboot");
	CHECK_EQ(state_of("---s?-"), VNFT_XEN_SHUT_DOWN, "for a reason nobody knows");
	CHECK_EQ(state_of("---scd"), VNFT_XEN_GONE, "it is being freed");
	CHECK_EQ(state_of("r---c"), -1, "five flags");
	for (i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++)
		QUIET(!vnft_xen_list_line(garbage[i], OURS, &d), "garbage %zu is no domain", i);
	memset(big, 'a', sizeof(big));
	strcpy(big + 1500, "\nx 5 64 1 r----- 1.0 " OURS " - -\n");
	CHECK(vnft_xen_list_line(big, OURS, &d) && d.domid == 5,
	      "a line of 1500 bytes is passed over");
}

static void info(void)
{
	static const char text[] =
		"release                : 6.1.0-49-amd64\nvirt_caps              : pv hvm hap\n"
		"free_memory            : 743\nfree_memory_more: 1\nxen_caps:\n"
		"x : a\001b\033[31m\n";
	char to[32];

	CHECK(vnft_xen_info_value(text, "virt_caps", to, sizeof(to)) && !strcmp(to, "pv hvm hap"),
	      "a value: %s", to);
	CHECK(vnft_xen_info_value(text, "free_memory", to, sizeof(to)) && !strcmp(to, "743"),
	      "a key that begins another");
	CHECK(vnft_xen_info_value(text, "xen_caps", to, sizeof(to)) && !to[0], "an empty value");
	CHECK(!vnft_xen_info_value(text, "nothing", to, sizeof(to)), "a key that is not there");
	CHECK(!vnft_xen_info_value("", "x", to, sizeof(to)) &&
	      !vnft_xen_info_value("x", "x", to, sizeof(to)), "no text, no colon");
	CHECK(vnft_xen_info_value(text, "x", to, sizeof(to)) && !strpbrk(to, "\001\033"),
	      "no control character comes out");
	CHECK(vnft_xen_info_value(text, "release", to, 4) && !strcmp(to, "6.1"), "it is bounded");
}

static void words(void)
{
	static const struct { const char *output, *want; } said[] = {
		{ "Parsing config from /x.cfg\n"
		  "xc: error: panic: xg_dom_core.c:689: xc_dom_find_loader: no loader found: "
		  "Invalid kernel\n"
		  "libxl: error: libxl_dom.c:571:libxl__build_dom: xc_dom_parse_image failed\n",
		  "xc_dom_find_loader: no loader found: Invalid kernel" },
		{ "Parsing config from /x.cfg\n"
		  "libxl: error: libxl_exec.c:117:libxl_report_child_exitstatus: "
		  "/etc/xen/scripts/vif-bridge online [2] exited with error status 1\n"
		  "libxl: error: a.c:1:b: later\n",
		  "libxl_report_child_exitstatus: /etc/xen/scripts/vif-bridge online [2] exited "
		  "with error status 1" },
		{ "Parsing config from x\nx:3: config parsing error near `[': syntax error\n"
		  "Failed to parse config: Invalid argument\n", NULL },
		{ "2026-11-23 06:20:40.551+0000: xc: panic: xg_dom_core.c:689: xc_dom_find_loader: "
		  "no loader found\n"
		  "2026-11-23 06:20:40.615+0000: libxl: libxl_dom.c:571:libxl__build_dom: failed\n",
		  "xc_dom_find_loader: no loader found" },
		{ "2026-11-23 06:20:40.615+0000: libxl: libxl_dom.c:571:libxl__build_dom: failed\n",
		  "libxl__build_dom: failed" },
		{ "", "it said nothing" }, { "\n \n\t\n", "it said nothing" },
		{ "one\ntwo", "two" },
		{ "error: \nerror: \033[2Jevil\n", "[2Jevil" },
		{ "error: a.c:x: kept\n", "a.c:x: kept" }, { "error: .c:\n", ".c:" },
		{ "error: a.c:12:", NULL },
	};
	char to[200], big[6000];
	size_t i;

	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		vnft_xen_words(said[i].output, to, sizeof(to));
		if (said[i].want)
			CHECK(!strcmp(to, said[i].want), "xl's words: %s", to);
		else
			CHECK(to[0] && strlen(to) < sizeof(to), "some words: %s", to);
	}
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = 0;
	vnft_xen_words(big, to, sizeof(to));
	CHECK(strlen(to) < sizeof(to), "a line of 6000 bytes is bounded");
	memcpy(big, "error: ", 7);
	vnft_xen_words(big, to, 8);
	CHECK(strlen(to) == 7, "so is an error");
}

static void values(void)
{
	CHECK(vnft_xen_store_is("connected", 9, "connected"), "a value");
	CHECK(!vnft_xen_store_is("connected", 8, "connected"), "a shorter one");
	CHECK(!vnft_xen_store_is("connected\0x", 11, "connected"), "one with more behind a NUL");
	CHECK(!vnft_xen_store_is(NULL, 0, ""), "none");
	CHECK(vnft_xen_store_is("", 0, ""), "an empty one");
	CHECK(!vnft_xen_store_is("44", 2, "4") && !vnft_xen_store_is("", 0, "4"), "another state");
}

static void notes(void)
{
	static const char *const bad[] = {
		"", "xl", "xl vnft-1-1", "xl vnft-1-1 " OURS " more", "xl web " OURS,
		"xl vnft-1-1 ../../../local/domain/0/backend/vif/",
		"xl vnft-1-1 AE990937-A16F-4FC4-948B-C73CCC927489", "xl vnft-1-1 " OURS "0",
		"xl vnft/../x " OURS,
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_EQ(vnft_xen_undo(bad[i]), -EBADMSG, "not one of ours: \"xen %s\"", bad[i]);
}

int main(void)
{
	numbers();
	lists();
	info();
	words();
	values();
	notes();
	return unit_done();
}
