/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Round trips as the percentile text of HdrHistogram, which its plotter and others read: value in
 * nanoseconds, percentile, how many are not longer, 1 / (1 - percentile). One file holds one
 * histogram.
 *
 * The steps are HdrHistogram's own, 5 in each half of the distance that is left to 100 %. Lines
 * that begin with # are comments there; the last ones say what the histogram is of.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/clean.h"
#include "../../lib/text/error.h"
#include "../../lib/text/view.h"
#include "../../results/read.h"
#include "../../stat/records/pair.h"
#include "../records/summary.h"
#include "export.h"

#define TICKS_PER_HALF	5

/**
 * struct hgrm_pairs - pairs of all devices
 * @seen: by id: it has records
 */
struct hgrm_pairs {
	struct vnft_pair *pair;
	bool seen[UINT16_MAX + 1];
};

static void put_title(FILE *to)
{
	fputs("       Value     Percentile TotalCount 1/(1-Percentile)\n\n", to);
}

static void put_line(FILE *to, uint64_t ns, double q, uint64_t count)
{
	fprintf(to, "%12.3f %2.12f %10" PRIu64, (double)ns, q, count);
	if (q < 1)
		fprintf(to, " %14.2f", 1 / (1 - q));
	fputc('\n', to);
}

/* The largest value of a bucket, if it was there. */
static uint64_t value_of(const struct vnft_hist *h, uint32_t bucket)
{
	const uint64_t ns = vnft_hist_lower_ns(bucket + 1) - 1;

	return ns < h->max_ns && bucket + 1 < VNFT_HIST_BUCKETS ? ns : h->max_ns;
}

/* The next percentile to stop at; the closer to the end, the shorter the step. */
static double next_stop(double percent)
{
	const double halves = floor(log2(100 / (100 - percent))) + 1;

	return percent + 100 / (TICKS_PER_HALF * pow(2, halves));
}

static void put_hist(FILE *to, const struct vnft_hist *h)
{
	double stop = 0, mean = (double)h->sum_ns / (double)h->count, squares = 0;
	uint64_t count = 0;
	uint32_t i;

	put_title(to);
	for (i = 0; i < VNFT_HIST_BUCKETS && count < h->count; i++) {
		const double middle = ((double)vnft_hist_lower_ns(i) + (double)value_of(h, i)) / 2;

		if (!h->bucket[i])
			continue;
		count += h->bucket[i];
		squares += (double)h->bucket[i] * (middle - mean) * (middle - mean);
		while (stop < 100 && 100 * ((double)count / (double)h->count) >= stop) {
			put_line(to, value_of(h, i), stop / 100, count);
			stop = next_stop(stop);
			if (count == h->count)
				break;	/* what is left of the way has no values */
		}
	}
	put_line(to, h->max_ns, 1, count);
	fprintf(to, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", mean,
		sqrt(squares / (double)h->count));
	fprintf(to, "#[Max     = %12.3f, Total count    = %12" PRIu64 "]\n", (double)h->max_ns,
		(uint64_t)h->count);
	fprintf(to, "#[Buckets = %12u, SubBuckets     = %12u]\n",
		VNFT_HIST_MAX_LOG2 - VNFT_HIST_SUB_BITS + 2, VNFT_HIST_SUB);
}

static int begin(struct vnft_export *x)
{
	struct hgrm_pairs *p = calloc(1, sizeof(*p));

	if (!p)
		return vnft_fail(-ENOMEM, "%s: out of memory", x->path);
	x->own = p;
	return vnft_pair_new(&p->pair);
}

static int record(struct vnft_export *x, const struct vnft_record *r)
{
	struct hgrm_pairs *p = x->own;

	p->seen[r->device] |= r->kind == VNFT_KIND_PACKET;
	return vnft_pair_feed(r, p->pair);
}

/**
 * struct hgrm_choice - of one pairing and direction of the request
 * @device: the first that has such pairs; @hist: of all of its name and observer
 * @others: names of other devices that have some, as far as they fit
 */
struct hgrm_choice {
	unsigned int pairing, dir;
	uint16_t device;
	struct vnft_hist hist;
	char others[128];
};

static void look_at_device(struct vnft_export *x, uint16_t id, struct hgrm_choice *c)
{
	static struct vnft_pair_result result;
	struct hgrm_pairs *p = x->own;
	char shown[VNFT_NAME_SHOWN_BYTES(VNFT_IFNAME_LEN)];
	const size_t used = strlen(c->others);

	vnft_pair_result(p->pair, id, c->pairing, c->dir, &result);
	if (!result.matched)
		return;
	if (!c->hist.count)
		c->device = id;
	if (!strcmp(x->ifname[id], x->ifname[c->device])) {
		/* The other observer saw the same packets. */
		if (!strcmp(vnft_summary_observer(id), vnft_summary_observer(c->device)))
			vnft_hist_merge(&c->hist, &result.hist);
		return;
	}
	vnft_name_show(shown, sizeof(shown), x->ifname[id]);
	snprintf(c->others + used, sizeof(c->others) - used, ", %s", shown);
}

