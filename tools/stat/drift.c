/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two benches at different times: what of a change is the host's, by the reference that ran beside
 * each run.
 *
 * method.md, "Comparison": "A launch that keeps c CPUs busy feels between c (at most half) and 3 c
 * (at most all) of what the reference feels: much of waiting takes no longer on a slower CPU. Its
 * own ratio therefore lies between B / A divided by the host's ratio to the power of the one, and
 * to that of the other; the interval holds the intervals of both. They are drawn by a bootstrap of
 * blocks: about n^(1/3) runs that follow each other are drawn together, each with its reference. In
 * place of medians stand means of logarithms, without the fifth at each end."
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text/error.h"
#include "random.h"
#include "samples.h"
#include "stat.h"

/* Of what the reference feels, in logarithms: the least and the most that a type does. */
enum { LEAST, MOST, FELT };

/**
 * struct ranked - values and where each stands among them
 * @sorted: ascending logarithms; @rank: of the value of each run
 */
struct ranked {
	double *sorted;
	uint32_t *rank, *drawn;
	uint32_t n;
};

/* A series with the reference beside it; @joined: run by run. */
struct series {
	struct ranked type, reference;
	bool joined;
};

struct ranked_run {
	double value;
	uint32_t run;
};

static int by_value(const void *a, const void *b)
{
	const struct ranked_run *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

static void release(struct ranked *r)
{
	free(r->sorted);
	free(r->rank);
	free(r->drawn);
}

static int rank(const struct vnft_samples *s, struct ranked *r)
{
	struct ranked_run *place = calloc(s->n + 1, sizeof(*place));
	uint32_t i;

	r->n = (uint32_t)s->n;
	r->sorted = calloc(s->n + 1, sizeof(*r->sorted));
	r->rank = calloc(s->n + 1, sizeof(*r->rank));
	r->drawn = calloc(s->n + 1, sizeof(*r->drawn));
	if (!place || !r->sorted || !r->rank || !r->drawn) {
		free(place);
		return -ENOMEM;
	}
	for (i = 0; i < r->n; i++)
		place[i] = (struct ranked_run) { log(s->value[i]), i };
	qsort(place, r->n, sizeof(*place), by_value);
	for (i = 0; i < r->n; i++) {
		r->sorted[i] = place[i].value;
		r->rank[place[i].run] = i;
	}
	free(place);
	return 0;
}

/* Runs that follow each other are alike: about n^(1/3) of them are drawn as one. */
uint32_t vnft_block_runs(uint32_t n)
{
	const uint32_t runs = (uint32_t)lround(cbrt(n));

	return runs ? runs : 1;
}

/* Draw the runs of @r anew; of @with the same ones, unless it is NULL. */
static void draw(struct ranked *r, struct ranked *with, struct vnft_random *random)
{
	const uint32_t runs = vnft_block_runs(r->n);
	uint32_t i, at = 0;

	memset(r->drawn, 0, r->n * sizeof(*r->drawn));
	if (with)
		memset(with->drawn, 0, with->n * sizeof(*with->drawn));
	for (i = 0; i < r->n; i++, at = (at + 1) % r->n) {
		if (i % runs == 0)
			at = vnft_random_below(random, r->n);
		r->drawn[r->rank[at]]++;
		if (with)
			with->drawn[with->rank[at]]++;
	}
}

/*
 * The mean of the logarithms without the fifth at each end. It scatters less than their median:
 * by a sixth where they are normal, and more where a row has two clusters.
 */
static double middle(const struct ranked *r)
{
	const uint32_t first = r->n / 5, end = r->n - first;
	uint32_t i, below = 0, from, to;
	double sum = 0;

	for (i = 0; i < r->n; below += r->drawn[i++]) {
		from = below > first ? below : first;
		to = below + r->drawn[i] < end ? below + r->drawn[i] : end;
		if (to > from)
			sum += (to - from) * r->sorted[i];
	}
	return sum / (end - first);
}

static void resample(struct series *s, struct vnft_random *random, double *type,
		     double *reference)
{
	draw(&s->type, s->joined ? &s->reference : NULL, random);
	if (!s->joined)
		draw(&s->reference, NULL, random);
	*type = middle(&s->type);
	*reference = middle(&s->reference);
}

/* Every run once. */
static void as_measured(struct series *s, double *type, double *reference)
{
	uint32_t i;

	for (i = 0; i < s->type.n; i++)
		s->type.drawn[i] = 1;
	for (i = 0; i < s->reference.n; i++)
		s->reference.drawn[i] = 1;
	*type = middle(&s->type);
	*reference = middle(&s->reference);
}

static struct vnft_interval interval_of(double *x, size_t n)
{
	vnft_sort(x, n);
	return (struct vnft_interval) { .valid = true,
		.low = exp(vnft_sorted_quantile(x, n, 0.025)),
		.high = exp(vnft_sorted_quantile(x, n, 0.975)) };
}

/* Twice the share of the resamples on the other side of "no change". */
static double two_sided(const double *x, size_t n)
{
	size_t i, above = 0, below = 0, less;

	for (i = 0; i < n; i++) {
		above += x[i] >= 0;
		below += x[i] <= 0;
	}
	less = above < below ? above : below;
	return fmin(2 * (less + 1.0) / ((double)n + 1), 1);
}

void vnft_felt(const struct vnft_side *side, size_t n, double felt[2])
{
	double share, least = 1, most = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		share = side[i].busy_cpus > 0 && side[i].busy_cpus < 1 ? side[i].busy_cpus : 1;
		least = fmin(least, share);
		most = fmax(most, share);
	}
	felt[LEAST] = fmin(least, 0.5);
	felt[MOST] = fmin(3 * most, 1);
}

