/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of record files, and instantiation computed again from them.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/lib/text/view.h"
#include "../../tools/report/export/export.h"
#include "../../tools/report/report.h"
#include "../../tools/source/file_write.h"
#include "report_fixture.h"
#include "unit.h"

static long long number(const json_t *tree, const char *path)
{
	const json_t *v = vnft_view_at(tree, path);

	return json_is_integer(v) ? json_integer_value(v) : -1;
}

/* First RST after t0 of run @run: RSTs come at every full ms + 0.1 ms since t0 - 50 ms. */
static json_t *expected(int first)
{
	json_t *list = json_array();
	int run;

	for (run = first; run <= 10; run += 2)
		json_array_append_new(list,
				      json_integer((200 + run) * FIXTURE_MS + FIXTURE_MS / 10));
	return json_pack("{s:o}", "samples_ns", list);
}

static void test_runs(const char *path)
{
	json_t *rows =
		json_pack("[{s:s, s:o}, {s:s, s:o}]", "type", "container.crun", "instantiation",
			  expected(1), "type", "tinyx.kvm", "instantiation", expected(2));
	json_t *table = json_array(), *samples;

	CHECK(!vnft_runs_check(path, rows, NULL, table), "runs are read");
	CHECK(json_is_true(vnft_view_at(table, "[0].agree")) &&
	      json_is_true(vnft_view_at(table, "[1].agree")), "records give the samples");
	CHECK_EQ(number(table, "[0].records_median_ns"), 205100000, "median of runs 1, 3 ... 9");
	json_array_clear(table);

	samples = (json_t *)vnft_view_at(rows, "[0].instantiation.samples_ns");
	json_array_set_new(samples, 2, json_integer(205100002));
	vnft_runs_check(path, rows, NULL, table);
	CHECK(json_is_false(vnft_view_at(table, "[0].agree")) && number(table, "[0].differ") == 1,
	      "a sample that is 2 ns off is found");
	CHECK(json_is_true(vnft_view_at(table, "[1].agree")), "in its own row");
	json_array_clear(table);

	json_array_remove(samples, 2);
	vnft_runs_check(path, rows, NULL, table);
	CHECK(json_is_false(vnft_view_at(table, "[0].agree")),
	      "a run that results.json hides is found");
	json_array_clear(table);

	json_object_set_new(json_array_get(rows, 0), "failed", json_pack("[{s:i}]", "run", 5));
	vnft_runs_check(path, rows, NULL, table);
	CHECK(json_is_true(vnft_view_at(table, "[0].agree")), "unless it failed");
	json_decref(table);
	json_decref(rows);
}

/* Two rows of one type, as two setups of it: whose run it was is in the records. */
static void test_rows(const char *path)
{
	json_t *rows = json_pack("[{s:s, s:o}, {s:s, s:s, s:o}]", "type", "container.crun",
				 "instantiation", expected(1), "type", "container.crun", "cache",
				 "cold", "instantiation", expected(2));
	json_t *table = json_array(), *first, *second;

	CHECK(!fixture_records_of(path, true) && !vnft_runs_check(path, rows, "h", table),
	      "runs of two rows of one type are read");
	CHECK(json_is_true(vnft_view_at(table, "[0].agree")) &&
	      json_is_true(vnft_view_at(table, "[1].agree")), "and are told apart");
	CHECK(!strcmp(json_string_value(vnft_view_at(table, "[1].label")), "container.crun (cold)"),
	      "also by name");
	json_array_clear(table);
	first = json_incref(json_object_get(json_array_get(rows, 0), "instantiation"));
	second = json_incref(json_object_get(json_array_get(rows, 1), "instantiation"));
	json_object_set_new(json_array_get(rows, 0), "instantiation", second);
	json_object_set_new(json_array_get(rows, 1), "instantiation", first);
	vnft_runs_check(path, rows, NULL, table);
	CHECK(json_is_false(vnft_view_at(table, "[0].agree")) &&
	      json_is_false(vnft_view_at(table, "[1].agree")),
	      "samples in the other row of the type are found");
	json_array_clear(table);
	json_array_remove((json_t *)vnft_view_at(rows, "[0].instantiation.samples_ns"), 0);
	vnft_runs_check(path, rows, NULL, table);
	CHECK(number(table, "[0].differ") == 5, "a run that one of them hides, too");
	json_decref(table);
	json_decref(rows);
	CHECK(!fixture_records(path), "the records of before");
}

static void test_summary(const char *path)
{
	json_t *tree = vnft_records_tree(path);
	char *text = NULL;
	size_t bytes;
	FILE *f;

	if (!CHECK(tree, "summary"))
		return;
	CHECK_EQ(number(tree, "file.flows"), 1, "one flow, defined ten times");
	CHECK_EQ(number(tree, "file.marks"), 30, "three marks a run");
	CHECK_EQ(number(tree, "file.sequence_gaps"), 0, "no gap");
	CHECK_EQ(number(tree, "classes[0].out"), 4000, "400 SYNs a run");
	CHECK_EQ(number(tree, "pairings[0].matched"), number(tree, "classes[1].in"),
		 "every RST is matched");
	CHECK_EQ(number(tree, "pairings[0].max_ns"), 100000, "after 100 us");
	f = open_memstream(&text, &bytes);
	vnft_view_text(f, tree, vnft_records_views);
	fclose(f);
	CHECK(strstr(text, "vnft1") && strstr(text, "veth") && strstr(text, "syn-rst"), "as text");
	free(text);
	json_decref(tree);
}

