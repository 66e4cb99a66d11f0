/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of `vnftrace top`: a name, an instance, and numbers of a fixed width, whose units are
 * in the titles.
 */
#include "lines.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../../lib/text/format.h"
#include "../../lib/text/text.h"
#include "../../lib/text/view.h"

#define GAP		2	/* between columns */
#define NAME_LEAST	12
#define NAME_MOST	36
#define INSTANCE_LEAST	12
#define INSTANCE_MOST	32

/**
 * struct live_number - a column of a number
 * @key: says by its end which unit it has: what is shown is without it
 * @leave: the higher the sooner it is left out, 0: never
 */
struct live_number {
	const char *title, *path, *key;
	size_t width;
	int leave;
};

static const struct live_number numbers[VNFT_LIVE_COLUMNS] = {
	{ "pps in", "in.rate_pps", "x_pps", 6, 0 },
	{ "pps out", "out.rate_pps", "x_pps", 7, 0 },
	{ "bps in", "in.rate_bps", "x_bps", 6, 1 },
	{ "bps out", "out.rate_bps", "x_bps", 7, 1 },
	{ "p50", "rtt.p50_ns", "x_ns", 6, 2 },
	{ "p99", "rtt.p99_ns", "x_ns", 6, 3 },
	{ "retr", "retrans_segments", "x_pps", 5, 5 },
	{ "lost", "lost", "x_pps", 5, 4 },
};
#define LEAVE_MOST	5

/* "12.3 kpps" and "1.23 Mbit/s" are "12.3k" and "1.23M", "4.56 µs" is "4.56µs". */
static void compact(char *to, size_t bytes, const char *key, const json_t *value)
{
	static const char *const units[] = { "pps", "bit/s" };
	char *gap, *unit;
	size_t i;

	vnft_view_format(to, bytes, key, value);
	gap = strchr(to, ' ');
	if (!gap)
		return;
	memmove(gap, gap + 1, strlen(gap));
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		unit = strstr(to, units[i]);
		if (unit)
			*unit = '\0';
	}
}

static const char *text_at(const json_t *o, const char *path)
{
	const char *text = json_string_value(vnft_view_at(o, path));

	return text ? text : "";
}

static void name_of(const json_t *device, char *to, size_t bytes)
{
	snprintf(to, bytes, "%s%s", text_at(device, "spec"),
		 strcmp(text_at(device, "observer"), "module") ? "" : " (module)");
}

static void instance_of(const json_t *device, char *to, size_t bytes)
{
	const json_t *pid = vnft_view_at(device, "instance.pid");
	const char *kind = text_at(device, "instance.kind");
	bool process = !strcmp(kind, "process");

	if (!*kind)
		snprintf(to, bytes, "-");
	else if (process && json_is_integer(pid))
		snprintf(to, bytes, "%s (%lld)", text_at(device, "instance.name"),
			 (long long)json_integer_value(pid));
	else
		snprintf(to, bytes, "%s %s", kind, text_at(device, "instance.name"));
}

static size_t longest(const json_t *interval, void (*of)(const json_t *device, char *to,
							  size_t bytes), size_t least, size_t most)
{
	char text[VNFT_LIVE_LINE_BYTES];
	const json_t *device;
	size_t i, width;

	json_array_foreach(json_object_get(interval, "devices"), i, device) {
		of(device, text, sizeof(text));
		width = vnft_text_width(text);
		least = width > least ? width : least;
	}
	return most && least > most ? most : least;
}

static size_t numbers_width(const struct vnft_live_layout *l)
{
	size_t i, sum = 0;

	for (i = 0; i < VNFT_LIVE_COLUMNS; i++)
		sum += l->shown[i] ? GAP + numbers[i].width : 0;
	return sum;
}

void vnft_live_lay_out(struct vnft_live_layout *l, const json_t *interval, size_t width)
{
	size_t i, left;
	int leave;

	*l = (struct vnft_live_layout) { .width = width };
	for (i = 0; i < VNFT_LIVE_COLUMNS; i++)
		l->shown[i] = true;
	if (!width) {
		l->name = longest(interval, name_of, NAME_LEAST, 0);
		l->instance = longest(interval, instance_of, strlen("instance"), 0);
		return;
	}
	if (l->width < VNFT_LIVE_NARROWEST)
		l->width = VNFT_LIVE_NARROWEST;
	for (leave = LEAVE_MOST; leave && l->width < NAME_LEAST + numbers_width(l); leave--)
		for (i = 0; i < VNFT_LIVE_COLUMNS; i++)
			if (numbers[i].leave == leave)
				l->shown[i] = false;
	left = l->width > numbers_width(l) ? l->width - numbers_width(l) : 1;
	l->name = longest(interval, name_of, NAME_LEAST, left < NAME_MOST ? left : NAME_MOST);
	left -= l->name < left ? l->name : left;
	if (left >= GAP + INSTANCE_LEAST) {
		l->instance = left - GAP < INSTANCE_MOST ? left - GAP : INSTANCE_MOST;
		l->instance = longest(interval, instance_of, INSTANCE_LEAST, l->instance);
	}
}

