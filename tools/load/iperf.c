/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One call of the iperf3 client as a child, and what its JSON says. The server is the guest's, so
 * every member of the answer may be missing.
 */
#include "iperf.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/run/child.h"
#include "../lib/text/error.h"

#define OUTPUT_BYTES	(1 << 20)
#define CONNECT_MS	"5000"
#define MARGIN_MS	15000	/* beside the stream: connect, results, a slow guest */

static double number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : 0;
}

static uint64_t count(const json_t *object, const char *key)
{
	double value = number(object, key);

	return value > 0 && value < 1.8e19 ? (uint64_t)value : 0;
}

/* iperf3's own words, first line only: they may come from the guest. */
static int fail_line(int err, const struct vnft_iperf_config *config, const char *text)
{
	return vnft_fail(err, "iperf3 to %s port %u: %.*s", config->server, config->port,
			 (int)strcspn(text, "\r\n"), text);
}

static int check_error(const json_t *root, const struct vnft_iperf_config *config)
{
	const char *text = json_string_value(json_object_get(root, "error"));

	if (!text)
		return 0;
	if (strstr(text, "refused"))
		return fail_line(-ECONNREFUSED, config,
				 "refused: no iperf3 server listens there");
	if (strstr(text, "busy"))
		return fail_line(-EBUSY, config, "the server is busy with another client");
	/*
	 * Connected while the server changed from one client to the next: it never took this one.
	 */
	if (strstr(text, "unable to receive control message") && strstr(text, "reset"))
		return fail_line(-EBUSY, config,
				 "the server reset the connection before it took it");
	if (strstr(text, "timed out") || strstr(text, "timeout"))
		return fail_line(-ETIMEDOUT, config, "no answer within " CONNECT_MS " ms");
	return fail_line(-EPROTO, config, text);
}

static int parse(const json_t *root, const struct vnft_iperf_config *config,
		 struct vnft_iperf_result *result)
{
	const json_t *end = json_object_get(root, "end"), *received, *sent, *first;
	const json_t *connected = json_object_get(json_object_get(root, "start"), "connected");

	received = json_object_get(end, "sum_received");
	sent = json_object_get(end, "sum_sent");
	if (config->udp_payload_bytes) {
		const json_t *sum = json_object_get(end, "sum");

		/* Older ones have only "sum", whose bytes are the sender's. */
		if (!received || !sent)
			received = sent = sum;
		result->packets = count(sum, "packets");
		result->lost_packets = count(sum, "lost_packets");
	}
	if (!received || !sent)
		return fail_line(-EPROTO, config, "its JSON has no sum of what was received");
	result->received_bps = number(received, "bits_per_second");
	result->received_bytes = count(received, "bytes");
	result->seconds = number(received, "seconds");
	result->sent_bps = number(sent, "bits_per_second");
	result->retransmits = count(sent, "retransmits");
	first = json_array_get(connected, 0);
	result->local_port = (uint16_t)count(first, "local_port");
	if (!result->received_bytes)
		return fail_line(-EPROTO, config, "nothing was received");
	return 0;
}

static int parse_text(const char *text, int status, const struct vnft_iperf_config *config,
		      struct vnft_iperf_result *result)
{
	const char *json = strchr(text, '{');	/* warnings may stand in front */
	json_error_t error;
	json_t *root;
	int err;

	root = json ? json_loads(json, JSON_DISABLE_EOF_CHECK, &error) : NULL;
	if (!root)
		return fail_line(-EPROTO, config, *text ? text : "printed nothing");
	err = check_error(root, config);
	if (!err && status)
		err = fail_line(-EPROTO, config, "failed without saying why");
	if (!err)
		err = parse(root, config, result);
	json_decref(root);
	return err;
}

int vnft_iperf_run(const struct vnft_iperf_config *config, struct vnft_iperf_result *result)
{
	char port[8], seconds[16], length[16], *out;
	unsigned int timeout_ms = config->timeout_ms;
	char *argv[24];
	int n = 0, err;

	memset(result, 0, sizeof(*result));
	if (!config->seconds || config->seconds > 86400)
		return vnft_fail(-EINVAL, "iperf3: a run of %u s", config->seconds);
	if (!timeout_ms)
		timeout_ms = config->seconds * 1000 + MARGIN_MS;
	snprintf(port, sizeof(port), "%u", config->port);
	snprintf(seconds, sizeof(seconds), "%u", config->seconds);
	snprintf(length, sizeof(length), "%u", config->udp_payload_bytes);
	argv[n++] = "iperf3";
	argv[n++] = "-c";
	argv[n++] = (char *)config->server;
	argv[n++] = "-p";
	argv[n++] = port;
	argv[n++] = "-t";
	argv[n++] = seconds;
	argv[n++] = "-J";
	argv[n++] = "--connect-timeout";
	argv[n++] = CONNECT_MS;
	if (config->reverse)
		argv[n++] = "-R";
	if (config->udp_payload_bytes) {
		argv[n++] = "-u";
		argv[n++] = "-b";
		argv[n++] = "0";
		argv[n++] = "-l";
		argv[n++] = length;
	}
	argv[n] = NULL;

	out = calloc(1, OUTPUT_BYTES);
	if (!out)
		return vnft_fail(-ENOMEM, "iperf3: out of memory");
	err = vnft_child_run_until(argv, timeout_ms, out, OUTPUT_BYTES, config->give_up,
				   config->give_up_arg);
	if (err == -ETIMEDOUT)
		fail_line(err, config, "not finished in time, ended");
	if (err >= 0)
		err = parse_text(out, err, config, result);
	free(out);
	return err;
}
