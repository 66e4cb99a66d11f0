/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stacks of parts: the phases of launches, the shares of the host's CPUs.
 */
#include "stack.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "../../lib/text/format.h"
#include "../../lib/text/view.h"
#include "../../lib/text/view_cells.h"
#include "scale.h"
#include "strip.h"
#include "svg.h"
#include "write.h"

#define PARTS_MAX	24
#define COLOURS		16
/* More are not drawn, and said. */
#define BARS_MAX	200
/* Bars of more runs are thinner. */
#define FEW		24
/* Narrower is not seen: percent of the picture. */
#define THIN		0.1
/* Phases of more than this part of a launch are named on hovering. */
#define NAMED		0.02

/**
 * struct vnft_html_stack - a picture under way
 * @part: names, in the order of their colours
 * @key: whose unit the parts have
 */
struct vnft_html_stack {
	const char *part[PARTS_MAX];
	unsigned int parts;
	const char *key;
	struct vnft_scale scale;
	double height, apart;
	unsigned int bars;
};

static const char *colour(unsigned int part)
{
	static const char *const class[COLOURS] = {
		"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10", "c11",
		"c12", "c13", "c14", "c15",
	};

	return class[part % COLOURS];
}

/* The number of a part's name, a new one if there is room for it; else PARTS_MAX. */
static unsigned int part_of(struct vnft_html_stack *stack, const char *name)
{
	unsigned int i;

	for (i = 0; i < stack->parts; i++)
		if (!strcmp(stack->part[i], name))
			return i;
	if (i < PARTS_MAX)
		stack->part[stack->parts++] = name;
	return i;
}

static void begin(struct vnft_html_stack *stack, FILE *to, const char *label, size_t bars)
{
	stack->height = bars > FEW ? 6 : 10;
	stack->apart = bars > FEW ? 8 : 14;
	vnft_svg_begin(to, label, (double)bars * stack->apart + VNFT_SVG_AXIS + 2);
	vnft_svg_axis(to, &stack->scale, stack->key, 0, (double)bars * stack->apart);
}

static void begin_bar(struct vnft_html_stack *stack, FILE *to, double run, const char *title)
{
	const double y = stack->bars * stack->apart + stack->height;
	char text[32];

	vnft_svg_group(to, NULL, title);
	snprintf(text, sizeof(text), "%.0f", run);
	if (stack->apart > stack->height + 2 || stack->bars % 5 == 0)
		vnft_svg_margin(to, y, text);
}

/* From @from to @until, of part number @part. */
static void put_part(const struct vnft_html_stack *stack, FILE *to, unsigned int part, double from,
		     double until)
{
	const double x = vnft_scale_place(&stack->scale, from);
	const double width = vnft_scale_place(&stack->scale, until) - x;

	if (width > THIN && part < PARTS_MAX)
		vnft_svg_bar(to, x, stack->bars * stack->apart, width, stack->height,
			     colour(part));
}

static void end_bar(struct vnft_html_stack *stack, FILE *to)
{
	vnft_svg_group_end(to);
	stack->bars++;
}

static void begin_legend_item(FILE *to, unsigned int part, const char *name)
{
	fprintf(to, "<li><i class=\"%s\"></i>", colour(part));
	vnft_html_text(to, name);
	fputc(' ', to);
}

/* " NAME VALUE" behind what is there. */
static void add_word(char *to, size_t bytes, const char *name, const char *key,
		     const json_t *value)
{
	size_t used = strlen(to);
	char text[64];

	vnft_view_format(text, sizeof(text), key, value);
	if (used < bytes)
		snprintf(to + used, bytes - used, ", %.40s %s", name, text);
}

/* The first runs, the names of all their parts, and how long the longest took. */
static size_t measure_launches(struct vnft_html_stack *stack, const json_t *launches)
{
	double total[BARS_MAX];
	json_t *run, *phase;
	size_t i, k, n = 0;

	json_array_foreach(launches, i, run) {
		if (i == BARS_MAX)
			break;
		total[n] = 0;
		json_array_foreach(json_object_get(run, "phases"), k, phase) {
			const char *name = json_string_value(json_object_get(phase, "name"));
			const json_t *took = json_object_get(phase, "took_ns");

			if (!name || !json_is_number(took))
				continue;
			part_of(stack, name);
			total[n] += json_number_value(took);
		}
		n++;
	}
	vnft_scale_fit(&stack->scale, VNFT_SCALE_ZERO, total, n);
	return n;
}

static void put_launch(struct vnft_html_stack *stack, FILE *to, const json_t *run)
{
	const double number = json_number_value(json_object_get(run, "run"));
	const double total = json_number_value(json_object_get(run, "total_ns"));
	const json_t *phases = json_object_get(run, "phases");
	char title[1024];
	json_t *phase;
	double at = 0;
	size_t k;

	snprintf(title, sizeof(title), "run %.0f", number);
	add_word(title, sizeof(title), "total", "total_ns", json_object_get(run, "total_ns"));
	/* A table has all of them. */
	json_array_foreach(phases, k, phase) {
		const char *name = json_string_value(json_object_get(phase, "name"));
		const json_t *took = json_object_get(phase, "took_ns");

		if (name && json_number_value(took) > NAMED * total)
			add_word(title, sizeof(title), name, "took_ns", took);
	}
	begin_bar(stack, to, number, title);
	json_array_foreach(phases, k, phase) {
		const char *name = json_string_value(json_object_get(phase, "name"));
		const double took = json_number_value(json_object_get(phase, "took_ns"));

		if (!name)
			continue;
		put_part(stack, to, part_of(stack, name), at, at + took);
		at += took;
	}
	end_bar(stack, to);
}

