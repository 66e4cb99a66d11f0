/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An instance that is left behind on purpose: its process and devices, its namespace, and the
 * session's directory with its files. What the session noted is what ends it later.
 */
#include "keep.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/run/interrupt.h"
#include "../../lib/text/error.h"
#include "../records.h"

bool vnft_bench_keep_wanted(struct vnft_bench *b, const struct vnft_instance *in, int err)
{
	/* Without t0 it was not started. */
	return b->config->keep && err && in->t0_ns && !vnft_interrupted() &&
	       !vnft_bench_broken(b);
}

void vnft_bench_keep(struct vnft_bench *b, const struct vnft_bench_row *row,
		     const struct vnft_instance *in, const struct vnft_results_run *s)
{
	struct vnft_bench_kept *kept = &b->kept;

	kept->run = s->number;
	kept->row = row;
	kept->pid = vnft_held_lives(&in->process) ? in->process.pid : 0;
	snprintf(kept->name, sizeof(kept->name), "%s", in->place.name);
	snprintf(kept->netns, sizeof(kept->netns), "%s", in->place.netns);
	snprintf(kept->device, sizeof(kept->device), "%s", in->device);
	snprintf(kept->console, sizeof(kept->console), "%s", s->console.file);
}

/* What there is to see, and the command that shows it. */
static void tell(const struct vnft_bench *b, const char *dir)
{
	const struct vnft_bench_kept *k = &b->kept;
	char pid[32] = "its process is gone", console[PATH_MAX + 64] = "";

	if (k->pid)
		snprintf(pid, sizeof(pid), "process %d", k->pid);
	if (k->console[0])
		snprintf(console, sizeof(console), ", its console in %s/%s", dir, k->console);
	vnft_note("kept: %s of run %u (%s): %s%s, its files in %s", k->name, k->run,
		  k->row->label, pid, console, b->journal.dir);
	if (k->netns[0])
		vnft_note("enter: ip netns exec %s ip -s address", k->netns);
	else
		vnft_note("look: ip -s address show %s", k->device[0] ? k->device : "");
	vnft_note("end it: vnftrace detach --kept");
}

bool vnft_bench_keep_end(struct vnft_bench *b)
{
	char dir[PATH_MAX], what[PATH_MAX + 256];

	if (!b->kept.run)
		return false;
	if (!realpath(b->config->dir, dir))
		snprintf(dir, sizeof(dir), "%s", b->config->dir);
	snprintf(what, sizeof(what), "%s, run %u of %s", b->kept.row->label, b->kept.run, dir);
	/* Told first: the journal is not ours any more once it is kept. */
	tell(b, dir);
	if (!vnft_journal_keep(&b->journal, what))
		return true;
	vnft_warn("%s", vnft_why());
	return false;
}
