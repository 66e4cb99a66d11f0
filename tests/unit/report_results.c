/* SPDX-License-Identifier: GPL-2.0 */
/*
 * results.json: what is refused, what the tables say, what compare makes of two of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../tools/cmd/cmd.h"
#include "../../tools/lib/cli/option.h"
#include "../../tools/lib/cli/verb.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/lib/text/json.h"
#include "../../tools/lib/text/view.h"
#include "../../tools/report/compare/compare.h"
#include "../../tools/report/results.h"
#include "../../tools/results/check.h"
#include "../../tools/results/read.h"
#include "report_fixture.h"
#include "unit.h"
#include "verb.h"

static char *page(const json_t *const *results, size_t n)
{
	json_t *tree = vnft_report_tree(results, n);
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	vnft_view_text(f, tree, vnft_report_views(tree));
	fclose(f);
	json_decref(tree);
	return text;
}

static void test_check(void)
{
	/* every line: where to put what; the check must name the place */
	static const struct {
		const char *object, *key, *value, *said;
	} bad[] = {
		{ "", "type", "7", "rows[1].type is not" },
		{ "", "accel", "[]", "accel" },
		{ "", "runs", "-1", "runs" },
		{ "", "runs", "\"6\"", "runs" },
		{ "", "valid", "1", "valid" },
		{ "", "lost", "{\"ring_full\": \"no\"}", "lost" },
		{ "", "lost", "3", "lost" },
		{ "", "failed", "[1]", "failed" },
		{ "", "failed", "[{\"run\": 1, \"why\": 2}]", "failed[0].why" },
		{ "", "missing", "{}", "missing" },
		{ "", "missing", "[{\"run\": 1, \"what\": \"rx\", \"why\": []}]",
		  "missing[0].why" },
		{ "", "rtt", "[]", "rtt" },
		{ "", "title", "\"a\\u001b[2J\"", "title" },
		{ "", "unknown", "{\"a\": \"b\\nc\"}", "control" },
		{ "", "unknown", "{\"a\\n\": 1}", "control" },
		{ "", "unknown", "[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", "deep" },
		{ "instantiation", "median_ns", "-5", "instantiation.median_ns" },
		{ "instantiation", "median_ns", "1e30", "instantiation.median_ns" },
		{ "instantiation", "ci95_ns", "[1]", "ci95_ns" },
		{ "instantiation", "ci95_ns", "[1, 2, 3]", "ci95_ns" },
		{ "instantiation", "samples_ns", "[1, null]", "samples_ns" },
		{ "instantiation", "samples_ns", "7", "samples_ns" },
		{ "instantiation", "phases", "[{\"name\": 4}]", "phases[0].name" },
		{ "image", "file_bytes", "true", "image.file_bytes" },
		{ "", "setup", "\"pv\"", "setup" },
		{ "", "setup", "{\"machine\": 7}", "setup is not an object of texts" },
		{ "", "setup", "{\"script\": \"a\\u001b[2J\"}", "control" },
		{ "instantiation", "queueing", "[]", "instantiation.queueing" },
		{ "instantiation", "queueing", "{\"syns\": -1}", "queueing.syns" },
		{ "instantiation", "queueing", "{\"longest_wait_ns\": \"x\"}", "longest_wait_ns" },
		{ "memory", "host_delta_bytes", "\"-1\"", "memory.host_delta_bytes" },
	};
	json_t *r, *row;
	size_t i;

	r = fixture_results("here", 1);
	CHECK(r && !vnft_results_check(r, "f"), "what bench writes passes");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json_t *copy = json_deep_copy(r),
		       *value = json_loads(bad[i].value, JSON_DECODE_ANY, NULL);

		row = json_array_get(json_object_get(copy, "rows"), 1);
		row = bad[i].object[0] ? json_object_get(row, bad[i].object) : row;
		json_object_set_new(row, bad[i].key, value);
		CHECK(value && vnft_results_check(copy, "f") == -EBADMSG &&
		      strstr(vnft_why(), bad[i].said) && !strchr(vnft_why(), '\n'), "refused: %s",
		      vnft_why());
		json_decref(copy);
	}
	row = json_deep_copy(r);
	json_object_set_new(json_object_get(json_object_get(row, "manifest"), "host"), "kernel",
			    json_integer(7));
	CHECK(vnft_results_check(row, "f") == -EBADMSG && strstr(vnft_why(), "host.kernel"),
	      "refused: %s", vnft_why());
	json_decref(row);
	row = json_deep_copy(r);
	json_object_set_new(json_object_get(row, "manifest"), "parameters",
			    json_pack("{s:i, s:n}", "pin_load_cpu", -1, "pin_guest_cpu"));
	CHECK(!vnft_results_check(row, "f"), "no pin, as older versions and this one say it");
	json_decref(row);
	row = json_deep_copy(r);
	json_object_set_new(json_object_get(row, "manifest"), "parameters",
			    json_pack("{s:I}", "seed", (json_int_t)INT64_MAX));
	CHECK(!vnft_results_check(row, "f"), "a seed has 63 bits");
	json_decref(row);
	json_object_set_new(r, "schema", json_integer(2));
	CHECK(vnft_results_check(r, "f") == -EBADMSG && strstr(vnft_why(), "schema 2"),
	      "refused: %s", vnft_why());
	json_object_del(r, "schema");
	CHECK(vnft_results_check(r, "f") == -EBADMSG, "refused: %s", vnft_why());
	json_decref(r);
	r = json_array();
	CHECK(vnft_results_check(r, "f") == -EBADMSG, "refused: %s", vnft_why());
	json_decref(r);
	r = json_pack("{s:i, s:{}, s:[{s:s}]}", "schema", 1, "manifest", "rows", "type", "x");
	CHECK(!vnft_results_check(r, "f"), "a row of which nothing is known passes");
	free(page((const json_t *const *)&r, 1));
	json_decref(r);
	CHECK(!vnft_results_load("/nonexistent"), "refused: %s", vnft_why());
}

