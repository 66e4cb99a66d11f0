/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace types: the virtualization types, and whether each can run here.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "../guest/guest.h"
#include "../guest/type/key.h"
#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../lib/text/clean.h"
#include "../lib/host/accel.h"
#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "../load/workload.h"
#include "cmd.h"

struct types_config {
	struct vnft_common common;
	bool names;
};

/* What runs it, and the image that it takes. */
static void say_requires(const struct vnft_type *type, char *to, size_t bytes)
{
	const char *image = type->build[0] ? type->build : type->needs[0] ? "an image of yours" :
			    type->image[0] ? type->image : type->kernel[0] ? type->kernel :
			    "no image";

	snprintf(to, bytes, "%s%s%s; %s", type->driver, type->runtime[0] ? " by " : "",
		 type->runtime, image);
}

static json_t *outline(const struct vnft_type *type)
{
	const struct vnft_guest_ops *ops = vnft_guest_driver(type->driver);
	char requires[700];
	enum vnft_accel accel;
	json_t *row;
	int err;

	vnft_type_accel(type, &accel);
	row = json_pack("{s:o, s:o, s:s, s:s, s:s}", "name", vnft_json_name(type->name),
			"title", vnft_json_text(type->title), "driver", type->driver,
			"virtualization", type->virtualization, "accelerator",
			vnft_accel_name(accel));
	err = ops ? ops->check(type) :
		    vnft_fail(-EOPNOTSUPP, "%s: no such driver", type->driver);
	say_requires(type, requires, sizeof(requires));
	json_object_set_new(row, "requires", vnft_json_text(requires));
	json_object_set_new(row, "possible", json_boolean(!err));
	if (err)
		json_object_set_new(row, "missing",
				    json_string(vnft_why_of(type->name)));
	if (vnft_workload_check(vnft_workload_client(type->workload)))
		json_object_set_new(row, "lacks", json_string(vnft_why()));
	return row;
}

static int list_type(const struct vnft_type *type, int err, void *arg)
{
	json_t *row;

	if (err)
		row = json_pack("{s:o, s:b, s:s}", "name", vnft_json_name(type->name),
				"possible", 0, "missing", vnft_why());
	else
		row = outline(type);
	return json_array_append_new(arg, row) ? vnft_fail(-ENOMEM, "out of memory") : 0;
}

static int name_type(const struct vnft_type *type, int err, void *arg)
{
	char shown[VNFT_NAME_SHOWN_BYTES(sizeof(type->name))];

	if (err)
		return 0;
	vnft_name_show(shown, sizeof(shown), type->name);
	puts(shown);
	return 0;
}

/* Everything that the file says, defaults filled in. */
static json_t *whole(const struct vnft_type *type)
{
	const struct vnft_guest_ops *ops = vnft_guest_driver(type->driver);
	const char *appended = ops && ops->appends ? ops->appends(type) : NULL;
	const struct vnft_type_key *key;
	json_t *row = outline(type);

	for (key = vnft_type_keys; key->name; key++)
		if (!json_object_get(row, key->name))
			json_object_set_new(row, key->name, vnft_type_value(type, key));
	if (appended)
		json_object_set_new(row, "appended", json_string(appended));
	return row;
}

/* The first two tables fit 80 columns: tests/cli/types.sh. */
static const struct vnft_column list_columns[] = {
	{ "type", "name" }, { "what it is", "title" }, { "by", "accelerator" },
	{ "here", "possible" }, { 0 }
};
static const struct vnft_column requires_columns[] = {
	{ "type", "name" }, { "needs", "requires" }, { 0 }
};
static const struct vnft_column missing_columns[] = {
	{ "type", "name" }, { "what is missing", "missing" }, { 0 }
};
static const struct vnft_column lacks_columns[] = {
	{ "type", "name" }, { "what throughput lacks", "lacks" }, { 0 }
};
static const struct vnft_view list_views[] = {
	{ NULL, "types", list_columns },
	{ "What each needs", "types", requires_columns },
	{ "What is missing", "impossible", missing_columns },
	{ "What throughput lacks", "lacking", lacks_columns },
	{ 0 }
};

#define OUTLINE_COLUMNS	8
static const struct vnft_column outline_columns[OUTLINE_COLUMNS] = {
	{ "name", "name" }, { "title", "title" }, { "driver", "driver" },
	{ "virtualization", "virtualization" }, { "accelerator", "accelerator" },
	{ "runs here", "possible" }, { "missing", "missing" }, { "throughput lacks", "lacks" }
};

/* Those of the outline, then all keys of a type file, without their units. */
static int print_whole(json_t *row, bool json)
{
	struct vnft_column column[OUTLINE_COLUMNS + VNFT_TYPE_KEYS_MAX + 2] = { 0 };
	const struct vnft_view views[] = { { NULL, "", column }, { 0 } };
	static const char *const units[] = { "_mib", "_s", NULL };
	char label[VNFT_TYPE_KEYS_MAX][32];
	size_t n = OUTLINE_COLUMNS, i, u;

	memcpy(column, outline_columns, sizeof(outline_columns));
	for (i = 0; vnft_type_keys[i].name; i++) {
		const char *name = vnft_type_keys[i].name;
		size_t bytes = strlen(name);

		for (u = 0; u < OUTLINE_COLUMNS && strcmp(outline_columns[u].path, name); u++)
			;
		if (u < OUTLINE_COLUMNS)
			continue;
		for (u = 0; units[u]; u++)
			if (bytes > strlen(units[u]) &&
			    !strcmp(name + bytes - strlen(units[u]), units[u]))
				bytes -= strlen(units[u]);
		snprintf(label[i], sizeof(label[i]), "%.*s", (int)bytes, name);
		column[n++] = (struct vnft_column){ label[i], name };
		if (!strcmp(name, "append"))
			column[n++] = (struct vnft_column){ "appended", "appended" };
	}
	return vnft_view_print(row, json, views);
}

/* Of the types that say something under @key: their names, and what they say. */
static json_t *saying(const json_t *types, const char *key)
{
	json_t *list = json_array(), *row;
	size_t i;

	json_array_foreach(types, i, row)
		if (json_object_get(row, key))
			json_array_append_new(
				list, json_pack("{s:O, s:O}", "name", json_object_get(row, "name"),
						key, json_object_get(row, key)));
	return list;
}

static int run(const void *config, int argc, char **argv)
{
	const struct types_config *c = config;
	struct vnft_type type;
	json_t *types, *impossible, *lacking;
	int err;

	if (c->names)
		return vnft_exit_code(vnft_type_each(name_type, NULL));
	if (argc) {
		err = vnft_type_load(&type, argv[0]);
		if (!err)
			err = print_whole(whole(&type), c->common.json);
		return vnft_exit_code(err);
	}
	types = json_array();
	err = vnft_type_each(list_type, types);
	if (err) {
		json_decref(types);
		return vnft_exit_code(err);
	}
	impossible = saying(types, "missing");
	lacking = saying(types, "lacks");
	err = vnft_view_print(json_pack("{s:o, s:o, s:o}", "types", types, "impossible",
					impossible, "lacking", lacking),
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
		"says what it is, what would run it here (kvm, tcg, xen, or none for a "
		"container), what it needs (its driver, and the command that makes its image) and, "
		"if it cannot run, what is missing and the command that fixes it; likewise the "
		"program that throughput needs for its workload. With TYPE, a name or a .conf "
		"file, one type is shown whole.\n\n"
		"Types are looked for in $VNFT_TYPES, beside the source tree, or in the "
		"installed directory.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct types_config),
	.run = run,
};
