/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text out of JSON: units, alignment, footnotes; files that are whole or not there.
 */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/lib/text/format.h"
#include "../../tools/lib/text/json.h"
#include "../../tools/lib/text/text.h"
#include "../../tools/lib/text/view.h"
#include "unit.h"

static void format_is(const char *key, json_t *value, const char *want)
{
	char text[256];

	vnft_view_format(text, sizeof(text), key, value);
	CHECK(!strcmp(text, want), "%s is shown as '%s' (got '%s')", key, want, text);
	json_decref(value);
}

static void formats(void)
{
	format_is("rtt_ns", json_integer(0), "0 ns");
	format_is("rtt_ns", json_integer(999), "999 ns");
	format_is("rtt_ns", json_integer(1000), "1.00 µs");
	format_is("rtt_ns", json_integer(999600), "1.00 ms");
	format_is("rtt_ns", json_integer(1234567), "1.23 ms");
	format_is("rtt_ns", json_real(12.5), "12.5 ns");
	format_is("rtt_ns", json_integer(123456789012), "123 s");
	format_is("slack_ns", json_integer(-1500), "-1.50 µs");
	format_is("tx_bps", json_real(38.9e9), "38.9 Gbit/s");
	format_is("udp_pps", json_integer(1600000), "1.60 Mpps");
	format_is("file_bytes", json_integer(3500000), "3.50 MB");
	format_is("file_bytes", json_integer(512), "512 B");
	format_is("lost_percent", json_real(0.123), "0.12 %");
	format_is("memory_mib", json_integer(48), "48 MiB");
	format_is("runs", json_integer(6), "6");
	format_is("ratio", json_real(0.98765), "0.9877");
	format_is("valid", json_true(), "yes");
	format_is("any_ns", json_null(), "-");
	format_is("ci95_ns", json_pack("[i,i]", 1000, 2000), "1.00 µs – 2.00 µs");
	format_is("median_bound_ns", json_pack("[i,i]", 2404000, 31), "-2.40 ms +31 ns");
	format_is("median_bound_bps", json_pack("[i,i]", 0, 16200000), "-0 bit/s +16.2 Mbit/s");
	format_is("types", json_pack("[s,s,s]", "a", "b", "c"), "a, b, c");
	format_is("name", json_string("a\x1b[2J\nb"), "a\\x1b[2J b");
	CHECK_EQ(vnft_text_width("µs"), 2, "a Greek letter takes one column");
	CHECK_EQ(vnft_text_width("日本"), 4, "a Chinese character takes two");
	CHECK_EQ(vnft_text_width("e\u0301"), 1, "a combining accent takes none");
	CHECK_EQ(vnft_text_width("\xff\xc3"), 2, "broken UTF-8 ends");
}

static void text_is(const json_t *value, const struct vnft_view *views, const char *want,
		    const char *what)
{
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	vnft_view_text(f, value, views);
	fclose(f);
	if (!CHECK(!strcmp(text, want), "%s", what))
		printf("# got:\n%s# want:\n%s", text, want);
	free(text);
}