/* A gap, a loss, a file that ends in mid-record, and one that is damaged there. */
static void test_damage(const char *path)
{
	struct vnft_record gap = { .kind = VNFT_KIND_FLOW, .flow = 1, .class = 6 };
	struct vnft_record lost = { .kind = VNFT_KIND_LOST, .len32 = VNFT_LOST_RING_FULL,
				    .lost = { .count = 7 } };
	/* Given up by the kernel's table: paired from the records all the same. */
	const struct vnft_record evicted = { .kind = VNFT_KIND_LOST, .len32 = VNFT_LOST_EVICTED,
					     .lost = { .count = 32161 } };
	struct vnft_file_writer *w;
	uint32_t seq[] = { 1, 2, 5, 6, 1, 2 };
	json_t *tree;
	size_t i;
	FILE *f;

	vnft_file_create(&w, path, true, 1);
	for (i = 0; i < sizeof(seq) / sizeof(seq[0]); i++) {
		gap.seq = seq[i];
		vnft_file_write(&gap, w);
	}
	vnft_file_write(&lost, w);
	vnft_file_write(&evicted, w);
	vnft_file_close(w);
	tree = vnft_records_tree(path);
	CHECK_EQ(number(tree, "file.sequence_gaps"), 1, "a gap is counted, a new stream is none");
	CHECK_EQ(number(tree, "cpus[0].missing"), 2, "with what is missing");
	CHECK_EQ(number(tree, "losses[0].count"), 7, "a loss is shown");
	CHECK(number(tree, "file.lost") == 9 && number(tree, "file.table_evicted") == 32161 &&
	      number(tree, "losses[1].count") == 2 && number(tree, "losses[2].count") == -1,
	      "what the kernel's table gave up is no loss of records");
	/* What is missing is one LOST record more than the file has. */
	CHECK(number(tree, "file.records") == 10 &&
		      json_is_true(vnft_view_at(tree, "file.finished")),
	      "the file is finished");
	json_decref(tree);
	CHECK(!truncate(path, 5 * 64 + 10), "cut in a record");
	tree = vnft_records_tree(path);
	CHECK(number(tree, "file.records") == 6 &&
		      json_is_false(vnft_view_at(tree, "file.finished")),
	      "is read as far as it goes");
	json_decref(tree);
	f = fopen(path, "r+b");
	if (!f || fseek(f, 4 * 64 + 24, SEEK_SET) || fputc(99, f) == EOF || fclose(f))
		exit(1);
	CHECK(!vnft_records_tree(path), "damage is refused: %s", vnft_why());
	CHECK(vnft_export(vnft_export_find("json"),
			  &(struct vnft_export_ask){ .path = path, .to = stderr,
						     .to_name = "stderr" }) < 0, "refused: %s",
	      vnft_why());
}

static void test_flows(void)
{
	struct vnft_record r = { .kind = VNFT_KIND_FLOW, .class = 6, .len32 = 40000u << 16 | 9 };
	struct vnft_flows flows = { 0 };
	const struct vnft_flow *flow;
	char text[80];
	uint64_t id;

	for (id = 1; id <= 3000; id++) {
		r.flow = id * 0x100000001ULL;
		r.addr.addr_a[15] = (uint8_t)id;
		QUIET(!vnft_flows_add(&flows, &r), "flow %u", (unsigned int)id);
		QUIET(!vnft_flows_add(&flows, &r), "flow %u again", (unsigned int)id);
	}
	flow = vnft_flows_find(&flows, 2999 * 0x100000001ULL);
	CHECK(flows.n == 3000 && flow && flow->addr_a[15] == (uint8_t)2999 &&
		      flow->port_a == 40000 && flow->port_b == 9,
	      "3000 flows are found again");
	CHECK(!vnft_flows_find(&flows, 12345), "one that never was is not");
	vnft_flows_free(&flows);
	vnft_flow_end(text, sizeof(text),
		      (const uint8_t *)"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x12\0\1", 9);
	CHECK(!strcmp(text, "198.18.0.1:9"), "%s", text);
	vnft_flow_end(text, sizeof(text),
		      (const uint8_t *)"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 443);
	CHECK(!strcmp(text, "[2001:db8::1]:443"), "%s", text);
}

static void test_histogram(void)
{
	static struct vnft_hist h;
	json_t *rows = vnft_hist_rows(&h), *row;
	uint64_t i, sum = 0;
	size_t k;

	CHECK(!json_array_size(rows), "nothing has no rows");
	json_decref(rows);
	vnft_hist_add(&h, 0);
	rows = vnft_hist_rows(&h);
	CHECK_EQ(json_array_size(rows), 1, "one value has one");
	json_decref(rows);
	for (i = 100; i < 100000000000ULL; i += i / 3)
		vnft_hist_add(&h, i);
	rows = vnft_hist_rows(&h);
	json_array_foreach(rows, k, row) {
		sum += (uint64_t)number(row, "n");
		QUIET(!k || number(row, "from_ns") == number(json_array_get(rows, k - 1), "to_ns"),
		      "row %zu follows", k);
		QUIET(strlen(json_string_value(json_object_get(row, "bar"))) <= 40, "bar %zu", k);
	}
	CHECK(json_array_size(rows) <= 24 && sum == h.count, "%zu rows hold all %u values",
	      json_array_size(rows), (unsigned int)sum);
	json_decref(rows);
}

int main(void)
{
	char dir[] = "/tmp/vnft-records-XXXXXX", path[64];

	CHECK(mkdtemp(dir), "scratch directory");
	snprintf(path, sizeof(path), "%s/records", dir);
	CHECK(!fixture_records(path), "record file");
	test_runs(path);
	test_rows(path);
	test_summary(path);
	test_damage(path);
	unlink(path);
	rmdir(dir);
	test_flows();
	test_histogram();
	return unit_done();
}
