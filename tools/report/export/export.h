/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The records of a file, one by one, in a format of the table; or a results.json, where a format
 * knows what to make of it.
 *
 * To add a format: write export/NAME.c with its struct vnft_export_format, and add its name to
 * formats.c. export.c reads the file and knows no format.
 */
#ifndef VNFT_REPORT_EXPORT_EXPORT_H
#define VNFT_REPORT_EXPORT_EXPORT_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "../../../kmod/uapi/vnftrace.h"
#include "../report.h"

/**
 * struct vnft_export - one file on its way into one stream
 * @to: where the format writes. It need not look at errors of the stream: export.c does
 * @to_name: what to call @to in a message; NULL: a stream that has said why by itself
 * @path: of the file
 * @only: name of the one device, or the label or type of the rows, that is wanted; NULL: all
 * @unfinished: what a record file lacks at its end, "" if nothing (vnft_file_unfinished())
 * @manifest: the record file's first record
 * @flows: the flows that the records so far have defined
 * @ifname: names of the devices that the records so far have defined, by id; "" where none has
 * @records: how many records @record has had, without the one in hand; rows of results
 * @own: for the format, NULL at @begin; @end frees it
 */
struct vnft_export {
	FILE *to;
	const char *to_name;
	const char *path;
	const char *only;
	char unfinished[160];
	struct vnft_record manifest;
	struct vnft_flows flows;
	char ifname[UINT16_MAX + 1][VNFT_IFNAME_LEN];
	uint64_t records;
	void *own;
};

/**
 * struct vnft_export_format - how records look in a stream
 * @name: one word
 * @what: one line, for a list of formats
 * @binary: nothing for a terminal
 * @begin: before the first record; may be NULL
 * @record: every record but MANIFEST and FLOW, whose contents stand in struct vnft_export
 * @end: after the last record, and after a failure (@err, else 0) of the file, of the stream or
 *	of the format itself: write what closes the stream, free @own; may be NULL
 * @results: all of a results.json that passed its check; NULL: the format takes records alone
 *
 * @begin and @end are called once, or neither is: a file without a readable manifest has no stream.
 * Each returns 0, or a negative errno after vnft_fail().
 */
struct vnft_export_format {
	const char *name, *what;
	bool binary;
	int (*begin)(struct vnft_export *x);
	int (*record)(struct vnft_export *x, const struct vnft_record *r);
	int (*end)(struct vnft_export *x, int err);
	int (*results)(struct vnft_export *x, const json_t *results);
};

/*
 * formats.c: the table, ended by NULL. Those of a page (report -p) stand first, those of a file
 * (export) behind them; the names of each kind in the same order, ended by NULL.
 */
extern const struct vnft_export_format *const vnft_export_formats[];
extern const char *const vnft_export_page_names[];
extern const char *const vnft_export_file_names[];

/* The format of this name; NULL if there is none. */
const struct vnft_export_format *vnft_export_find(const char *name);

/**
 * struct vnft_export_ask - what to write where; the members are those of struct vnft_export
 * @records: receives how many records or rows there were
 */
struct vnft_export_ask {
	const char *path, *only;
	FILE *to;
	const char *to_name;
	uint64_t records;
};

/* Write the records of a file. 0, or a negative errno after vnft_fail(). */
int vnft_export(const struct vnft_export_format *format, struct vnft_export_ask *ask);
/* The same of a results.json, or of the directory that holds one. */
int vnft_export_results(const struct vnft_export_format *format, struct vnft_export_ask *ask);

/* For formats: the wall clock's time of a record, ns since 1970; 0 where that is no time. */
uint64_t vnft_export_wall_ns(const struct vnft_export *x, const struct vnft_record *r);
/* Its label, cleaned, in @label if the row is wanted; else false. */
bool vnft_export_row(const struct vnft_export *x, const json_t *rows, const json_t *row,
		     char *label, size_t bytes);

/*
 * record_json.c: a record as one object, with words for its numbers and with the ends of its flow.
 * A key carries its unit; text is printable ASCII. New reference.
 */
json_t *vnft_export_record_json(const struct vnft_export *x, const struct vnft_record *r);

#endif
