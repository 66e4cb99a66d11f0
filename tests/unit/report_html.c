/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page for a browser: text that is only text, axes of any values, and a page of any results
 * that is well formed and has a number at every place.
 */
#include <math.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/lib/text/json.h"
#include "../../tools/report/html/html.h"
#include "../../tools/report/html/scale.h"
#include "../../tools/report/html/svg.h"
#include "../../tools/report/html/write.h"
#include "../../tools/report/results.h"
#include "../../tools/results/check.h"
#include "../html.h"
#include "report_fixture.h"
#include "unit.h"
#include "verb.h"

static FILE *page;
static char *text;
static size_t bytes;

static void begin(void)
{
	page = open_memstream(&text, &bytes);
}

static void end(void)
{
	fclose(page);
}

static void check_text(const char *from, const char *want)
{
	begin();
	vnft_html_text(page, from);
	end();
	if (!CHECK(!strcmp(text, want), "text becomes %s", want))
		printf("#   it becomes %s\n", text);
	free(text);
}

static void test_text(void)
{
	char longer[4096];

	check_text("a < b > c & \"d\" 'e'", "a &lt; b &gt; c &amp; &quot;d&quot; &#39;e&#39;");
	check_text("&lt;", "&amp;lt;");
	check_text("</title><b>", "&lt;/title&gt;&lt;b&gt;");
	check_text("a\x1b[2J\xe2\x80\xae" "b\xff", "a\\x1b[2J\\xe2\\x80\\xaeb\\xff");
	check_text("a\nb\tc", "a b c");
	check_text("\xef\xbf\xbf", "\\xef\\xbf\\xbf");	/* U+FFFF, which no XML may hold */
	check_text("µ – 日", "µ – 日");
	check_text("", "");
	memset(longer, '<', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	begin();
	vnft_html_text(page, longer);
	end();
	CHECK_EQ(bytes, 4 * (sizeof(longer) - 1), "a long text is whole");
	free(text);
	begin();
	vnft_html_lines(page, "{\n  \"a\": \"<\",\n\x1b}");
	end();
	CHECK(!strcmp(text, "{\n  &quot;a&quot;: &quot;&lt;&quot;,\n\\x1b}"), "lines stay lines");
	free(text);
}

static bool is_sound(const struct vnft_scale *s)
{
	unsigned int i;
	bool sound = isfinite(s->low) && isfinite(s->high) && s->low < s->high &&
		     s->ticks <= VNFT_SCALE_TICKS && (!s->log || s->low > 0);

	for (i = 0; i < s->ticks; i++) {
		const double x = vnft_scale_place(s, s->tick[i]);

		sound &= isfinite(s->tick[i]) && x >= 0 && x <= 100;
		sound &= !i || s->tick[i] > s->tick[i - 1];
	}
	return sound;
}

/* Of every kind; @least: so many marks it has at least. */
static void check_scale(const char *what, const double *value, size_t n, unsigned int least)
{
	static const enum vnft_scale_kind kinds[] = {
		VNFT_SCALE_ZERO, VNFT_SCALE_NEAR, VNFT_SCALE_LOG, VNFT_SCALE_WIDE,
	};
	struct vnft_scale s;
	size_t i, k;

	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		vnft_scale_fit(&s, kinds[k], value, n);
		if (!CHECK(is_sound(&s) && s.ticks >= least, "an axis of %s, kind %zu", what, k))
			printf("#   from %g to %g, %u marks\n", s.low, s.high, s.ticks);
		for (i = 0; i < n; i++) {
			const double x = vnft_scale_place(&s, value[i]);

			QUIET(x >= 0 && x <= 100, "%s: %g stands at %g", what, value[i], x);
		}
	}
}

