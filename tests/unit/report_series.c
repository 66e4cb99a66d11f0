/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compare of more than two results: the page, its verdicts, and what is passed over.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/lib/text/json.h"
#include "../../tools/lib/text/view.h"
#include "../../tools/report/compare/compare.h"
#include "report_fixture.h"
#include "unit.h"
#include "verb.h"

#define N	5

/* Sessions of one host, each with the factor of its launches. */
static void make(json_t *results[N], const double factor[N])
{
	char id[16];
	int i;

	for (i = 0; i < N; i++) {
		results[i] = fixture_results("here", factor[i]);
		snprintf(id, sizeof(id), "s%d", i);
		json_object_set_new(json_object_get(results[i], "manifest"), "id", json_string(id));
	}
}

static void release(json_t *results[N])
{
	int i;

	for (i = 0; i < N; i++)
		json_decref(results[i]);
}

static json_t *row_of(json_t *results, size_t i)
{
	return json_array_get(json_object_get(results, "rows"), i);
}

static json_t *series(json_t *const results[N], const char *type)
{
	static const char *const names[N] = { "mon", "tue", "wed", "thu", "fri" };
	const struct vnft_compare_ask ask = { .noise_percent = 1, .same_percent = 5, .seed = 1 };
	struct vnft_compare_point point[N];
	int i, err;

	for (i = 0; i < N; i++)
		point[i] = (struct vnft_compare_point) { names[i], results[i], type };
	return vnft_compare_series(&ask, point, N, &err);
}

static const char *text_at(const json_t *tree, const char *path)
{
	const char *text = json_string_value(vnft_view_at(tree, path));

	return text ? text : "";
}

static size_t size_of(const json_t *tree, const char *key)
{
	return json_array_size(json_object_get(tree, key));
}

static bool notes_say(const json_t *tree, const char *text)
{
	const json_t *note;
	size_t i;

	json_array_foreach(json_object_get(tree, "notes"), i, note)
		if (strstr(json_string_value(json_object_get(note, "text")), text))
			return true;
	return false;
}

static void test_change(void)
{
	static const double factor[N] = { 1, 1, 1.25, 1.25, 1.25 };
	json_t *results[N], *tree;

	make(results, factor);
	tree = series(results, "");
	CHECK(size_of(tree, "rows") == 2 * N && !strcmp(text_at(tree, "rows[1].result"), "tue") &&
	      !strcmp(text_at(tree, "rows[5].label"), "tinyx.kvm"), "a line for each row of each");
	CHECK_EQ(json_integer_value(vnft_view_at(tree, "rows[0].median_ns")), 204500000, "median");
	CHECK(fabs(json_real_value(vnft_view_at(tree, "rows[2].own_ratio")) - 1.25) < 0.001 &&
	      fabs(json_real_value(vnft_view_at(tree, "rows[2].host_ratio")) - 1) < 0.001,
	      "25 %% more than the first, on a host as it was");
	CHECK(size_of(tree, "changes") == 2 && !strcmp(text_at(tree, "changes[0].result"), "wed") &&
	      !strcmp(text_at(tree, "changes[0].result_before"), "tue") &&
	      !strcmp(text_at(tree, "changes[0].verdict"), "slower"), "one change of each row: %s",
	      text_at(tree, "changes[0].verdict"));
	CHECK(fabs(json_real_value(vnft_view_at(tree, "changes[1].own_ratio")) - 1.25) < 0.001 &&
	      json_real_value(vnft_view_at(tree, "changes[1].p_value")) < 0.05,
	      "with what is behind beside what is before");
	CHECK(notes_say(tree, "--seed 1"), "the seed is said");
	json_decref(tree);
	tree = series(results, "tinyx.kvm");
	CHECK(size_of(tree, "rows") == N && size_of(tree, "changes") == 1, "one row by its name");
	json_decref(tree);
	tree = series(results, "nobody");
	CHECK(!tree && strstr(vnft_why(), "no row of type nobody in mon"), "%s", vnft_why());
	release(results);
}

