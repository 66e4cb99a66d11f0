/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What must hold of an export, whatever the file was: a table has as many cells in each line, a
 * capture is made of whole blocks, and text talks to nobody.
 */
#ifndef TESTS_FUZZ_EXPORTED_H
#define TESTS_FUZZ_EXPORTED_H

#include "../../tools/report/export/export.h"
#include "outside.h"

/* One cell of RFC 4180, from its first byte: where it ends. No spreadsheet may run it. */
static inline const char *must_be_cell(const char *at)
{
	if (*at != '"') {
		must(!strchr("=+@'", *at) || !*at);
		must(*at != '-' || (at[1] >= '0' && at[1] <= '9'));
		while (*at && !strchr(",\r\n\"", *at))
			at++;
		return at;
	}
	must(!strchr("=+-@", at[1]));
	for (at++; *at != '"' || at[1] == '"'; at++) {
		must(*at && *at != '\r' && *at != '\n');
		at += *at == '"';
	}
	return at + 1;
}

static inline void must_be_csv(const char *text)
{
	size_t cells = 0, titles = 0, n;
	const char *at;
	uint32_t code;

	for (at = text; *at; at += n) {
		n = vnft_utf8(at, &code);
		must(n && (vnft_code_printable(code) || code == '\r' || code == '\n'));
	}
	while (*text) {
		text = must_be_cell(text);
		cells++;
		if (*text == ',') {
			text++;
			continue;
		}
		must(text[0] == '\r' && text[1] == '\n');
		titles = titles ? titles : cells;
		must(cells == titles);
		cells = 0;
		text += 2;
	}
	must(!cells);
}

static inline void must_be_lines(const char *text)
{
	json_error_t error;
	const char *end;
	json_t *o;

	for (; *text; text = end + 1) {
		end = strchr(text, '\n');
		must(end);
		o = json_loadb(text, (size_t)(end - text), JSON_REJECT_DUPLICATES, &error);
		must(json_is_object(o));
		json_decref(o);
	}
}

static inline uint32_t exported_word(const char *data, size_t at)
{
	uint32_t v;

	memcpy(&v, data + at, sizeof(v));
	return v;
}

/* Whole blocks, one behind the other, each with its length at both ends; no packet is longer. */
static inline void must_be_pcapng(const char *data, size_t bytes)
{
	size_t at, n;

	for (at = 0; at < bytes; at += n) {
		must(bytes - at >= 12);
		n = exported_word(data, at + 4);
		must(n >= 12 && n % 4 == 0 && n <= bytes - at);
		must(exported_word(data, at + n - 4) == n);
		must((exported_word(data, at) == 0x0a0d0d0a) == !at);
		if (exported_word(data, at) != 6)
			continue;
		must(n >= 32 + exported_word(data, at + 20));
		must(exported_word(data, at + 20) <= exported_word(data, at + 24));
	}
}

static inline void must_be_exported(const struct vnft_export_format *format, const char *text,
				    size_t bytes, int err)
{
	json_error_t error;
	json_t *json;

	if (format->binary) {
		must_be_pcapng(text, bytes);
		return;
	}
	must(err || strlen(text) == bytes);
	if (!strcmp(format->name, "csv")) {
		must_be_csv(text);
		return;
	}
	must_be_clean(text, true);
	if (!strcmp(format->name, "jsonl"))
		must_be_lines(text);
	if (!strcmp(format->name, "openmetrics") && !err)
		must(bytes >= 6 && !strcmp(text + bytes - 6, "# EOF\n"));
	if (strcmp(format->name, "json") || err)
		return;
	json = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &error);
	must(json_is_array(json));
	json_decref(json);
}

#endif