static void test_page(void)
{
	json_t *r[2] = { fixture_results("here", 1), fixture_results("there", 2) };
	char *text = page((const json_t *const *)r, 1);
	json_t *rows, *line;

	CHECK(strstr(text, "container.crun") && strstr(text, "205 ms"), "median of a row");
	CHECK(strstr(text, "200 ms \xe2\x80\x93 210 ms"), "its interval");
	CHECK(strstr(text, "no KVM: nothing to see"), "the reason of a missing phase");
	CHECK(strstr(text, "CAP_SYS_PTRACE is missing"), "the reason of a missing PSS");
	CHECK(!strstr(text, "here"), "one result needs no host column");
	free(text);
	text = page((const json_t *const *)r, 2);
	CHECK(strstr(text, "host") && strstr(text, "here") && strstr(text, "there"),
	      "two results have one");
	CHECK(strstr(text, "410 ms"), "and both medians");
	free(text);
	rows = vnft_reference_rows(json_object_get(r[0], "rows"));
	CHECK_EQ(json_array_size(rows), 2, "both types have a row in the study");
	line = json_array_get(rows, 0);
	CHECK(!strcmp(json_string_value(json_object_get(line, "reference_type")),
		      "container.docker"),
	      "a container stands beside the study's container");
	CHECK_EQ(json_integer_value(json_object_get(line, "reference_instantiation_ns")),
		 1711000000, "which took 1711 ms");
	CHECK_EQ(json_integer_value(json_object_get(line, "reference_tx_bps")), 45100000000,
		 "and sent 45.1 Gbit/s");
	line = json_array_get(rows, 1);
	CHECK(json_integer_value(json_object_get(line, "rtt_order")) == 2 &&
	      json_integer_value(json_object_get(line, "reference_rtt_order")) == 2,
	      "of RTT only the order is compared");
	CHECK(!json_object_get(line, "reference_rtt_ns"), "its RTT has no unit here");
	json_decref(rows);
	json_decref(r[0]);
	json_decref(r[1]);
}

static void check_label(const char *text, const char *want)
{
	json_t *row = json_loads(text, 0, NULL);
	char label[64];

	vnft_results_label(row, label, sizeof(label));
	if (!CHECK(!strcmp(label, want), "a row is called %s", want))
		printf("#   it is called %s\n", label);
	json_decref(row);
}

static void test_label(void)
{
	check_label("{\"type\": \"a.kvm\", \"cache\": \"warm\"}", "a.kvm");
	check_label("{\"type\": \"a.kvm\", \"cache\": \"cold\"}", "a.kvm (cold)");
	check_label("{\"type\": \"a.xen\", \"setup\": {}}", "a.xen");
	check_label("{\"type\": \"a.xen\", \"setup\": {\"toolstack\": \"xl\", \"machine\": \"pv\", "
		    "\"script\": \"/x\"}, \"cache\": \"cold\"}", "a.xen (xl, pv, /x, cold)");
	check_label("{\"type\": \"a.xen\", \"setup\": {\"n\": 7, \"machine\": \"pvh\"}}",
		    "a.xen (pvh)");
	check_label(
		"{\"type\": \"\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"
		"\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"
		"\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4aaa\u00e4\u00e4\"}",
		"\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"
		"\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"
		"\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4aaa");
}

