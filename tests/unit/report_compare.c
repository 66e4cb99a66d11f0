/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of a difference compare calls the type's own: in one session, and in two of one host.
 */
#include <math.h>
#include <string.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/lib/text/view.h"
#include "../../tools/report/compare/compare.h"
#include "../../tools/report/results.h"
#include "../../tools/results/read.h"
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

static json_t *host_of(json_t *results)
{
	return json_object_get(json_object_get(results, "manifest"), "host");
}

/* Does a note begin with @text? */
static bool notes_say(const json_t *tree, const char *text)
{
	const json_t *note;
	size_t i;

	json_array_foreach(json_object_get(tree, "notes"), i, note)
		if (!strncmp(json_string_value(json_object_get(note, "text")), text, strlen(text)))
			return true;
	return false;
}

/* Sessions that were told different things are compared, and it is said. */
static void test_compare_parameters(void)
{
	json_t *ra = fixture_results("here", 1), *rb = fixture_results("here", 1), *tree;
	const char *const keys[] = { "runs", "seed", "stimulus_why", "reference" };
	struct vnft_compare_found found;
	json_t *a, *b;
	size_t i;

	for (i = 0; i < 2; i++)
		json_object_set_new(json_object_get(i ? rb : ra, "manifest"), "parameters",
				    json_object());
	a = json_object_get(json_object_get(ra, "manifest"), "parameters");
	b = json_object_get(json_object_get(rb, "manifest"), "parameters");
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		json_object_set_new(a, keys[i], json_integer(1));
		json_object_set_new(b, keys[i], json_integer(2));
	}
	tree = compared(ra, rb, &found);
	CHECK(!notes_say(tree, "A and B were measured differently"), "how often is not how");
	json_decref(tree);
	json_object_set_new(a, "syn_interval_ns", json_integer(1000000));
	json_object_set_new(b, "syn_interval_ns", json_integer(250000));
	json_object_set_new(b, "observer", json_string("bpf"));
	tree = compared(ra, rb, &found);
	CHECK(notes_say(tree, "A and B were measured differently: syn_interval_ns is 1000000 in A "
			"and 250000 in B"), "a parameter that differs");
	CHECK(notes_say(tree, "A and B were measured differently: observer is unknown in A and "
			"\"bpf\" in B"), "and one that only one side has");
	json_decref(tree);
	json_decref(ra);
	json_decref(rb);
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
	/* A launch that waits most of the time feels from 1.25 ^ 0.1 to 1.25 ^ 0.3 of it. */
	json_object_set_new(json_object_get(row_of(ra), "instantiation"), "busy_cpus",
			    json_real(0.1));
	json_object_set_new(json_object_get(row_of(rb), "instantiation"), "busy_cpus",
			    json_real(0.1));
	tree = compared(ra, rb, &found);
	CHECK(!strcmp(verdict_of(tree, 0), "slower") &&
	      fabs(json_real_value(vnft_view_at(tree, "rows[0].own_ratio")) -
		   1.25 / pow(1.25, 0.2)) < 0.001, "a type that waits: %s", note_of(tree));
	json_decref(tree);
	json_object_set_new(row_of(ra), "reference", fixture_reference(10, 1.25));
	json_object_set_new(row_of(rb), "reference", fixture_reference(10, 1));
	tree = compared(ra, rb, &found);
	CHECK(!strcmp(verdict_of(tree, 0), "slower") &&
	      json_real_value(vnft_view_at(tree, "rows[0].own_ratio")) > 1.26,
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
	json_object_set_new(host_of(ra), "kernel", json_string("6.1"));
	tree = compared(ra, rb, &found);
	CHECK(strstr(note_of(tree), "different versions"), "one host does not say its kernel");
	json_decref(tree);
	json_object_set_new(host_of(rb), "kernel", json_string("6.12"));
	tree = compared(ra, rb, &found);
	CHECK(!strcmp(verdict_of(tree, 0), "inconclusive") && found.may_be_slower &&
	      strstr(note_of(tree), "unknown: the hosts have different kernels"),
	      "another kernel: %s", note_of(tree));
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

/* @results with @n rows called a, each of which takes @step times as long as the one before. */
static json_t *namesakes(unsigned int n, double step)
{
	json_t *results = fixture_results("here", 1), *rows = json_array();
	double factor = 1;

	for (; n--; factor *= step)
		json_array_append_new(rows, fixture_row("a", 10, factor));
	json_object_set_new(results, "rows", rows);
	return results;
}

static const char *text_at(const json_t *tree, const char *path)
{
	const char *text = json_string_value(vnft_view_at(tree, path));

	return text ? text : "";
}

/* The pages of report call them the same. */
static void test_report_namesakes(void)
{
	json_t *r = namesakes(2, 2), *rows = json_object_get(r, "rows"), *tree;
	char name[8];

	json_array_append_new(rows, fixture_row("tinyx.kvm", 10, 1));
	tree = vnft_report_tree((const json_t *const *)&r, 1);
	CHECK(!strcmp(text_at(tree, "rows[0].label"), "a#1") &&
	      !strcmp(text_at(tree, "times[3].label"), "a#2") &&
	      !strcmp(text_at(tree, "rows[2].label"), "tinyx.kvm"),
	      "two of one name are told apart in a report, and no other");
	json_decref(tree);
	json_array_append_new(rows, fixture_row("tinyx.kvm", 10, 1));
	vnft_results_name(rows, json_array_get(rows, 3), name, sizeof(name));
	CHECK(!strcmp(name, "tinyx#2"), "the number is not cut: %s", name);
	json_decref(r);
}

/* The rows of @results called @a and @b beside each other; NULL: refused. */
static json_t *named(const json_t *results, const char *a, const char *b)
{
	const struct vnft_compare_ask ask = { .noise_percent = 5, .same_percent = 5, .seed = 1 };
	const struct vnft_compare_side of_a = { .results = results, .type = a },
					of_b = { .results = results, .type = b };
	struct vnft_compare_found found;
	int err;

	return vnft_compare_tree(&ask, &of_a, &of_b, &found, &err);
}

/* Rows of one name go by their number: a directory with itself, another, and by hand. */
static void test_compare_namesakes(void)
{
	json_t *two = namesakes(2, 2), *three = namesakes(3, 2), *tree;
	struct vnft_compare_found found;
	json_t *side;

	tree = compared(two, two, &found);
	CHECK(!strcmp(text_at(tree, "rows[0].label"), "a#1") &&
	      !strcmp(text_at(tree, "rows[0].label_b"), "a#1") &&
	      !strcmp(text_at(tree, "rows[1].label"), "a#2") &&
	      !strcmp(text_at(tree, "rows[1].label_b"), "a#2"), "with itself, row by row");
	CHECK(!strncmp(verdict_of(tree, 0), "same", 4) &&
	      !strncmp(verdict_of(tree, 1), "same", 4),
	      "where nothing differs: %s, %s", verdict_of(tree, 0), verdict_of(tree, 1));
	json_decref(tree);
	tree = compared(two, three, &found);
	CHECK(json_array_size(json_object_get(tree, "rows")) == 3 && found.untested == 1 &&
	      !strcmp(verdict_of(tree, 2), "missing") &&
	      !strcmp(text_at(tree, "rows[2].label_b"), "a#3"), "a third has no partner");
	json_decref(tree);
	tree = named(two, "a#1", "a#2");
	CHECK(!strcmp(text_at(tree, "rows[0].verdict"), "slower"), "by number: %s",
	      text_at(tree, "rows[0].verdict"));
	json_decref(tree);
	CHECK(!named(two, "a", "a#2") && strstr(vnft_why(), "\"DIR:a#2\""), "by name: %s",
	      vnft_why());
	CHECK(!named(two, "a#3", "a#1"), "and not by one that nobody has: %s", vnft_why());
	side = json_array_get(json_object_get(two, "rows"), 1);
	json_object_set_new(side, "cache", json_string("cold"));
	tree = named(two, "a (cold)", "a (cold)");
	CHECK(!strcmp(text_at(tree, "rows[0].label"), "a (cold)"),
	      "no number where none is needed");
	json_decref(tree);
	json_decref(two);
	json_decref(three);
}

int main(void)
{
	test_compare_namesakes();
	test_report_namesakes();
	test_compare_left_out();
	test_compare_parameters();
	test_compare_host();
	test_compare_rounds();
	return unit_done();
}
