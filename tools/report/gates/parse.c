/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grammar of --fail-if (docs/gates.md):
 *
 *	[ROW ":"] METRIC ["." STATISTIC] OP LIMIT	"phase.NAME" is a METRIC; OP: > >= < <=
 *	[ROW ":"] "slower" | "different"		of a comparison
 *
 * ROW may hold anything, because it is what tables call a row: "tinyx.xen (xl, pv, stock)". So the
 * operator is the last one, and ROW ends at the last colon before it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/cli/guess.h"
#include "../../lib/text/error.h"
#include "parts.h"

#define EXAMPLE		"'first_rst.p50 > 50ms'"
#define EXAMPLE_COMPARE	"'first_rst > 10%'"

static const struct vnft_gate_stat own = { "", VNFT_GATE_OWN, NULL, 0, 0 };
static const struct vnft_gate_stat stats[] = {
	{ "median", VNFT_GATE_MEDIAN, "p50", 0.5, 1 },
	{ "p50", VNFT_GATE_MEDIAN, "p50", 0.5, 1 },
	{ "p90", VNFT_GATE_QUANTILE, "p90", 0.9, 10 },
	{ "p99", VNFT_GATE_QUANTILE, "p99", 0.99, VNFT_MIN_SAMPLES_FOR_P99 },
	{ "p999", VNFT_GATE_QUANTILE, "p999", 0.999, 1000 },
	{ "p99.9", VNFT_GATE_QUANTILE, "p999", 0.999, 1000 },
	{ "mean", VNFT_GATE_MEAN, "mean", 0, 1 },
	{ "min", VNFT_GATE_MIN, "min", 0, 1 },
	{ "max", VNFT_GATE_MAX, "max", 0, 1 },
	{ "median.low", VNFT_GATE_LOW, NULL, 0, VNFT_MIN_RUNS_FOR_INTERVAL },
	{ "median.high", VNFT_GATE_HIGH, NULL, 0, VNFT_MIN_RUNS_FOR_INTERVAL },
	{ "p50.low", VNFT_GATE_LOW, NULL, 0, VNFT_MIN_RUNS_FOR_INTERVAL },
	{ "p50.high", VNFT_GATE_HIGH, NULL, 0, VNFT_MIN_RUNS_FOR_INTERVAL },
};

/* @from without blanks at both ends. It fits: it is a part of a gate's text. */
static void trim(char *to, size_t bytes, const char *from, size_t n)
{
	while (n && strchr(" \t", *from)) {
		from++;
		n--;
	}
	while (n && strchr(" \t", from[n - 1]))
		n--;
	snprintf(to, bytes, "%.*s", (int)n, from);
}

static int refuse_metric(const char *gate, const char *name, size_t bytes)
{
	struct vnft_guess guess;
	char word[64], like[64];
	size_t i;
	int id;

	snprintf(word, sizeof(word), "%.*s", (int)(bytes < 60 ? bytes : 60), name);
	for (i = 0; word[i]; i++)
		like[i] = word[i] == '_' ? '-' : word[i];
	like[i] = '\0';
	vnft_guess_begin(&guess, like);
	for (id = 0; id < VNFT_METRIC_NR; id++) {
		vnft_guess_try(&guess, vnft_metric_names[id]);
		if (vnft_metrics[id].also)
			vnft_guess_try(&guess, vnft_metrics[id].also);
	}
	if (guess.nearest)
		return vnft_fail(-EINVAL, "--fail-if: %s: no metric is called \"%s\": did you mean "
				 "%s?", gate, word, guess.nearest);
	return vnft_fail(-EINVAL, "--fail-if: %s: no metric is called \"%s\": --help lists them",
			 gate, word);
}

/* "phase.NAME": moves *@rest behind it. */
static int take_phase(struct vnft_gate *gate, const char **rest)
{
	const size_t bytes = strcspn(*rest, ".");

	if (!bytes)
		return vnft_fail(-EINVAL, "--fail-if: %s: say which phase: phase.NAME, as in "
				 "phase.exec", gate->text);
	if (bytes >= sizeof(gate->phase))
		return vnft_fail(-EINVAL, "--fail-if: %s: no phase has so long a name", gate->text);
	snprintf(gate->phase, sizeof(gate->phase), "%.*s", (int)bytes, *rest);
	*rest += bytes;
	*rest += **rest == '.';
	return 0;
}