/* An emulated dom0 beside a host, both of one name, and two setups of one type. */
static void test_merge(void)
{
	json_t *r[3] = { fixture_results("lab", 1), fixture_results("lab", 2),
			 fixture_results("x", 4) };
	json_t *tree, *row, *hosts = (json_t *)vnft_view_at(r[1], "manifest.host");
	char *text;

	json_object_set_new(hosts, "machine", json_string("QEMU Standard PC (Q35 + ICH9, 2009)"));
	json_object_set_new(hosts, "hypervisor_flag", json_true());
	json_object_set_new(hosts, "hypervisor", json_string("xen 4.17, dom0"));
	json_object_set_new(hosts, "kernel", json_string("6.1"));
	row = json_array_get(json_object_get(r[1], "rows"), 0);
	json_object_set_new(row, "type", json_string("tinyx.xen"));
	fixture_xen(row, "pv", "stock", 312, 10);
	row = json_array_get(json_object_get(r[1], "rows"), 1);
	json_object_set_new(row, "type", json_string("tinyx.xen"));
	fixture_xen(row, "pvh", "minimal", 1, 7);
	row = json_array_get(json_object_get(r[2], "rows"), 0);
	fixture_xen(row, "pv", "stock", 0, 2);
	CHECK(!vnft_results_check(r[1], "f"), "a Xen row passes the check: %s", vnft_why());

	tree = vnft_report_tree((const json_t *const *)r, 3);
	CHECK(tree && json_array_size(json_object_get(tree, "hosts")) == 3, "three hosts");
	CHECK(!strcmp(json_string_value(vnft_view_at(tree, "hosts[1].host")), "lab (2)") &&
	      !strcmp(json_string_value(vnft_view_at(tree, "rows[2].host")), "lab (2)") &&
	      !strcmp(json_string_value(vnft_view_at(tree, "rows[0].host")), "lab"),
	      "two of one name are numbered, in every row");
	CHECK(!strcmp(json_string_value(vnft_view_at(tree, "hosts[1].accels[0]")), "xen") &&
	      !vnft_view_at(tree, "hosts[1].accels[1]"), "each accelerator of a host once");
	CHECK(json_is_null(vnft_view_at(tree, "hosts[0].machine")) &&
	      json_is_string(vnft_view_at(tree, "hosts[0].machine_why")),
	      "what an old manifest does not say is null with the reason");
	CHECK(!strcmp(json_string_value(vnft_view_at(tree, "reference[2].reference_type")),
		      "tinyx.xen"),
	      "the study's Xen row stands beside ours");
	CHECK(json_integer_value(vnft_view_at(tree, "reference[4].rtt_order")) == 1,
	      "rows of different hosts are not ranked together");
	json_decref(tree);

	text = page((const json_t *const *)r, 3);
	CHECK(strstr(text, "QEMU Standard PC (Q35 + ICH9, 2009)") && strstr(text, "xen 4.17, dom0"),
	      "the table of hosts says that one is emulated");
	CHECK(strstr(text, "tinyx.xen (xl, pv, stock)") &&
		      strstr(text, "tinyx.xen (xl, pvh, minimal)"),
	      "two setups of one type are told apart");
	CHECK(strstr(text, "lab (2): tinyx.xen (xl, pv, stock): 312 SYNs waited up to 1.90 s for "
			   "the guest in the median of 10 runs, up to 25.0 s in one; the first RST "
			   "answers one that waited 1.20 s\n"),
	      "SYNs that waited, and the longest of all");
	CHECK(strstr(text, "1 SYN waited up to 1.90 s for the guest in the median of 10 runs (7 "
			   "had any), up to 25.0 s in one; "),
	      "one, and not always");
	CHECK(strstr(text, "x: container.crun (xl, pv, stock): in most runs no SYN waited for the "
			   "guest, up to 25.0 s in one; "),
	      "seldom");
	CHECK(!strstr(text, "tinyx.kvm: "), "nothing is said of rows that do not know");
	free(text);
	text = page((const json_t *const *)&r[1], 1);
	CHECK(strstr(text, "Measured on") && strstr(text, "QEMU Standard PC") &&
		      !strstr(text, "lab"),
	      "one result says where, without its name");
	free(text);
	json_decref(r[0]);
	json_decref(r[1]);
	json_decref(r[2]);
}