static void tables(void)
{
	static const struct vnft_column row[] = {
		{ "type", "type" }, { "start", "inst.median_ns" }, { "from", "inst.ci95_ns[0]" },
		{ "image", "image_bytes" }, { "rtt", "rtt.mean_ns" }, { 0 }
	};
	static const struct vnft_column facts[] = {
		{ "kernel", "host.kernel" }, { "governor", "host.governor" },
		{ "absent", "host.x" }, { 0 }
	};
	static const struct vnft_view views[] = {
		{ "Results", "rows", row }, { NULL, "", facts }, { "Empty", "none", row },
		{ "Absent", "nowhere", row }, { 0 }
	};
	json_t *v = json_loads(
		"{\"rows\": ["
		"{\"type\": \"a\", \"inst\": {\"median_ns\": 1500000, \"ci95_ns\": [1000000, "
		"2000000]},"
		" \"image_bytes\": null, \"image_bytes_why\": \"no image\","
		" \"rtt\": null, \"rtt_why\": \"left out\"},"
		"{\"type\": \"bµb\", \"inst\": {\"median_ns\": null, "
		"\"median_ns_why\": \"2 runs\","
		" \"ci95_ns\": null, \"ci95_ns_why\": \"2 runs\"}, \"image_bytes\": 10}],"
		"\"host\": {\"kernel\": \"6.1\", \"governor\": null, \"governor_why\": \"no "
		"image\"},"
		"\"none\": []}",
		0, NULL), *blank;

	text_is(v, views,
		"Results\n"
		"type    start     from  image  rtt\n"
		"a     1.50 ms  1.00 ms  - [1]  - [2]\n"
		"bµb     - [3]    - [3]   10 B  -\n"
		"[1] no image\n"
		"[2] left out\n"
		"[3] 2 runs\n"
		"\n"
		"kernel    6.1\n"
		"governor  - [1]\n"
		"[1] no image\n",
		"a table with footnotes, an object, and nothing for what is empty");
	blank = json_pack("{s:[{s:s, s:n, s:s}, {s:s, s:n, s:s}]}", "rows", "type", "a",
			  "image_bytes", "image_bytes_why", "left out", "type", "b", "image_bytes",
			  "image_bytes_why", "left out");
	text_is(blank, views, "Results\nnot measured: left out\n\n",
		"a table without any quantity is one line");
	json_decref(blank);
	CHECK(json_integer_value(vnft_view_at(v, "rows[1].image_bytes")) == 10,
	      "a path through an array");
	CHECK(!vnft_view_at(v, "rows[7].type") && !vnft_view_at(v, "rows[x") &&
		      !vnft_view_at(v, "host.kernel.deeper") && !vnft_view_at(v, "..."),
	      "paths to nowhere");
	json_decref(v);
}

static void files(void)
{
	char dir[] = "/tmp/vnft-unit-XXXXXX", path[64], odd[64];
	struct rlimit small = { 100, RLIM_INFINITY }, old;
	json_t *v = json_object(), *back;
	FILE *f;
	int err;

	/* Nothing is printed while it holds. */
	fflush(stdout);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);

	if (!mkdtemp(dir))
		return;
	snprintf(path, sizeof(path), "%s/x.json", dir);
	snprintf(odd, sizeof(odd), "%s/nowhere/x.json", dir);
	vnft_json_null(v, "rtt_ns", "too few");
	CHECK(json_is_null(json_object_get(v, "rtt_ns")) &&
		      !strcmp(json_string_value(json_object_get(v, "rtt_ns_why")), "too few"),
	      "null with a reason");
	json_object_set_new(v, "big", json_integer(1234567890123456789LL));
	CHECK(!vnft_json_save(v, path), "a file is written");
	back = vnft_json_load(path, 4096);
	CHECK(json_equal(v, back), "and reads back equal");
	json_decref(back);
	json_object_set_new(v, "more", json_string("than the disk holds"));
	setrlimit(RLIMIT_FSIZE, &small);
	err = vnft_json_save(v, path);
	setrlimit(RLIMIT_FSIZE, &old);
	json_object_del(v, "more");
	back = vnft_json_load(path, 4096);
	CHECK(err == -EFBIG && json_equal(v, back), "one that cannot be written leaves it: %s",
	      vnft_why());
	json_decref(back);
	snprintf(odd, sizeof(odd), "%s/x.json.part", dir);
	CHECK(access(odd, F_OK), "and nothing else");
	snprintf(odd, sizeof(odd), "%s/nowhere/x.json", dir);
	CHECK(!vnft_json_load(path, 10) && strstr(vnft_why(), path), "too large: %s", vnft_why());
	CHECK(vnft_json_save(v, odd) == -ENOENT && strstr(vnft_why(), odd), "no directory: %s",
	      vnft_why());
	CHECK(!vnft_json_load("/dev/zero", 4096), "a device is no file: %s", vnft_why());
	f = fopen(path, "w");
	fputs("{\"a\": 1,\n\"a\": 2", f);
	fclose(f);
	CHECK(!vnft_json_load(path, 4096) && strstr(vnft_why(), "x.json:2:"), "broken: %s",
	      vnft_why());
	unlink(path);
	CHECK(!rmdir(dir), "no temporary file is left");
	json_decref(v);
}

int main(void)
{
	formats();
	tables();
	files();
	return unit_done();
}
