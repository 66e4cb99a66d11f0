/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What came of a gate on a row: {"host", "type", "label", "gate", "passed", "because", "note"}, and
 * for a number "is", "value_UNIT" and "limit_UNIT". Pages, lines and JUnit XML are made of it.
 */
#ifndef VNFT_REPORT_GATES_OUTCOME_H
#define VNFT_REPORT_GATES_OUTCOME_H

#include <jansson.h>

#include "../../lib/text/view.h"
#include "gate.h"

enum vnft_outcome {
	VNFT_OUTCOME_PASSED,
	VNFT_OUTCOME_VIOLATED,		/* the condition holds */
	VNFT_OUTCOME_UNMEASURED,	/* null, for a reason */
	VNFT_OUTCOME_INVALID,		/* the row is not valid */
	VNFT_OUTCOME_NO_ROW,		/* or a side of a comparison lacks it */
	VNFT_OUTCOME_CANNOT_TELL,
};

/* New reference. @type may be NULL: nobody knows. */
json_t *vnft_outcome(const struct vnft_gate *gate, const char *type, const char *label,
		     enum vnft_outcome what, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* The same of a row that nobody has. */
json_t *vnft_outcome_no_row(const struct vnft_gate *gate);

/* Set "is" and value_UNIT; or both null with the reason, if @value is NaN. */
void vnft_outcome_set_value(json_t *outcome, const char *unit, double value, const char *why);
/* Set KEY_UNIT, or KEY of a count. */
void vnft_outcome_set_number(json_t *outcome, const char *key, const char *unit, double value);

/* A number with its unit, as pages show it. */
void vnft_outcome_say(char *to, size_t bytes, const char *unit, double value);

/* "HOST: LABEL: GATE: NOTE" */
void vnft_outcome_line(const json_t *outcome, char *to, size_t bytes);

/* How {"gates": [outcomes]} looks as text, of one host or of several. */
const struct vnft_view *vnft_outcome_views(bool hosts);

#endif
