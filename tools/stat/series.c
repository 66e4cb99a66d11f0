/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Several sessions in their order: where does the level of a type change?
 *
 * method.md, "Series": "Runs that follow each other are put together in blocks, as in a comparison,
 * each with what its reference felt taken off, by the least and by the most that the type may feel
 * of it. Of every place between two sessions the difference of the mean ranks before and behind it
 * is taken, times the root of n₁ n₂ / n: of both ways to take the host off the smaller one, 0 where
 * they point apart. p is the share of the ways to shuffle the blocks whose largest difference is at
 * least the largest one observed. Where p < 0.05 the series is cut there, and both parts are tried
 * alike (binary segmentation)."
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text/error.h"
#include "random.h"
#include "samples.h"
#include "stat.h"

#define ALPHA	0.05
#define WAYS	2	/* the least and the most of what the reference feels */

/**
 * struct block - runs that follow each other
 * @level: mean of their logarithms, without what the host did
 * @rank: of that among the blocks of the part that is tried; equal levels share theirs
 */
struct block {
	double level[WAYS], rank[WAYS];
	size_t point;
};

/**
 * struct series_of_points - the blocks of all points, in order
 * @nth: scratch: which block stands where
 */
struct series_of_points {
	struct block *block;
	size_t blocks;
	uint32_t *nth;
	struct vnft_random random;
	struct vnft_change *change;
	size_t changes;
};

static bool counts(const struct vnft_side *point)
{
	return point->type->n >= VNFT_MIN_RUNS_FOR_INTERVAL;
}

static double mean_log(const struct vnft_samples *s, size_t from, size_t until)
{
	double sum = 0;
	size_t i;

	for (i = from; i < until; i++)
		sum += log(s->value[i]);
	return sum / (double)(until - from);
}

/* What is left over at the end belongs to the last block. */
static void add_blocks(struct series_of_points *s, const struct vnft_side *point, size_t at,
		       const double felt[WAYS])
{
	const size_t n = point->type->n, runs = vnft_block_runs((uint32_t)n), blocks = n / runs;
	const struct vnft_samples *host = point->reference;
	size_t i, way, from, until;
	struct block *b;
	double mood;

	for (i = 0; i < blocks; i++) {
		from = i * runs;
		until = i + 1 == blocks ? n : from + runs;
		b = &s->block[s->blocks++];
		b->point = at;
		mood = !host || !host->n ? 0 :
		       host->n == n ? mean_log(host, from, until) : mean_log(host, 0, host->n);
		for (way = 0; way < WAYS; way++)
			b->level[way] = mean_log(point->type, from, until) - felt[way] * mood;
	}
}

struct placed {
	double level;
	size_t block;
};

static int by_level(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	return (x->level > y->level) - (x->level < y->level);
}

static int rank_blocks(struct block *b, size_t n)
{
	struct placed *p = calloc(n, sizeof(*p));
	size_t way, i, first, k;

	if (!p)
		return -ENOMEM;
	for (way = 0; way < WAYS; way++) {
		for (i = 0; i < n; i++)
			p[i] = (struct placed) { b[i].level[way], i };
		qsort(p, n, sizeof(*p), by_level);
		for (first = 0; first < n; first = i) {
			for (i = first; i < n && !(p[i].level > p[first].level); i++)
				;
			for (k = first; k < i; k++)
				b[p[k].block].rank[way] = (double)(first + i - 1) / 2;
		}
	}
	free(p);
	return 0;
}

/*
 * The largest difference over all places between two points, and the place: the first block behind
 * it; *@place stays where there is none. @nth: whose ranks stand where.
 */
