/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compare of two rows of one bench: the difference in ns with its interval, of whole launches and
 * of one part of them; and how a row is named whose type several have.
 */
#include <math.h>
#include <string.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/lib/text/view.h"
#include "../../tools/report/compare/compare.h"
#include "report_fixture.h"
#include "unit.h"

#define RUNS	10

/* Launches of which "exec" took so many ns in run k, and "arp" was seen in the first @arp. */
static json_t *launches(const long long *exec_ns, int arp)
{
	json_t *list = json_array(), *phases;
	int k;

	for (k = 0; k < RUNS; k++) {
		phases = json_pack("[{s:s, s:I, s:I}]", "name", "exec", "at_ns",
				   (json_int_t)exec_ns[k], "took_ns", (json_int_t)exec_ns[k]);
		json_array_append_new(phases, k < arp ?
			json_pack("{s:s, s:I, s:I}", "name", "arp", "at_ns", (json_int_t)9000,
				  "took_ns", (json_int_t)5) :
			json_pack("{s:s, s:n, s:s, s:n, s:s}", "name", "arp", "at_ns", "at_ns_why",
				  "no ARP", "took_ns", "took_ns_why", "no ARP"));
		json_array_append_new(list, json_pack("{s:i, s:I, s:o}", "run", k + 1, "total_ns",
						      (json_int_t)10000, "phases", phases));
	}
	return list;
}

/* Two rows of one type, warm and cold, whose launches differ by 7 ms in all rounds but one. */
static json_t *results(void)
{
	json_t *r = fixture_results("here", 1), *rows = json_object_get(r, "rows"), *cold;
	json_t *rounds = json_array();
	long long exec_ns[2][RUNS];
	int i, k;

	cold = fixture_row("container.crun", RUNS, 1);
	json_array_set_new(rows, 1, cold);
	json_object_set_new(cold, "cache", json_string("cold"));
	for (k = 0; k < RUNS; k++) {
		json_array_append_new(rounds, json_integer(k + 1));
		exec_ns[0][k] = 1000000 + 10 * k;
		exec_ns[1][k] = exec_ns[0][k] + (k == 3 ? 900000 : 7000);
		json_array_set_new((json_t *)vnft_view_at(cold, "instantiation.samples_ns"),
				   (size_t)k, json_integer(fixture_ns(k, 1) + 7 * FIXTURE_MS +
							   (k == 3 ? 50 * FIXTURE_MS : 0)));
	}
	for (i = 0; i < 2; i++) {
		json_object_set(json_array_get(rows, (size_t)i), "rounds", rounds);
		json_object_set_new(json_array_get(rows, (size_t)i), "launches",
				    launches(exec_ns[i], i ? RUNS : RUNS - 8));
	}
	json_decref(rounds);
	return r;
}

static json_t *compared(const json_t *r, const char *phase, const char *a, const char *b)
{
	const struct vnft_compare_ask ask = {
		.metric = phase ? VNFT_METRIC_PHASE : 0, .phase = phase, .noise_percent = 2,
		.same_percent = 5, .seed = 1,
	};
	const struct vnft_compare_side left = { .results = r, .type = a },
				       right = { .results = r, .type = b };
	struct vnft_compare_found found;
	int err;

	return vnft_compare_tree(&ask, &left, &right, &found, &err);
}

static long long line(const json_t *tree, const char *path)
{
	return json_integer_value(vnft_view_at(json_array_get(json_object_get(tree, "rows"), 0),
					       path));
}

static const char *text(const json_t *tree, const char *path)
{
	const char *said = json_string_value(vnft_view_at(
		json_array_get(json_object_get(tree, "rows"), 0), path));

	return said ? said : "";
}

static void test_launches(const json_t *r)
{
	json_t *tree = compared(r, NULL, "container.crun", "container.crun (cold)");

	CHECK(tree && !strcmp(text(tree, "label"), "container.crun") &&
	      !strcmp(text(tree, "label_b"), "container.crun (cold)"),
	      "a whole name is one row's: %s", tree ? text(tree, "label_b") : vnft_why());
	CHECK_EQ(line(tree, "difference_ns"), 7 * FIXTURE_MS, "what cold costs, round by round");
	CHECK(line(tree, "ci95_difference_ns[0]") == 7 * FIXTURE_MS &&
	      line(tree, "ci95_difference_ns[1]") >= 7 * FIXTURE_MS, "with its interval");
	json_decref(tree);
	tree = compared(r, NULL, "container.crun (cold)", "container.crun");
	CHECK_EQ(line(tree, "difference_ns"), -7 * FIXTURE_MS, "less than nothing the other way");
	json_decref(tree);
}

static void test_phase(const json_t *r)
{
	json_t *tree = compared(r, "exec", "container.crun", "container.crun (cold)");

	CHECK(tree && !strcmp(json_string_value(json_object_get(tree, "phase")), "exec") &&
	      !strcmp(json_string_value(json_object_get(tree, "metric")), "phase"),
	      "of one part of the launch");
	CHECK_EQ(line(tree, "a.median_ns"), 1000045, "its durations");
	CHECK_EQ(line(tree, "difference_ns"), 7000, "their difference");
	CHECK(!strcmp(text(tree, "by"), "rounds") && text(tree, "a.median_bound_ns_why")[0],
	      "by rounds, without a bound");
	json_decref(tree);
	tree = compared(r, "arp", "container.crun", "container.crun (cold)");
	CHECK(line(tree, "a.runs") == 2 && line(tree, "b.runs") == RUNS &&
	      strstr(text(tree, "difference_ns_why"), "less than 6 rounds"),
	      "what few runs saw: %s", text(tree, "difference_ns_why"));
	json_decref(tree);
	tree = compared(r, "none", "container.crun", "container.crun (cold)");
	CHECK(!strcmp(text(tree, "verdict"), "not measured") &&
	      !strcmp(text(tree, "a.median_ns_why"), "its launches have no phase of that name") &&
	      !strcmp(text(tree, "difference_ns_why"), text(tree, "a.median_ns_why")),
	      "a phase that nobody has: %s", text(tree, "a.median_ns_why"));
	json_decref(tree);
	tree = compared(r, "vcpu", "container.crun", "container.crun (cold)");
	CHECK(!strcmp(text(tree, "verdict"), "not measured"), "one without durations");
	json_decref(tree);
}

/* Two benches: how much of a difference is the host's is known of ratios only. */
static void test_sessions(json_t *r)
{
	json_t *other = json_deep_copy(r), *tree;
	const struct vnft_compare_ask ask = { .noise_percent = 2, .same_percent = 5, .seed = 1 };
	const struct vnft_compare_side a = { .results = r, .type = "container.crun" },
				       b = { .results = other, .type = "container.crun (cold)" };
	struct vnft_compare_found found;
	int err;

	json_object_set_new(json_object_get(other, "manifest"), "id", json_string("later"));
	tree = vnft_compare_tree(&ask, &a, &b, &found, &err);
	CHECK(json_is_null(vnft_view_at(tree, "rows[0].difference_ns")) &&
	      strstr(text(tree, "difference_ns_why"), "two benches"), "two benches: %s",
	      text(tree, "difference_ns_why"));
	json_decref(tree);
	json_decref(other);
}

int main(void)
{
	json_t *r = results();

	test_launches(r);
	test_phase(r);
	test_sessions(r);
	json_decref(r);
	return unit_done();
}
