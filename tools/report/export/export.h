/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The records of a file, one by one, in a format of the table.
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
 * struct vnft_export - one record file on its way into one stream
 * @to: where the format writes. It need not look at errors of the stream: export.c does
 * @to_name: what to call @to in a message
 * @path: of the record file
 * @manifest: the file's first record
 * @flows: the flows that the records so far have defined
 * @ifname: names of the devices that the records so far have defined, by id; "" where none has
 * @records: how many records @record has had, without the one in hand
 * @own: for the format, NULL at @begin; @end frees it
 */
struct vnft_export {
	FILE *to;
	const char *to_name;
	const char *path;
	struct vnft_record manifest;
	struct vnft_flows flows;
	char ifname[UINT16_MAX + 1][VNFT_IFNAME_LEN];
	uint64_t records;
	void *own;
};

/**
 * struct vnft_export_format - how records look in a stream
 * @name: one word
 * @begin: before the first record; may be NULL
 * @record: every record but MANIFEST and FLOW, whose contents stand in struct vnft_export
 * @end: after the last record, and after a failure (@err, else 0) of the file, of the stream or
 *	of the format itself: write what closes the stream, free @own; may be NULL
 *
 * @begin and @end are called once, or neither is: a file without a readable manifest has no stream.
 * Each returns 0, or a negative errno after vnft_fail().
 */
struct vnft_export_format {
	const char *name;
	int (*begin)(struct vnft_export *x);
	int (*record)(struct vnft_export *x, const struct vnft_record *r);
	int (*end)(struct vnft_export *x, int err);
};

/* formats.c: the table, ended by NULL, and its names in the same order. */
extern const struct vnft_export_format *const vnft_export_formats[];
extern const char *const vnft_export_names[];

/* The format of this name; NULL if there is none. */
const struct vnft_export_format *vnft_export_find(const char *name);

/*
 * Write the records of the file @path to @to; @to_name stands in messages. 0, or a negative errno
 * after vnft_fail().
 */
int vnft_export(const struct vnft_export_format *format, const char *path, FILE *to,
		const char *to_name);

/*
 * record_json.c: a record as one object, with words for its numbers and with the ends of its flow.
 * A key carries its unit; text is printable ASCII. New reference.
 */
json_t *vnft_export_record_json(const struct vnft_export *x, const struct vnft_record *r);

#endif
