/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an iperf3 client prints, of which the guest chooses a part: any bytes, behind one that says
 * how it was called and how it ended. Either a result in which something was received, or one line
 * that names the server.
 */
#include "../../tools/load/iperf.c"
#include "outside.h"

#define INPUT_UDP	1
#define INPUT_FAILED	2

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct vnft_iperf_config config = { .server = "198.18.0.2", .port = 5201, .seconds = 1 };
	struct vnft_iperf_result result = { 0 };
	char *text;

	if (!bytes)
		return 0;
	if (data[0] & INPUT_UDP)
		config.udp_payload_bytes = 18;
	/* As in vnft_iperf_run(): the text ends with a zero byte, and may hold others. */
	text = calloc(1, bytes);
	must(text);
	memcpy(text, data + 1, bytes - 1);
	if (parse_text(text, data[0] & INPUT_FAILED, &config, &result))
		must_name("iperf3 to 198.18.0.2 port 5201: ");
	else
		must(result.received_bytes);
	free(text);
	return 0;
}