static void test_scale(void)
{
	static const double one[] = { 4.2e7 }, same[] = { 7e6, 7e6, 7e6 }, zero[] = { 0, 0 };
	static const double some[] = { 0, 3e3, 5e9 }, below[] = { -4096, 3e6 };
	static const double bad[] = { NAN, INFINITY, -INFINITY }, mixed[] = { NAN, 3e3, 4e3 };
	static const double huge[] = { 1e18, 1e18 - 256 }, far[] = { 1e-300, 1e18 };
	static const double near[] = { 44.2e6, 45.8e6, 49.9e6 }, tiny[] = { 5e-324 };
	struct vnft_scale s;

	check_scale("no value", NULL, 0, 0);
	check_scale("one value", one, 1, 2);
	check_scale("equal values", same, 3, 2);
	check_scale("zeros", zero, 2, 0);
	check_scale("a zero and large ones", some, 3, 2);
	check_scale("a negative one", below, 2, 1);
	check_scale("no numbers", bad, 3, 0);
	check_scale("a number among none", mixed, 3, 2);
	check_scale("the largest ones", huge, 2, 2);
	check_scale("all magnitudes", far, 2, 2);
	check_scale("one that is no more than 0", tiny, 1, 0);
	vnft_scale_fit(&s, VNFT_SCALE_NEAR, near, 3);
	CHECK(s.low == 44e6 && s.high == 50e6 && s.ticks == 4 && s.tick[1] == 46e6,
	      "marks are round: %g %g %u", s.low, s.high, s.ticks);
	vnft_scale_fit(&s, VNFT_SCALE_ZERO, near, 3);
	CHECK(s.low == 0 && s.high == 60e6, "an axis from 0");
	CHECK(fabs(vnft_scale_place(&s, 30e6) - 50) < 1e-9, "half of it is in the middle");
	vnft_scale_fit(&s, VNFT_SCALE_WIDE, near, 3);
	CHECK(!s.log, "values that are alike need no logarithm");
	vnft_scale_fit(&s, VNFT_SCALE_WIDE, some, 3);
	CHECK(s.log && s.low == 2e3 && s.high == 5e9, "those that are not have one: %g %g", s.low,
	      s.high);
	vnft_scale_fit(&s, VNFT_SCALE_LOG, (const double[]) { 1e3, 1e7 }, 2);
	CHECK(fabs(vnft_scale_place(&s, 1e5) - 50) < 1e-9, "where each power of ten is as wide");
	CHECK_EQ(s.ticks, 5, "and is marked");
	CHECK(vnft_scale_place(&s, NAN) == 0 && vnft_scale_place(&s, -1) == 0 &&
	      vnft_scale_place(&s, INFINITY) == 100, "what is not on an axis is at an end");
}

static void test_svg(void)
{
	const struct vnft_scale none = { .low = 0, .high = 1 };
	struct vnft_scale s;

	begin();
	vnft_svg_begin(page, "x", 10);
	vnft_svg_dot(page, NAN, 1, "a", NULL);
	vnft_svg_square(page, 1, INFINITY, "a", "t");
	vnft_svg_line(page, 1, 1, NAN, 1, "a");
	vnft_svg_bar(page, 1, 1, -1, 1, "a");
	vnft_svg_bar(page, 1, 1, NAN, 1, "a");
	vnft_svg_margin(page, NAN, "a");
	vnft_svg_axis(page, &none, "a_ns", 0, 1);
	vnft_svg_end(page);
	end();
	CHECK(!strstr(text, "nan") && !strstr(text, "inf") && !strstr(text, "circle") &&
	      !strstr(text, "rect") && !strstr(text, "<text"),
	      "what has no place is not drawn");
	free(text);
	begin();
	vnft_scale_fit(&s, VNFT_SCALE_ZERO, (const double[]) { 2.5e6, 8e6 }, 2);
	vnft_svg_axis(page, &s, "a_ns", 0, 1);
	end();
	CHECK(strstr(text, ">0 ns<") && strstr(text, ">2 ms<") && strstr(text, ">8 ms<"),
	      "marks are named shortly");
	free(text);
	begin();
	vnft_scale_fit(&s, VNFT_SCALE_NEAR, (const double[]) { 1.1e6, 1.9e6 }, 2);
	vnft_svg_axis(page, &s, "a_ns", 0, 1);
	end();
	CHECK(strstr(text, ">1 ms<") && strstr(text, ">1.2 ms<"), "but whole");
	free(text);
}

/* The page of results, for the caller to free. */
static void make_page(json_t *const *results, size_t n)
{
	json_t *tree = vnft_report_tree((const json_t *const *)results, n);
	char *const paths[] = { (char *)"one", (char *)"two <b>", (char *)"three" };
	const struct vnft_html_ask ask = {
		.tree = tree, .views = vnft_report_views(tree),
		.results = (const json_t *const *)results, .path = paths, .n = n,
	};

	begin();
	CHECK(!vnft_html_results(page, &ask), "a page is made");
	end();
	json_decref(tree);
}

