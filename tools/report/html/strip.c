/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One number of all runs, on a line.
 */
#include "strip.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "../../lib/text/error.h"
#include "../../lib/text/format.h"
#include "../../lib/text/view.h"
#include "svg.h"

#define HEIGHT	30

/* Of which run each value is, as far as that is known. */
static int name_runs(struct vnft_html_runs *runs, const struct vnft_whose *whose,
		     const char *path)
{
	long *place = calloc(whose->counted.n + 1, sizeof(*place));
	size_t i, at;
	int err = 0;

	if (!place)
		return vnft_fail(-ENOMEM, "out of memory");
	if (vnft_whose_places(whose, path, place, &err) && whose->known) {
		for (i = 0; i < whose->counted.n; i++) {
			at = (size_t)place[i];
			if (place[i] < 0 || at >= runs->n)
				continue;
			runs->run[at] = whose->counted.run[i];
			runs->disturbed[at] = vnft_run_numbers_have(&whose->disturbed,
								    runs->run[at]);
		}
	}
	free(place);
	return err;
}

int vnft_html_runs_get(struct vnft_html_runs *runs, const struct vnft_whose *whose,
		       const char *path)
{
	const json_t *list = vnft_view_at(whose->row, path);
	size_t i;

	*runs = (struct vnft_html_runs) { .all = json_array_size(list) };
	runs->n = runs->all < VNFT_HTML_DOTS_MAX ? runs->all : VNFT_HTML_DOTS_MAX;
	runs->value = calloc(runs->n + 1, sizeof(*runs->value));
	runs->run = calloc(runs->n + 1, sizeof(*runs->run));
	runs->disturbed = calloc(runs->n + 1, sizeof(*runs->disturbed));
	if (!runs->value || !runs->run || !runs->disturbed)
		return vnft_fail(-ENOMEM, "out of memory");
	for (i = 0; i < runs->n; i++)
		runs->value[i] = json_number_value(json_array_get(list, i));
	return name_runs(runs, whose, path);
}

void vnft_html_runs_free(struct vnft_html_runs *runs)
{
	free(runs->value);
	free(runs->run);
	free(runs->disturbed);
	*runs = (struct vnft_html_runs) { 0 };
}

static double number(const json_t *value)
{
	return json_is_number(value) ? json_number_value(value) : NAN;
}

double vnft_html_number(const json_t *row, const char *path)
{
	return number(vnft_view_at(row, path));
}

double vnft_html_end(const json_t *row, const char *path, size_t i)
{
	return number(json_array_get(vnft_view_at(row, path), i));
}

void vnft_html_name_run(char *to, size_t bytes, const struct vnft_html_runs *runs, size_t i,
			const char *key)
{
	json_t *value = json_real(runs->value[i]);
	char text[64];

	vnft_view_format(text, sizeof(text), key, value);
	json_decref(value);
	if (runs->run[i] > 0)
		snprintf(to, bytes, "run %.0f: %s%s", runs->run[i], text,
			 runs->disturbed[i] ? ", disturbed" : "");
	else
		snprintf(to, bytes, "%s", text);
}

void vnft_html_strip(FILE *to, const struct vnft_html_strip *strip, const char *label)
{
	const double low = vnft_scale_place(strip->scale, strip->low);
	const double mark = vnft_scale_place(strip->scale, strip->mark);
	char title[128];
	unsigned int k;
	size_t i;

	vnft_svg_begin(to, label, HEIGHT);
	for (k = 0; k < strip->scale->ticks; k++) {
		const double x = vnft_scale_place(strip->scale, strip->scale->tick[k]);

		vnft_svg_line(to, x, 0, x, HEIGHT, "grid");
	}
	if (isfinite(strip->low) && isfinite(strip->high))
		vnft_svg_bar(to, low, 3, vnft_scale_place(strip->scale, strip->high) - low,
			     HEIGHT - 6, "band");
	vnft_svg_group(to, "dots", NULL);
	for (i = 0; i < strip->runs->n; i++) {
		/* Runs of the same time side by side, in an order that is no measurement. */
		const double y = HEIGHT / 2 + 4 * (double)(i * 2 % 5) - 8;

		if (strip->scale->log && strip->runs->value[i] <= 0)
			continue;	/* it has no place there */
		vnft_html_name_run(title, sizeof(title), strip->runs, i, strip->key);
		vnft_svg_dot(to, vnft_scale_place(strip->scale, strip->runs->value[i]), y,
			     strip->runs->disturbed[i] ? "d" : NULL,
			     strip->named ? title : NULL);
	}
	vnft_svg_group_end(to);
	if (isfinite(strip->mark))
		vnft_svg_line(to, mark, 1, mark, HEIGHT - 1, "median");
	if (isfinite(strip->study))
		vnft_svg_square(to, vnft_scale_place(strip->scale, strip->study), HEIGHT / 2,
				"study", "the reference study");
	vnft_svg_end(to);
}

void vnft_html_axis(FILE *to, const struct vnft_scale *scale, const char *key)
{
	vnft_svg_begin(to, "axis", VNFT_SVG_AXIS + 2);
	vnft_svg_axis(to, scale, key, 0, 1);
	vnft_svg_end(to);
}

void vnft_html_drawn(FILE *to, size_t drawn, size_t all)
{
	if (drawn < all)
		fprintf(to, "<p class=\"why\">Drawn are the first %zu of %zu.</p>\n", drawn, all);
}
