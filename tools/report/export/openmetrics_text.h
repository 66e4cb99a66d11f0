/* SPDX-License-Identifier: GPL-2.0 */
/*
 * OpenMetrics 1.0 as text: families, samples, and histograms with bounds that do not depend on what
 * was measured, so that those of several hosts and days can be added up.
 */
#ifndef VNFT_REPORT_EXPORT_OPENMETRICS_TEXT_H
#define VNFT_REPORT_EXPORT_OPENMETRICS_TEXT_H

#include <stdint.h>
#include <stdio.h>

#include "../../../kmod/core/hist.h"

/**
 * struct vnft_om - a family being written
 * @name: without what stands behind it in a sample
 * @labels: of the samples that follow, as they are printed; "" for none
 */
struct vnft_om {
	FILE *to;
	char name[96];
	char labels[2048];
};

/* @type: of OpenMetrics; @unit: the last word of @name, NULL for none. */
void vnft_om_family(struct vnft_om *om, const char *name, const char *type, const char *unit,
		    const char *help);
void vnft_om_no_labels(struct vnft_om *om);
/* One more; at most 255 bytes of the value. What does not fit is left out. */
void vnft_om_label(struct vnft_om *om, const char *label, const char *value);

/* NAME@suffix{labels} value, with @more ("quantile=\"0.5\"", or NULL) among the labels. */
void vnft_om_count(struct vnft_om *om, const char *suffix, const char *more, uint64_t value);
void vnft_om_real(struct vnft_om *om, const char *suffix, const char *more, double value);
void vnft_om_seconds(struct vnft_om *om, const char *suffix, const char *more, uint64_t ns);

/*
 * All of a histogram. A bucket of ours that has a bound in it is counted above the bound: by at
 * most 1.6 % of it, values may be counted as longer, and none as shorter.
 */
void vnft_om_hist(struct vnft_om *om, const struct vnft_hist *h);
/* The same of single values in ns, exactly. */
void vnft_om_values(struct vnft_om *om, const double *ns, size_t n);

void vnft_om_end(FILE *to);

#endif