static double largest(const struct block *b, size_t n, const uint32_t *nth, size_t *place)
{
	const double middle = (double)(n - 1) / 2;
	double sum[WAYS] = { 0 }, best = -1, of_both, scale;
	size_t i, way;

	for (i = 1; i < n; i++) {
		for (way = 0; way < WAYS; way++)
			sum[way] += b[nth[i - 1]].rank[way] - middle;
		if (b[i].point == b[i - 1].point)
			continue;
		/* The sum before is that behind, turned about. */
		scale = sqrt((double)n / ((double)i * (double)(n - i)));
		of_both = sum[0] * sum[1] > 0 ? fmin(fabs(sum[0]), fabs(sum[1])) * scale : 0;
		if (of_both <= best)
			continue;
		best = of_both;
		*place = i;
	}
	return best;
}

static double permutation_p(struct series_of_points *s, const struct block *b, size_t n,
			    double observed)
{
	const uint32_t ways = vnft_resamples(n);
	uint32_t i, k, other, swap, extreme = 0;
	size_t place;

	for (k = 0; k < ways; k++) {
		for (i = 0; i + 1 < n; i++) {
			other = i + vnft_random_below(&s->random, (uint32_t)n - i);
			swap = s->nth[i];
			s->nth[i] = s->nth[other];
			s->nth[other] = swap;
		}
		/* Equal sums must count as such although they were rounded on different ways. */
		extreme += largest(b, n, s->nth, &place) >= observed * (1 - 1e-9);
	}
	return (extreme + 1.0) / (ways + 1.0);
}

/* The blocks [@from, @until). 0, or -ENOMEM. *@p_value may be NULL. */
static int cut(struct series_of_points *s, size_t from, size_t until, double *p_value)
{
	struct block *b = s->block + from;
	const size_t n = until - from;
	double observed, p = 1;
	size_t place = 0, i;
	int err;

	err = rank_blocks(b, n);
	if (err)
		return err;
	for (i = 0; i < n; i++)
		s->nth[i] = (uint32_t)i;
	observed = largest(b, n, s->nth, &place);
	if (place)
		p = permutation_p(s, b, n, observed);
	if (p_value)
		*p_value = place ? p : NAN;
	if (!place || p >= ALPHA)
		return 0;
	err = cut(s, from, from + place, NULL);
	if (err)
		return err;
	s->change[s->changes++] = (struct vnft_change) { .at = b[place].point, .p_value = p };
	return cut(s, from + place, until, NULL);
}

static int check(const struct vnft_side *point, size_t n, size_t *blocks)
{
	size_t i, k;

	for (i = 0, *blocks = 0; i < n; i++) {
		if (!counts(&point[i]))
			continue;
		for (k = 0; k < point[i].type->n; k++)
			if (!(point[i].type->value[k] > 0))
				return vnft_fail(-ERANGE, "a ratio needs numbers above 0");
		for (k = 0; point[i].reference && k < point[i].reference->n; k++)
			if (!(point[i].reference->value[k] > 0))
				return vnft_fail(-ERANGE, "a reference is not above 0");
		*blocks += point[i].type->n;
	}
	return *blocks > 1000000 ? vnft_fail(-E2BIG, "more than 1000000 samples in a series") : 0;
}

int vnft_series(const struct vnft_side *point, size_t n, const double felt[2], uint64_t seed,
		struct vnft_change *change, size_t *changes, double *p_value)
{
	struct series_of_points s = { .random = { .state = seed }, .change = change };
	size_t i, room;
	int err;

	*changes = 0;
	*p_value = NAN;
	err = check(point, n, &room);
	if (err || !room)
		return err;
	s.block = calloc(room, sizeof(*s.block));
	s.nth = calloc(room, sizeof(*s.nth));
	err = s.block && s.nth ? 0 : -ENOMEM;
	for (i = 0; !err && i < n; i++)
		if (counts(&point[i]))
			add_blocks(&s, &point[i], i, felt);
	if (!err)
		err = cut(&s, 0, s.blocks, p_value);
	free(s.nth);
	free(s.block);
	*changes = err ? 0 : s.changes;
	return err ? vnft_fail(err, "out of memory looking for changes") : 0;
}
