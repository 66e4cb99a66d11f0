/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One row: whether it is valid, its life, where the time goes, round trips, throughput, sizes, and
 * the host meanwhile.
 */
#include "type.h"

#include <math.h>
#include <stdbool.h>

#include "../../lib/text/view.h"
#include "overview.h"
#include "rates.h"
#include "rtt.h"
#include "stack.h"
#include "strip.h"
#include "write.h"

/* Lines of the page's notes and sentences that are of this row, as a list. */
static void put_notes(FILE *to, const json_t *tree, const json_t *row)
{
	const json_t *notes = json_object_get(tree, "notes");
	const json_t *queueing = json_object_get(tree, "queueing");
	bool begun = false;
	json_t *line;
	size_t i;

	json_array_foreach(notes, i, line) {
		const char *note = json_string_value(json_object_get(line, "note"));

		if (!note || !vnft_html_of_row(line, row))
			continue;
		fputs(begun ? "<li>" : "<ul class=\"notes\"><li>", to);
		begun = true;
		if (json_is_number(json_object_get(line, "run")))
			fprintf(to, "run %.0f: ",
				json_number_value(json_object_get(line, "run")));
		vnft_html_text(to, note);
		fputs("</li>\n", to);
	}
	if (begun)
		fputs("</ul>\n", to);
	json_array_foreach(queueing, i, line) {
		if (!vnft_html_of_row(line, row) || !json_is_string(json_object_get(line, "text")))
			continue;
		fputs("<p class=\"why\">", to);
		vnft_html_text(to, json_string_value(json_object_get(line, "text")));
		fputs("</p>\n", to);
	}
}

static void put_standing(FILE *to, const json_t *row)
{
	static const struct {
		const char *what, *path;
	} facts[] = {
		{ "runs", "runs" }, { "ran by", "accel" }, { "page cache", "cache" },
		{ "topology", "topology" }, { "SYNs from", "instantiation.stimulus" },
		{ "resolution", "instantiation.slot_ns" },
		{ "hooks' CPU", "self_overhead.cpu_percent" }, { "lost", "lost_total" },
	};
	const json_t *valid = json_object_get(row, "valid");
	size_t i;

	if (valid) {
		fprintf(to, "<p class=\"standing\"><b class=\"%s\">valid: ",
			json_is_true(valid) ? "good" : "bad");
		vnft_html_text(to, json_string_value(json_object_get(row, "standing")));
		fputs("</b>", to);
	} else {
		fputs("<p class=\"standing\">", to);
	}
	for (i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		vnft_html_beside(to, facts[i].what, row, facts[i].path);
	fputs("</p>\n", to);
}

static const struct life {
	const char *what, *base;
} lives[] = {
	{ "first RST", "instantiation" },
	{ "service ready", "service_ready" },
	{ "gone (from stop)", "teardown" },
};

static void put_life_numbers(FILE *to, const json_t *row, const struct life *life)
{
	static const struct {
		const char *what, *key;
	} numbers[] = {
		{ "95 %", "ci95_ns" }, { "p90", "p90_ns" }, { "p99", "p99_ns" },
		{ "bound", "median_bound_ns" }, { "runs", "n" },
	};
	char path[64];
	size_t i;

	snprintf(path, sizeof(path), "%s.median_ns", life->base);
	fprintf(to, "<p class=\"line\"><b>%s</b> ", life->what);
	vnft_html_value(to, row, path);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		snprintf(path, sizeof(path), "%s.%s", life->base, numbers[i].key);
		vnft_html_beside(to, numbers[i].what, row, path);
	}
	fputs("</p>\n", to);
	snprintf(path, sizeof(path), "%s.bimodal", life->base);
	if (json_is_true(vnft_view_at(row, path)))
		fputs("<p class=\"bad\">The runs fall into two clusters: the median stands for "
		      "neither of them.</p>\n", to);
}

static int put_life(FILE *to, const struct vnft_whose *whose, const struct life *life)
{
	const json_t *row = whose->row;
	struct vnft_html_runs runs = { 0 };
	struct vnft_scale scale;
	char path[64];
	int err;

	if (!json_is_object(vnft_view_at(row, life->base)))
		return 0;
	put_life_numbers(to, row, life);
	snprintf(path, sizeof(path), "%s.samples_ns", life->base);
	err = vnft_html_runs_get(&runs, whose, path);
	if (!err && runs.n) {
		struct vnft_html_strip strip = {
			.scale = &scale, .runs = &runs, .key = "median_ns", .study = NAN,
			.named = true,
		};

		snprintf(path, sizeof(path), "%s.median_ns", life->base);
		strip.mark = vnft_html_number(row, path);
		snprintf(path, sizeof(path), "%s.ci95_ns", life->base);
		strip.low = vnft_html_end(row, path, 0);
		strip.high = vnft_html_end(row, path, 1);
		vnft_scale_fit(&scale, VNFT_SCALE_NEAR, runs.value, runs.n);
		vnft_html_strip(to, &strip, life->what);
		vnft_html_axis(to, &scale, "median_ns");
		vnft_html_drawn(to, runs.n, runs.all);
	}
	vnft_html_runs_free(&runs);
	return err;
}

static int put_lives(FILE *to, const struct vnft_whose *whose)
{
	size_t i;
	int err = 0;

	fputs("<figure><figcaption>Life of an instance</figcaption>\n", to);
	for (i = 0; !err && i < sizeof(lives) / sizeof(lives[0]); i++)
		err = put_life(to, whose, &lives[i]);
	fputs("</figure>\n", to);
	return err;
}

int vnft_html_type(FILE *to, const json_t *tree, const struct vnft_whose *whose, size_t number)
{
	const char *title = json_string_value(json_object_get(whose->row, "title"));
	int err;

	fprintf(to, "<section id=\"t%zu\"><h2>", number);
	vnft_html_row_name(to, whose->row);
	if (title) {
		fputs(" <small>", to);
		vnft_html_text(to, title);
		fputs("</small>", to);
	}
	fputs("</h2>\n", to);
	put_standing(to, whose->row);
	put_notes(to, tree, whose->row);
	if (!json_number_value(json_object_get(whose->row, "runs"))) {
		fputs("</section>\n", to);
		return 0;
	}
	fputs("<div class=\"cards\">\n", to);
	err = put_lives(to, whose);
	if (!err) {
		vnft_html_launches(to, whose->row);
		vnft_html_rtts(to, whose->row);
		err = vnft_html_rates(to, whose);
	}
	if (!err) {
		vnft_html_sizes(to, whose->row);
		vnft_html_conditions(to, whose->row);
	}
	fputs("</div></section>\n", to);
	return err;
}
