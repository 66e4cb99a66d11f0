/* SPDX-License-Identifier: GPL-2.0 */
/*
 * results.json has quantiles of round trips and no histogram: they are the points of the curve, and
 * the lines between them say no more than that it goes up. The axis of shares is stretched at its
 * end, where round trips differ: each nine more is as far as the one before.
 */
#include "rtt.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "../../lib/text/format.h"
#include "../../lib/text/view.h"
#include "scale.h"
#include "strip.h"
#include "svg.h"
#include "write.h"

#define TOP	8
#define BOTTOM	148
/* Names of levels that are nearer would stand in each other. */
#define NEAR	11

/* @share: of the round trips that are at most as long; 2: of all of them. */
static const struct point {
	const char *name, *key;
	double share;
} points[] = {
	{ "min", "min_ns", 0 }, { "p50", "p50_ns", 0.5 }, { "p90", "p90_ns", 0.9 },
	{ "p99", "p99_ns", 0.99 }, { "p99.9", "p999_ns", 0.999 }, { "max", "max_ns", 2 },
};
#define POINTS (sizeof(points) / sizeof(points[0]))

static const struct side {
	const char *name, *path;
} sides[] = {
	{ "device", "" }, { "sender", "sender" },
};
#define SIDES (sizeof(sides) / sizeof(sides[0]))

/* How many nines the longest of @n round trips is behind. */
static double nines(double n)
{
	return log10(fmax(n, 10));
}

/* Where a share is, in pixels; @all: nines at the top. */
static double level(double share, double all)
{
	const double at = share >= 1 ? all : fmin(-log10(1 - share), all);

	return BOTTOM - at / all * (BOTTOM - TOP);
}

static void put_levels(FILE *to, double all)
{
	static const struct {
		const char *text;
		double share;
	} marks[] = {
		{ "0 %", 0 }, { "50 %", 0.5 }, { "90 %", 0.9 }, { "99 %", 0.99 },
		{ "99.9 %", 0.999 },
	};
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const double y = level(marks[i].share, all);

		if (-log10(1 - marks[i].share) > all)
			break;
		vnft_svg_line(to, 0, y, 100, y, "grid");
		if (i || y - level(marks[1].share, all) >= NEAR)
			vnft_svg_margin(to, y + 4, marks[i].text);
	}
}

static void put_curve(FILE *to, const struct side *side, const json_t *part,
		      const struct vnft_scale *scale, double all)
{
	const bool device = !side->path[0];
	double x, y, last_x = NAN, last_y = NAN;
	char text[64], title[96];
	size_t i;

	for (i = 0; i < POINTS; i++) {
		const json_t *value = json_object_get(part, points[i].key);

		if (!json_is_number(value))
			continue;
		x = vnft_scale_place(scale, json_number_value(value));
		y = level(points[i].share, all);
		vnft_svg_line(to, last_x, last_y, x, y, side->name);
		vnft_view_format(text, sizeof(text), points[i].key, value);
		snprintf(title, sizeof(title), "%s, %s: %s", side->name, points[i].name, text);
		if (device)
			vnft_svg_dot(to, x, y, side->name, title);
		else
			vnft_svg_square(to, x, y, side->name, title);
		last_x = x;
		last_y = y;
	}
}

static void put_numbers(FILE *to, const struct side *side, const json_t *row, const char *base)
{
	char path[64];
	size_t i;

	fprintf(to, "<li><i class=\"%s\"></i>%s", side->name, side->name);
	for (i = 0; i < POINTS; i++) {
		snprintf(path, sizeof(path), "%s.%s", base, points[i].key);
		vnft_html_beside(to, points[i].name, row, path);
	}
	snprintf(path, sizeof(path), "%s.mean_ns", base);
	vnft_html_beside(to, "mean", row, path);
	snprintf(path, sizeof(path), "%s.n", base);
	vnft_html_beside(to, "echoes", row, path);
	fputs("</li>\n", to);
}

static void put_load(FILE *to, const json_t *row, const char *load, const char *what)
{
	double value[SIDES * POINTS], all = 1;
	const json_t *part[SIDES];
	struct vnft_scale scale;
	size_t i, k, n = 0;
	char path[32];

	for (k = 0; k < SIDES; k++) {
		snprintf(path, sizeof(path), "rtt.%s%s%s", load, k ? "." : "", sides[k].path);
		part[k] = vnft_view_at(row, path);
		for (i = 0; i < POINTS; i++)
			if (json_is_number(json_object_get(part[k], points[i].key)))
				value[n++] = vnft_html_number(part[k], points[i].key);
		all = fmax(all, nines(json_number_value(json_object_get(part[k], "n"))));
	}
	if (!json_is_object(part[0]))
		return;
	fputs("<figure class=\"margined\"><figcaption>Round trips, ", to);
	vnft_html_text(to, what);
	fputs("</figcaption>\n", to);
	if (!n) {
		snprintf(path, sizeof(path), "rtt.%s.mean_ns", load);
		fputs("<p>", to);
		vnft_html_value(to, row, path);
		fputs("</p></figure>\n", to);
		return;
	}
	fputs("<p class=\"why\">Share of the round trips that took at most so long: the known "
	      "quantiles, joined by lines.</p>\n<ul class=\"legend\">", to);
	for (k = 0; k < SIDES; k++) {
		snprintf(path, sizeof(path), "rtt.%s%s%s", load, k ? "." : "", sides[k].path);
		if (json_is_object(part[k]))
			put_numbers(to, &sides[k], row, path);
	}
	fputs("</ul>\n", to);
	vnft_scale_fit(&scale, VNFT_SCALE_LOG, value, n);
	vnft_svg_begin(to, "cumulative distribution of round trips", BOTTOM + VNFT_SVG_AXIS + 2);
	put_levels(to, all);
	vnft_svg_axis(to, &scale, "mean_ns", TOP, BOTTOM);
	for (k = 0; k < SIDES; k++)
		if (json_is_object(part[k]))
			put_curve(to, &sides[k], part[k], &scale, all);
	vnft_svg_end(to);
	fputs("</figure>\n", to);
}

void vnft_html_rtts(FILE *to, const json_t *row)
{
	put_load(to, row, "flood", "flood");
	put_load(to, row, "fixed", "at a fixed rate");
}
