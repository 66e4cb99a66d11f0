/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of a difference is the type's own, and what the host's (docs/method.md, "Comparison").
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../../lib/text/view.h"
#include "../../results/read.h"
#include "parts.h"

static bool same_member(const struct vnft_compare_pair *p, const char *path)
{
	const json_t *a = vnft_view_at(p->results_a, path);
	const json_t *b = vnft_view_at(p->results_b, path);

	return a && b && !json_is_null(a) && json_equal(a, b);
}

/* Ids are short and come again; with the second of the start they do not. */
static bool one_session(const struct vnft_compare_pair *p)
{
	return same_member(p, "manifest.id") && same_member(p, "manifest.started");
}

/* How much of a host's mood a type feels is another number on another processor or kernel. */
const char *vnft_compare_another_host(const struct vnft_compare_pair *p)
{
	static const struct {
		const char *path, *why;
	} same[] = {
		{ "manifest.host.cpu", "the hosts have different processors" },
		{ "manifest.host.cores", "the hosts have different numbers of CPUs" },
		{ "manifest.host.machine", "the hosts are different machines" },
		{ "manifest.host.kernel", "the hosts have different kernels" },
	};
	size_t i;

	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		const json_t *a = vnft_view_at(p->results_a, same[i].path);
		const json_t *b = vnft_view_at(p->results_b, same[i].path);

		/* Older results, and some hosts, do not say. */
		if (a && b && !json_equal(a, b))
			return same[i].why;
	}
	return NULL;
}

bool vnft_compare_same_reference(const struct vnft_compare_pair *p)
{
	return same_member(p, "manifest.parameters.reference");
}

/* Of the samples @from of @row, those of rounds that are in @others, too. */
static int of_common_rounds(const struct vnft_samples *from, const struct vnft_samples *rounds,
			    const struct vnft_samples *others, struct vnft_samples *to)
{
	size_t i, k;
	int err = 0;

	for (i = 0, k = 0; !err && i < rounds->n; i++) {
		/* Both ascend: runs of a row are made in the order of rounds. */
		while (k < others->n && others->value[k] < rounds->value[i])
			k++;
		if (k < others->n && others->value[k] == rounds->value[i])
			err = vnft_samples_add(to, from->value[i]);
	}
	return err;
}

/* What B is more than A in each round: its median, and the interval of that. */
static void set_difference(const struct vnft_samples *a, const struct vnft_samples *b,
			   uint64_t seed, struct vnft_compare_by *by)
{
	struct vnft_samples v = { 0 };
	bool whole = true;
	size_t i;

	for (i = 0; i < a->n && i < b->n; i++)
		whole &= !vnft_samples_add(&v, b->value[i] - a->value[i]);
	if (whole) {
		by->difference = vnft_quantile(&v, 0.5);
		by->ci95_difference = vnft_bootstrap_median(&v, seed);
	}
	vnft_samples_free(&v);
}

/* By rounds, if each sample has one and enough of them are common; false: it cannot be done. */
static bool by_rounds(const struct vnft_compare_pair *p, const struct vnft_samples *a,
		      const struct vnft_samples *b, uint64_t seed, struct vnft_comparison *c,
		      struct vnft_compare_by *by)
{
	struct vnft_samples rounds_a = { 0 }, rounds_b = { 0 }, of_a = { 0 }, of_b = { 0 };
	bool paired, done;

	paired = !vnft_results_samples(p->row_a, "rounds", &rounds_a) &&
		 !vnft_results_samples(p->row_b, "rounds", &rounds_b) &&
		 rounds_a.n == a->n && rounds_b.n == b->n &&
		 !of_common_rounds(a, &rounds_a, &rounds_b, &of_a) &&
		 !of_common_rounds(b, &rounds_b, &rounds_a, &of_b) &&
		 of_a.n >= VNFT_MIN_RUNS_FOR_INTERVAL;
	/* Of durations that are 0 there is a difference and no ratio. */
	if (paired)
		set_difference(&of_a, &of_b, seed, by);
	done = paired && !vnft_compare_rounds(&of_a, &of_b, c);
	vnft_samples_free(&rounds_a);
	vnft_samples_free(&rounds_b);
	vnft_samples_free(&of_a);
	vnft_samples_free(&of_b);
	return done;
}

double vnft_compare_busy_cpus(const json_t *row, const struct vnft_metric *metric)
{
	return metric->busy ? json_number_value(vnft_view_at(row, metric->busy)) : 0;
}

