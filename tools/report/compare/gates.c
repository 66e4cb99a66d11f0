/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Gates of a comparison, judged by the lines of its pages.
 *
 * docs/gates.md: "A gate passes where the interval of the own ratio lies wholly within the limit,
 * and has failed where B differs by its own and the own ratio is beyond the limit. Anything between
 * cannot be told, and fails, too."
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../gates/outcome.h"
#include "parts.h"

/**
 * struct seen_line - a line, as a gate sees it
 * @ratio, @low, @high: B / A and its interval; of the type's own part if that is known (@own)
 */
struct seen_line {
	const json_t *line;
	const char *verdict, *type, *label;
	bool own;
	double ratio, low, high;
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static bool is(const struct seen_line *s, const char *verdict)
{
	return !strcmp(s->verdict, verdict);
}

static double number_of(const json_t *line, const char *key)
{
	const json_t *v = json_object_get(line, key);

	return json_is_number(v) ? json_number_value(v) : NAN;
}

static void look(const json_t *line, struct seen_line *s)
{
	const bool of_a = json_is_string(json_object_get(line, "label"));
	const json_t *ci95;

	s->line = line;
	s->verdict = text_of(line, "verdict");
	s->type = text_of(line, of_a ? "type" : "type_b");
	s->label = text_of(line, of_a ? "label" : "label_b");
	s->ratio = number_of(line, "own_ratio");
	s->own = isfinite(s->ratio);
	if (!s->own)
		s->ratio = number_of(line, "ratio");
	ci95 = json_object_get(line, s->own ? "ci95_own" : "ci95_ratio");
	s->low = json_is_array(ci95) ? json_number_value(json_array_get(ci95, 0)) : NAN;
	s->high = json_is_array(ci95) ? json_number_value(json_array_get(ci95, 1)) : NAN;
}

static bool is_called(const json_t *line, const char *row)
{
	static const char *const keys[] = { "type", "label", "type_b", "label_b" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(text_of(line, keys[i]), row))
			return true;
	return false;
}

static json_t *say(const struct vnft_gate *gate, const struct seen_line *s, enum vnft_outcome what,
		   const char *note)
{
	return vnft_outcome(gate, s->type[0] ? s->type : NULL, s->label, what, "%s", note);
}

/* What no gate passes, in the words of the page; NULL: there is something to judge. */
static json_t *untested(const struct vnft_gate *gate, const struct seen_line *s)
{
	char note[512];

	if (is(s, VNFT_VERDICT_MISSING)) {
		snprintf(note, sizeof(note), "missing: %s has no such row",
			 json_is_string(json_object_get(s->line, "label")) ? "B" : "A");
		return say(gate, s, VNFT_OUTCOME_NO_ROW, note);
	}
	if (is(s, VNFT_VERDICT_UNMEASURED)) {
		snprintf(note, sizeof(note), "not measured: %.400s",
			 text_of(s->line, "ratio_why"));
		return say(gate, s, VNFT_OUTCOME_UNMEASURED, note);
	}
	if (!is(s, VNFT_VERDICT_TOO_FEW))
		return NULL;
	snprintf(note, sizeof(note), "too few runs: %d of each side are needed",
		 VNFT_MIN_RUNS_FOR_INTERVAL);
	return say(gate, s, VNFT_OUTCOME_CANNOT_TELL, note);
}

/* "B is 12 % more, 10 % to 14 %": of a ratio. */
static void say_percent(char *to, size_t bytes, double ratio)
{
	snprintf(to, bytes, "%.1f %%", 100 * (ratio - 1));
}

static void describe(const struct seen_line *s, char *to, size_t bytes)
{
	char is_[32], from[32], until[32];

	say_percent(is_, sizeof(is_), s->ratio);
	say_percent(from, sizeof(from), s->low);
	say_percent(until, sizeof(until), s->high);
	if (!isfinite(s->ratio))
		snprintf(to, bytes, "there is no ratio: one side has no median above 0");
	else if (!isfinite(s->low))
		snprintf(to, bytes, "B differs by %s, without an interval", is_);
	else
		snprintf(to, bytes, "B differs by %s (95 %% interval %s to %s)%s%.200s", is_, from,
			 until, s->own ? ", of its own" : ", what of it is the host's is unknown: ",
			 s->own ? "" : text_of(s->line, "own_ratio_why"));
}

/* So far the truth may lie below (@i 0) or above (@i 1) the median of a side. */
static double reach(const json_t *line, const char *side, const char *unit, size_t i)
{
	char key[48];

	snprintf(key, sizeof(key), "median_bound_%s", unit);
	return json_number_value(json_array_get(json_object_get(json_object_get(line, side), key),
						i));
}

/* Do the bounds of both sides allow a ratio of which the gate would hold? */
static bool bounds_allow(const struct vnft_gate *gate, const struct seen_line *s, double edge)
{
	const char *unit = vnft_metrics[gate->metric].unit;
	const bool up = gate->op == VNFT_GATE_ABOVE || gate->op == VNFT_GATE_FROM;
	char key[48];
	double a, b;

	snprintf(key, sizeof(key), "median_%s", unit);
	a = number_of(json_object_get(s->line, "a"), key);
	b = a * s->ratio;
	a = up ? a - reach(s->line, "a", unit, 0) : a + reach(s->line, "a", unit, 1);
	b = up ? b + reach(s->line, "b", unit, 1) : b - reach(s->line, "b", unit, 0);
	return a <= 0 || vnft_gate_holds(gate, b / a, edge);
}

static json_t *judge_limit(const struct vnft_gate *gate, const struct seen_line *s)
{
	const double edge = 1 + gate->limit / 100;
	const bool up = gate->op == VNFT_GATE_ABOVE || gate->op == VNFT_GATE_FROM;
	const bool differs = is(s, VNFT_VERDICT_SLOWER) || is(s, VNFT_VERDICT_FASTER);
	const bool in_bounds = is(s, VNFT_VERDICT_IN_BOUNDS);
	char text[384], note[512];
	bool within;

	describe(s, text, sizeof(text));
	within = isfinite(s->low) && !vnft_gate_holds(gate, up ? s->high : s->low, edge) &&
		 !(in_bounds && bounds_allow(gate, s, edge));
	if (within)
		return say(gate, s, VNFT_OUTCOME_PASSED, text);
	if (differs && (s->ratio > 1) == up && vnft_gate_holds(gate, s->ratio, edge)) {
		snprintf(note, sizeof(note), "%s, %s", text,
			 vnft_gate_holds(gate, up ? s->low : s->high, edge) ? "surely" :
			 "but only that it differs is sure: the limit lies within the interval");
		return say(gate, s, VNFT_OUTCOME_VIOLATED, note);
	}
	snprintf(note, sizeof(note), "cannot tell: %s%s", in_bounds ?
		 "within the bounds of the method: " : s->own ? "the interval reaches beyond the "
		 "limit: make more runs (bench -r): " : "", text);
	return say(gate, s, VNFT_OUTCOME_CANNOT_TELL, note);
}

/* docs/method.md, "Comparison": what slower and different let pass. */
static json_t *judge_word(const struct vnft_gate *gate, const struct seen_line *s)
{
	const bool different = gate->form == VNFT_GATE_DIFFERENT;
	const bool open = is(s, VNFT_VERDICT_OPEN) || is(s, VNFT_VERDICT_IN_BOUNDS);
	char text[384], note[512];

	describe(s, text, sizeof(text));
	if (is(s, VNFT_VERDICT_SLOWER) || (different && is(s, VNFT_VERDICT_FASTER))) {
		snprintf(note, sizeof(note), "B is %s: %s", s->verdict, text);
		return say(gate, s, VNFT_OUTCOME_VIOLATED, note);
	}
	if (open && (different || json_is_true(json_object_get(s->line, "may_be_slower")))) {
		snprintf(note, sizeof(note), "cannot tell: %s: %s", is(s, VNFT_VERDICT_OPEN) ?
			 "inconclusive: make more runs (bench -r), or widen --same" :
			 "it differs by less than the bounds of the method: SYNs at a shorter "
			 "interval narrow them (bench --syn-interval)", text);
		return say(gate, s, VNFT_OUTCOME_CANNOT_TELL, note);
	}
	return say(gate, s, VNFT_OUTCOME_PASSED, text);
}

static json_t *judge(const struct vnft_gate *gate, const json_t *line)
{
	struct seen_line s;
	json_t *to;

	look(line, &s);
	to = untested(gate, &s);
	if (!to)
		to = gate->form == VNFT_GATE_LIMIT ? judge_limit(gate, &s) : judge_word(gate, &s);
	if (isfinite(s.ratio))
		vnft_outcome_set_value(to, "percent", 100 * (s.ratio - 1), NULL);
	else
		vnft_outcome_set_value(to, "percent", NAN, text_of(line, "ratio_why"));
	if (gate->form == VNFT_GATE_LIMIT)
		vnft_outcome_set_number(to, "limit", "percent", gate->limit);
	return to;
}

/* A word is meant of the page that was asked for, which is the first. */
static bool is_of(const struct vnft_gate *gate, const json_t *page, size_t i)
{
	if (gate->form != VNFT_GATE_LIMIT)
		return !i;
	return !strcmp(text_of(page, "metric"), vnft_metric_names[gate->metric]) &&
	       !strcmp(text_of(page, "phase"), gate->phase);
}

json_t *vnft_compare_gates(const struct vnft_gates *gates, const json_t *const *pages, size_t n)
{
	json_t *outcomes = json_array(), *line;
	const struct vnft_gate *gate;
	size_t i, k, m;
	bool seen;

	for (i = 0; i < vnft_gates_n(gates); i++) {
		gate = vnft_gates_at(gates, i);
		seen = false;
		for (k = 0; k < n && !is_of(gate, pages[k], k); k++)
			;
		json_array_foreach(k < n ? json_object_get(pages[k], "rows") : NULL, m, line) {
			if (gate->row[0] && !is_called(line, gate->row))
				continue;
			seen = true;
			json_array_append_new(outcomes, judge(gate, line));
		}
		if (!seen)
			json_array_append_new(outcomes, vnft_outcome_no_row(gate));
	}
	return outcomes;
}