/* Not of every kind of metric there is every statistic. */
static int check_stat(const struct vnft_gate *gate, const char *metric)
{
	const enum vnft_metric_kind kind = vnft_metrics[gate->metric].kind;
	const struct vnft_gate_stat *stat = gate->stat;

	if (stat->kind == VNFT_GATE_OWN)
		return 0;
	if (kind == VNFT_METRIC_SINGLE || kind == VNFT_METRIC_COUNT)
		return vnft_fail(-EINVAL, "--fail-if: %s: %s is one number and has no %s: leave it "
				 "out", gate->text, metric, stat->word);
	if (kind == VNFT_METRIC_HIST && !stat->key)
		return vnft_fail(-EINVAL, "--fail-if: %s: %s has no interval: want mean, min, p50, "
				 "p90, p99, p999 or max", gate->text, metric);
	return 0;
}

static int parse_stat(struct vnft_gate *gate, const char *word, const char *metric)
{
	size_t i;

	gate->stat = &own;
	if (!word[0])
		return 0;
	for (i = 0; i < sizeof(stats) / sizeof(stats[0]); i++) {
		if (strcmp(stats[i].word, word))
			continue;
		gate->stat = &stats[i];
		return check_stat(gate, metric);
	}
	return vnft_fail(-EINVAL, "--fail-if: %s: no statistic is called \"%.40s\": want median, "
			 "p50, p90, p99, p999, mean, min, max, median.low or median.high",
			 gate->text, word);
}

/* What compare judges, and by how much, in percent. */
static int check_relative(const struct vnft_gate *gate, const char *metric)
{
	const bool hist = vnft_metrics[gate->metric].kind == VNFT_METRIC_HIST;
	const enum vnft_gate_stat_kind judged = hist ? VNFT_GATE_MEAN : VNFT_GATE_MEDIAN;
	const bool up = gate->op == VNFT_GATE_ABOVE || gate->op == VNFT_GATE_FROM;
	size_t compared = 0;

	while (vnft_compare_metrics[compared])
		compared++;
	if ((size_t)gate->metric >= compared)
		return vnft_fail(-EINVAL, "--fail-if: %s: %s is not compared: see compare -m",
				 gate->text, metric);
	if (gate->stat->kind != VNFT_GATE_OWN && gate->stat->kind != judged)
		return vnft_fail(-EINVAL, "--fail-if: %s: of %s the %ss are compared: leave %s out",
				 gate->text, metric, hist ? "mean" : "median", gate->stat->word);
	if (up ? gate->limit < 0 : gate->limit > 0)
		return vnft_fail(-EINVAL, "--fail-if: %s: > takes how much more B may be, < how "
				 "much less: '%s > 5%%' or '%s < -5%%'", gate->text, metric,
				 metric);
	if (gate->limit <= -100)
		return vnft_fail(-EINVAL, "--fail-if: %s: nothing can be less by 100 %% or more: "
				 "this gate would never fail", gate->text);
	return 0;
}

static int check_absolute(const struct vnft_gate *gate, const char *metric)
{
	if (vnft_metrics[gate->metric].signed_number)
		return 0;
	if (gate->limit < 0)
		return vnft_fail(-EINVAL, "--fail-if: %s: %s is never below 0: want a limit above "
				 "it", gate->text, metric);
	if (gate->op == VNFT_GATE_BELOW && gate->limit <= 0)
		return vnft_fail(-EINVAL, "--fail-if: %s: %s is never below 0: this gate would "
				 "never fail", gate->text, metric);
	return 0;
}

