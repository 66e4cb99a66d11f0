/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Throughput over the runs, in their order; bars of memory and image.
 */
#include "rates.h"

#include <math.h>

#include "../../lib/text/view.h"
#include "scale.h"
#include "strip.h"
#include "svg.h"
#include "write.h"

#define BOTTOM	100
#define HEIGHT	90
/* At the left, percent: the names of the levels. */
#define LEVELS	18
/* A bar of less than this part of the largest is not seen. */
#define SEEN	0.02

static const struct direction {
	const char *name, *what;
} directions[] = {
	{ "tx", "instance to host (tx)" }, { "rx", "host to instance (rx)" },
};

static double level(const struct vnft_scale *scale, double bps)
{
	return BOTTOM - vnft_scale_place(scale, bps) / 100 * HEIGHT;
}

/* From @low to @high, across all runs. */
static void put_band(FILE *to, const struct vnft_scale *scale, double low, double high,
		     const char *class)
{
	if (isfinite(low) && isfinite(high) && low <= high)
		vnft_svg_bar(to, LEVELS, level(scale, high), 100 - LEVELS,
			     level(scale, low) - level(scale, high), class);
}

static void put_runs(FILE *to, const struct vnft_html_runs *runs, const json_t *part)
{
	const double median = vnft_html_number(part, "median_bps");
	struct vnft_scale scale;
	char title[128];
	size_t i;

	vnft_scale_fit(&scale, VNFT_SCALE_ZERO, runs->value, runs->n);
	vnft_svg_begin(to, "throughput of each run", BOTTOM + 4);
	vnft_svg_levels(to, &scale, "median_bps", BOTTOM, HEIGHT);
	put_band(to, &scale, vnft_html_number(part, "slot_p10_bps"),
		 vnft_html_number(part, "slot_p90_bps"), "slots");
	put_band(to, &scale, vnft_html_end(part, "ci95_bps", 0),
		 vnft_html_end(part, "ci95_bps", 1), "band");
	if (isfinite(median))
		vnft_svg_line(to, LEVELS, level(&scale, median), 100, level(&scale, median),
			      "median");
	vnft_svg_group(to, "dots", NULL);
	for (i = 0; i < runs->n; i++) {
		vnft_html_name_run(title, sizeof(title), runs, i, "median_bps");
		vnft_svg_dot(to, LEVELS + (100 - LEVELS) * ((double)i + 0.5) / (double)runs->n,
			     level(&scale, runs->value[i]),
			     runs->disturbed[i] ? "d" : NULL, title);
	}
	vnft_svg_group_end(to);
	vnft_svg_end(to);
	vnft_html_drawn(to, runs->n, runs->all);
}

static void put_numbers(FILE *to, const json_t *row, const char *base)
{
	static const struct {
		const char *what, *key;
	} numbers[] = {
		{ "95 %", "ci95_bps" }, { "bound", "median_bound_bps" },
		{ "the tool says", "tool_bps" }, { "64-byte frames", "median_pps" },
		{ "retransmissions", "retransmits" },
	};
	char path[64];
	size_t i;

	snprintf(path, sizeof(path), "%s.median_bps", base);
	fputs("<p>median ", to);
	vnft_html_value(to, row, path);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		snprintf(path, sizeof(path), "%s.%s", base, numbers[i].key);
		vnft_html_beside(to, numbers[i].what, row, path);
	}
	fputs("</p>\n", to);
}

static void put_slots(FILE *to, const json_t *row, const char *base)
{
	char path[64];

	snprintf(path, sizeof(path), "%s.slot_p10_bps", base);
	if (!json_is_number(vnft_view_at(row, path)))
		return;
	fputs("<p class=\"why\">A dot for each run, in their order. Within a stream, 80 % of the "
	      "slots of 100 ms lie from ", to);
	vnft_html_value(to, row, path);
	snprintf(path, sizeof(path), "%s.slot_p90_bps", base);
	fputs(" to ", to);
	vnft_html_value(to, row, path);
	fputs(" (grey; medians over the runs).</p>\n", to);
}

int vnft_html_rates(FILE *to, const struct vnft_whose *whose)
{
	struct vnft_html_runs runs = { 0 };
	char base[32], path[64];
	const json_t *part;
	size_t i;
	int err = 0;

	for (i = 0; !err && i < sizeof(directions) / sizeof(directions[0]); i++) {
		snprintf(base, sizeof(base), "throughput.%s", directions[i].name);
		part = vnft_view_at(whose->row, base);
		if (!json_is_object(part))
			continue;
		fprintf(to, "<figure><figcaption>Throughput, %s</figcaption>\n",
			directions[i].what);
		put_numbers(to, whose->row, base);
		snprintf(path, sizeof(path), "%s.samples_bps", base);
		err = vnft_html_runs_get(&runs, whose, path);
		if (!err && runs.n) {
			put_slots(to, whose->row, base);
			put_runs(to, &runs, part);
		}
		vnft_html_runs_free(&runs);
		fputs("</figure>\n", to);
	}
	return err;
}

/* As the text page's table of memory and image calls them. */
static const struct {
	const char *what, *path;
} sizes[] = {
	{ "tool", "memory.tool_bytes" },
	{ "PSS", "memory.pss_bytes" },
	{ "cgroup", "memory.cgroup_bytes" },
	{ "host's loss", "memory.host_delta_bytes" },
	{ "PSS, loaded", "memory.load_pss_bytes" },
	{ "image", "image.file_bytes" },
	{ "on disk", "image.disk_bytes" },
};
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

void vnft_html_sizes(FILE *to, const json_t *row)
{
	double value[SIZES], shown[SIZES], most = 0, width;
	struct vnft_scale scale;
	size_t i, known = 0;

	for (i = 0; i < SIZES; i++) {
		value[i] = vnft_html_number(row, sizes[i].path);
		most = fmax(most, value[i]);
		known += vnft_view_at(row, sizes[i].path) != NULL;
	}
	if (!known)
		return;
	/* A gain too small to be seen gets no room of its own. */
	for (i = 0; i < SIZES; i++)
		shown[i] = value[i] < 0 && value[i] > -SEEN * most ? 0 : value[i];
	vnft_scale_fit(&scale, VNFT_SCALE_ZERO, shown, SIZES);
	fputs("<figure><figcaption>Memory and image</figcaption>\n", to);
	for (i = 0; i < SIZES; i++) {
		if (!vnft_view_at(row, sizes[i].path))
			continue;
		fputs("<p class=\"line\">", to);
		vnft_html_text(to, sizes[i].what);
		fputc(' ', to);
		vnft_html_value(to, row, sizes[i].path);
		fputs("</p>\n", to);
		if (!isfinite(value[i]))
			continue;
		/* A loss may be a gain: that one goes to the left. */
		width = vnft_scale_place(&scale, value[i]) - vnft_scale_place(&scale, 0);
		vnft_svg_begin(to, sizes[i].what, 10);
		vnft_svg_bar(to, vnft_scale_place(&scale, fmin(value[i], 0)), 0, fabs(width), 8,
			     "size");
		vnft_svg_end(to);
	}
	vnft_html_axis(to, &scale, "tool_bytes");
	fputs("</figure>\n", to);
}
