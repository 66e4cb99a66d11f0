/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace doctor: what this host can do, what each missing thing costs, and the command that fixes
 * it.
 */
#include "doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../guest/guest.h"
#include "../lib/cli/verb.h"
#include "../lib/text/error.h"
#include "../lib/text/view.h"
#include "cmd.h"

void vnft_found(struct vnft_finding *f, enum vnft_status status, const char *fix,
		const char *fmt, ...)
{
	va_list ap;

	f->status = status;
	va_start(ap, fmt);
	vsnprintf(f->what, sizeof(f->what), fmt, ap);
	va_end(ap);
	snprintf(f->fix, sizeof(f->fix), "%s", status == VNFT_STATUS_OK || !fix ? "" : fix);
}

bool vnft_doctor_line(const char *path, char *to, unsigned int bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, to, bytes - 1) : -1;

	if (fd >= 0)
		close(fd);
	to[n > 0 ? n : 0] = '\0';
	to[strcspn(to, "\n")] = '\0';
	return n >= 0;
}

static void add_checks(json_t *checks, json_t *lacking, const struct vnft_check *c)
{
	static const char *const names[] = { "ok", "missing", "unusable" };

	for (; c->id; c++) {
		struct vnft_finding f = { 0 };

		c->look(c, &f);
		json_array_append_new(checks, json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", c->id,
							"status", names[f.status], "what", f.what,
							"costs", c->costs, "fix", f.fix));
		if (f.status != VNFT_STATUS_OK)
			json_array_append_new(lacking, json_pack("{s:s, s:s, s:s}", "id", c->id,
								 "costs", c->costs, "fix", f.fix));
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
		json_array_append_new(arg, json_string(type->name));
	return 0;
}

static const struct vnft_column check_columns[] = {
	{ "check", "id" }, { "status", "status" }, { "what", "what" }, { 0 }
};
static const struct vnft_column lacking_columns[] = {
	{ "check", "id" }, { "what it costs", "costs" }, { "what fixes it", "fix" }, { 0 }
};
static const struct vnft_column bench_columns[] = {
	{ "bench can run", "types" }, { "why not", "why" }, { 0 }
};
static const struct vnft_view views[] = {
	{ NULL, "checks", check_columns },
	{ "What is not there", "lacking", lacking_columns },
	{ NULL, "bench", bench_columns },
	{ 0 }
};

/* Why bench cannot run here at all, or NULL. */
static const char *why_no_bench(const json_t *checks, const json_t *types)
{
	static const char *const needed[][2] = {
		{ "cap_bpf", "CAP_BPF is missing: run as root" },
		{ "cap_net_admin", "CAP_NET_ADMIN is missing: run as root" },
		{ "cap_net_raw", "CAP_NET_RAW is missing: run as root" },
		{ "cap_sys_admin", "CAP_SYS_ADMIN is missing: run as root" },
		{ NULL, NULL }
	};

	for (size_t i = 0; needed[i][0]; i++)
		if (!is_ok(checks, needed[i][0]))
			return needed[i][1];
	if (!is_ok(checks, "tcx") && !is_ok(checks, "clsact"))
		return "neither tcx nor clsact works";
	return json_array_size(types) ? NULL : "no type can run here: vnftrace types says why";
}

static int look_around(const struct doctor_config *c)
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
		json_object_set_new(bench, "why", json_string(why));
	err = vnft_view_print(json_pack("{s:o, s:o, s:o}", "checks", checks, "lacking", lacking,
					"bench", bench), c->common.json, views);
	if (!err && why)
		err = vnft_fail(-EOPNOTSUPP, "bench: not possible on this host: %s", why);
	return vnft_exit_code(err);
}

static int run(const void *config, int argc, char **argv)
{
	const struct doctor_config *c = config;

	return c->cross_check ? vnft_doctor_cross(c) : look_around(c);
}

static const struct vnft_opt opts[] = {
	{ .name = "cross-check", .type = VNFT_OPT_STRING,
	  .offset = offsetof(struct doctor_config, cross_check), .arg = "DEV", .complete = "dev",
	  .help = "run both observers on DEV and compare what they see, frame by frame" },
	{ .name = "duration", .letter = 'd', .type = VNFT_OPT_DURATION_NS,
	  .offset = offsetof(struct doctor_config, duration_ns), .arg = "TIME", .min = 10000000,
	  .max = 3600000000000, .help = "with --cross-check: for so long (default @)" },
	{ .name = "ready-file", .type = VNFT_OPT_STRING,
	  .offset = offsetof(struct doctor_config, ready_file), .arg = "FILE", .complete = "file",
	  .help = "with --cross-check: create FILE when both observe" },
	{ 0 }
};
static const struct doctor_config defaults = { .duration_ns = 5000000000 };

static const char *const examples[] = {
	"vnftrace doctor\twhat works here and what does not",
	"vnftrace doctor -j | jq -r '.lacking[].fix'\tthe commands to type",
	"vnftrace doctor --cross-check tap0\tdo BPF and the kernel module agree on its packets?",
	NULL
};

const struct vnft_cmd vnft_cmd_doctor = {
	.name = "doctor",
	.summary = "say what this host can do, what each missing thing costs and what fixes it",
	.text = "Every check is a trial, not a look at a version: programs are loaded and "
		"attached to a device of their own, a vCPU counts for 100 ms, daemons are "
		"asked. KVM that makes fewer than 100 million loops a second (hardware makes "
		"over 500 million) is emulated and unusable. Nothing is changed and nothing "
		"is left.\n\n"
		"A check is ok, missing (can be installed, mounted or granted) or unusable "
		"(there, and does not work). The exit code is 0 when bench can run at least "
		"one type, 4 otherwise. A daemon that does not answer within a second counts "
		"as absent.\n\n"
		"JSON: {\"checks\": [{\"id\", \"status\", \"what\", \"costs\", \"fix\"}], "
		"\"lacking\": the same without those that are ok, \"bench\": {\"possible\", "
		"\"types\", \"why\"}}. The ids are stable.\n\n"
		"With --cross-check nothing of that is looked at. A session of BPF and one of the "
		"kernel module record every frame that passes DEV (as for attach), whosever it is, "
		"and their records are matched by what is in them: frames that one alone saw, the "
		"time from the first hook to the second in each direction, frames whose stamps are "
		"against the kernel's order, replies that are paired with different requests. "
		"Counters are compared too if there is a quiet moment before and after. Frames at "
		"the ends of the window are nobody's disagreement. Exit 0: they agree; 1: no "
		"packets "
		"passed; 3: they do not agree, or records were lost; 4: the module is not loaded, "
		"or "
		"BPF is refused.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct doctor_config),
	.defaults = &defaults,
	.run = run,
};
