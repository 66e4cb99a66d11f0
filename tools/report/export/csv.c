/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records as a table for spreadsheets and data frames: one line each, every column in every line.
 */
#include "csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/text/clean.h"
#include "../../lib/text/error.h"
#include "../../stat/records/pair.h"

/* Longer ones no results.json may hold. */
#define TEXT_BYTES_MAX	4096

/* The keys of record_json.c, and what is computed here: utc, pairing, request, rtt_ns. */
static const char *const columns[] = {
	"time_ns", "utc", "cpu", "seq", "kind", "device", "dev", "hook", "dir", "class", "src",
	"dst", "len_bytes", "pairing", "request", "rtt_ns", "packet", "queue", "domid", "echo_id",
	"echo_seq", "tcp_seq", "tcp_ack", "payload_bytes", "tsval", "tsecr", "gso_segs",
	"retransmission", "name", "ifindex", "netns_inode", "event", "comm", "tgid", "number",
	"intended_ns", "run", "cause", "count", "clock",
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/**
 * struct csv_pairs - round trips, as they are found
 * @line: the record in hand, if it is what a pair was waiting for
 */
struct csv_pairs {
	struct vnft_pair *pair;
	json_t *line;
};

void vnft_csv_text(FILE *to, const char *text)
{
	static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789._:/[]()#-";

	char clean[VNFT_NAME_SHOWN_BYTES(TEXT_BYTES_MAX)];

	vnft_text_clean(clean, sizeof(clean), text);
	text = clean;
	if (*text && !strchr("=+-@'", *text) && text[strspn(text, harmless)] == '\0') {
		fputs(text, to);
		return;
	}
	if (!*text)
		return;
	fputc('"', to);
	if (strchr("=+-@'", *text))
		fputc('\'', to);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

void vnft_csv_value(FILE *to, const json_t *value)
{
	if (json_is_string(value))
		vnft_csv_text(to, json_string_value(value));
	else if (json_is_integer(value))
		fprintf(to, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		fprintf(to, "%.15g", json_real_value(value));
	else if (json_is_true(value))
		fputs("true", to);
}

void vnft_csv_end_line(FILE *to)
{
	fputs("\r\n", to);
}

/* The wall clock to the nanosecond: a spreadsheet rounds a number of so many digits. */
static void put_utc(json_t *o, uint64_t wall_ns)
{
	const time_t s = (time_t)(wall_ns / 1000000000);
	char day[32], text[64];
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%09uZ", day, (unsigned int)(wall_ns % 1000000000));
	json_object_set_new(o, "utc", json_string(text));
}

static int note_pair(const struct vnft_paired *p, void *arg)
{
	const struct csv_pairs *c = arg;
	const uint64_t rtt_ns = p->reply_ns - p->request_ns;

	json_object_set_new(c->line, "pairing", json_string(vnft_pairing_name(p->pairing)));
	json_object_set_new(c->line, "request", json_string(vnft_dir_name(p->request)));
	json_object_set_new(c->line, "rtt_ns", json_integer((json_int_t)rtt_ns));
	return 0;
}

static int begin(struct vnft_export *x)
{
	struct csv_pairs *c = calloc(1, sizeof(*c));
	size_t i;
	int err;

	if (!c)
		return vnft_fail(-ENOMEM, "%s: out of memory", x->path);
	x->own = c;
	err = vnft_pair_new(&c->pair);
	if (err)
		return err;
	vnft_pair_watch(c->pair, note_pair, c);
	for (i = 0; i < COLUMNS; i++)
		fprintf(x->to, "%s%s", i ? "," : "", columns[i]);
	vnft_csv_end_line(x->to);
	return 0;
}

static int record(struct vnft_export *x, const struct vnft_record *r)
{
	struct csv_pairs *c = x->own;
	size_t i;
	int err;

	c->line = vnft_export_record_json(x, r);
	put_utc(c->line, vnft_export_wall_ns(x, r));
	err = vnft_pair_feed(r, c->pair);
	for (i = 0; !err && i < COLUMNS; i++) {
		if (i)
			fputc(',', x->to);
		vnft_csv_value(x->to, json_object_get(c->line, columns[i]));
	}
	if (!err)
		vnft_csv_end_line(x->to);
	json_decref(c->line);
	return err;
}

static int end(struct vnft_export *x, int err)
{
	struct csv_pairs *c = x->own;

	if (c)
		vnft_pair_free(c->pair);
	free(c);
	return 0;
}

const struct vnft_export_format vnft_export_csv = {
	.name = "csv",
	.what = "a line for each record, or each run of results",
	.begin = begin,
	.record = record,
	.end = end,
	.results = vnft_csv_results,
};