static int put_choice(struct vnft_export *x, const struct hgrm_choice *c)
{
	char shown[VNFT_NAME_SHOWN_BYTES(VNFT_IFNAME_LEN)];

	vnft_name_show(shown, sizeof(shown), x->ifname[c->device]);
	if (c->others[0])
		return vnft_fail(-EINVAL, "%s: several devices have round trips, and one file is "
				 "one histogram: choose with --of: %s%s", x->path, shown,
				 c->others);
	put_hist(x->to, &c->hist);
	fprintf(x->to, "# ns of %s at %s (%s), request %s\n", vnft_pairing_name(c->pairing),
		shown[0] ? shown : "?", vnft_summary_observer(c->device),
		vnft_dir_name((int)c->dir));
	return 0;
}

/* Echoes before SYNs, and the guest's share before the host's. */
static int choose(struct vnft_export *x)
{
	static const unsigned int order[] = {
		VNFT_PAIRING_ECHO, VNFT_PAIRING_SYN_SYNACK, VNFT_PAIRING_SYN_RST
	};
	struct hgrm_pairs *p = x->own;
	static struct hgrm_choice c;
	unsigned int i;
	uint32_t id;
	int dir;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		for (dir = VNFT_DIR_OUT; dir >= VNFT_DIR_IN; dir--) {
			memset(&c, 0, sizeof(c));
			c.pairing = order[i];
			c.dir = (unsigned int)dir;
			for (id = 0; id <= UINT16_MAX; id++)
				if (p->seen[id])
					look_at_device(x, (uint16_t)id, &c);
			if (c.hist.count)
				return put_choice(x, &c);
		}
	}
	return vnft_fail(-ENODATA, "%s: no round trip in it: no reply has met its request",
			 x->path);
}

static int end(struct vnft_export *x, int err)
{
	struct hgrm_pairs *p = x->own;
	char why[512] = "";
	int late = 0;

	if (err)
		snprintf(why, sizeof(why), "%s", vnft_why());
	if (p && p->pair)
		late = choose(x);
	if (!late && (err || x->unfinished[0]))
		fprintf(x->to, "# not all of the recording: %s\n", err ? why : x->unfinished);
	if (err)
		vnft_fail(err, "%s", why);	/* the first reason, not that there is too little */
	if (p)
		vnft_pair_free(p->pair);
	free(p);
	return late;
}

/* results.json has quantiles, and no buckets: a line for each that it has. */
static int put_quantiles(struct vnft_export *x, const char *label, const char *load,
			 const json_t *rtt)
{
	static const struct {
		const char *key;
		double q;
	} lines[] = {
		{ "min_ns", 0 }, { "p50_ns", 0.5 }, { "p90_ns", 0.9 }, { "p99_ns", 0.99 },
		{ "p999_ns", 0.999 }, { "max_ns", 1 },
	};
	const double n = json_number_value(json_object_get(rtt, "n"));
	size_t i;

	put_title(x->to);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const json_t *ns = json_object_get(rtt, lines[i].key);

		if (json_is_number(ns))
			put_line(x->to, (uint64_t)json_number_value(ns), lines[i].q,
				 lines[i].q > 0 ? (uint64_t)ceil(lines[i].q * n) : n > 0);
	}
	fprintf(x->to, "#[Mean    = %12.3f, StdDeviation   = %12s]\n",
		json_number_value(json_object_get(rtt, "mean_ns")), "NaN");
	fprintf(x->to, "#[Max     = %12.3f, Total count    = %12.0f]\n",
		json_number_value(json_object_get(rtt, "max_ns")), n);
	fprintf(x->to, "# ns of echo, %s, of %s: quantiles of results.json; DIR/records has all\n",
		load, label);
	return 0;
}

static int results(struct vnft_export *x, const json_t *all)
{
	const json_t *rows = json_object_get(all, "rows"), *rtt = NULL, *one;
	const char *load = "flood";
	char label[256], chosen[256] = "";
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		if (!vnft_export_row(x, rows, row, label, sizeof(label)))
			continue;
		x->records++;
		one = vnft_view_at(row, "rtt.flood");
		if (!json_object_get(one, "n"))
			one = vnft_view_at(row, "rtt.fixed");
		if (!json_object_get(one, "n"))
			continue;
		if (rtt)
			return vnft_fail(-EINVAL, "%s: several rows have round trips, and one file "
					 "is one histogram: choose with --of: %s, %s", x->path,
					 chosen, label);
		rtt = one;
		load = one == vnft_view_at(row, "rtt.flood") ? "flood" : "fixed";
		snprintf(chosen, sizeof(chosen), "%s", label);
	}
	if (!rtt && (!x->only || x->records))
		return vnft_fail(-ENODATA, "%s: no row has round trips", x->path);
	return rtt ? put_quantiles(x, chosen, load, rtt) : 0;
}

const struct vnft_export_format vnft_export_hgrm = {
	.name = "hgrm",
	.what = "round trips as HdrHistogram's percentile text",
	.begin = begin,
	.record = record,
	.end = end,
	.results = results,
};