/* "METRIC[.STATISTIC]" and "LIMIT". */
static int parse_condition(struct vnft_gate *gate, const char *term, const char *limit,
			   bool relative)
{
	const size_t bytes = strcspn(term, ".");
	const char *rest = term + bytes + (term[bytes] == '.');
	char metric[VNFT_GATE_PHASE_BYTES];
	int err;

	gate->metric = vnft_metric_find(term, bytes);
	if (gate->metric == VNFT_METRIC_NR)
		return bytes ? refuse_metric(gate->text, term, bytes) :
			       vnft_fail(-EINVAL, "--fail-if: %s: no metric: want one, as in %s",
					 gate->text, relative ? EXAMPLE_COMPARE : EXAMPLE);
	if (term[bytes] && !*rest)
		return vnft_fail(-EINVAL, "--fail-if: %s: nothing behind the point: leave it out, "
				 "or say median, p90, ...", gate->text);
	snprintf(metric, sizeof(metric), "%.*s", (int)bytes, term);
	err = gate->metric == VNFT_METRIC_PHASE ? take_phase(gate, &rest) : 0;
	if (!err)
		err = parse_stat(gate, rest, metric);
	if (!err)
		err = vnft_gate_limit(gate->text, limit,
				      relative ? "the difference between A and B" : metric,
				      relative ? "percent" : vnft_metrics[gate->metric].unit,
				      &gate->limit);
	if (err)
		return err;
	return relative ? check_relative(gate, metric) : check_absolute(gate, metric);
}

/* Without an operator it is a word of compare, or nothing. */
static int parse_word(struct vnft_gate *gate, bool relative)
{
	gate->stat = &own;
	if (relative && !strcmp(gate->text, "slower"))
		gate->form = VNFT_GATE_SLOWER;
	else if (relative && !strcmp(gate->text, "different"))
		gate->form = VNFT_GATE_DIFFERENT;
	else
		return vnft_fail(-EINVAL, "--fail-if: %s: no comparison: want METRIC OP LIMIT with "
				 "> >= < or <=, as in %s%s", gate->text,
				 relative ? EXAMPLE_COMPARE : EXAMPLE,
				 relative ? ", or slower or different" : "");
	return 0;
}

static enum vnft_gate_op op_of(char sign, bool equal)
{
	if (sign == '>')
		return equal ? VNFT_GATE_FROM : VNFT_GATE_ABOVE;
	return equal ? VNFT_GATE_UP_TO : VNFT_GATE_BELOW;
}

/* Where the last operator stands; the end of @text: nowhere. */
static size_t find_op(const char *text)
{
	size_t at = strlen(text), end = at;

	while (at && !strchr("<>", text[at - 1]))
		at--;
	return at ? at - 1 : end;
}

/* Where the row ends, before @end; its colon, or -1. */
static long find_colon(const char *text, size_t end)
{
	long at = (long)end - 1;

	while (at >= 0 && text[at] != ':')
		at--;
	return at;
}

int vnft_gate_parse(const char *typed, bool relative, struct vnft_gate *gate)
{
	char text[VNFT_GATE_BYTES], term[VNFT_GATE_BYTES], limit[VNFT_GATE_BYTES];
	size_t op, from, bytes = strlen(typed);
	bool equal;
	long colon;

	memset(gate, 0, sizeof(*gate));
	if (bytes >= sizeof(text))
		return vnft_fail(-EINVAL, "--fail-if: %.40s...: longer than %zu bytes", typed,
				 sizeof(text) - 1);
	trim(text, sizeof(text), typed, bytes);
	op = find_op(text);
	colon = find_colon(text, op);
	if (colon >= 0) {
		trim(gate->row, sizeof(gate->row), text, (size_t)colon);
		if (!gate->row[0] || colon >= (long)sizeof(gate->row))
			return vnft_fail(-EINVAL, "--fail-if: %.200s: before the colon stands a "
					 "row, as the first table calls it", text);
	}
	bytes = strlen(text);
	from = (size_t)(colon + 1);
	trim(gate->text, sizeof(gate->text), text + from, bytes - from);
	if (op == bytes)
		return parse_word(gate, relative);
	equal = text[op + 1] == '=';
	gate->op = op_of(text[op], equal);
	trim(term, sizeof(term), text + from, op - from);
	op += 1 + equal;
	trim(limit, sizeof(limit), text + op, bytes - op);
	return parse_condition(gate, term, limit, relative);
}

bool vnft_gate_holds(const struct vnft_gate *gate, double value, double limit)
{
	switch (gate->op) {
	case VNFT_GATE_ABOVE:
		return value > limit;
	case VNFT_GATE_FROM:
		return value >= limit;
	case VNFT_GATE_BELOW:
		return value < limit;
	case VNFT_GATE_UP_TO:
		break;
	}
	return value <= limit;
}
