/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of output formats: what a format is handed, and when; every row on a good file, a
 * damaged one and a stream that takes nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../kmod/core/hooks.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/lib/text/view.h"
#include "../../tools/report/export/csv.h"
#include "../../tools/report/export/export.h"
#include "../../tools/source/file_write.h"
#include "../../tools/source/source.h"
#include "unit.h"

#define PACKETS	3
#define STEP_NS	1000
#define ID	7

/* Two SYNs, and the RST that answers the second one. */
static int write_file(const char *path)
{
	static const struct vnft_record device = {
		.kind = VNFT_KIND_DEVICE, .device = ID, .dev = { .name = "vnft7" }
	};
	struct vnft_record flow = { .kind = VNFT_KIND_FLOW, .class = 6, .flow = 5, .seq = 1,
				    .device = ID, .len32 = 40000u << 16 | 9,
				    .addr = { .addr_a[15] = 1, .addr_b[15] = 2 } };
	struct vnft_record packet = { .kind = VNFT_KIND_PACKET, .class = VNFT_CLASS_SYN,
				      .hook = VNFT_HOOK_TCX_OUT, .flow = 5, .device = ID,
				      .len32 = 74, .packet = { .proto = 6 } };
	struct vnft_file_writer *w;
	uint32_t i;
	int err = vnft_file_create(&w, path, true, 1);

	if (err)
		return err;
	vnft_file_write(&device, w);
	vnft_file_write(&flow, w);
	for (i = 0; i < PACKETS; i++) {
		packet.seq = 2 + i;
		packet.time_ns = 1000000000ULL + i * STEP_NS;
		if (i == PACKETS - 1) {
			packet.class = VNFT_CLASS_RST;
			packet.hook = VNFT_HOOK_TCX_IN;
			packet.flags = VNFT_RF_FROM_B;
			packet.len32 = 54;
			packet.packet.tcp_flags = 0x14;
			packet.packet.tcp_ack = 1;
		}
		vnft_file_write(&packet, w);
	}
	return vnft_file_close(w);
}

/* A format that looks on. */
static struct {
	int begins, records, ends, err;
	int fail_begin, fail_at;
	uint32_t ncpus;
	bool named, flow_known;
} saw;

static int spy_begin(struct vnft_export *x)
{
	saw.begins++;
	saw.ncpus = x->manifest.manifest.ncpus;
	x->own = malloc(1);
	return saw.fail_begin ? vnft_fail(saw.fail_begin, "no begin") : 0;
}

static int spy_record(struct vnft_export *x, const struct vnft_record *r)
{
	QUIET(x->records == (uint64_t)saw.records, "record %d is counted", saw.records);
	QUIET(r->kind != VNFT_KIND_MANIFEST && r->kind != VNFT_KIND_FLOW, "no such record");
	saw.records++;
	saw.named = !strcmp(x->ifname[ID], "vnft7");
	saw.flow_known |= r->kind == VNFT_KIND_PACKET && vnft_flows_find(&x->flows, r->flow);
	return saw.fail_at == saw.records ? vnft_fail(-ENOSPC, "no more") : 0;
}

static int spy_end(struct vnft_export *x, int err)
{
	saw.ends++;
	saw.err = err;
	free(x->own);
	return 0;
}

static const struct vnft_export_format spy = {
	.name = "spy", .begin = spy_begin, .record = spy_record, .end = spy_end
};

static int watch(const char *path, int fail_begin, int fail_at)
{
	memset(&saw, 0, sizeof(saw));
	saw.fail_begin = fail_begin;
	saw.fail_at = fail_at;
	return vnft_export(&spy, &(struct vnft_export_ask){ .path = path, .to = stderr,
							    .to_name = "stderr" });
}

static void test_calls(const char *path)
{
	CHECK(!watch(path, 0, 0) && saw.begins == 1 && saw.ends == 1 && !saw.err,
	      "one begin, one end");
	CHECK_EQ(saw.records, 1 + PACKETS, "the device and its packets between them");
	CHECK(saw.ncpus == 1, "the manifest is known at the begin");
	CHECK(saw.named && saw.flow_known, "the device's name and the flow are known in time");
	CHECK(watch(path, -EMFILE, 0) == -EMFILE && !saw.records && saw.ends == 1 &&
	      saw.err == -EMFILE, "a begin that fails is the end");
	CHECK(watch(path, 0, 2) == -ENOSPC && saw.records == 2 && saw.ends == 1 &&
	      saw.err == -ENOSPC, "so is a record that fails");
	CHECK(watch("/nonexistent", 0, 0) < 0 && !saw.begins && !saw.ends,
	      "no file, no begin and no end");
}