/* One more column of a line that is already there. */
static void append(char *to, size_t bytes, const char *text, size_t width, bool right)
{
	const size_t used = strlen(to), own = vnft_text_width(text);
	const int fill = width > own ? (int)(width - own) : 0;

	snprintf(to + used, bytes - used, "%*s%s%*s", right ? fill : 0, "", text,
		 right ? 0 : fill, "");
}

/* No spaces at the end of a line. */
static void trim(char *line)
{
	size_t n = strlen(line);

	while (n && line[n - 1] == ' ')
		line[--n] = '\0';
}

void vnft_live_fit(const struct vnft_live_layout *l, char *line, size_t bytes)
{
	char whole[VNFT_LIVE_LINE_BYTES];

	trim(line);
	if (!l->width || vnft_text_width(line) <= l->width)
		return;
	snprintf(whole, sizeof(whole), "%s", line);
	vnft_text_cut(line, bytes, whole, l->width);
}

static void begin_line(const struct vnft_live_layout *l, const char *name, const char *instance,
		       char *to, size_t bytes)
{
	char text[VNFT_LIVE_LINE_BYTES];

	to[0] = '\0';
	vnft_text_shorten(text, sizeof(text), name, l->name);
	append(to, bytes, text, l->name, false);
	if (!l->instance)
		return;
	append(to, bytes, "", GAP, false);
	vnft_text_shorten(text, sizeof(text), instance, l->instance);
	append(to, bytes, text, l->instance, false);
}

void vnft_live_head(const struct vnft_live_layout *l, char *to, size_t bytes)
{
	size_t i;

	begin_line(l, "device", "instance", to, bytes);
	for (i = 0; i < VNFT_LIVE_COLUMNS; i++)
		if (l->shown[i])
			append(to, bytes, numbers[i].title, GAP + numbers[i].width, true);
	vnft_live_fit(l, to, bytes);
}

void vnft_live_line(const struct vnft_live_layout *l, const json_t *device, char *to, size_t bytes)
{
	char name[VNFT_LIVE_LINE_BYTES], instance[VNFT_LIVE_LINE_BYTES], text[128];
	const char *why = text_at(device, "span_ns_why");
	size_t i;

	name_of(device, name, sizeof(name));
	instance_of(device, instance, sizeof(instance));
	begin_line(l, name, instance, to, bytes);
	/* One that has no values has a reason in their place. */
	if (!*why && json_is_null(vnft_view_at(device, "in.packets")) &&
	    json_is_null(vnft_view_at(device, "out.packets")))
		why = text_at(device, "in.packets_why");
	for (i = 0; !*why && i < VNFT_LIVE_COLUMNS; i++) {
		if (!l->shown[i])
			continue;
		compact(text, sizeof(text), numbers[i].key, vnft_view_at(device, numbers[i].path));
		append(to, bytes, "", GAP, false);
		append(to, bytes, text, numbers[i].width, true);
	}
	if (*why) {
		append(to, bytes, "", GAP, false);
		append(to, bytes, why, 0, false);
	}
	vnft_live_fit(l, to, bytes);
}

void vnft_live_title(const struct vnft_live_layout *l, const json_t *v, char *to, size_t bytes)
{
	const json_int_t realtime_ns = json_integer_value(json_object_get(v, "realtime_ns"));
	const size_t n = json_array_size(json_object_get(v, "devices"));
	const time_t s = (time_t)(realtime_ns / 1000000000);
	char clock[16] = "", span[32];
	struct tm tm;

	if (localtime_r(&s, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	vnft_view_format(span, sizeof(span), "span_ns", json_object_get(v, "span_ns"));
	snprintf(to, bytes, "%s  %s  %zu device%s  by %s  RTT: %s, request %s", clock, span, n,
		 n == 1 ? "" : "s", text_at(v, "sort"), text_at(v, "rtt_pairing"),
		 text_at(v, "rtt_request"));
	vnft_live_fit(l, to, bytes);
}

bool vnft_live_loss_line(const struct vnft_live_layout *l, const json_t *v, char *to, size_t bytes)
{
	json_t *lost = json_object_get(v, "lost_by"), *count;
	const char *cause;
	size_t n = 0;

	to[0] = '\0';
	json_object_foreach(lost, cause, count) {
		if (!json_integer_value(count) || n >= bytes)
			continue;
		n += (size_t)snprintf(to + n, bytes - n, "%s%s %lld",
				      n ? ", " : "lost by ourselves: ", cause,
				      (long long)json_integer_value(count));
	}
	vnft_live_fit(l, to, bytes);
	return n;
}

void vnft_live_nothing(const struct vnft_live_layout *l, char *to, size_t bytes)
{
	snprintf(to, bytes, "nothing is attached: `vnftrace attach DEV`, or `vnftrace top DEV`");
	vnft_live_fit(l, to, bytes);
}