/* What the reference felt as well is not the type's own. */
static void test_host(void)
{
	static const double factor[N] = { 1, 1, 1.25, 1.25, 1.25 };
	json_t *results[N], *tree;
	int i;

	make(results, factor);
	for (i = 2; i < N; i++)
		json_object_set_new(row_of(results[i], 0), "reference",
				    fixture_reference(10, 1.25));
	tree = series(results, "container.crun");
	CHECK(!size_of(tree, "changes") ||
	      !strcmp(text_at(tree, "changes[0].verdict"), "inconclusive"),
	      "the host changed: %zu changes", size_of(tree, "changes"));
	CHECK(fabs(json_real_value(vnft_view_at(tree, "rows[4].host_ratio")) - 1.25) < 0.001,
	      "which is shown");
	json_decref(tree);
	json_object_del(row_of(results[3], 0), "reference");
	tree = series(results, "container.crun");
	CHECK(size_of(tree, "changes") == 1 &&
	      !strcmp(text_at(tree, "changes[0].verdict"), "inconclusive") &&
	      json_is_null(vnft_view_at(tree, "changes[0].own_ratio")) &&
	      json_is_null(vnft_view_at(tree, "rows[1].own_ratio")) &&
	      notes_say(tree, "what of a change is the host's is unknown: a result has no ref"),
	      "without one of them nobody knows: %s", text_at(tree, "changes[0].verdict"));
	json_decref(tree);
	release(results);
}

static void test_gaps(void)
{
	static const double factor[N] = { 1, 1, 1, 1, 1 };
	json_t *results[N], *tree;

	make(results, factor);
	json_array_remove(json_object_get(results[1], "rows"), 0);
	json_object_set_new(json_object_get(row_of(results[2], 0), "instantiation"), "samples_ns",
			    fixture_samples(5, 9));
	tree = series(results, "");
	CHECK(json_is_null(vnft_view_at(tree, "rows[1].median_ns")) &&
	      !strcmp(text_at(tree, "rows[1].median_ns_why"), "this result has no such row"),
	      "a result that lacks the row");
	CHECK(json_is_number(vnft_view_at(tree, "rows[2].median_ns")) &&
	      json_is_null(vnft_view_at(tree, "rows[2].own_ratio")) &&
	      !strcmp(text_at(tree, "rows[2].own_ratio_why"), "less than 6 runs"),
	      "and one with five runs of it");
	CHECK(!size_of(tree, "changes") &&
	      notes_say(tree, "container.crun: no change can be told in 3 results, p = ") &&
	      notes_say(tree, "tinyx.kvm: no change can be told in 5 results, p = "),
	      "are passed over");
	json_decref(tree);
	release(results);
}

static void test_verb(void)
{
	static const double factor[N] = { 1, 1, 1.25, 1.25, 1.25 };
	char dir[] = "/tmp/vnft-series-XXXXXX", path[N][64];
	json_t *results[N];
	int i;

	make(results, factor);
	CHECK(mkdtemp(dir), "scratch directory");
	for (i = 0; i < N; i++) {
		snprintf(path[i], sizeof(path[i]), "%s/%d.json", dir, i);
		CHECK(!vnft_json_save(results[i], path[i]), "%s", path[i]);
	}
	CHECK_EQ(VERB(compare, path[0], path[1], path[2], path[3], path[4]), VNFT_EXIT_OK,
		 "a series of five");
	CHECK_EQ(VERB(compare, "-j", "-m", "tx", path[0], path[1], path[2]), VNFT_EXIT_OK,
		 "of another metric");
	CHECK_EQ(VERB(compare, "-m", "memory", path[0], path[1], path[2]), VNFT_EXIT_OK,
		 "and of one that nobody measured");
	CHECK_EQ(VERB(compare, "--phase", "exec", path[0], path[1], path[2]), VNFT_EXIT_OK,
		 "and of a phase");
	CHECK_EQ(VERB(compare, path[0], path[1], dir), VNFT_EXIT_FAILED, "%s", vnft_why());
	CHECK_EQ(VERB(compare, path[0], path[1], path[2], "--fail-if", "slower"), VNFT_EXIT_USAGE,
		 "%s", vnft_why());
	for (i = 0; i < N; i++)
		unlink(path[i]);
	rmdir(dir);
	release(results);
}

int main(void)
{
	test_change();
	test_host();
	test_gaps();
	test_verb();
	return unit_done();
}