static void check_page(const char *what)
{
	const char *fault = html_fault(text);

	if (!CHECK(!fault, "%s: well formed, nothing in it runs or fetches", what))
		printf("#   at byte %zu: %.60s\n", (size_t)(fault - text), fault);
}

static void test_page(void)
{
	json_t *r[2] = { fixture_results("here", 1), fixture_results("there", 2) };
	json_t *row = json_array_get(json_object_get(r[0], "rows"), 1);

	json_object_set_new(json_object_get(row, "instantiation"), "bimodal", json_true());
	fixture_xen(json_array_get(json_object_get(r[1], "rows"), 0), "pv", "stock", 312, 10);
	make_page(r, 1);
	check_page("one result");
	CHECK(strstr(text, ">205 ms</data>") && strstr(text, ">200 ms – 210 ms</data>"),
	      "medians and intervals");
	CHECK(strstr(text, "two clusters:"), "two clusters are said");
	CHECK(strstr(text, "not measured: CAP_SYS_PTRACE is missing"), "reasons are said");
	CHECK(strstr(text, "manifest does not say"), "no command, no words about it");
	free(text);
	make_page(r, 2);
	check_page("two");
	CHECK(strstr(text, "there: container.crun (xl, pv, stock)") &&
	      strstr(text, "312 SYNs waited"), "hosts, setups and queues are told");
	CHECK(strstr(text, "one &#39;two &lt;b&gt;&#39;</pre>"), "paths are quoted for a shell");
	free(text);
	json_decref(r[0]);
	json_decref(r[1]);
}

/* Rows of which little or nothing is known; every one of them has its section. */
static void test_little(void)
{
	static const char *const rows[] = {
		"{\"type\": \"x\"}",
		"{\"type\": \"x\", \"runs\": 0, \"valid\": false, \"invalid_why\": \"no Xen\", "
		"\"accel\": null, \"accel_why\": \"no Xen\"}",
		"{\"type\": \"x\", \"runs\": 3, \"valid\": false, \"instantiation\": {\"n\": 0, "
		"\"median_ns\": null, \"median_ns_why\": \"no run counts\", \"samples_ns\": []}, "
		"\"failed\": [{\"run\": 1, \"why\": \"died\"}, {\"run\": 2, \"why\": \"died\"}]}",
		"{\"type\": \"x\", \"runs\": 1, \"instantiation\": {\"samples_ns\": [0], "
		"\"median_ns\": 0}, \"rtt\": {\"flood\": {\"n\": 0, \"p50_ns\": 0}}, "
		"\"throughput\": {\"tx\": {\"samples_bps\": [0, 0], \"median_bps\": 0}}}",
		"{\"type\": \"x\", \"runs\": 1, \"rtt\": {\"flood\": {\"n\": 1, \"p50_ns\": 5, "
		"\"max_ns\": 5, \"sender\": null}, \"fixed\": {\"mean_ns\": null}}, \"memory\": "
		"{\"host_delta_bytes\": -5}, \"image\": {\"file_bytes\": null}}",
		"{\"type\": \"x\", \"runs\": 9, \"launches\": [{}, {\"phases\": []}, {\"run\": 7, "
		"\"phases\": [{\"name\": \"a\", \"took_ns\": 0}, {\"took_ns\": 4}]}], "
		"\"conditions\": [{}, {\"run\": 1, \"own_percent\": 1e18, \"disturbed\": true}]}",
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *row = json_loads(rows[i], 0, NULL);
		json_t *r = json_pack("{s:i, s:{}, s:[o]}", "schema", 1, "manifest", "rows", row);

		CHECK(row && !vnft_results_check(r, "f"), "row %zu passes the check", i);
		make_page(&r, 1);
		check_page(rows[i]);
		CHECK(strstr(text, "<section id=\"t0\">"), "row %zu has its section", i);
		free(text);
		json_decref(r);
	}
}

