/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Accepted record files through everything that reads them: the pages, every export format, the
 * times computed again for report, the cross-check of two observers, the ports. file.c tries what
 * is accepted; so here a mutation ends with what makes its records acceptable, and what they say
 * stays as wild as it became.
 */
#include "../../kmod/core/hooks.h"
#include "../../tools/lib/text/json.h"
#include "../../tools/lib/text/view.h"
#include "../../tools/report/html/html.h"
#include "../../tools/report/report.h"
#include "../../tools/stat/records/cross.h"
#include "../../tools/stat/records/ports.h"
#include "../html.h"
#include "exported.h"
#include "outside.h"

#define INPUT_CPUS	2
#define INPUT_DEVICES	3	/* ids 1 to 3: few, so that records meet */

size_t LLVMFuzzerMutate(uint8_t *data, size_t bytes, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t room, unsigned int seed);

/* What of the record tools/source/file.c would refuse becomes something that it accepts. */
static void repair(struct vnft_record *r, bool first)
{
	r->cpu %= INPUT_CPUS;
	if (first) {
		*r = (struct vnft_record){ .kind = VNFT_KIND_MANIFEST, .flow = VNFT_MAGIC,
					   .cpu = r->cpu, .time_ns = r->time_ns };
		r->manifest.version = 1 + r->len32 % VNFT_ABI_VERSION;
		r->manifest.ncpus = INPUT_CPUS;
		return;
	}
	r->kind = (uint8_t)(VNFT_KIND_DEVICE +
			    (r->kind + VNFT_KIND_NR - VNFT_KIND_DEVICE) %
			    (VNFT_KIND_NR - VNFT_KIND_DEVICE));
	if (r->hook && (r->hook & VNFT_HOOK_GUEST_SIDE || !vnft_hook_row(r->hook)->name))
		r->hook = VNFT_HOOK_TCX_IN;
	r->device %= INPUT_DEVICES + 1;
	switch (r->kind) {
	case VNFT_KIND_DEVICE:
		r->device += !r->device;
		r->dev.name[0] += !r->dev.name[0];
		r->dev.name[sizeof(r->dev.name) - 1] = '\0';
		r->dev.link %= VNFT_LINK_NR;
		r->dev.event %= VNFT_DEVICE_GONE + 1;
		r->dev.side = VNFT_SIDE_HOST;
		r->dev.hook_in = r->dev.hook_in ? VNFT_HOOK_TCX_IN : 0;
		r->dev.hook_out = r->dev.hook_out ? VNFT_HOOK_TCX_OUT : 0;
		break;
	case VNFT_KIND_FLOW:
		r->flow += !r->flow;
		break;
	case VNFT_KIND_PACKET:
	case VNFT_KIND_STAGE:
		r->class %= VNFT_CLASS_NR;
		r->hook = r->hook ? r->hook : VNFT_HOOK_TCX_OUT;
		break;
	case VNFT_KIND_LIFE:
		r->life.event = VNFT_LIFE_EXEC + r->life.event % VNFT_LIFE_VCPU_ENTRY;
		r->life.comm[sizeof(r->life.comm) - 1] = '\0';
		break;
	case VNFT_KIND_MARK:
		for (size_t i = 0; i < sizeof(r->mark.name); i++)
			if ((uint8_t)r->mark.name[i] < ' ' || r->mark.name[i] == 0x7f)
				r->mark.name[i] = '\0';
		r->mark.name[sizeof(r->mark.name) - 1] = '\0';
		break;
	case VNFT_KIND_LOST:
		r->len32 %= VNFT_LOST_NR;
		break;
	}
}

