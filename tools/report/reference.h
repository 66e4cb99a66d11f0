/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The numbers of the reference study, for what sets ours beside them.
 */
#ifndef VNFT_REPORT_REFERENCE_H
#define VNFT_REPORT_REFERENCE_H

#include <jansson.h>
#include <stdbool.h>

/**
 * struct vnft_reference - a row of the study
 * @rtt: a number whose unit is not believed: only its order is used
 */
struct vnft_reference {
	const char *type;
	double instantiation_ms, tx_gbps, rx_gbps, rtt, image_mb, memory_mb;
};
/* Ended by one without a type. */
extern const struct vnft_reference vnft_references[];

/* The row of the study that a row of ours stands beside, or NULL. */
const struct vnft_reference *vnft_reference_of(const json_t *row);
/* Were both measured on one host? */
bool vnft_reference_same_host(const json_t *a, const json_t *b);

#endif
