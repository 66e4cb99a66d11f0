/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session's rows as the plain numbers that results.json is written from.
 */
#include "save.h"

#include <errno.h>
#include <stdlib.h>

#include "../lib/text/error.h"
#include "../results/write.h"
#include "measure/image.h"
#include "measure/measure.h"

static void fill(const struct vnft_bench *b, const struct vnft_bench_row *row,
		 struct vnft_results_row *to)
{
	*to = (struct vnft_results_row) {
		.type = row->type.name, .title = row->type.title, .driver = row->type.driver,
		.workload = vnft_workloads[row->type.workload],
		.topology = vnft_topologies[row->type.topology],
		.topology_is = vnft_topologies_say[row->type.topology],
		.setup = row->setup, .cold = row->cold, .possible = row->possible,
		.why = row->why, .run = row->run, .runs = row->runs,
	};
	/* Two ports in turn: each is asked every second interval. */
	if (b->config->stimulus != VNFT_STIMULUS_EXTERNAL)
		to->slot_ns = b->config->syn_interval_ns * (row->type.port ? 2 : 1);
	vnft_bench_image(&row->type, &to->image_file_bytes, &to->image_disk_bytes);
}

/* What compare --live does not need it leaves out as well. */
#define LEFT_OUT(option) "left out (" option ", or compare --live of another metric)"

int vnft_bench_save(const struct vnft_bench *b, json_t **results)
{
	const struct vnft_results_session session = {
		.manifest = b->manifest,
		.seed = b->config->seed,
		.echo_interval_ns = b->config->echo_interval_ns,
		.stimulus = vnft_bench_stimulus(b, VNFT_PROBE_SYN),
		.flood_stimulus = vnft_bench_stimulus(b, VNFT_PROBE_ECHO_FLOOD),
		.flood_why = b->sender == VNFT_PROBE_KERNEL ?
			     "a flood is paced by its replies at the sender" : NULL,
		.no_rtt_why = b->config->no_rtt ? LEFT_OUT("--no-rtt") : NULL,
		.no_throughput_why = b->config->no_throughput ? LEFT_OUT("--no-throughput") : NULL,
		.no_memory_why = b->config->no_memory ? LEFT_OUT("--no-memory") : NULL,
		.self = &b->self,
	};
	struct vnft_results_row *row = calloc(b->rows + 1, sizeof(*row));
	unsigned int i;
	int err;

	if (!row)
		return vnft_fail(-ENOMEM, "bench: out of memory");
	for (i = 0; i < b->rows; i++)
		fill(b, &b->row[i], &row[i]);
	err = vnft_results_save(&session, row, b->rows, b->config->dir, results);
	free(row);
	return err;
}
