/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records to be shared: what tells of others is gone from every page and format, what is equal
 * stays equal within one export, and the numbers are the same.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../kmod/core/hooks.h"
#include "../../tools/report/export/export.h"
#include "../../tools/report/records/anonymize.h"
#include "../../tools/source/file_write.h"
#include "unit.h"

#define SECRETS	6

static const char *const secret[SECRETS] = {
	"tap-acme", "acmed", "acme.kvm", "192.0.2.7", "2001:db8", "31337"
};

static void put_ipv4(uint8_t addr[16], uint8_t last)
{
	static const uint8_t prefix[15] = { [10] = 0xff, [11] = 0xff, 192, 0, 2 };

	memcpy(addr, prefix, sizeof(prefix));
	addr[15] = last;
}

static void put_ipv6(uint8_t addr[16], uint8_t last)
{
	memset(addr, 0, 16);
	memcpy(addr, "\x20\x01\x0d\xb8", 4);
	addr[15] = last;
}

static void put_packet(struct vnft_file_writer *w, uint64_t flow, bool reply, uint64_t time_ns)
{
	const struct vnft_record r = {
		.kind = VNFT_KIND_PACKET, .class = reply ? VNFT_CLASS_ECHO_REPLY :
						   VNFT_CLASS_ECHO_REQUEST,
		.hook = reply ? VNFT_HOOK_TCX_IN : VNFT_HOOK_TCX_OUT, .flow = flow, .device = 1,
		.flags = reply ? VNFT_RF_FROM_B : 0, .len32 = 98, .time_ns = time_ns,
		.packet = { .proto = 1, .tcp_seq = 5 << 16 | (uint32_t)flow }
	};

	vnft_file_write(&r, w);
}

/* Flows 11 and 12 have host 192.0.2.7 in common, 13 is of IPv6. */
static int write_file(const char *path)
{
	struct vnft_record r = { .kind = VNFT_KIND_DEVICE, .device = 1,
				 .dev = { .name = "tap-acme", .mac = { 2, 3, 4, 5, 6, 7 } } };
	struct vnft_file_writer *w;
	uint64_t flow;
	int err = vnft_file_create(&w, path, true, 1);

	if (err)
		return err;
	vnft_file_write(&r, w);
	r = (struct vnft_record) { .kind = VNFT_KIND_LIFE, .len32 = 31337, .class = VNFT_LIFE_OWN,
				   .life = { .comm = "acmed", .event = VNFT_LIFE_EXEC } };
	vnft_file_write(&r, w);
	r.life.event = VNFT_LIFE_EXIT;
	vnft_file_write(&r, w);
	r = (struct vnft_record) { .kind = VNFT_KIND_MARK, .mark.name = "type=acme.kvm" };
	vnft_file_write(&r, w);
	strcpy(r.mark.name, "row=4");
	vnft_file_write(&r, w);
	for (flow = 11; flow <= 13; flow++) {
		r = (struct vnft_record) { .kind = VNFT_KIND_FLOW, .class = 1, .flow = flow,
					   .device = 1, .len32 = 5 << 16 | 5 };
		if (flow == 13) {
			put_ipv6(r.addr.addr_a, 7);
			put_ipv6(r.addr.addr_b, 8);
		} else {
			put_ipv4(r.addr.addr_a, 7);
			put_ipv4(r.addr.addr_b, (uint8_t)(70 + flow));
		}
		vnft_file_write(&r, w);
		put_packet(w, flow, false, 1000 * flow);
		put_packet(w, flow, true, 1000 * flow + 100 * flow);
	}
	return vnft_file_close(w);
}

static char *written_bytes(const char *format, const char *path, size_t *bytes)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, bytes);

	CHECK(!vnft_export(vnft_export_find(format),
			   &(struct vnft_export_ask){ .path = path, .to = f,
						      .to_name = "memory" }),
	      "%s: written", format);
	fclose(f);
	return text;
}

static char *written(const char *format, const char *path)
{
	size_t bytes;

	return written_bytes(format, path, &bytes);
}

static unsigned int told(const char *text)
{
	unsigned int i, n = 0;

	for (i = 0; i < SECRETS; i++)
		n += !!strstr(text, secret[i]);
	return n;
}

static const char *text_at(const json_t *all, size_t i, const char *key)
{
	const char *text = json_string_value(json_object_get(json_array_get(all, i), key));

	return text ? text : "?";
}

/* Every format there is, and as bytes: addresses of hosts, of their prefix, of the device. */
static void test_every_format(const char *path)
{
	static const struct {
		const char *bytes;
		size_t n;
	} hidden[] = {
		{ "\xc0\0\2\7", 4 }, { "\x20\x01\x0d\xb8", 4 }, { "\2\3\4\5\6\7", 6 },
	};
	const struct vnft_export_format *const *format;
	size_t i, bytes;
	char *text;

	for (format = vnft_export_formats; *format; format++) {
		bool found = false;

		CHECK(!vnft_records_anonymize(true), "%s without names", (*format)->name);
		text = written_bytes((*format)->name, path, &bytes);
		/* The last one is a number, which may be part of a time. */
		for (i = 0; i < SECRETS - 1; i++)
			found |= !!memmem(text, bytes, secret[i], strlen(secret[i]));
		for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
			found |= !!memmem(text, bytes, hidden[i].bytes, hidden[i].n);
		CHECK(!found, "%s: nothing is told", (*format)->name);
		free(text);
	}
	vnft_records_anonymize(false);
}

