/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of a difference compare calls the type's own: in one session, and in two of one host.
 */
#include <math.h>
#include <string.h>

#include "../../tools/lib/text/view.h"
#include "../../tools/report/compare/compare.h"
#include "report_fixture.h"
#include "unit.h"

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

static json_t *row_of(const json_t *results)
{
	return json_array_get(json_object_get(results, "rows"), 0);
}

static const char *note_of(const json_t *tree)
{
	const char *note = json_string_value(vnft_view_at(tree, "rows[0].note"));

	return note ? note : "";
}

/* Two sessions: what the reference felt as well is not the type's own. */
static void test_compare_host(void)
{
	json_t *ra = fixture_results("here", 1), *rb = fixture_results("here", 1.25);
	struct vnft_compare_found found;
	json_t *tree;

	json_object_set_new(json_object_get(rb, "manifest"), "id", json_string("later"));
	tree = compared(ra, rb, &found);
	CHECK(!strcmp(verdict_of(tree, 0), "slower") && strstr(note_of(tree),
	      "the host was unchanged, the type 25 % slower: slower of its own"),
	      "the host is as it was: %s", note_of(tree));
	json_decref(tree);
	json_object_set_new(row_of(rb), "reference", fixture_reference(10, 1.25));
	tree = compared(ra, rb, &found);
	CHECK(!strcmp(verdict_of(tree, 0), "inconclusive") && found.may_be_slower &&
	      strstr(note_of(tree), "the host was 25 % slower, the type 25 % slower: no difference "
				    "of its own"), "so was the host: %s", note_of(tree));
	json_decref(tree);
	json_object_set_new(row_of(ra), "reference", fixture_reference(10, 1.25));
	json_object_set_new(row_of(rb), "reference", fixture_reference(10, 1));
	tree = compared(ra, rb, &found);
	CHECK(!strcmp(verdict_of(tree, 0), "slower") &&
	      json_real_value(vnft_view_at(tree, "rows[0].own_ratio")) > 1.4,
	      "slower on a host that got faster");
	json_decref(tree);
	json_object_del(row_of(ra), "reference");
	tree = compared(ra, rb, &found);
	CHECK(!strcmp(verdict_of(tree, 0), "inconclusive") && found.may_be_slower &&
	      strstr(note_of(tree), "unknown: A has no reference"), "no reference: %s",
	      note_of(tree));
	CHECK(json_is_null(vnft_view_at(tree, "rows[0].own_ratio")) &&
	      json_is_real(vnft_view_at(tree, "rows[0].ratio")), "but the ratio is there");
	json_decref(tree);
	json_object_set_new(row_of(ra), "reference", fixture_reference(10, 1));
	json_object_set_new(json_object_get(json_object_get(rb, "manifest"), "parameters"),
			    "reference", json_integer(2));
	tree = compared(ra, rb, &found);
	CHECK(strstr(note_of(tree), "different versions"), "two versions: %s", note_of(tree));
	json_decref(tree);
	json_decref(ra);
	json_decref(rb);
}

static json_t *rounds(int first, int n)
{
	json_t *list = json_array();

	while (n-- > 0)
		json_array_append_new(list, json_integer(first++));
	return list;
}

/* One session: scatter that both rows share is none between them; a lost run costs its round. */
static void test_compare_rounds(void)
{
	json_t *ra = fixture_results("here", 1), *rb = fixture_results("here", 1.04);
	struct vnft_compare_found found;
	json_t *tree;

	tree = compared(ra, rb, &found);
	CHECK(!strcmp(verdict_of(tree, 0), "inconclusive") &&
	      !strcmp(json_string_value(vnft_view_at(tree, "rows[0].by")), "session"),
	      "without rounds: %s", note_of(tree));
	json_decref(tree);
	json_object_set_new(row_of(ra), "rounds", rounds(1, 10));
	json_object_set_new(row_of(rb), "rounds", rounds(1, 10));
	tree = compared(ra, rb, &found);
	CHECK(!strcmp(verdict_of(tree, 0), "same within 5 %") &&
	      !strcmp(json_string_value(vnft_view_at(tree, "rows[0].by")), "rounds"),
	      "with rounds: %s", note_of(tree));
	json_decref(tree);
	/* B's run k was made in round k + 2: 202 ms beside 200 * 1.04 ms. */
	json_object_set_new(row_of(rb), "rounds", rounds(3, 10));
	tree = compared(ra, rb, &found);
	CHECK(fabs(json_real_value(vnft_view_at(tree, "rows[0].own_ratio")) - 1.0298) < 0.001,
	      "runs of one round belong together: %g",
	      json_real_value(vnft_view_at(tree, "rows[0].own_ratio")));
	json_decref(tree);
	json_object_set_new(row_of(rb), "rounds", rounds(6, 10));
	tree = compared(ra, rb, &found);
	CHECK(!strcmp(json_string_value(vnft_view_at(tree, "rows[0].by")), "session"),
	      "five common rounds are too few");
	json_decref(tree);
	json_decref(ra);
	json_decref(rb);
}

/* A metric that was left out has one reason, everywhere: what its row says. */
static void test_compare_left_out(void)
{
	static const char *const nulls[] = { "ratio", "ci95_ratio", "own_ratio", "p_value",
					     "a.median_ns", "a.median_bound_ns", "a.ci95_ns" };
	json_t *ra = fixture_results("here", 1), *rb = fixture_results("here", 1);
	json_t *launch = json_object_get(row_of(ra), "instantiation");
	struct vnft_compare_found found;
	char path[64];
	json_t *tree;
	const char *why;
	size_t i;

	json_object_set_new(launch, "samples_ns", json_array());
	json_object_set_new(launch, "median_bound_ns", json_null());
	json_object_set_new(launch, "median_bound_ns_why", json_string("left out (--no-it)"));
	tree = compared(ra, rb, &found);
	CHECK(!strcmp(verdict_of(tree, 0), "not measured"), "not measured");
	for (i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++) {
		snprintf(path, sizeof(path), "rows[0].%s_why", nulls[i]);
		why = json_string_value(vnft_view_at(tree, path));
		CHECK(why && !strcmp(why, "left out (--no-it)"), "%s: %s", nulls[i],
		      why ? why : "no reason");
	}
	json_decref(tree);
	/* An older version said nothing: then nobody knows, unless no run counted. */
	json_object_del(launch, "median_bound_ns_why");
	tree = compared(ra, rb, &found);
	why = json_string_value(vnft_view_at(tree, "rows[0].ratio_why"));
	CHECK(why && !strcmp(why, "its results.json does not say why"), "unknown");
	json_decref(tree);
	json_object_set_new(row_of(ra), "invalid_runs", json_integer(10));
	tree = compared(ra, rb, &found);
	why = json_string_value(vnft_view_at(tree, "rows[0].ratio_why"));
	CHECK(why && !strcmp(why, "no run of it counted"), "no run counted");
	json_decref(tree);
	json_decref(ra);
	json_decref(rb);
}

int main(void)
{
	test_compare_left_out();
	test_compare_host();
	test_compare_rounds();
	return unit_done();
}