/* A record moves, doubles or goes as a whole; or bytes change anywhere. */
static size_t change(uint8_t *data, size_t bytes, size_t room, unsigned int seed)
{
	const size_t one = VNFT_RECORD_BYTES, n = bytes / one;
	const size_t from = n ? seed / 8 % n * one : 0, to = n ? seed / 512 % n * one : 0;
	struct vnft_record r;

	if (n < 2 || seed % 8 > 3)
		return LLVMFuzzerMutate(data, bytes, room);
	memcpy(&r, data + from, one);
	switch (seed % 8) {
	case 0:
		memcpy(data + from, data + to, one);
		memcpy(data + to, &r, one);
		return bytes;
	case 1:
		memmove(data + from, data + from + one, bytes - from - one);
		return bytes - one;
	case 2:
		if (bytes + one > room)
			return bytes;
		memmove(data + to + one, data + to, bytes - to);
		memcpy(data + to, &r, one);
		return bytes + one;
	default:
		LLVMFuzzerMutate(data + from, one, one);
		return bytes;
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t room, unsigned int seed)
{
	bool defined[INPUT_DEVICES + 1] = { true };
	struct vnft_record r;
	size_t at;

	bytes = change(data, bytes, room, seed);
	for (at = 0; at + sizeof(r) <= bytes; at += sizeof(r)) {
		memcpy(&r, data + at, sizeof(r));
		repair(&r, !at);
		defined[r.device] |= r.kind == VNFT_KIND_DEVICE;
		if (!defined[r.device])
			r.device = 0;
		memcpy(data + at, &r, sizeof(r));
	}
	return bytes;
}

static json_t *rows(void)
{
	static json_t *list;

	if (!list)
		list = json_loads("[{\"type\": \"container.crun\", \"instantiation\": "
				  "{\"samples_ns\": [1000000, 200000000]}}, "
				  "{\"type\": \"tinyx.kvm\", \"instantiation\": null}]", 0, NULL);
	return list;
}

static void page(const char *path)
{
	json_t *tree = vnft_records_tree(path);
	char *text = NULL;
	size_t bytes;
	FILE *to;

	if (!tree) {
		must_be_clean(vnft_why(), false);
		return;
	}
	to = open_memstream(&text, &bytes);
	must(to);
	vnft_view_text(to, tree, vnft_records_views);
	must(!vnft_json_print(tree, to, JSON_INDENT(2)) && !fclose(to));
	must_be_clean(text, true);
	free(text);
	to = open_memstream(&text, &bytes);
	must(to);
	vnft_html_records(to, tree, vnft_records_views, path);
	must(!fclose(to) && !html_fault(text));
	free(text);
	json_decref(tree);
}

static void export(const char *path)
{
	const struct vnft_export_format *const *format;
	char *text;
	size_t bytes;
	int err;

	for (format = vnft_export_formats; *format; format++) {
		struct vnft_export_ask ask = { .path = path, .to_name = "out" };

		text = NULL;
		ask.to = open_memstream(&text, &bytes);
		must(ask.to);
		err = vnft_export(*format, &ask);
		must(!fclose(ask.to));
		if (err)
			must_be_clean(vnft_why(), false);
		must_be_exported(*format, text, bytes, err);
		free(text);
	}
}

struct both {
	struct vnft_cross *cross;
	struct vnft_ports *ports;
};

static int feed(const struct vnft_record *r, void *arg)
{
	struct both *b = arg;

	vnft_cross_feed(b->cross, r->flags & VNFT_RF_MODULE ? VNFT_CROSS_MODULE : VNFT_CROSS_BPF,
			r);
	must(!vnft_ports_feed(r, b->ports));
	if (r->kind == VNFT_KIND_PACKET) {
		must(vnft_ports_sender(b->ports, r) <= UINT16_MAX);
		must(vnft_ports_receiver(b->ports, r) <= UINT16_MAX);
	}
	return 0;
}

static void cross(const char *path)
{
	static struct vnft_cross_result result;
	struct both b = { 0 };

	must(!vnft_cross_new(&b.cross) && !vnft_ports_new(&b.ports));
	vnft_records_each(path, feed, &b);
	vnft_cross_run(b.cross, 0, UINT64_MAX, &result);
	vnft_cross_run(b.cross, 1000, 1ULL << 62, &result);
	must(result.equal <= result.pairings[VNFT_CROSS_BPF]);
	vnft_cross_free(b.cross);
	vnft_ports_free(b.ports);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char path[OUTSIDE_PATH_BYTES], how[160];
	json_t *table;

	outside_file(path, data, bytes);
	if (vnft_records_unfinished(path, how, sizeof(how)))
		must_be_clean(how, false);
	page(path);
	export(path);
	table = json_array();
	if (vnft_runs_check(path, rows(), NULL, table))
		must_be_clean(vnft_why(), false);
	json_decref(table);
	cross(path);
	return 0;
}