/* Records 0 device, 1 and 2 life, 3 and 4 marks, from 5 on request and reply of each flow. */
static void test_equal(const json_t *all)
{
	const char *host = text_at(all, 5, "src");

	CHECK(!strcmp(text_at(all, 0, "name"), "device1") &&
	      !strcmp(text_at(all, 5, "dev"), "device1"), "a device has one number");
	CHECK(!strcmp(text_at(all, 1, "comm"), "process1") &&
	      json_equal(json_object_get(json_array_get(all, 1), "tgid"),
			 json_object_get(json_array_get(all, 2), "tgid")), "a process, too");
	CHECK(!strcmp(text_at(all, 3, "name"), "type=1") &&
	      !strcmp(text_at(all, 4, "name"), "row=4"), "a type; what is a number stays");
	CHECK(!strncmp(host, "[fd00:4::", 9) && !strcmp(host + strlen(host) - 3, "]:5"),
	      "an address of IPv4 is seen to be none, its port stays: %s", host);
	CHECK(!strcmp(host, text_at(all, 7, "src")) && !strcmp(host, text_at(all, 6, "dst")),
	      "a host is one in all its flows");
	CHECK(strcmp(text_at(all, 5, "dst"), text_at(all, 7, "dst")) &&
	      strcmp(host, text_at(all, 5, "dst")), "and two hosts are two");
	CHECK(!strncmp(text_at(all, 9, "src"), "[fd00:6::", 9), "of IPv6: %s",
	      text_at(all, 9, "src"));
}

static void test_formats(const char *path)
{
	char *open = written("json", path), *first, *second, *lines;
	json_t *all;

	CHECK_EQ(told(open), SECRETS, "without the option everything is told");
	CHECK(!vnft_records_anonymize(true), "an export without names begins");
	first = written("json", path);
	lines = written("lines", path);
	CHECK(!told(first) && !told(lines), "nothing is told in any format");
	all = json_loads(first, 0, NULL);
	test_equal(all);
	json_decref(all);
	CHECK(!vnft_records_anonymize(true), "another one");
	second = written("json", path);
	CHECK(strcmp(first, second) && !told(second), "has another key");
	CHECK(!vnft_records_anonymize(false), "off");
	free(first);
	first = written("json", path);
	CHECK(!strcmp(open, first), "and all is as it was");
	free(lines);
	free(second);
	free(first);
	free(open);
}

static json_int_t count_of(const json_t *tree, size_t line)
{
	return json_integer_value(json_object_get(json_array_get(json_object_get(tree, "contents"),
								 line), "count"));
}

static void test_page(const char *path)
{
	json_t *open = vnft_records_tree(path), *hidden = NULL;
	char *text;

	CHECK(open, "a page");
	CHECK_EQ(count_of(open, 0), 5, "says how many addresses the file holds");
	CHECK_EQ(count_of(open, 1), 1, "names of devices");
	CHECK_EQ(count_of(open, 2), 2, "lives of processes");
	CHECK_EQ(count_of(open, 3), 2, "marks");
	CHECK_EQ(count_of(open, 4), 6, "frames");
	if (CHECK(!vnft_records_anonymize(true), "a page without names"))
		hidden = vnft_records_tree(path);
	vnft_records_anonymize(false);
	text = json_dumps(hidden, 0);
	CHECK(hidden && !told(text), "has none");
	CHECK(json_is_true(vnft_view_at(hidden, "file.anonymized")) &&
	      json_is_false(vnft_view_at(open, "file.anonymized")), "and says so");
	CHECK_EQ(count_of(hidden, 0), 5, "as many addresses");
	CHECK_EQ(json_integer_value(vnft_view_at(hidden, "pairings[0].matched")), 3,
		 "every reply meets its request");
	CHECK(json_equal(vnft_view_at(open, "pairings[0].max_ns"),
			 vnft_view_at(hidden, "pairings[0].max_ns")), "after the same time");
	free(text);
	json_decref(hidden);
	json_decref(open);
}

/* A file may name a million things. */
static void test_bound(void)
{
	struct vnft_record r = { .kind = VNFT_KIND_DEVICE };
	struct vnft_anonymous *a;
	unsigned int i;

	if (!CHECK(!vnft_anonymous_new(&a), "names without end"))
		return;
	for (i = 0; i < VNFT_ANONYMOUS_NAMES + 10; i++) {
		snprintf(r.dev.name, sizeof(r.dev.name), "n%u", i);
		vnft_anonymous_record(a, &r);
	}
	CHECK(!strcmp(r.dev.name, "device0"), "those beyond the bound are number 0: %s",
	      r.dev.name);
	strcpy(r.dev.name, "n0");
	vnft_anonymous_record(a, &r);
	CHECK(!strcmp(r.dev.name, "device1"), "and those before keep theirs: %s", r.dev.name);
	vnft_anonymous_free(a);
}

int main(void)
{
	char dir[] = "/tmp/vnft-anonymize-XXXXXX", path[64];

	CHECK(mkdtemp(dir), "scratch directory");
	snprintf(path, sizeof(path), "%s/records", dir);
	CHECK(!write_file(path), "a record file");
	test_formats(path);
	test_every_format(path);
	test_page(path);
	test_bound();
	unlink(path);
	rmdir(dir);
	return unit_done();
}
