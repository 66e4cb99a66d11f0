/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace doctor: what this host can do, what each missing thing costs, and the command that fixes
 * it.
 */
#include <stddef.h>

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../lib/text/error.h"
#include "cmd.h"
#include "doctor/doctor.h"

struct doctor_config {
	struct vnft_common common;
	const char *cross_check;
	const char *ready_file;
	uint64_t duration_ns;
};

static int run(const void *config, int argc, char **argv)
{
	const struct doctor_config *c = config;

	if (c->cross_check)
		return vnft_doctor_cross(c->cross_check, c->duration_ns, c->ready_file,
					 c->common.json);
	return vnft_exit_code(vnft_doctor_look(c->common.json));
}

static const struct vnft_opt opts[] = {
	{ .name = "cross-check", .type = VNFT_OPT_STRING,
	  .offset = offsetof(struct doctor_config, cross_check), .arg = "DEV", .complete = "dev",
	  .help = "run both observers on DEV and compare what they see, frame by frame" },
	{ .name = "duration", .letter = 't', .old_letter = 'd', .type = VNFT_OPT_DURATION_NS,
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
	.text = "Every check is a trial, not a look at a version: programs are loaded and attached "
		"to a device of their own, a vCPU counts for 100 ms, daemons are asked. KVM that "
		"makes fewer than 100 million loops a second (hardware makes over 500 million) is "
		"emulated and unusable. Nothing is changed and nothing is left.\n\n"
		"A check is ok, missing (can be installed, mounted or granted) or unusable (there, "
		"and does not work). The exit code is 0 when bench can run at least one type, 4 "
		"otherwise. A daemon that does not answer within a second counts as absent. A fix "
		"is a command for root, to be pasted as it is, or empty; fix_why says what would "
		"help where no command does, or what is left to do after it.\n\n"
		"JSON: {\"checks\": [{\"id\", \"status\", \"what\", \"costs\", \"fix\", "
		"\"fix_why\"}], \"lacking\": those that are not ok, \"bounds\": [{\"part\", "
		"\"what\", \"size_ns\"}]: what a number may be off by because of this host, "
		"measured on the loopback device of a namespace of its own, \"bench\": "
		"{\"possible\", \"types\", \"why\"}}. The ids are stable.\n\n"
		"With --cross-check nothing of that is looked at. A session of BPF and one of the "
		"kernel module record every frame that passes DEV (as for attach), whosever it is, "
		"and their records are matched by what is in them: frames that one alone saw, the "
		"time from the first hook to the second in each direction, frames whose stamps are "
		"against the kernel's order, replies that are paired with different requests. "
		"Counters are compared too if there is a quiet moment before and after. Frames at "
		"the ends of the window are nobody's disagreement. " VNFT_READY_FILE_TEXT
		" Exit 0: they agree; 1: no packets passed; 3: they do not agree, or records were "
		"lost; 4: the module is not loaded, or BPF is refused.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct doctor_config),
	.defaults = &defaults,
	.run = run,
};