/* Lines of a comparison of instantiation; *@found as --fail-if sees it. */
static json_t *compared(const json_t *ra, const json_t *rb, struct vnft_compare_found *found)
{
	const struct vnft_compare_ask ask = { .noise_percent = 5, .same_percent = 5, .seed = 1 };
	const struct vnft_compare_side a = { .results = ra, .type = "" },
					b = { .results = rb, .type = "" };
	int err;

	return vnft_compare_tree(&ask, &a, &b, found, &err);
}

static const char *verdict_of(const json_t *tree, size_t line)
{
	return json_string_value(json_object_get(json_array_get(json_object_get(tree, "rows"),
								line), "verdict"));
}

/* A side that has nothing is null with a reason, and the other side keeps its number. */
static void test_compare_dead(void)
{
	json_t *ra = fixture_results("here", 1), *rb = fixture_results("here", 1);
	json_t *launch = json_object_get(json_array_get(json_object_get(rb, "rows"), 0),
					 "instantiation");
	struct vnft_compare_found found;
	json_t *tree, *line;

	json_object_set_new(launch, "samples_ns", json_array());
	tree = compared(ra, rb, &found);
	line = json_array_get(json_object_get(tree, "rows"), 0);
	CHECK(!strcmp(verdict_of(tree, 0), "not measured") && found.untested == 1,
	      "a dead B is not measured");
	CHECK_EQ(json_integer_value(vnft_view_at(line, "a.median_ns")), 204500000,
		 "the median of the side that lives");
	CHECK(json_is_null(vnft_view_at(line, "b.median_ns")) && vnft_view_at(line,
	      "b.median_ns_why") && json_is_null(vnft_view_at(line, "ratio")),
	      "null with its reason on the other");
	CHECK(!strcmp(verdict_of(tree, 1), "same within 5 %") && !found.inconclusive,
	      "equal runs of little scatter are the same within the floor");
	json_decref(tree);
	json_object_set_new(launch, "samples_ns", fixture_samples(5, 1));
	tree = compared(ra, rb, &found);
	CHECK(!strcmp(verdict_of(tree, 0), "too few runs") && found.untested == 1, "five runs");
	json_decref(tree);
	json_object_set_new(launch, "samples_ns", fixture_samples(10, 1.04));
	tree = compared(ra, rb, &found);
	CHECK(!strcmp(verdict_of(tree, 0), "inconclusive") && found.may_be_slower == 1,
	      "4 %% more: the interval spans the edge of the floor");
	json_decref(tree);
	json_object_set_new(launch, "samples_ns", fixture_samples(10, 1 / 1.04));
	tree = compared(ra, rb, &found);
	CHECK(!strcmp(verdict_of(tree, 0), "inconclusive") && !found.may_be_slower,
	      "4 %% less: open, but not slower");
	json_decref(tree);
	json_array_remove(json_object_get(rb, "rows"), 0);
	tree = compared(ra, rb, &found);
	CHECK(!strcmp(verdict_of(tree, 0), "missing") && found.untested == 1,
	      "a row that B lacks is a line");
	json_decref(tree);
	tree = compared(rb, ra, &found);
	CHECK(!strcmp(verdict_of(tree, 1), "missing") && found.untested == 1,
	      "and so is one that A lacks");
	json_decref(tree);
	json_decref(ra);
	json_decref(rb);
}

