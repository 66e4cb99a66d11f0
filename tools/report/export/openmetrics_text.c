/* SPDX-License-Identifier: GPL-2.0 */
/*
 * OpenMetrics as text.
 */
#include "openmetrics_text.h"

#include <inttypes.h>
#include <string.h>

#include "../../lib/text/clean.h"

#define NS_PER_S 1000000000u

/*
 * The bounds: 1, 2 and 5 of each power of ten from 1 us to 100 s, as OpenMetrics spells numbers.
 * docs/export.md lists them. To change one makes old and new histograms unfit for each other.
 */
static const struct bound {
	const char *s;
	uint64_t ns;
} bounds[] = {
	{ "1e-06", 1000 }, { "2e-06", 2000 }, { "5e-06", 5000 },
	{ "1e-05", 10000 }, { "2e-05", 20000 }, { "5e-05", 50000 },
	{ "0.0001", 100000 }, { "0.0002", 200000 }, { "0.0005", 500000 },
	{ "0.001", 1000000 }, { "0.002", 2000000 }, { "0.005", 5000000 },
	{ "0.01", 10000000 }, { "0.02", 20000000 }, { "0.05", 50000000 },
	{ "0.1", 100000000 }, { "0.2", 200000000 }, { "0.5", 500000000 },
	{ "1.0", 1000000000 }, { "2.0", 2000000000 }, { "5.0", 5000000000 },
	{ "10.0", 10000000000 }, { "20.0", 20000000000 }, { "50.0", 50000000000 },
	{ "100.0", 100000000000 },
};
#define BOUNDS (sizeof(bounds) / sizeof(bounds[0]))

void vnft_om_family(struct vnft_om *om, const char *name, const char *type, const char *unit,
		    const char *help)
{
	snprintf(om->name, sizeof(om->name), "%s", name);
	vnft_om_no_labels(om);
	fprintf(om->to, "# TYPE %s %s\n", name, type);
	if (unit)
		fprintf(om->to, "# UNIT %s %s\n", name, unit);
	fprintf(om->to, "# HELP %s %s\n", name, help);
}

void vnft_om_no_labels(struct vnft_om *om)
{
	om->labels[0] = '\0';
}

void vnft_om_label(struct vnft_om *om, const char *label, const char *value)
{
	char clean[256], escaped[2 * sizeof(clean)], *to = escaped;
	const size_t used = strlen(om->labels);
	const char *at;

	vnft_text_clean(clean, sizeof(clean), value);
	for (at = clean; *at; at++) {
		if (*at == '\\' || *at == '"')
			*to++ = '\\';
		*to++ = *at;
	}
	*to = '\0';
	if (used + strlen(label) + strlen(escaped) + sizeof(",=\"\"") <= sizeof(om->labels))
		snprintf(om->labels + used, sizeof(om->labels) - used, "%s%s=\"%s\"",
			 used ? "," : "", label, escaped);
}

static void begin_sample(struct vnft_om *om, const char *suffix, const char *more)
{
	const bool both = om->labels[0] && more, some = om->labels[0] || more;

	fprintf(om->to, "%s%s%s%s%s%s%s ", om->name, suffix, some ? "{" : "", om->labels,
		both ? "," : "", more ? more : "", some ? "}" : "");
}

void vnft_om_count(struct vnft_om *om, const char *suffix, const char *more, uint64_t value)
{
	begin_sample(om, suffix, more);
	fprintf(om->to, "%" PRIu64 "\n", value);
}

void vnft_om_real(struct vnft_om *om, const char *suffix, const char *more, double value)
{
	begin_sample(om, suffix, more);
	fprintf(om->to, "%.15g\n", value);
}

void vnft_om_seconds(struct vnft_om *om, const char *suffix, const char *more, uint64_t ns)
{
	begin_sample(om, suffix, more);
	fprintf(om->to, "%" PRIu64 ".%09" PRIu64 "\n", ns / NS_PER_S, ns % NS_PER_S);
}

static void put_bucket(struct vnft_om *om, const char *le, uint64_t count)
{
	char more[32];

	snprintf(more, sizeof(more), "le=\"%s\"", le);
	vnft_om_count(om, "_bucket", more, count);
}

void vnft_om_hist(struct vnft_om *om, const struct vnft_hist *h)
{
	uint64_t count = 0;
	uint32_t at = 0;
	size_t i;

	for (i = 0; i < BOUNDS; i++) {
		while (at < VNFT_HIST_BUCKETS && vnft_hist_lower_ns(at + 1) - 1 <= bounds[i].ns)
			count += h->bucket[at++];
		put_bucket(om, bounds[i].s, count);
	}
	for (; at < VNFT_HIST_BUCKETS; at++)
		count += h->bucket[at];
	put_bucket(om, "+Inf", count);
	vnft_om_count(om, "_count", NULL, count);
	vnft_om_seconds(om, "_sum", NULL, h->sum_ns);
}

void vnft_om_values(struct vnft_om *om, const double *ns, size_t n)
{
	uint64_t count;
	double sum = 0;
	size_t i, k;

	for (i = 0; i < BOUNDS; i++) {
		for (count = 0, k = 0; k < n; k++)
			count += ns[k] <= (double)bounds[i].ns;
		put_bucket(om, bounds[i].s, count);
	}
	for (k = 0; k < n; k++)
		sum += ns[k];
	put_bucket(om, "+Inf", n);
	vnft_om_count(om, "_count", NULL, n);
	vnft_om_real(om, "_sum", NULL, sum / NS_PER_S);
}

void vnft_om_end(FILE *to)
{
	fputs("# EOF\n", to);
}
