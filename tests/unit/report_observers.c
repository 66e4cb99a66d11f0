/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A record file that two observers filled: their sequences, devices and pairings are apart.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../tools/lib/net/link.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/lib/text/view.h"
#include "../../tools/report/report.h"
#include "../../tools/source/file.h"
#include "../../tools/source/file_write.h"
#include "../../tools/source/merge.h"
#include "unit.h"

#define BPF_ID		1
#define MODULE_ID	VNFT_MODULE_FIRST_ID
#define ECHOES		150

static char path[64] = "/tmp/vnft-unit-XXXXXX";
static uint32_t next_seq[2];

static struct vnft_record record(bool module, uint8_t class, uint8_t hook, uint64_t time_ns)
{
	return (struct vnft_record) {
		.time_ns = time_ns, .flow = 5, .seq = ++next_seq[module], .kind = VNFT_KIND_PACKET,
		.device = module ? MODULE_ID : BPF_ID, .class = class, .hook = hook, .len32 = 98,
		.flags = module ? VNFT_RF_MODULE : 0,
	};
}

static int echo(struct vnft_file_writer *w, bool module, bool reply, uint32_t n, uint64_t time_ns)
{
	const uint8_t hook = reply ? module ? VNFT_HOOK_NETFILTER_IN : VNFT_HOOK_TCX_IN :
				     module ? VNFT_HOOK_NETFILTER_OUT : VNFT_HOOK_TCX_OUT;
	struct vnft_record r =
		record(module, reply ? VNFT_CLASS_ECHO_REPLY : VNFT_CLASS_ECHO_REQUEST, hook,
		       time_ns);

	r.packet.tcp_seq = n;
	return vnft_file_write(&r, w);
}

/*
 * Requests that each observer stamps; of one in ten BPF sees no reply, of one in five the module.
 */
static int write_file(bool gap)
{
	const struct vnft_link_info info = { .ifindex = 3, .name = "tap0", .link = VNFT_LINK_TAP };
	struct vnft_source_device device = { .netns_inode = 42 };
	struct vnft_file_writer *w;
	uint32_t i;
	int err;

	next_seq[0] = next_seq[1] = 0;
	err = vnft_file_create(&w, path, true, 1);
	if (err)
		return err;
	device.hook[VNFT_DIR_IN] = VNFT_HOOK_TCX_IN;
	device.hook[VNFT_DIR_OUT] = VNFT_HOOK_TCX_OUT;
	err = vnft_file_define(w, BPF_ID, &info, &device);
	device.hook[VNFT_DIR_IN] = VNFT_HOOK_NETFILTER_IN;
	device.hook[VNFT_DIR_OUT] = VNFT_HOOK_NETFILTER_OUT;
	err = err ? err : vnft_file_define(w, MODULE_ID, &info, &device);
	for (i = 0; i < ECHOES && !err; i++) {
		uint64_t at_ns = 1000000 + 1000 * i;

		err = echo(w, true, false, i, at_ns);
		err = err ? err : echo(w, false, false, i, at_ns + 10);
		if (!err && i % 10)
			err = echo(w, false, true, i, at_ns + 500);
		if (gap && i == 50)
			next_seq[1] += 7;
		if (!err && i % 5)
			err = echo(w, true, true, i, at_ns + 530);
	}
	err = err ? err : vnft_file_close(w);
	return err;
}

static long long number(const json_t *tree, const char *at)
{
	const json_t *v = vnft_view_at(tree, at);

	return json_is_integer(v) ? json_integer_value(v) : -1;
}

static bool is(const json_t *tree, const char *at, const char *text)
{
	const json_t *v = vnft_view_at(tree, at);

	return json_is_string(v) && !strcmp(json_string_value(v), text);
}

