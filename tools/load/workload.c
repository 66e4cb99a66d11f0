/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clients of workloads, and what they share: programs that run as our children and end in time.
 */
#include "workload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/run/child.h"
#include "../lib/text/error.h"

#define SECONDS_MAX	86400u
#define MARGIN_MS	15000u

const struct vnft_workload_client *vnft_workload_client(enum vnft_workload workload)
{
	switch (workload) {
	case VNFT_WORKLOAD_IPERF3:
		return &vnft_workload_iperf3;
	case VNFT_WORKLOAD_IPERF2:
		return &vnft_workload_iperf2;
	case VNFT_WORKLOAD_TCP:
		return &vnft_workload_tcp;
	case VNFT_WORKLOAD_NONE:
		break;
	}
	return NULL;
}

int vnft_workload_check(const struct vnft_workload_client *client)
{
	char path[1024];

	if (!client || !client->program || !vnft_child_find(client->program, path, sizeof(path)))
		return 0;
	return vnft_fail(-EOPNOTSUPP, "no %s on PATH, which throughput needs: apt install %s",
			 client->program, client->package);
}

int vnft_workload_fail(int err, const char *who, const struct vnft_workload_config *config,
		       const char *text)
{
	return vnft_fail(err, "%s to %s port %u: %.*s", who, config->server,
			 config->reverse && config->source_port ? config->source_port :
								  config->port,
			 (int)strcspn(text, "\r\n"), text);
}

unsigned int vnft_workload_margin_ms(const struct vnft_workload_config *config)
{
	return config->margin_ms ? config->margin_ms : MARGIN_MS;
}

int vnft_workload_child(const char *who, char *const argv[],
			const struct vnft_workload_config *config, unsigned int streams,
			char **out, size_t bytes)
{
	const unsigned int margin_ms = vnft_workload_margin_ms(config);
	int err;

	if (!config->seconds || config->seconds > SECONDS_MAX)
		return vnft_fail(-EINVAL, "%s: a run of %u s", who, config->seconds);
	*out = calloc(1, bytes);
	if (!*out)
		return vnft_fail(-ENOMEM, "%s: out of memory", who);
	err = vnft_child_run_until(argv, streams * config->seconds * 1000 + margin_ms, *out, bytes,
				   config->give_up, config->give_up_arg);
	if (err == -ETIMEDOUT)
		vnft_workload_fail(err, who, config, "not finished in time, ended");
	return err;
}
