/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an iperf3 or iperf 2 client prints, of which the guest chooses a part: any bytes, behind one
 * that says which, how it was called and how it ended. Either a result in which something was
 * received, or one line that names the server.
 */
#include "../../tools/load/iperf.c"
#include "../../tools/load/iperf2.c"
#include "outside.h"

#define INPUT_UDP	1
#define INPUT_FAILED	2
#define INPUT_IPERF2	4
#define INPUT_REVERSE	8
#define BACK_PORT	1024

static void iperf3(char *text, int status, const struct vnft_workload_config *config)
{
	struct vnft_workload_result result = { 0 };

	if (parse_text(text, status, config, &result))
		must_name("iperf3 to 198.18.0.2 port 5201: ");
	else
		must(result.received_bytes);
}

static void iperf2(char *text, int status, const struct vnft_workload_config *config)
{
	struct vnft_workload_result result = { 0 };

	if (parse_csv(text, status, config, config->reverse ? BACK_PORT : config->port, &result))
		must_name("iperf2 to 198.18.0.2 port 5201: ");
	else
		must(result.received_bytes && result.tool_bps >= 0 && result.tool_bps < 1e18 &&
		     result.seconds >= 0.9 && result.seconds < 1e6);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct vnft_workload_config config = { .server = "198.18.0.2", .port = 5201, .seconds = 1 };
	char *text;

	if (!bytes)
		return 0;
	if (data[0] & INPUT_UDP)
		config.udp_payload_bytes = 18;
	config.reverse = data[0] & INPUT_REVERSE;
	/* As of vnft_workload_child(): the text ends with a zero byte, and may hold others. */
	text = calloc(1, bytes);
	must(text);
	memcpy(text, data + 1, bytes - 1);
	if (data[0] & INPUT_IPERF2)
		iperf2(text, data[0] & INPUT_FAILED, &config);
	else
		iperf3(text, data[0] & INPUT_FAILED, &config);
	free(text);
	return 0;
}
