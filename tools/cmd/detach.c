/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace detach: take persistent attachments away, and what killed processes left.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../lib/undo/journal.h"
#include "../lib/text/error.h"
#include "../lib/text/view.h"
#include "../source/attached.h"
#include "../source/spec.h"
#include "cmd.h"

struct detach_config {
	struct vnft_common common;
	bool all, kept;
	int observer;
};

static const struct vnft_opt opts[] = {
	{ .name = "all", .letter = 'a', .type = VNFT_OPT_FLAG,
	  .offset = offsetof(struct detach_config, all),
	  .help = "every attachment in every namespace, and what killed commands left behind" },
	{ .name = "kept", .type = VNFT_OPT_FLAG, .offset = offsetof(struct detach_config, kept),
	  .help = "no attachment, but the instances that `bench --keep` left for a look" },
	VNFT_OBSERVER_OPT(offsetof(struct detach_config, observer),
			  "only what this observer attached (default: both)"),
	{ 0 }
};

static const struct vnft_column columns[] = {
	{ "detached", "detached" }, { "dead sessions cleaned", "runs_cleaned" },
	{ "kept instances ended", "kept_ended" }, { 0 }
};
static const struct vnft_view views[] = { { NULL, "", columns }, { 0 } };

/* Every named device is tried; the first failure is the one that counts. */
static int detach_named(enum vnft_observer observer, int argc, char **argv,
			unsigned int *detached)
{
	char why[512] = "";
	int first = 0, err, i;

	for (i = 0; i < argc; i++) {
		unsigned int n = 0;

		err = vnft_attached_remove(argv[i], observer, &n);
		*detached += n;
		if (!err)
			continue;
		if (first)
			vnft_warn("%s", vnft_why());
		else
			snprintf(why, sizeof(why), "%s", vnft_why());
		first = first ? first : err;
	}
	return first ? vnft_fail(first, "%s", why) : 0;
}

static int run(const void *config, int argc, char **argv)
{
	const struct detach_config *c = config;
	const bool of_both = c->observer == VNFT_OBSERVER_AUTO || c->observer == VNFT_OBSERVER_BOTH;
	const int asked = (argc > 0) + c->all + c->kept;
	unsigned int detached = 0, cleaned = 0, ended = 0;
	json_t *value;
	int err;

	if (asked != 1)
		return vnft_exit_code(vnft_fail(-EINVAL, asked ?
						"detach: devices, --all or --kept, not both" :
						"detach: name devices, or --all, or --kept"));
	if (argc > 0) {
		err = vnft_spec_distinct(argv, (size_t)argc);
		if (!err)
			err = detach_named((enum vnft_observer)c->observer, argc, argv, &detached);
	} else {
		err = c->kept ? 0 : vnft_attached_remove(NULL, (enum vnft_observer)c->observer,
							 &detached);
		if (!err && c->all && of_both)
			err = vnft_journal_sweep(&cleaned);
		if (!err && (c->kept || of_both))
			err = vnft_journal_sweep_kept(&ended);
	}
	if (err)
		return vnft_exit_code(err);
	value = json_pack("{s:i}", "detached", (int)detached);
	if (c->all)
		json_object_set_new(value, "runs_cleaned", json_integer(cleaned));
	if (c->all || c->kept)
		json_object_set_new(value, "kept_ended", json_integer(ended));
	return vnft_exit_code(vnft_view_print(value, c->common.json, views));
}

static const char *const examples[] = {
	"vnftrace detach tap0\tend what `vnftrace attach tap0` began",
	"vnftrace detach --all\tleave nothing of ours on this host",
	"vnftrace detach --kept\tend what `bench --keep` left, and nothing else",
	NULL
};

const struct vnft_cmd vnft_cmd_detach = {
	.name = "detach",
	.summary = "take the observers off devices",
	.args = "[DEV...]",
	.max_args = VNFT_LIST_MAX,
	.complete = "dev",
	.text =
	"Takes away what `vnftrace attach` put on the devices, with its counters and histograms. "
	"DEV as for attach, by the name that the device has now, and in the namespace where it is "
	"now, or as it was called when it was attached if no device is called that. A device that "
	"is gone, or whose programs somebody took away, is detached in the same way. A clsact "
	"qdisc is removed only if a filter of ours in it says that we made it, and nobody else's "
	"filter is there; else it stays, and so do the programs of others. What BPF and the module "
	"attached goes alike, unless --observer names one of them.\n\n"
	"With --all: the attachments of every namespace, also those whose device is gone; the "
	"clsact filters of vnftrace processes that were killed, in every namespace that can be "
	"reached (docs/limits.md); and everything that dead sessions of `bench` left "
	"(namespaces, devices, processes, domains, containers), or kept for a look. What living "
	"processes use is left alone, also those of another PID namespace.\n\n"
	"With --kept: the instances that `bench --keep` left, with all that belongs to them, and "
	"no attachment.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct detach_config),
	.run = run,
};
