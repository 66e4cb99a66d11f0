/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All checks, one after another, and what bench can do with what they found.
 */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "../../bench/config.h"
#include "../../guest/guest.h"
#include "../../lib/text/error.h"
#include "../../lib/text/json.h"
#include "../../lib/text/view.h"
#include "../../results/bound.h"
#include "../../source/self.h"
#include "check.h"
#include "doctor.h"

static void add_checks(json_t *checks, json_t *lacking, const struct vnft_check *c)
{
	static const char *const names[] = { "ok", "missing", "unusable" };

	for (; c->id; c++) {
		struct vnft_finding f = { 0 };
		json_t *row;

		c->look(c, &f);
		row = json_pack("{s:s, s:s, s:o, s:s, s:o, s:o}", "id", c->id, "status",
				names[f.status], "what", vnft_json_text(f.what), "costs", c->costs,
				"fix", vnft_json_text(f.fix), "fix_why", vnft_json_text(f.fix_why));
		json_array_append_new(checks, row);
		if (f.status == VNFT_STATUS_OK)
			continue;
		row = json_copy(row);
		json_object_del(row, "status");
		json_object_del(row, "what");
		json_array_append_new(lacking, row);
	}
}

static bool is_ok(const json_t *checks, const char *id)
{
	size_t i;
	json_t *c;

	json_array_foreach(checks, i, c)
		if (!strcmp(json_string_value(json_object_get(c, "id")), id))
			return !strcmp(json_string_value(json_object_get(c, "status")), "ok");
	return false;
}

static int add_type(const struct vnft_type *type, int err, void *arg)
{
	const struct vnft_guest_ops *ops = err ? NULL : vnft_guest_driver(type->driver);

	if (ops && !ops->check(type))
		json_array_append_new(arg, vnft_json_name(type->name));
	return 0;
}

static void add_part(json_t *parts, enum vnft_bound_part part, uint64_t ns, const char *why)
{
	json_t *row = json_pack("{s:s, s:s}", "part", vnft_bound_name(part), "what",
				vnft_bound_what(part));

	if (why)
		vnft_json_null(row, "size_ns", why);
	else
		json_object_set_new(row, "size_ns", json_integer((json_int_t)ns));
	json_array_append_new(parts, row);
}

/* What bounds have from this host, as bench would measure it (docs/method.md, "Bounds"). */
static json_t *bounds(void)
{
	json_t *parts = json_array();
	struct vnft_self self;
	const char *why;

	vnft_self_measure(VNFT_OBSERVER_AUTO, &self);
	why = self.measured ? NULL : self.why;
	add_part(parts, VNFT_BOUND_CLOCK, self.clock_ns, why);
	add_part(parts, VNFT_BOUND_WAKEUP, self.wakeup_ns, why);
	add_part(parts, VNFT_BOUND_DRIVER, self.passage_ns - self.hook_ns, why);
	add_part(parts, VNFT_BOUND_HOOK, self.hook_ns, why);
	add_part(parts, VNFT_BOUND_SNAPSHOT, self.snapshot_ns, why);
	return parts;
}

static const struct vnft_column check_columns[] = {
	{ "check", "id" }, { "status", "status" }, { "what", "what" }, { 0 }
};
static const struct vnft_column lacking_columns[] = {
	{ "check", "id" }, { "what it costs", "costs" }, { "the command for it", "fix" },
	{ "what no command does", "fix_why" }, { 0 }
};
static const struct vnft_column bound_columns[] = {
	{ "part", "part" }, { "99 % are below", "size_ns" }, { "what it is", "what" }, { 0 }
};
static const struct vnft_column bench_columns[] = {
	{ "bench can run", "types" }, { "why not", "why" }, { 0 }
};
static const struct vnft_view views[] = {
	{ NULL, "checks", check_columns },
	{ "What is not there", "lacking", lacking_columns },
	{ "What numbers may be off by on this host (vnftrace report shows it beside each)",
	  "bounds", bound_columns },
	{ NULL, "bench", bench_columns },
	{ 0 }
};

/* Why bench cannot run here at all, or NULL. */
static const char *why_no_bench(const json_t *checks, const json_t *types)
{
	if (vnft_bench_need_caps(false))
		return vnft_why();
	if (!is_ok(checks, "tcx") && !is_ok(checks, "clsact"))
		return "neither tcx nor clsact works";
	return json_array_size(types) ? NULL : "no type can run here: vnftrace types says why";
}

int vnft_doctor_look(bool as_json)
{
	json_t *checks = json_array(), *lacking = json_array(), *types = json_array();
	json_t *bench = json_object();
	const char *why;
	int err;

	add_checks(checks, lacking, vnft_checks_kernel);
	add_checks(checks, lacking, vnft_checks_host);
	vnft_type_each(add_type, types);
	why = why_no_bench(checks, types);
	json_object_set_new(bench, "possible", json_boolean(!why));
	json_object_set_new(bench, "types", types);
	if (why)
		json_object_set_new(bench, "why", vnft_json_text(why));
	err = vnft_view_print(json_pack("{s:o, s:o, s:o, s:o}", "checks", checks, "lacking",
					lacking, "bounds", bounds(), "bench", bench),
			      as_json, views);
	if (!err && why)
		err = vnft_fail(-EOPNOTSUPP, "bench: not possible on this host: %s", why);
	return err;
}
