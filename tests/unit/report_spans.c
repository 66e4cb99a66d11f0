/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of results: the durations of each run.
 */
#include <stdlib.h>
#include <string.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/lib/text/view.h"
#include "../../tools/report/results.h"
#include "../../tools/results/check.h"
#include "report_fixture.h"
#include "unit.h"

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

/* Each run's durations, in columns of the parts that some run has; exact, so that they add up. */
static void test_spans(void)
{
	json_t *r = fixture_results("here", 1);
	json_t *rows = json_object_get(r, "rows");
	const json_t *tree;
	char *text;

	json_object_set_new(json_array_get(rows, 0), "launches", json_pack(
		"[{s:i, s:I, s:[{s:s, s:I, s:I}, {s:s, s:n, s:s, s:n, s:s}, {s:s, s:I, s:I}]}]",
		"run", 3, "total_ns", (json_int_t)200000007, "phases",
		"name", "exec", "at_ns", (json_int_t)3000007, "took_ns", (json_int_t)3000007,
		"name", "vcpu", "at_ns", "at_ns_why", "no KVM", "took_ns", "took_ns_why", "no KVM",
		"name", "rst", "at_ns", (json_int_t)200000007, "took_ns", (json_int_t)197000000));
	/* Parts of a name that is no step of a path are in -j only. */
	json_object_set_new(json_array_get(rows, 1), "launches", json_pack(
		"[{s:i, s:I, s:[{s:s, s:I, s:I}]}]", "run", 4, "total_ns", (json_int_t)5,
		"phases", "name", "a.b[0]", "at_ns", (json_int_t)5, "took_ns", (json_int_t)5));
	json_array_append_new((json_t *)vnft_view_at(r, "rows[0].instantiation.phases"),
			      json_pack("{s:s, s:I, s:s}", "name", "rst", "median_ns",
					(json_int_t)200000007, "clock", "hook"));
	json_array_append_new((json_t *)vnft_view_at(r, "rows[1].instantiation.phases"),
			      json_pack("{s:s}", "name", "a.b[0]"));
	CHECK(!vnft_results_check(r, "f"), "durations pass the check: %s", vnft_why());
	text = page((const json_t *const *)&r, 1);
	CHECK(strstr(text, "type            run     exec        rst      total\n"),
	      "columns of what was seen, in the order of phases");
	CHECK(strstr(text, "container.crun    3  3000007  197000000  200000007\n"),
	      "a line's parts are its total, to the nanosecond");
	CHECK(strstr(text, "tinyx.kvm         4        -          -          5\n"),
	      "and no column of a name that is no name");
	if (!strstr(text, "197000000  200000007\n"))
		printf("%s", text);
	free(text);
	tree = vnft_report_tree((const json_t *const *)&r, 1);
	CHECK_EQ(json_integer_value(json_object_get(vnft_view_at(tree, "launches[1].took_ns"),
						    "a.b[0]")), 5, "which is there in -j");
	json_decref((json_t *)tree);
	json_object_set_new(json_array_get(rows, 0), "launches",
			    json_pack("[{s:[{s:s, s:I}]}]", "phases", "name", "exec", "took_ns",
				      (json_int_t)-1));
	CHECK(vnft_results_check(r, "f") && strstr(vnft_why(), "launches[0].phases[0].took_ns"),
	      "refused: %s", vnft_why());
	json_decref(r);
}

int main(void)
{
	test_spans();
	return unit_done();
}
