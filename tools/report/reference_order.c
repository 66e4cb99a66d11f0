/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Do the rows of a host stand in the order of the study's? (docs/method.md, "The reference study")
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "reference.h"
#include "results.h"

#define ROWS_MAX	8
#define TEXT_BYTES	256

/* What is ordered; the study's is a double at the offset. */
static const struct ordered {
	const char *what, *path;
	size_t offset;
	bool more_is_better;
} numbers[] = {
	{ "first RST", "instantiation.median_ns",
	  offsetof(struct vnft_reference, instantiation_ms), false },
	{ "tx", "throughput.tx.median_bps", offsetof(struct vnft_reference, tx_gbps), true },
	{ "rx", "throughput.rx.median_bps", offsetof(struct vnft_reference, rx_gbps), true },
	{ "RTT", "rtt.flood.mean_ns", offsetof(struct vnft_reference, rtt), false },
	{ "image", "image.file_bytes", offsetof(struct vnft_reference, image_mb), false },
	{ "memory", "memory.tool_bytes", offsetof(struct vnft_reference, memory_mb), false },
};

/* A row that both have; of both numbers less is better. */
struct shared_row {
	const char *label, *type;
	double here, study;
};

static double number_of(const json_t *row, const struct ordered *number)
{
	return json_number_value(vnft_view_at(row, number->path));
}

/* Ours of a row of the study: that of its own type, else the first that stands in for it. */
static const json_t *ours(const json_t *rows, const json_t *host, const struct ordered *number,
			  const struct vnft_reference *r)
{
	const json_t *found = NULL;
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		if (vnft_reference_of(row) != r || !vnft_reference_same_host(row, host) ||
		    number_of(row, number) <= 0)
			continue;
		if (!strcmp(json_string_value(json_object_get(row, "type")), r->type))
			return row;
		if (!found)
			found = row;
	}
	return found;
}

static size_t collect(const json_t *rows, const json_t *host, const struct ordered *number,
		      struct shared_row *pair)
{
	const double sign = number->more_is_better ? -1 : 1;
	const struct vnft_reference *r;
	const char *label;
	const json_t *row;
	size_t n = 0;

	for (r = vnft_references; r->type && n < ROWS_MAX; r++) {
		row = ours(rows, host, number, r);
		if (!row)
			continue;
		label = json_string_value(json_object_get(row, "label"));
		pair[n++] = (struct shared_row) {
			label ? label : r->type, r->type,
			sign * number_of(row, number),
			sign * *(const double *)((const char *)r + number->offset),
		};
	}
	return n;
}

/* What does not fit is cut: a page shows a line's beginning. */
static void append(char *text, const char *sep, const char *word)
{
	const size_t used = strlen(text);

	snprintf(text + used, TEXT_BYTES - used, "%s%s", used ? sep : "", word);
}

/* The names, best first. */
static void say_order(const struct shared_row *pair, size_t n, bool study, char *text)
{
	size_t i, k, place;

	text[0] = '\0';
	for (place = 0; place < n; place++) {
		for (i = 0; i < n; i++) {
			size_t before = 0;

			for (k = 0; k < n; k++) {
				const double a = study ? pair[k].study : pair[k].here;
				const double b = study ? pair[i].study : pair[i].here;

				before += a < b || (a == b && k < i);
			}
			if (before == place)
				append(text, " < ", study ? pair[i].type : pair[i].label);
		}
	}
}

/* NULL: two rows make an order, and there are less. */
static json_t *line_of(const json_t *rows, const json_t *host, const struct ordered *number)
{
	struct shared_row pair[ROWS_MAX];
	const size_t n = collect(rows, host, number, pair);
	char here[TEXT_BYTES], study[TEXT_BYTES], differs[TEXT_BYTES] = "", one[160];
	json_t *line;
	int agree = 0;
	size_t i, k;

	if (n < 2)
		return NULL;
	for (i = 0; i < n; i++) {
		for (k = 0; k < i; k++) {
			const double turn = (pair[i].here - pair[k].here) *
					    (pair[i].study - pair[k].study);
			const size_t better = pair[i].here < pair[k].here ? i : k;

			agree += (turn > 0) - (turn < 0);
			if (turn >= 0)
				continue;
			snprintf(one, sizeof(one), "%.60s before %.60s", pair[better].label,
				 pair[better == i ? k : i].label);
			append(differs, ", ", one);
		}
	}
	say_order(pair, n, false, here);
	say_order(pair, n, true, study);
	line = json_object();
	if (json_object_get(host, "host"))
		json_object_set(line, "host", json_object_get(host, "host"));
	json_object_set_new(line, "what", json_string(number->what));
	json_object_set_new(line, "rows", json_integer((json_int_t)n));
	json_object_set_new(line, "rank_correlation",
			    json_real(2.0 * agree / (double)(n * (n - 1))));
	json_object_set_new(line, "here", vnft_json_text(here));
	json_object_set_new(line, "study", json_string(study));
	json_object_set_new(line, "differs", vnft_json_text(differs));
	return line;
}

json_t *vnft_reference_orders(const json_t *rows)
{
	json_t *list = json_array(), *row, *before, *line;
	size_t i, k;

	json_array_foreach(rows, i, row) {
		json_array_foreach(rows, k, before)
			if (vnft_reference_same_host(row, before))
				break;
		/* Once for each host. */
		if (k < i)
			continue;
		for (k = 0; k < sizeof(numbers) / sizeof(numbers[0]); k++) {
			line = line_of(rows, row, &numbers[k]);
			if (line)
				json_array_append_new(list, line);
		}
	}
	return list;
}
