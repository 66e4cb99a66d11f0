/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose processes are recorded.
 */
#include "own.h"

#include "../../source/bpf/alive.h"

/*
 * A daemon that was there before us descends from nobody whom we could mark. What it starts under
 * the name of the type's process is looked at for the phases, and kept without name and number.
 */
static const char *foreign_name(const struct vnft_bench_row *row)
{
	bool foreign = row->ops->wants_host_netns && row->ops->wants_host_netns(&row->type);

	return foreign ? row->type.process : "";
}

static int marked(struct vnft_bench *b, int (*call)(struct vnft_instance *in),
		  struct vnft_instance *in)
{
	int err = b->life ? vnft_bpf_life_begin(b->source) : 0;

	if (err)
		return err;
	err = call(in);
	if (b->life)
		vnft_bpf_life_end(b->source);
	return err;
}

int vnft_bench_own_prepare(struct vnft_bench *b, const struct vnft_bench_row *row,
			   struct vnft_instance *in)
{
	int err = b->life ? vnft_bpf_life_name(b->source, foreign_name(row)) : 0;

	return err ? err : marked(b, row->ops->prepare, in);
}

int vnft_bench_own_start(struct vnft_bench *b, const struct vnft_bench_row *row,
			 struct vnft_instance *in)
{
	return marked(b, row->ops->start, in);
}
