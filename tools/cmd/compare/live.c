/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compare --live: a bench of two rows that measures what the comparison needs and no more.
 */
#include "live.h"

#include <errno.h>
#include <string.h>

#include "../../bench/config.h"
#include "../../bench/session.h"
#include "../../source/open.h"

const char *const vnft_compare_varied[] = { "nothing", "cache", "vhost", NULL };

void vnft_compare_live_needs(struct vnft_compare_live *live, const char *metric)
{
	live->memory |= !strcmp(metric, "memory");
	live->rtt |= !strncmp(metric, "rtt", 3);
	live->throughput |= !strncmp(metric, "tx", 2) || !strncmp(metric, "rx", 2);
}

enum vnft_exit vnft_compare_live(const struct vnft_compare_live *live, json_t **results)
{
	static struct vnft_bench_config config;
	enum vnft_exit code;
	int err;

	config = vnft_bench_defaults;
	config.common = live->common;
	config.types.item[0] = live->type[0];
	config.types.item[1] = live->type[1];
	config.types.n = live->vary ? 1 : 2;
	if (live->vary == VNFT_VARY_CACHE)
		config.cache = VNFT_CACHE_BOTH;
	if (live->vary == VNFT_VARY_VHOST)
		config.vhost = VNFT_VHOST_BOTH;
	config.every_row = true;
	config.runs = live->runs;
	config.dir = live->dir;
	config.no_memory = !live->memory;
	config.no_rtt = !live->rtt;
	config.no_throughput = !live->throughput;
	*results = NULL;
	err = vnft_bench_need_caps(config.observer == VNFT_OBSERVER_MODULE);
	if (err)
		return vnft_exit_code(err);
	code = vnft_bench_session(&config, results);
	if (!*results || json_array_size(json_object_get(*results, "rows")) == 2)
		return code;
	json_decref(*results);
	*results = NULL;
	return vnft_exit_code(vnft_fail(-EINVAL, "compare --live: a side has several rows: bench "
					"them, and name a row of each with DIR:TYPE"));
}
