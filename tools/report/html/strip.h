/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A strip: every run a dot on one line, the median across it, its interval behind it.
 */
#ifndef VNFT_REPORT_HTML_STRIP_H
#define VNFT_REPORT_HTML_STRIP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "../whose.h"
#include "scale.h"

/* More are not drawn, and said. */
#define VNFT_HTML_DOTS_MAX	1000

/**
 * struct vnft_html_runs - one number of each run that has it
 * @run: the run's number, 0: not known
 * @disturbed: the host disturbed the run
 * @n: at most VNFT_HTML_DOTS_MAX; @all: how many there are
 */
struct vnft_html_runs {
	double *value, *run;
	bool *disturbed;
	size_t n, all;
};

/* What stands at @path of the row. 0, or negative errno after vnft_fail(); free in any case. */
int vnft_html_runs_get(struct vnft_html_runs *runs, const struct vnft_whose *whose,
		       const char *path);
void vnft_html_runs_free(struct vnft_html_runs *runs);
/* "run 7: 45.8 ms, disturbed", of the @i-th. */
void vnft_html_name_run(char *to, size_t bytes, const struct vnft_html_runs *runs, size_t i,
			const char *key);

/**
 * struct vnft_html_strip - what is drawn
 * @key: whose unit the values have
 * @mark, @low, @high: the median and its interval; NaN: there is none
 * @study: what the study has; NaN: nothing
 * @named: dots say of which run they are
 */
struct vnft_html_strip {
	const struct vnft_scale *scale;
	const struct vnft_html_runs *runs;
	const char *key;
	double mark, low, high, study;
	bool named;
};

/* The number at @path of @row, or the @i-th of those there; NaN if there is none. */
double vnft_html_number(const json_t *row, const char *path);
double vnft_html_end(const json_t *row, const char *path, size_t i);

void vnft_html_strip(FILE *to, const struct vnft_html_strip *strip, const char *label);
/* The axis of strips below each other. */
void vnft_html_axis(FILE *to, const struct vnft_scale *scale, const char *key);
/* A sentence, where not every run is drawn. */
void vnft_html_drawn(FILE *to, size_t drawn, size_t all);

#endif