int vnft_log_middle(const struct vnft_samples *s, double *middle_log)
{
	struct ranked r = { 0 };
	uint32_t i;
	int err = rank(s, &r);

	for (i = 0; !err && i < r.n; i++)
		r.drawn[i] = 1;
	if (!err)
		*middle_log = middle(&r);
	release(&r);
	return err;
}

static int bootstrap(struct series *a, struct series *b, const double felt[FELT], uint64_t seed,
		     struct vnft_comparison *out)
{
	struct vnft_random random = { .state = seed };
	const uint32_t n = vnft_resamples(2 * (a->type.n + b->type.n));
	double *x = n ? calloc(n * (FELT + 1), sizeof(*x)) : NULL;
	double type[2], host[2];
	struct vnft_interval own;
	uint32_t i, k;

	as_measured(a, &type[0], &host[0]);
	as_measured(b, &type[1], &host[1]);
	out->host_ratio = exp(host[1] - host[0]);
	out->own_ratio = exp(type[1] - type[0] -
			     (felt[LEAST] + felt[MOST]) / 2 * (host[1] - host[0]));
	if (!x)
		return vnft_fail(-ENOMEM, "out of memory comparing with the reference");
	for (i = 0; i < n; i++) {
		resample(a, &random, &type[0], &host[0]);
		resample(b, &random, &type[1], &host[1]);
		for (k = 0; k < FELT; k++)
			x[k * n + i] = type[1] - type[0] - felt[k] * (host[1] - host[0]);
		x[FELT * n + i] = host[1] - host[0];
	}
	out->p_value = 0;
	out->ci95_own = (struct vnft_interval) { .valid = true, .low = INFINITY };
	for (k = 0; k < FELT; k++) {
		out->p_value = fmax(out->p_value, two_sided(x + k * n, n));
		own = interval_of(x + k * n, n);
		out->ci95_own.low = fmin(out->ci95_own.low, own.low);
		out->ci95_own.high = fmax(out->ci95_own.high, own.high);
	}
	out->ci95_host = interval_of(x + FELT * n, n);
	free(x);
	return 0;
}

static bool is_enough(const struct vnft_samples *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (!(s->value[i] > 0))
			return false;
	return s->n >= VNFT_MIN_RUNS_FOR_INTERVAL;
}

int vnft_compare_reference(const struct vnft_side *a, const struct vnft_side *b, uint64_t seed,
			   struct vnft_comparison *out)
{
	struct series s[2] = { 0 };
	const struct vnft_side side[] = { *a, *b };
	double felt[FELT];
	int i, err = 0;

	vnft_felt(side, 2, felt);
	for (i = 0; i < 2; i++)
		if (!is_enough(side[i].type) || !is_enough(side[i].reference))
			return vnft_fail(-ENODATA, "the reference needs %d runs of each side, all "
					 "above 0", VNFT_MIN_RUNS_FOR_INTERVAL);
	for (i = 0; i < 2 && !err; i++) {
		err = rank(side[i].type, &s[i].type);
		if (!err)
			err = rank(side[i].reference, &s[i].reference);
		s[i].joined = side[i].type->n == side[i].reference->n;
	}
	if (err)
		vnft_fail(err, "out of memory comparing with the reference");
	else
		err = bootstrap(&s[0], &s[1], felt, seed, out);
	for (i = 0; i < 2; i++) {
		release(&s[i].type);
		release(&s[i].reference);
	}
	return err;
}
