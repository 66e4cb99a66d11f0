/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A strip for each row, on one axis, with the study's number where it has that row.
 */
#include "overview.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "../../lib/text/error.h"
#include "../../lib/text/view.h"
#include "../reference.h"
#include "strip.h"
#include "write.h"

/* Values of a row that an axis has to hold: of each run, and what is marked. */
#define MARKS	4
/* More rows have the axis above them, too. */
#define FEW	6

static const struct metric {
	const char *what, *mark, *interval, *samples;
	const char *study;	/* in a line of the comparison; NULL: it has none */
} numbers[] = {
	{ "First RST", "instantiation.median_ns", "instantiation.ci95_ns",
	  "instantiation.samples_ns", "reference_instantiation_ns" },
	{ "Service ready", "service_ready.median_ns", "service_ready.ci95_ns",
	  "service_ready.samples_ns", NULL },
	{ "Round trip, flood: mean", "rtt.flood.mean_ns", NULL, "rtt.flood.samples_ns", NULL },
	{ "Throughput, instance to host (tx)", "throughput.tx.median_bps", "throughput.tx.ci95_bps",
	  "throughput.tx.samples_bps", "reference_tx_bps" },
	{ "Throughput, host to instance (rx)", "throughput.rx.median_bps", "throughput.rx.ci95_bps",
	  "throughput.rx.samples_bps", "reference_rx_bps" },
	{ "Memory", "memory.tool_bytes", "memory.ci95_bytes", "memory.samples_bytes",
	  "reference_memory_bytes" },
	{ "Image", "image.file_bytes", NULL, NULL, "reference_image_bytes" },
};

void vnft_html_row_name(FILE *to, const json_t *row)
{
	const char *host = json_string_value(json_object_get(row, "host"));
	const char *label = json_string_value(json_object_get(row, "label"));

	if (host) {
		vnft_html_text(to, host);
		fputs(": ", to);
	}
	vnft_html_text(to, label ? label : "?");
}

bool vnft_html_of_row(const json_t *line, const json_t *row)
{
	return vnft_reference_same_host(line, row) &&
	       json_equal(json_object_get(line, "label"), json_object_get(row, "label"));
}

/* What the study has beside this row; NaN: nothing. */
static double study_of(const json_t *reference, const json_t *row, const char *key)
{
	json_t *line;
	size_t i;

	json_array_foreach(reference, i, line)
		if (key && vnft_html_of_row(line, row))
			return vnft_html_number(line, key);
	return NAN;
}

/* The axis that all of @rows fit on; @any: some of them have the number. */
static int fit(struct vnft_scale *scale, const struct metric *number, const json_t *rows,
	       const json_t *reference, bool *any)
{
	size_t i, k, n = 0, room = 0;
	const json_t *list;
	double *value;
	json_t *row;

	json_array_foreach(rows, i, row)
		room += MARKS + json_array_size(vnft_view_at(row, number->samples ?
							     number->samples : "-"));
	value = calloc(room + 1, sizeof(*value));
	if (!value)
		return vnft_fail(-ENOMEM, "out of memory");
	*any = false;
	json_array_foreach(rows, i, row) {
		value[n] = vnft_html_number(row, number->mark);
		*any |= isfinite(value[n]) != 0;
		n++;
		value[n++] = study_of(reference, row, number->study);
		for (k = 0; number->interval && k < 2; k++)
			value[n++] = vnft_html_end(row, number->interval, k);
		list = number->samples ? vnft_view_at(row, number->samples) : NULL;
		for (k = 0; k < json_array_size(list); k++)
			value[n++] = json_number_value(json_array_get(list, k));
	}
	vnft_scale_fit(scale, VNFT_SCALE_WIDE, value, n);
	free(value);
	return 0;
}

static int put_row(FILE *to, const struct metric *number, const struct vnft_scale *scale,
		   const struct vnft_whose *whose, size_t i, double study)
{
	const json_t *row = whose->row;
	struct vnft_html_runs runs = { 0 };
	struct vnft_html_strip strip = {
		.scale = scale, .runs = &runs, .key = number->mark, .study = study,
		.mark = vnft_html_number(row, number->mark), .low = NAN, .high = NAN,
	};
	int err = 0;

	/* Its section says why. */
	if (!isfinite(strip.mark) && !json_number_value(json_object_get(row, "runs")))
		return 0;
	if (number->interval) {
		strip.low = vnft_html_end(row, number->interval, 0);
		strip.high = vnft_html_end(row, number->interval, 1);
	}
	if (number->samples)
		err = vnft_html_runs_get(&runs, whose, number->samples);
	if (!err) {
		fprintf(to, "<p class=\"line\"><a href=\"#t%zu\">", i);
		vnft_html_row_name(to, row);
		fputs("</a> ", to);
		vnft_html_value(to, row, number->mark);
		if (number->interval)
			vnft_html_beside(to, "95 %", row, number->interval);
		fputs("</p>\n", to);
		if (isfinite(strip.mark))
			vnft_html_strip(to, &strip, number->what);
	}
	vnft_html_runs_free(&runs);
	return err;
}

int vnft_html_overview(FILE *to, const json_t *rows, const struct vnft_whose *whose,
		       const json_t *reference)
{
	struct vnft_scale scale;
	size_t i, k;
	bool any = false;
	int err;

	fputs("<section><h2>All types</h2>\n<p class=\"why\">A dot is a run, a hollow one a run "
	      "that the host disturbed; the line is the median, the band behind it its 95 % "
	      "interval. A diamond is what the reference study has.</p>\n<div class=\"cards\">\n",
	      to);
	for (k = 0; k < sizeof(numbers) / sizeof(numbers[0]); k++) {
		err = fit(&scale, &numbers[k], rows, reference, &any);
		if (err)
			return err;
		if (!any)
			continue;
		fprintf(to, "<figure><figcaption>%s</figcaption>\n", numbers[k].what);
		if (json_array_size(rows) > FEW)
			vnft_html_axis(to, &scale, numbers[k].mark);
		for (i = 0; i < json_array_size(rows); i++) {
			err = put_row(to, &numbers[k], &scale, &whose[i], i,
				      study_of(reference, whose[i].row, numbers[k].study));
			if (err)
				return err;
		}
		vnft_html_axis(to, &scale, numbers[k].mark);
		fputs("</figure>\n", to);
	}
	fputs("</div></section>\n", to);
	return 0;
}