/* Each part with the median of what it took. */
static void put_phases(const struct vnft_html_stack *stack, FILE *to, const json_t *row)
{
	const json_t *phases = vnft_view_at(row, "instantiation.phases");
	json_t *phase, *name;
	unsigned int i;
	size_t k;

	fputs("<ul class=\"legend\">", to);
	for (i = 0; i < stack->parts; i++) {
		begin_legend_item(to, i, stack->part[i]);
		json_array_foreach(phases, k, phase) {
			name = json_object_get(phase, "name");
			if (!json_is_string(name) ||
			    strcmp(json_string_value(name), stack->part[i]))
				continue;
			vnft_html_value(to, phase, "took_median_ns");
			break;
		}
		fputs("</li>\n", to);
	}
	fputs("</ul>\n", to);
}

void vnft_html_launches(FILE *to, const json_t *row)
{
	const json_t *launches = json_object_get(row, "launches");
	struct vnft_html_stack stack = { .key = "took_ns" };
	const size_t n = measure_launches(&stack, launches);
	size_t i;

	if (!stack.parts)
		return;
	fputs("<figure class=\"margined\"><figcaption>Where the time of each launch goes"
	      "</figcaption>\n<p class=\"why\">From t0 on, a bar for each run that counts. Behind "
	      "a phase's name stands the median of what it took.</p>\n", to);
	put_phases(&stack, to, row);
	begin(&stack, to, "phases of each launch", n);
	for (i = 0; i < n; i++)
		put_launch(&stack, to, json_array_get(launches, i));
	vnft_svg_end(to);
	vnft_html_drawn(to, n, json_array_size(launches));
	fputs("</figure>\n", to);
}

static const struct {
	const char *name, *key;
} shares[] = {
	{ "tool and instance", "own_percent" },
	{ "other tasks", "others_percent" },
	{ "kernel threads", "kernel_percent" },
	{ "interrupts", "interrupts_percent" },
	{ "taken by the hypervisor", "steal_percent" },
};
#define SHARES (sizeof(shares) / sizeof(shares[0]))

static void put_condition(struct vnft_html_stack *stack, FILE *to, const json_t *run)
{
	const double number = json_number_value(json_object_get(run, "run"));
	const char *why = json_string_value(json_object_get(run, "disturbed_by"));
	char title[1024];
	double at = 0;
	size_t used;
	unsigned int k;

	snprintf(title, sizeof(title), "run %.0f", number);
	for (k = 0; k < SHARES; k++)
		if (json_number_value(json_object_get(run, shares[k].key)) > 0)
			add_word(title, sizeof(title), shares[k].name, shares[k].key,
				 json_object_get(run, shares[k].key));
	used = strlen(title);
	if (json_is_true(json_object_get(run, "disturbed")))
		snprintf(title + used, sizeof(title) - used, "; disturbed: %.256s",
			 why ? why : "?");
	begin_bar(stack, to, number, title);
	for (k = 0; k < SHARES; k++) {
		const double share = json_number_value(json_object_get(run, shares[k].key));

		put_part(stack, to, k, at, at + share);
		at += share;
	}
	end_bar(stack, to);
}

/* Does any run say what the CPUs did? */
static bool has_shares(const json_t *conditions)
{
	json_t *run;
	size_t i;

	json_array_foreach(conditions, i, run)
		if (json_is_number(json_object_get(run, shares[0].key)))
			return true;
	return false;
}

static void put_verdict(FILE *to, const json_t *row)
{
	const char *by = json_string_value(json_object_get(row, "disturbed_by"));
	const char *why = vnft_view_why(row, "disturbed_runs");

	if (by)
		vnft_html_text(to, by);
	else if (json_is_number(json_object_get(row, "disturbed_runs")))
		fputs("no run was disturbed", to);
	else
		vnft_html_text(to, why ? why : "whether runs were disturbed is not known");
	fputs(".", to);
}

void vnft_html_conditions(FILE *to, const json_t *row)
{
	const json_t *conditions = json_object_get(row, "conditions");
	const size_t all = json_array_size(conditions), n = all < BARS_MAX ? all : BARS_MAX;
	static const double whole[] = { 0, 100 };
	struct vnft_html_stack stack = { .key = "own_percent" };
	unsigned int k;
	size_t i;

	if (!has_shares(conditions))
		return;
	vnft_scale_fit(&stack.scale, VNFT_SCALE_ZERO, whole, 2);
	fputs("<figure class=\"margined\"><figcaption>What the host did meanwhile</figcaption>\n"
	      "<p class=\"why\">", to);
	put_verdict(to, row);
	fputs(" Shares of the CPUs that the run may use, a bar for each run from launch to "
	      "teardown; what is missing to 100 % was idle.</p>\n<ul class=\"legend\">", to);
	for (k = 0; k < SHARES; k++) {
		begin_legend_item(to, k, shares[k].name);
		fputs("</li>\n", to);
	}
	fputs("</ul>\n", to);
	begin(&stack, to, "use of the CPUs in each run", n);
	for (i = 0; i < n; i++)
		put_condition(&stack, to, json_array_get(conditions, i));
	vnft_svg_end(to);
	vnft_html_drawn(to, n, all);
	fputs("</figure>\n", to);
}