/* 20 types of 60 runs: below 3 MB, in 5 s. */
static void test_large(void)
{
	json_t *rows = json_array(), *r, *row, *list, *conditions, *names;
	clock_t start;
	char type[32];
	int i, k;

	for (i = 0; i < 20; i++) {
		snprintf(type, sizeof(type), "type%d.kvm", i);
		row = fixture_row(type, 60, 1 + i);
		list = json_array();
		conditions = json_array();
		names = json_array();
		for (k = 0; k < 9; k++)
			json_array_append_new(names, json_pack("{s:o}", "name",
							       json_sprintf("phase%d", k)));
		json_object_set_new(json_object_get(row, "instantiation"), "phases", names);
		for (k = 1; k <= 60; k++) {
			json_t *phases = json_array();
			char name[16];
			int p;

			for (p = 0; p < 9; p++) {
				snprintf(name, sizeof(name), "phase%d", p);
				json_array_append_new(phases, json_pack("{s:s, s:i, s:i}", "name",
					name, "at_ns", 1234567 * p, "took_ns", 1234567 + k));
			}
			json_array_append_new(list, json_pack("{s:i, s:i, s:o}", "run", k,
							      "total_ns", 9 * (1234567 + k),
							      "phases", phases));
			json_array_append_new(conditions, json_pack(
				"{s:i, s:b, s:f, s:f, s:f, s:f, s:f}", "run", k, "disturbed",
				k % 7 == 0, "own_percent", 40.5, "others_percent", 3.25,
				"kernel_percent", 1.5, "interrupts_percent", 2.5, "steal_percent",
				1.25));
		}
		json_object_set_new(row, "launches", list);
		json_object_set(row, "endings", list);
		json_object_set_new(row, "conditions", conditions);
		json_array_append_new(rows, row);
	}
	r = json_pack("{s:i, s:{}, s:o}", "schema", 1, "manifest", "rows", rows);
	start = clock();
	make_page(&r, 1);
	CHECK(clock() - start < 5 * CLOCKS_PER_SEC, "20 types of 60 runs within 5 s: %ld ms",
	      (long)((clock() - start) / (CLOCKS_PER_SEC / 1000)));
	CHECK(bytes < 3000000, "in less than 3 MB: %zu", bytes);
	check_page("20 types of 60 runs");
	free(text);
	json_decref(r);
}

/* The records are of other times than results.json says: the page is made, and says so. */
static void test_records(void)
{
	char dir[] = "/tmp/vnft-html-XXXXXX", json[64], records[64], to[64];
	json_t *r = fixture_results("here", 1.5);
	FILE *f;

	CHECK(mkdtemp(dir), "scratch directory");
	snprintf(json, sizeof(json), "%s/results.json", dir);
	snprintf(records, sizeof(records), "%s/records", dir);
	snprintf(to, sizeof(to), "%s/page", dir);
	CHECK(!vnft_json_save(r, json) && !fixture_records(records), "results and records");
	CHECK_EQ(VERB(report, "--html", to, dir), VNFT_EXIT_INVALID,
		 "records that disagree are said: %s", vnft_why());
	text = calloc(1, 1 << 20);
	f = fopen(to, "r");
	bytes = f ? fread(text, 1, (1 << 20) - 1, f) : 0;
	check_page("records that disagree");
	CHECK(strstr(text, "container.crun: the records do not give the instantiation times"),
	      "on the page, too");
	if (f)
		fclose(f);
	free(text);
	unlink(json);
	unlink(records);
	unlink(to);
	rmdir(dir);
	json_decref(r);
}

/* Would the checker say so? */
static void test_checker(void)
{
	static const char *const bad[] = {
		"", "<html></html>", "<!DOCTYPE html>\n<html>", "<!DOCTYPE html>\n<html></body>",
		"<!DOCTYPE html>\n<script></script>", "<!DOCTYPE html>\n<p onclick=\"x\"></p>",
		"<!DOCTYPE html>\n<a href=\"http://x\"></a>", "<!DOCTYPE html>\n<p>&x;</p>",
		"<!DOCTYPE html>\n<rect x=\"nan%\"/>", "<!DOCTYPE html>\n<rect x=\"\"/>",
		"<!DOCTYPE html>\n<p title=\"a<b\"></p>", "<!DOCTYPE html>\n<p>\x1b</p>",
		"<!DOCTYPE html>\n<p title='x'></p>",
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(html_fault(bad[i]), "a fault is found: %s", strlen(bad[i]) > 16 ?
		      bad[i] + 16 : bad[i]);
	CHECK(!html_fault("<!DOCTYPE html>\n<p title=\"&lt;\">µ<rect x=\"-1.5%\"/></p>\n"),
	      "and none where none is");
}

int main(void)
{
	test_checker();
	test_text();
	test_scale();
	test_svg();
	test_page();
	test_little();
	test_large();
	test_records();
	return unit_done();
}