/* NULL, or why not. */
static const char *by_reference(const struct vnft_compare_ask *ask,
				const struct vnft_compare_pair *p, const struct vnft_samples *a,
				const struct vnft_samples *b, struct vnft_comparison *c)
{
	const struct vnft_metric *metric = &vnft_metrics[ask->metric];
	const char *path = metric->reference, *why = NULL;
	const char *another = vnft_compare_another_host(p);
	struct vnft_samples host_a = { 0 }, host_b = { 0 };
	const struct vnft_side of_a = { a, &host_a, vnft_compare_busy_cpus(p->row_a, metric) };
	const struct vnft_side of_b = { b, &host_b, vnft_compare_busy_cpus(p->row_b, metric) };

	if (!path)
		return "no reference feels it: compare --live measures both sides in one bench";
	if (another)
		return another;
	if (vnft_results_samples(p->row_a, path, &host_a) ||
	    vnft_results_samples(p->row_b, path, &host_b))
		why = vnft_why();
	else if (!host_a.n || !host_b.n)
		why = host_a.n ? "B has no reference" : host_b.n ? "A has no reference" :
		      "no side has a reference";
	else if (!vnft_compare_same_reference(p))
		why = "the references are of different versions of vnftrace";
	else if (vnft_compare_reference(&of_a, &of_b, ask->seed, c))
		why = vnft_why();
	vnft_samples_free(&host_a);
	vnft_samples_free(&host_b);
	return why;
}

void vnft_compare_own(const struct vnft_compare_ask *ask, const struct vnft_compare_pair *p,
		      const struct vnft_samples *a, const struct vnft_samples *b,
		      struct vnft_comparison *c, struct vnft_compare_by *by)
{
	memset(by, 0, sizeof(*by));
	by->difference = NAN;
	c->host_ratio = NAN;
	if (one_session(p)) {
		by->difference_why = "less than 6 rounds have a value of both";
		by->how = by_rounds(p, a, b, ask->seed, c, by) ? "rounds" : "session";
		by->host_why = "both were measured in one bench: the host does the same to both";
		return;
	}
	by->difference_why = "of two benches only ratios are known: the host was another";
	if (vnft_metrics[ask->metric].of_type_alone) {
		by->how = "itself";
		by->host_why = "the host's mood does not change it";
		return;
	}
	by->own_why = by->host_why = by_reference(ask, p, a, b, c);
	by->how = by->own_why ? NULL : "reference";
	if (by->own_why) {
		c->own_ratio = c->p_value = NAN;
		c->ci95_own = (struct vnft_interval) { .low = NAN, .high = NAN };
	}
}

/* "11 % faster": of a ratio of durations, or of amounts where @more_is_better. */
static void say_change(double ratio, bool more_is_better, char *to, size_t bytes)
{
	const double by = ratio > 1 ? ratio - 1 : 1 / ratio - 1;
	const double percent = 100 * (ratio > 1 || more_is_better ? by : 1 - ratio);

	if (percent < 0.5)
		snprintf(to, bytes, "unchanged");
	else
		snprintf(to, bytes, "%.0f %% %s", percent,
			 (ratio > 1) == more_is_better ? "faster" : "slower");
}

void vnft_compare_say(const struct vnft_compare_ask *ask, const struct vnft_comparison *c,
		      const struct vnft_compare_by *by, enum vnft_likeness likeness, char *to,
		      size_t bytes)
{
	const bool more = vnft_metrics[ask->metric].more_is_better;
	const char *own = likeness == VNFT_LIKENESS_SAME ? "no difference of its own" :
			  likeness == VNFT_LIKENESS_OPEN ? "no difference of its own can be told" :
			  (likeness == VNFT_LIKENESS_MORE) == more ? "faster of its own" :
								     "slower of its own";
	char host[48], type[48];

	/* By rounds, the medians of all runs may say otherwise. */
	say_change(by->how && !strcmp(by->how, "rounds") ? c->own_ratio : c->ratio, more, type,
		   sizeof(type));
	if (!by->how) {
		snprintf(to, bytes, "the type was %s; what of it is the host's is unknown: %s",
			 type, by->own_why);
	} else if (isfinite(c->host_ratio)) {
		say_change(c->host_ratio, false, host, sizeof(host));
		snprintf(to, bytes, "the host was %s, the type %s: %s", host, type, own);
	} else {
		snprintf(to, bytes, "the type was %s, %s: %s", type,
			 !strcmp(by->how, "rounds") ? "in the same rounds of one bench" :
			 !strcmp(by->how, "session") ? "in one bench" : "whatever the host did",
			 own);
	}
}
