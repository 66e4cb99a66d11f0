/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The time to a first answer, and what it may be off by: each run, and their median. One run of
 * sixty that was held up for 5 ms makes the bound of each run 5 ms; the median hardly knows it.
 *
 * method.md, "Bounds": "Whatever k of n runs are off by, the j-th smallest true value is not below
 * the (j − k)-th smallest measured one less what the other runs are off by at most: fewer than j
 * values can be." So k runs may be left out for as far as the median lies above the value k places
 * before it.
 */
#include <stdlib.h>

#include "parts.h"

/* What one run may be off by; @sum of the three. */
struct off {
	uint64_t late_ns, answer_ns, start_ns, sum_ns;
};

static int by_sum(const void *a, const void *b)
{
	const struct off *x = a, *y = b;

	return (x->sum_ns > y->sum_ns) - (x->sum_ns < y->sum_ns);
}

static struct off larger(struct off a, const struct off *b)
{
	if (b->late_ns > a.late_ns)
		a.late_ns = b->late_ns;
	if (b->answer_ns > a.answer_ns)
		a.answer_ns = b->answer_ns;
	if (b->start_ns > a.start_ns)
		a.start_ns = b->start_ns;
	a.sum_ns = a.late_ns + a.answer_ns + a.start_ns;
	return a;
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Of the @n lowest ones; @value ascends. */
static double median_ns(const double *value, size_t n)
{
	return n % 2 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
}

/* @off ascends: the first n - k of them are what is left without the k largest. */
static void choose(const struct vnft_samples *v, const struct off *off,
		   struct vnft_bound_sizes *sizes)
{
	struct off of_rest = { 0 };
	double best_ns = -1;
	size_t i;

	for (i = 0; i < v->n; i++) {
		const size_t k = v->n - 1 - i;
		double aside_ns;

		of_rest = larger(of_rest, &off[i]);
		if (2 * k >= v->n)
			continue;
		/* The middle of the n - 2 k lowest ones stands k places before that of all. */
		aside_ns = median_ns(v->value, v->n) - median_ns(v->value, v->n - 2 * k);
		if (best_ns >= 0 && aside_ns + (double)of_rest.sum_ns > best_ns)
			continue;
		best_ns = aside_ns + (double)of_rest.sum_ns;
		sizes->ns[VNFT_BOUND_LATE] = (double)of_rest.late_ns;
		sizes->ns[VNFT_BOUND_ANSWER] = (double)of_rest.answer_ns;
		sizes->ns[VNFT_BOUND_START] = (double)of_rest.start_ns;
		sizes->ns[VNFT_BOUND_ASIDE] = aside_ns;
	}
}

/* For their median alone, in place of those of each run. @v is put in order. */
static void of_median(const struct vnft_results_row *row, bool service, struct vnft_samples *v,
		      struct vnft_bound_sizes *sizes)
{
	struct off *off = calloc(v->n + 1, sizeof(*off));
	size_t n = 0;
	unsigned int i;

	/* Without memory those of each run stay, which are a bound as well. */
	for (i = 0; off && i < row->runs && n < v->n; i++) {
		const struct vnft_results_run *r = &row->run[i];
		const struct vnft_results_asking *asking = service ? &r->service_asking :
								     &r->rst_asking;
		const struct off own = { asking->late_ns, asking->answer_ns, r->own_start_ns, 0 };

		if (r->valid && (service ? r->service_ns : r->instantiation_ns))
			off[n++] = larger(own, &own);
	}
	if (n && n == v->n) {
		qsort(v->value, n, sizeof(*v->value), by_value);
		qsort(off, n, sizeof(*off), by_sum);
		choose(v, off, sizes);
	}
	free(off);
}

json_t *vnft_results_answered(const struct vnft_results_session *session,
			      const struct vnft_results_row *row, bool service,
			      const char *none_why)
{
	struct vnft_samples v = { 0 }, ascending = { 0 };
	struct vnft_bound_sizes sizes;
	struct vnft_bound of_run, median;
	json_t *to;

	VNFT_RESULTS_COLLECT(row, &v, service ? r->service_ns : r->instantiation_ns,
			     service ? r->service_ns : r->instantiation_ns);
	VNFT_RESULTS_COLLECT(row, &ascending, service ? r->service_ns : r->instantiation_ns,
			     service ? r->service_ns : r->instantiation_ns);
	vnft_results_sizes(session, row, service, &sizes);
	of_run = vnft_bound_of(VNFT_BOUNDED_INSTANTIATION, &sizes);
	of_median(row, service, &ascending, &sizes);
	median = vnft_bound_of(VNFT_BOUNDED_INSTANTIATION, &sizes);
	to = vnft_results_duration(&v, &median, session->seed, none_why);
	if (v.n)
		vnft_bound_put(to, "run", "ns", &of_run);
	else
		vnft_bound_none(to, "run", "ns", none_why);
	vnft_samples_free(&ascending);
	vnft_samples_free(&v);
	return to;
}