static void test_page(void)
{
	json_t *tree = vnft_records_tree(path);

	if (!CHECK(tree, "the page of a file of both: %s", tree ? "" : vnft_why()))
		return;
	CHECK(number(tree, "file.sequence_gaps") == 0 && number(tree, "file.lost") == 0,
	      "two sequences on one CPU are no gaps");
	CHECK(is(tree, "cpus[0].observer", "bpf") && is(tree, "cpus[1].observer", "module") &&
	      number(tree, "cpus[0].hook_records") == ECHOES * 19 / 10 &&
	      number(tree, "cpus[1].hook_records") == ECHOES * 18 / 10,
	      "each is counted by itself");
	CHECK(number(tree, "file.hook_records") == ECHOES * 37 / 10 &&
	      number(tree, "file.records") > ECHOES * 37 / 10,
	      "and both together, apart from all that is in the file");
	CHECK(is(tree, "devices[0].observer", "bpf") && is(tree, "devices[1].observer", "module") &&
	      is(tree, "devices[0].dev", "tap0") && is(tree, "devices[1].dev", "tap0"),
	      "one device, two observers");
	CHECK(is(tree, "devices[0].hook_in", "tcx/ingress") &&
	      is(tree, "devices[1].hook_out", "netfilter/egress"), "with the hooks of each");
	CHECK(number(tree, "classes[0].out") == ECHOES && number(tree, "classes[2].out") == ECHOES,
	      "frames are not added up");
	CHECK(is(tree, "pairings[0].observer", "bpf") &&
	      number(tree, "pairings[0].matched") == ECHOES * 9 / 10 &&
	      number(tree, "pairings[0].max_ns") == 490, "BPF's replies meet BPF's requests");
	CHECK(is(tree, "pairings[1].observer", "module") &&
	      number(tree, "pairings[1].matched") == ECHOES * 8 / 10 &&
	      number(tree, "pairings[1].min_ns") == 530, "and the module's the module's");
	CHECK_EQ(json_array_size(json_object_get(tree, "pairings")), 2, "and there are no others");
	json_decref(tree);
}

static int take(const struct vnft_record *r, void *arg)
{
	return 0;
}

static void test_gap(void)
{
	struct vnft_source *source;
	json_t *tree;

	if (!CHECK(!write_file(true), "a file with a gap in the module's sequence"))
		return;
	tree = vnft_records_tree(path);
	CHECK(number(tree, "file.sequence_gaps") == 1 && number(tree, "cpus[0].gaps") == 0 &&
	      number(tree, "cpus[1].missing") == 7, "a gap of the module's is found");
	json_decref(tree);
	if (!CHECK(!vnft_file_open(&source, path), "and read"))
		return;
	while (source->ops->drain(source, take, NULL) > 0)
		;
	CHECK_EQ(vnft_file_unread(source), 7, "as 7 records that nobody read");
	source->ops->close(source);
}

static int last_of(const struct vnft_record *r, void *arg)
{
	uint64_t *last_ns = arg;

	if (r->time_ns < *last_ns)
		return -1;
	*last_ns = r->time_ns;
	return 0;
}

static void test_merge(void)
{
	struct vnft_merge *m;
	struct vnft_record r;
	uint64_t last_ns = 0;
	uint32_t i;

	QUIET(!vnft_merge_open(&m, 1), "a merge");
	/* Rings are drained one after the other: all of BPF's lie before all of the module's. */
	for (i = 0; i < 10; i++) {
		r = record(false, VNFT_CLASS_ARP_REQUEST, VNFT_HOOK_TCX_OUT, 1000 + 10 * i);
		QUIET(!vnft_merge_add(&r, m), "a record");
	}
	for (i = 0; i < 10; i++) {
		r = record(true, VNFT_CLASS_ARP_REQUEST, VNFT_HOOK_NETFILTER_OUT, 995 + 10 * i);
		QUIET(!vnft_merge_add(&r, m), "a record");
	}
	CHECK(!vnft_merge_run(m, last_of, &last_ns) && last_ns == 1090 && !vnft_merge_backwards(m),
	      "records of both on one CPU merge by time, and none runs backwards");
	vnft_merge_close(m);
}

int main(void)
{
	int fd = mkstemp(path);

	if (!CHECK(fd >= 0 && !write_file(false), "a file of both observers"))
		return unit_done();
	close(fd);
	test_page();
	test_gap();
	test_merge();
	unlink(path);
	return unit_done();
}