/* What @format writes about @path; @err as vnft_export() said. */
static char *written(const struct vnft_export_format *format, const char *path, int *err)
{
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	*err = vnft_export(format, &(struct vnft_export_ask){ .path = path, .to = f,
							      .to_name = "memory" });
	fclose(f);
	return text;
}

static void test_row(const struct vnft_export_format *format, const char *path, const char *damaged)
{
	FILE *full = fopen("/dev/full", "w");
	char *text;
	int err;

	CHECK(vnft_export_find(format->name) == format, "%s: is found by name", format->name);
	text = written(format, path, &err);
	CHECK(!err && *text && *format->what, "%s: writes something", format->name);
	free(text);
	text = written(format, damaged, &err);
	CHECK(err < 0 && vnft_why()[0], "%s: a damaged file is an error", format->name);
	free(text);
	if (full) {
		err = vnft_export(format, &(struct vnft_export_ask){ .path = path, .to = full,
								     .to_name = "the full "
										"device" });
		CHECK(err == -EIO && strstr(vnft_why(), "the full device"),
		      "%s: a stream that takes nothing is one, too", format->name);
		fclose(full);
	}
}

static void test_json(const char *path, const char *damaged)
{
	const struct vnft_export_format *format = vnft_export_find("json");
	char *text;
	json_t *all;
	int err;

	text = written(format, path, &err);
	all = json_loads(text, 0, NULL);
	CHECK(json_array_size(all) == 1 + PACKETS, "json: one array of all records");
	CHECK(!strcmp(json_string_value(vnft_view_at(all, "[2].dev")), "vnft7") &&
	      !strcmp(json_string_value(vnft_view_at(all, "[2].dst")), "[::2]:9"),
	      "json: with names and ends");
	json_decref(all);
	free(text);
	text = written(format, damaged, &err);
	all = json_loads(text, 0, NULL);
	CHECK(err && json_array_size(all) == PACKETS, "json: what is before the damage, closed");
	json_decref(all);
	free(text);
}

static void test_lines(const char *path)
{
	char *text, *end;
	int err;

	text = written(vnft_export_find("lines"), path, &err);
	end = strstr(text, "\n");
	CHECK(end && !strncmp(end, "\n1.000000000 [000] vnft7 tcx/egress syn [::1]:40000 > [::2]:9 "
			      "len_bytes=74 ", 71), "lines: a packet's is as it always was");
	free(text);
}

/* Lines of @text; each is one object. */
static size_t count_objects(char *text)
{
	size_t n = 0;
	char *line;

	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), n++) {
		json_t *o = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

		QUIET(json_is_object(o), "jsonl: line %zu is an object", n);
		json_decref(o);
	}
	return n;
}

static void test_jsonl(const char *path, const char *damaged)
{
	const struct vnft_export_format *format = vnft_export_find("jsonl");
	char *text;
	int err;

	text = written(format, path, &err);
	CHECK(strstr(text, "{\"event\":\"end\",\"records\":4,\"complete\":true}\n"),
	      "jsonl: the last line says that this is all");
	CHECK_EQ(count_objects(text), 1 + 1 + PACKETS + 1, "jsonl: begin, the records, end");
	free(text);
	text = written(format, damaged, &err);
	CHECK(strstr(text, "\"complete\":false,\"complete_why\":\"record 5 (byte 320): CPU"),
	      "jsonl: or what is the matter");
	free(text);
}

/* Every key of a record is a column, or the file would not hold it. */
static void test_csv(const char *path)
{
	char *lines, *csv, *title, cell[64];
	json_t *all, *o;
	const char *key;
	json_t *value;
	size_t i;
	int err;

	csv = written(vnft_export_find("csv"), path, &err);
	lines = written(vnft_export_find("json"), path, &err);
	all = json_loads(lines, 0, NULL);
	title = strtok(csv, "\r");
	json_array_foreach(all, i, o) {
		json_object_foreach(o, key, value) {
			snprintf(cell, sizeof(cell), ",%s,", key);
			QUIET(strstr(title, cell) || !strcmp(key, "time_ns") ||
			      !strcmp(key, "clock"), "csv: %s is a column", key);
		}
	}
	CHECK(!strncmp(title, "time_ns,utc,cpu,", 16) && !strcmp(strrchr(title, ','), ",clock"),
	      "csv: a line of titles");
	title += strlen(title) + 1;	/* what strtok() made of the first CR; the LF is next */
	CHECK(strstr(title, ",syn-rst,out,1000,"), "csv: the reply's line has the round trip");
	json_decref(all);
	free(lines);
	free(csv);
}

