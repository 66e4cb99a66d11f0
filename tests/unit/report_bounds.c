/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compare and what the method may be off by: a difference that the bounds of both sides can make up
 * is not called real, and the gates take it as what it is.
 */
#include <stdlib.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/lib/text/json.h"
#include "../../tools/report/compare/compare.h"
#include "report_fixture.h"
#include "unit.h"
#include "verb.h"

#define MS	1000000LL

/* container.crun, instantiation of 205 ms times @factor, that may lie @below and @above from it. */
static json_t *side(double factor, long long below_ns, long long above_ns)
{
	json_t *results = fixture_results("here", factor);
	json_t *rows = json_object_get(results, "rows");

	json_array_remove(rows, 1);
	json_object_set_new(json_object_get(json_array_get(rows, 0), "instantiation"),
			    "median_bound_ns", json_pack("[I, I]", below_ns, above_ns));
	return results;
}

static const char *verdict(const json_t *ra, const json_t *rb, int metric,
			   struct vnft_compare_found *found)
{
	const struct vnft_compare_ask ask = { .metric = metric, .noise_percent = 5, .seed = 1 };
	const struct vnft_compare_side a = { .results = ra, .type = "" },
					b = { .results = rb, .type = "" };
	static char text[64];
	json_t *tree;
	int err;

	tree = vnft_compare_tree(&ask, &a, &b, found, &err);
	snprintf(text, sizeof(text), "%s", json_string_value(json_object_get(json_array_get(
		 json_object_get(tree, "rows"), 0), "verdict")));
	json_decref(tree);
	return text;
}

#define IN_BOUNDS	"within the bounds of the method: cannot tell"

/* The medians are 204.5 and 224.95 ms: 20.45 ms apart, 10 %. */
static void test_verdict(void)
{
	static const struct {
		long long below_a, above_a, below_b, above_b;
		bool swapped;
		const char *verdict;
		unsigned int may_be_slower;
	} all[] = {
		{ 0, 0, 0, 0, false, "slower", 0 },
		{ 20 * MS, 0, 0, 20 * MS, false, "slower", 0 },
		{ 0, 0, 20 * MS, 0, false, "slower", 0 },
		{ 0, 0, 21 * MS, 0, false, IN_BOUNDS, 1 },
		{ 0, 11 * MS, 10 * MS, 0, false, IN_BOUNDS, 1 },
		{ 0, 10 * MS, 10 * MS, 0, false, "slower", 0 },
		{ 0, 21 * MS, 0, 0, false, IN_BOUNDS, 1 },
		/* Seen from the slower side. */
		{ 0, 0, 0, 0, true, "faster", 0 },
		{ 20 * MS, 0, 0, 0, true, "faster", 0 },
		{ 21 * MS, 0, 0, 0, true, IN_BOUNDS, 0 },
		/* A bound so wide that B may be worse than the floor, for all that is known. */
		{ 40 * MS, 0, 0, 0, true, IN_BOUNDS, 1 },
		{ 0, 0, 0, 21 * MS, true, IN_BOUNDS, 0 },
	};
	struct vnft_compare_found found;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		json_t *a = side(all[i].swapped ? 1.1 : 1, all[i].below_a, all[i].above_a);
		json_t *b = side(all[i].swapped ? 1 : 1.1, all[i].below_b, all[i].above_b);
		const char *says = verdict(a, b, 0, &found);

		CHECK(!strcmp(says, all[i].verdict) &&
		      found.may_be_slower == all[i].may_be_slower &&
		      found.inconclusive == !strcmp(says, IN_BOUNDS) &&
		      found.within_bounds == found.inconclusive,
		      "%zu: %s, may be slower: %u", i, says, found.may_be_slower);
		json_decref(a);
		json_decref(b);
	}
}

static void test_gate(void)
{
	char a[] = "/tmp/vnft-bounds-XXXXXX", b[] = "/tmp/vnft-bounds-XXXXXX";
	json_t *ra = side(1, 0, 0), *rb = side(1.1, 25 * MS, 0);

	close(mkstemp(a));
	close(mkstemp(b));
	CHECK(!vnft_json_save(ra, a) && !vnft_json_save(rb, b), "written");
	CHECK_EQ(VERB(compare, a, b), VNFT_EXIT_OK, "no gate, no failure");
	CHECK_EQ(VERB(compare, a, b, "--fail-if", "slower"), VNFT_EXIT_INVALID,
		 "it may be slower: %s", vnft_why());
	CHECK(strstr(vnft_why(), "bounds"), "and more runs would not help");
	CHECK_EQ(VERB(compare, b, a, "--fail-if", "different"), VNFT_EXIT_INVALID,
		 "nor is it known to be the same: %s", vnft_why());
	CHECK_EQ(VERB(compare, b, a, "--fail-if", "slower"), VNFT_EXIT_OK,
		 "what is faster, or the same, is not slower");
	json_decref(ra);
	json_decref(rb);
	unlink(a);
	unlink(b);
}

int main(void)
{
	test_verdict();
	test_gate();
	return unit_done();
}
