/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace types: the virtualization types, and whether each can run here.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "../guest/guest.h"
#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../lib/host/accel.h"
#include "../lib/host/kvm.h"
#include "../lib/text/error.h"
#include "../lib/text/view.h"
#include "cmd.h"

struct types_config {
	struct vnft_common common;
	bool names;
};

/* What would run it here. */
static enum vnft_accel accel_of(const struct vnft_type *type)
{
	struct vnft_kvm_speed speed;

	if (!strcmp(type->virtualization, "xen"))
		return VNFT_ACCEL_XEN;
	if (strcmp(type->virtualization, "kvm"))
		return VNFT_ACCEL_NONE;
	vnft_kvm_measure(&speed);
	return speed.usable ? VNFT_ACCEL_KVM : VNFT_ACCEL_TCG;
}

static json_t *outline(const struct vnft_type *type)
{
	const struct vnft_guest_ops *ops = vnft_guest_driver(type->driver);
	json_t *row =
		json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", type->name, "title", type->title,
			  "driver", type->driver, "virtualization", type->virtualization,
			  "accelerator", vnft_accel_name(accel_of(type)));
	int err = ops ? ops->check(type) :
		vnft_fail(-EOPNOTSUPP, "%s: no such driver", type->driver);

	json_object_set_new(row, "possible", json_boolean(!err));
	if (err)
		json_object_set_new(row, "missing", json_string(vnft_why()));
	return row;
}

static int list_type(const struct vnft_type *type, int err, void *arg)
{
	json_t *row;

	if (err)
		row = json_pack("{s:s, s:b, s:s}", "name", type->name, "possible", 0, "missing",
				vnft_why());
	else
		row = outline(type);
	return json_array_append_new(arg, row) ? vnft_fail(-ENOMEM, "out of memory") : 0;
}

static int name_type(const struct vnft_type *type, int err, void *arg)
{
	if (!err)
		puts(type->name);
	return 0;
}

static const char *topology_name(enum vnft_topology topology)
{
	static const char *const names[] = { "tap", "tap-launch", "veth", "vif" };

	return topology <= VNFT_TOPOLOGY_VIF ? names[topology] : "unknown";
}

static void set_text(json_t *row, const char *key, const char *text)
{
	if (*text)
		json_object_set_new(row, key, json_string(text));
}

/* Everything that the file says, defaults filled in. */
static json_t *whole(const struct vnft_type *type)
{
	static const char *const answerers[] = { "any", "linux", "gvisor" };
	json_t *row = outline(type);

	set_text(row, "image", type->image);
	set_text(row, "kernel", type->kernel);
	set_text(row, "initrd", type->initrd);
	set_text(row, "append", type->append);
	set_text(row, "command", type->command);
	set_text(row, "teardown", type->teardown);
	set_text(row, "machine", type->machine);
	set_text(row, "script", type->script);
	set_text(row, "runtime", type->runtime);
	set_text(row, "process", type->process);
	set_text(row, "build", type->build);
	set_text(row, "needs", type->needs);
	set_text(row, "topology", topology_name(type->topology));
	set_text(row, "answerer", type->answerer <= VNFT_ANSWER_GVISOR ?
		 answerers[type->answerer] : "unknown");
	json_object_set_new(row, "memory_mib", json_integer(type->memory_mib));
	json_object_set_new(row, "vcpus", json_integer(type->vcpus));
	json_object_set_new(row, "timeout_s", json_integer(type->timeout_s));
	json_object_set_new(row, "port", json_integer(type->port));
	json_object_set_new(row, "iperf3", json_boolean(type->iperf3));
	return row;
}

static const struct vnft_column list_columns[] = {
	{ "type", "name" }, { "driver", "driver" }, { "virtualization", "virtualization" },
	{ "accelerator", "accelerator" }, { "runs here", "possible" }, { 0 }
};
static const struct vnft_column missing_columns[] = {
	{ "type", "name" }, { "what is missing", "missing" }, { 0 }
};
static const struct vnft_view list_views[] = {
	{ NULL, "types", list_columns },
	{ "What is missing", "impossible", missing_columns },
	{ 0 }
};
static const struct vnft_column whole_columns[] = {
	{ "name", "name" }, { "title", "title" }, { "driver", "driver" },
	{ "virtualization", "virtualization" }, { "accelerator", "accelerator" },
	{ "runs here", "possible" }, { "missing", "missing" }, { "image", "image" },
	{ "kernel", "kernel" }, { "initrd", "initrd" }, { "append", "append" },
	{ "command", "command" }, { "teardown", "teardown" }, { "machine", "machine" },
	{ "script", "script" }, { "runtime", "runtime" }, { "process", "process" },
	{ "build", "build" }, { "needs", "needs" },
	{ "topology", "topology" }, { "answerer", "answerer" }, { "memory", "memory_mib" },
	{ "vcpus", "vcpus" }, { "timeout", "timeout_s" }, { "port", "port" },
	{ "iperf3", "iperf3" }, { 0 }
};
static const struct vnft_view whole_views[] = { { NULL, "", whole_columns }, { 0 } };

static json_t *impossible(const json_t *types)
{
	json_t *list = json_array(), *row;
	size_t i;

	json_array_foreach(types, i, row)
		if (!json_is_true(json_object_get(row, "possible")))
			json_array_append_new(
				list, json_pack("{s:O, s:O}", "name", json_object_get(row, "name"),
						"missing", json_object_get(row, "missing")));
	return list;
}

static int run(const void *config, int argc, char **argv)
{
	const struct types_config *c = config;
	struct vnft_type type;
	json_t *types, *list;
	int err;

	if (c->names)
		return vnft_exit_code(vnft_type_each(name_type, NULL));
	if (argc) {
		err = vnft_type_load(&type, argv[0]);
		if (!err)
			err = vnft_view_print(whole(&type), c->common.json, whole_views);
		return vnft_exit_code(err);
	}
	types = json_array();
	err = vnft_type_each(list_type, types);
	if (err) {
		json_decref(types);
		return vnft_exit_code(err);
	}
	list = impossible(types);
	err = vnft_view_print(json_pack("{s:o, s:o}", "types", types, "impossible", list),
			      c->common.json, list_views);
	return vnft_exit_code(err);
}

static const struct vnft_opt opts[] = {
	{ .name = "names", .type = VNFT_OPT_FLAG, .offset = offsetof(struct types_config, names),
	  .help = "print the names alone, one a line, without trying anything" },
	{ 0 }
};

static const char *const examples[] = {
	"vnftrace types\twhich types there are, and what is missing to run them",
	"vnftrace types tinyx.kvm\teverything about one",
	"vnftrace types ./mine.conf\tcheck a type file of your own",
	NULL
};

const struct vnft_cmd vnft_cmd_types = {
	.name = "types",
	.summary = "list the virtualization types and whether each can run here",
	.args = "[TYPE]",
	.max_args = 1,
	.complete = "type",
	.text = "A type is a file: driver, image, kernel, memory, workload. For each this "
		"says what would run it here (kvm, tcg, xen, or none for a container) and, "
		"if it cannot run, what is missing and the command that fixes it. With TYPE, "
		"a name or a .conf file, one type is shown whole.\n\n"
		"Types are looked for in $VNFT_TYPES, beside the source tree, or in the "
		"installed directory.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct types_config),
	.run = run,
};
