/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A row of results.json and what the files that make it share: numbers of several runs with their
 * reasons, and the parts of a row. For tools/results/ and its tests alone.
 */
#ifndef VNFT_RESULTS_PARTS_H
#define VNFT_RESULTS_PARTS_H

#include "bounds.h"
#include "run.h"

/* Samples that count: of valid runs @r in which the number exists. */
#define VNFT_RESULTS_COLLECT(row, v, condition, expr)						\
	do {										\
		for (unsigned int i_ = 0; i_ < (row)->runs; i_++) {			\
			const struct vnft_results_run *r = &(row)->run[i_];		\
			if (r->valid && (condition))					\
				vnft_samples_add((v), (double)(expr));			\
		}									\
	} while (0)

/*
 * missing.c: runs that count but lack a measurement which others have, and why: it has fewer
 * samples than there are runs.
 */
json_t *vnft_results_missing(const struct vnft_results_row *row);
/* Is there one that was asked for and that no run has? @why: which, and why. */
bool vnft_results_lacks(const struct vnft_results_row *row, char *why, size_t bytes);

void vnft_results_put(json_t *to, const char *key, double value);
/* The median of @v, or null with the reason. */
void vnft_results_put_median(json_t *to, const char *key, const struct vnft_samples *v,
			     const char *why);
/* Null with the reason below @needed samples. */
void vnft_results_put_quantile(json_t *to, const char *key, const struct vnft_samples *v, double q,
			       size_t needed);
/* median_UNIT, its bound, ci95_UNIT and samples_UNIT of one number a run. */
void vnft_results_put_spread(json_t *to, const char *unit, const struct vnft_samples *v,
			     const struct vnft_bound *bound, uint64_t seed, const char *none_why);
/* Every value, rounded. New reference. */
json_t *vnft_results_list(const struct vnft_samples *v);
/*
 * The spread of a duration, with its quantiles; @bound is of the median. New reference.
 */
json_t *vnft_results_duration(const struct vnft_samples *v, const struct vnft_bound *bound,
			      uint64_t seed, const char *none_why);
/*
 * How large the parts of a bound are in a row: the largest of its runs that count. With @service
 * the asking is that of the workload's port.
 */
void vnft_results_sizes(const struct vnft_results_session *session,
			const struct vnft_results_row *row, bool service,
			struct vnft_bound_sizes *sizes);
/*
 * answered.c: first RST, or service-ready with @service; with the bound of their median and that of
 * each run. New reference.
 */
json_t *vnft_results_answered(const struct vnft_results_session *session,
			      const struct vnft_results_row *row, bool service,
			      const char *none_why);
/* Why a number of this row is missing, as far as its runs say. */
const char *vnft_results_why(const struct vnft_results_row *row);
/* The same of a measurement that the session left out, unless @left_out_why is NULL. */
const char *vnft_results_why_no(const struct vnft_results_row *row, const char *left_out_why);

/* A row of results.json, and members of it. New references. */
json_t *vnft_results_row_json(const struct vnft_results_session *session,
			      const struct vnft_results_row *row);
json_t *vnft_results_launch(const struct vnft_results_session *session,
			    const struct vnft_results_row *row);

/* Of which moments are handed out. */
enum vnft_results_part {
	VNFT_RESULTS_LAUNCH,
	VNFT_RESULTS_ENDING,
};
/* row_launch.c: every moment over the runs that count. New reference. */
json_t *vnft_results_phases(const struct vnft_results_session *session,
			    const struct vnft_results_row *row, enum vnft_results_part part);
/* row_launch.c: every run that counts, as durations that add up to its total. New reference. */
json_t *vnft_results_spans(const struct vnft_results_row *row, enum vnft_results_part part);

json_t *vnft_results_rtts(const struct vnft_results_session *session,
			  const struct vnft_results_row *row);
json_t *vnft_results_rates(const struct vnft_results_session *session,
			   const struct vnft_results_row *row);

#endif
