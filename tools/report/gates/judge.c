/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A gate on a row.
 *
 * docs/gates.md: "A gate is judged by the number that is printed. How sure that is, the line says:
 * surely, if both ends of the number's interval and bound would be judged alike; else not surely.
 * With --sure a gate fails, too, where that is so. What is null fails, with its reason."
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/text/json.h"
#include "outcome.h"
#include "parts.h"

enum sureness { SURE, EXACT, WITHIN_INTERVAL, WITHIN_BOUND, NO_INTERVAL };

static enum sureness how_sure(const struct vnft_gate *gate, const struct vnft_gate_number *number)
{
	const double v = number->value;
	const double low = isnan(number->low) ? v : fmin(number->low, v);
	const double high = isnan(number->high) ? v : fmax(number->high, v);
	const bool holds = vnft_gate_holds(gate, v, gate->limit);

	if (vnft_gate_holds(gate, low, gate->limit) != holds ||
	    vnft_gate_holds(gate, high, gate->limit) != holds)
		return WITHIN_INTERVAL;
	if (vnft_gate_holds(gate, low - number->below, gate->limit) != holds ||
	    vnft_gate_holds(gate, high + number->above, gate->limit) != holds)
		return WITHIN_BOUND;
	if (number->interval_why[0])
		return NO_INTERVAL;
	return isnan(number->low) && number->bound_why[0] ? EXACT : SURE;
}

static void say_range(char *to, size_t bytes, const char *unit, double low, double high)
{
	char from[64], until[64];

	vnft_outcome_say(from, sizeof(from), unit, low);
	vnft_outcome_say(until, sizeof(until), unit, high);
	snprintf(to, bytes, "%s to %s", from, until);
}

/* What has neither interval nor bound is taken as it is. */
static void say_certainty(const struct vnft_gate_number *number, const char *range, char *to,
			  size_t bytes)
{
	const bool interval = !isnan(number->low), bound = !number->bound_why[0];

	if (interval && bound)
		snprintf(to, bytes, ", surely: with interval and bound it is within %s", range);
	else if (interval)
		snprintf(to, bytes, ", surely: its 95 %% interval is %s", range);
	else if (bound && number->below + number->above > 0)
		snprintf(to, bytes, "; with its bound it is within %s", range);
	else
		to[0] = '\0';
}

/* Behind "it is 66.1 ms". */
static void say_sureness(const struct vnft_gate *gate, const struct vnft_gate_number *number,
			 enum sureness sure, char *to, size_t bytes)
{
	const char *unit = vnft_metrics[gate->metric].unit;
	const double low = isnan(number->low) ? number->value : fmin(number->low, number->value);
	const double high = isnan(number->high) ? number->value : fmax(number->high, number->value);
	char range[160];

	switch (sure) {
	case WITHIN_INTERVAL:
		say_range(range, sizeof(range), unit, number->low, number->high);
		snprintf(to, bytes, ", but not surely: the limit lies within the 95 %% interval, "
			 "%s: more runs narrow it (bench -r)", range);
		break;
	case WITHIN_BOUND:
		say_range(range, sizeof(range), unit, low - number->below, high + number->above);
		snprintf(to, bytes, ", but not surely: by what the method may be off by, the truth "
			 "is within %s (docs/method.md, \"Bounds\")", range);
		break;
	case NO_INTERVAL:
		snprintf(to, bytes, ", how surely is not known: no interval: %s",
			 number->interval_why);
		break;
	case SURE:
	case EXACT:
		say_range(range, sizeof(range), unit, low - number->below, high + number->above);
		say_certainty(number, range, to, bytes);
		break;
	}
}

static json_t *judge(const struct vnft_gate *gate, const json_t *row, const char *label,
		     const struct vnft_gate_number *number, bool insist)
{
	const char *type = json_string_value(json_object_get(row, "type"));
	const char *unit = vnft_metrics[gate->metric].unit;
	const enum sureness sure = how_sure(gate, number);
	const bool holds = vnft_gate_holds(gate, number->value, gate->limit);
	const bool open = insist && sure != SURE && sure != EXACT;
	char is[64], how[512];
	json_t *to;

	vnft_outcome_say(is, sizeof(is), unit, number->value);
	say_sureness(gate, number, sure, how, sizeof(how));
	to = vnft_outcome(gate, type, label, holds ? VNFT_OUTCOME_VIOLATED :
			  open ? VNFT_OUTCOME_CANNOT_TELL : VNFT_OUTCOME_PASSED,
			  "it is %s%s%s", is, how, !holds && open ? ": --sure lets nothing pass "
								    "that it cannot tell" : "");
	if (sure == EXACT)
		vnft_json_null(to, "sure", "the number has no interval and no bound");
	else
		json_object_set_new(to, "sure", json_boolean(sure == SURE));
	if (!isnan(number->low)) {
		vnft_outcome_set_number(to, "low", unit, number->low);
		vnft_outcome_set_number(to, "high", unit, number->high);
	}
	return to;
}

json_t *vnft_gate_judge(const struct vnft_gate *gate, const json_t *row, const char *label,
			bool sure)
{
	const char *type = json_string_value(json_object_get(row, "type"));
	const char *why = json_string_value(json_object_get(row, "invalid_why"));
	const char *unit = vnft_metrics[gate->metric].unit;
	struct vnft_gate_number number;
	json_t *to;

	vnft_gate_number(gate, row, &number);
	if (json_is_false(json_object_get(row, "valid")))
		to = vnft_outcome(gate, type, label, VNFT_OUTCOME_INVALID,
				  "the row is not valid: %s", why && why[0] ? why :
				  "its results.json does not say why");
	else if (isnan(number.value))
		to = vnft_outcome(gate, type, label, VNFT_OUTCOME_UNMEASURED, "not measured: %s",
				  number.why);
	else
		to = judge(gate, row, label, &number, sure);
	vnft_outcome_set_value(to, unit, number.value, number.why);
	vnft_outcome_set_number(to, "limit", unit, gate->limit);
	return to;
}