static void test_compare(void)
{
	char dir[] = "/tmp/vnft-report-XXXXXX", a[64], b[64], at[128], bt[128];
	json_t *ra = fixture_results("here", 1), *rb = fixture_results("there", 2);

	CHECK(mkdtemp(dir), "scratch directory");
	snprintf(a, sizeof(a), "%s/a.json", dir);
	snprintf(b, sizeof(b), "%s/b.json", dir);
	snprintf(at, sizeof(at), "%s:container.crun", a);
	snprintf(bt, sizeof(bt), "%s:nothing", a);
	CHECK(!vnft_json_save(ra, a) && !vnft_json_save(rb, b), "two results");
	CHECK_EQ(VERB(compare, a, b), VNFT_EXIT_OK, "a comparison is no failure");
	CHECK_EQ(VERB(compare, a, b, "--fail-if", "slower"), VNFT_EXIT_INVALID,
		 "twice as long is slower");
	CHECK_EQ(VERB(compare, b, a, "--fail-if", "slower"), VNFT_EXIT_OK, "half as long is not");
	CHECK_EQ(VERB(compare, b, a, "--fail-if", "different"), VNFT_EXIT_INVALID, "but different");
	CHECK_EQ(VERB(compare, a, a, "--fail-if", "different"), VNFT_EXIT_OK,
		 "equal is not different");
	CHECK_EQ(VERB(compare, a, b, "--fail-if", "slower", "--noise", "150"), VNFT_EXIT_OK,
		 "within a noise floor of 150 %% it is noise");
	CHECK_EQ(VERB(compare, a, b, "-m", "tx", "--fail-if", "slower"), VNFT_EXIT_INVALID,
		 "half the throughput is slower");
	CHECK_EQ(VERB(compare, b, a, "-m", "rx", "--fail-if", "slower"), VNFT_EXIT_OK,
		 "twice the throughput is not");
	CHECK_EQ(VERB(compare, a, b, "-m", "tx-pps"), VNFT_EXIT_OK, "nothing measured, no gate");
	CHECK_EQ(VERB(compare, a, b, "-m", "tx-pps", "--fail-if", "slower"), VNFT_EXIT_INVALID,
		 "a gate does not pass what was not measured: %s", vnft_why());
	CHECK_EQ(VERB(compare, at, b, "-j"), VNFT_EXIT_OK, "one type of A");
	CHECK_EQ(VERB(compare, bt, b), VNFT_EXIT_FAILED, "a type that is not there: %s",
		 vnft_why());
	CHECK_EQ(VERB(compare, a, dir), VNFT_EXIT_FAILED, "no results in there: %s", vnft_why());
	/* Two setups of a type in both; then another one in B alone. */
	json_array_append_new(json_object_get(ra, "rows"), fixture_row("tinyx.xen", 10, 1));
	fixture_xen(json_array_get(json_object_get(ra, "rows"), 2), "pv", "stock", 0, 0);
	json_array_append_new(json_object_get(ra, "rows"), fixture_row("tinyx.xen", 10, 3));
	fixture_xen(json_array_get(json_object_get(ra, "rows"), 3), "pvh", "stock", 0, 0);
	CHECK(!vnft_json_save(ra, a), "two rows of one type");
	CHECK_EQ(VERB(compare, a, a, "--fail-if", "different"), VNFT_EXIT_OK,
		 "each is compared with its own setup");
	snprintf(at, sizeof(at), "%s:tinyx.xen", a);
	CHECK_EQ(VERB(compare, at, a), VNFT_EXIT_FAILED, "%s", vnft_why());
	CHECK(strstr(vnft_why(), "tinyx.xen (xl, pvh, stock)"), "which names one in full");
	snprintf(at, sizeof(at), "%s:tinyx.xen (xl, pv, stock)", a);
	snprintf(bt, sizeof(bt), "%s:tinyx.xen (xl, pvh, stock)", a);
	CHECK_EQ(VERB(compare, at, bt, "--fail-if", "slower"), VNFT_EXIT_INVALID,
		 "by its whole name: PVH is slower here");
	json_array_remove(json_object_get(ra, "rows"), 3);
	json_array_append_new(json_object_get(rb, "rows"), fixture_row("tinyx.xen", 10, 3));
	fixture_xen(json_array_get(json_object_get(rb, "rows"), 2), "pvh", "stock", 0, 0);
	json_array_remove(json_object_get(rb, "rows"), 0);
	json_array_remove(json_object_get(rb, "rows"), 0);
	CHECK(!vnft_json_save(ra, a) && !vnft_json_save(rb, b), "a setup each");
	CHECK_EQ(VERB(compare, a, b, "--fail-if", "slower"), VNFT_EXIT_INVALID,
		 "one row of the type on each side: that their setup differs is the question");
	CHECK_EQ(VERB(report, a), VNFT_EXIT_OK, "report of a results.json");
	CHECK_EQ(VERB(report, a, b, "-j"), VNFT_EXIT_OK, "report of two");
	CHECK_EQ(VERB(report, "--dev", "lo", a), VNFT_EXIT_USAGE, "%s", vnft_why());
	unlink(a);
	unlink(b);
	rmdir(dir);
	json_decref(ra);
	json_decref(rb);
}

int main(void)
{
	test_check();
	test_page();
	test_label();
	test_merge();
	test_compare_dead();
	test_compare();
	return unit_done();
}