static void test_csv_cells(void)
{
	static const char *const cells[][2] = {
		{ "tap0", "tap0" }, { "", "" }, { "a b", "\"a b\"" }, { "a\"b", "\"a\"\"b\"" },
		{ "a,b", "\"a,b\"" }, { "=1+1", "\"'=1+1\"" }, { "+1", "\"'+1\"" },
		{ "-1", "\"'-1\"" }, { "@sum", "\"'@sum\"" }, { "'x", "\"''x\"" },
		{ "a;=1", "\"a;=1\"" }, { "tap-0", "tap-0" },
	};
	char *text = NULL;
	size_t i, bytes;

	for (i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		FILE *f = open_memstream(&text, &bytes);

		vnft_csv_text(f, cells[i][0]);
		fclose(f);
		CHECK(!strcmp(text, cells[i][1]), "csv: %s is %s", cells[i][0], text);
		free(text);
	}
}

/* Of a file of two devices one alone. */
static void test_only(const char *path)
{
	struct vnft_export_ask ask = { .path = path, .only = "vnft7", .to = stderr,
				       .to_name = "stderr" };
	int err;

	memset(&saw, 0, sizeof(saw));
	err = vnft_export(&spy, &ask);
	CHECK(!err && ask.records == 1 + PACKETS, "the device that is wanted");
	ask.only = "vnft8";
	memset(&saw, 0, sizeof(saw));
	err = vnft_export(&spy, &ask);
	CHECK(err == -EINVAL && !saw.records && saw.ends == 1 && strstr(vnft_why(), "vnft8"),
	      "one that is not there is named");
}

static void test_wall(void)
{
	struct vnft_record r = { .time_ns = 5 };
	static struct vnft_export x;

	x.manifest.manifest.realtime_offset_ns = 7;
	CHECK_EQ(vnft_export_wall_ns(&x, &r), 12, "the wall clock's time");
	x.manifest.manifest.realtime_offset_ns = -3;
	CHECK_EQ(vnft_export_wall_ns(&x, &r), 2, "of a clock that is behind");
	x.manifest.manifest.realtime_offset_ns = -6;
	CHECK_EQ(vnft_export_wall_ns(&x, &r), 0, "before 1970 is no time");
	x.manifest.manifest.realtime_offset_ns = INT64_MAX;
	r.time_ns = UINT64_MAX;
	CHECK_EQ(vnft_export_wall_ns(&x, &r), 0, "nor beyond its range");
}

/* A packet of a CPU that the file does not have, as its last record before the end. */
static int damage(const char *path)
{
	struct vnft_record bad = { .kind = VNFT_KIND_PACKET, .cpu = 99 };
	FILE *f = fopen(path, "r+b");
	bool done = f && !fseek(f, -2 * (long)sizeof(bad), SEEK_END) &&
		    fwrite(&bad, sizeof(bad), 1, f) == 1;

	return !f || fclose(f) || !done;
}

int main(void)
{
	char dir[] = "/tmp/vnft-export-XXXXXX", path[64], damaged[64];
	size_t i, k, pages = 0;
	const char *name;

	while (vnft_export_page_names[pages])
		pages++;

	CHECK(mkdtemp(dir), "scratch directory");
	snprintf(path, sizeof(path), "%s/good", dir);
	snprintf(damaged, sizeof(damaged), "%s/damaged", dir);
	CHECK(!write_file(path) && !write_file(damaged) && !damage(damaged), "record files");
	test_calls(path);
	for (i = 0; vnft_export_formats[i]; i++) {
		for (k = 0; k < i; k++)
			QUIET(strcmp(vnft_export_formats[i]->name, vnft_export_formats[k]->name),
			      "two formats of one name");
		name = i < pages ? vnft_export_page_names[i] : vnft_export_file_names[i - pages];
		CHECK(name && !strcmp(name, vnft_export_formats[i]->name),
		      "%s: is offered by its name", vnft_export_formats[i]->name);
		test_row(vnft_export_formats[i], path, damaged);
	}
	CHECK(!vnft_export_file_names[i - pages], "no name without a format");
	CHECK(!vnft_export_find("nosuch"), "no format of another name");
	test_json(path, damaged);
	test_jsonl(path, damaged);
	test_csv(path);
	test_csv_cells();
	test_only(path);
	test_wall();
	test_lines(path);
	unlink(path);
	unlink(damaged);
	rmdir(dir);
	return unit_done();
}
