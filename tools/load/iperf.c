/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One call of the iperf3 client as a child, and what its JSON says. The server is the guest's, so
 * every member of the answer may be missing.
 */
#include "workload.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../lib/text/error.h"

/* A client that reports no intervals prints 3 kB, however long it runs. */
#define OUTPUT_MIB	16
#define OUTPUT_BYTES	((size_t)OUTPUT_MIB << 20)
#define CONNECT_MS	"5000"

/* NAN where iperf3 says nothing. */
static double number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

static uint64_t count(const json_t *object, const char *key)
{
	double value = number(object, key);

	return value > 0 && value < 1.8e19 ? (uint64_t)value : 0;
}

static int fail_line(int err, const struct vnft_workload_config *config, const char *text)
{
	return vnft_workload_fail(err, "iperf3", config, text);
}

static int check_error(const json_t *root, const struct vnft_workload_config *config)
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
	if (strstr(text, "reset") && (strstr(text, "unable to receive control message") ||
				      strstr(text, "unable to connect to server")))
		return fail_line(-EBUSY, config,
				 "the server reset the connection before it took it");
	if (strstr(text, "timed out") || strstr(text, "timeout"))
		return fail_line(-ETIMEDOUT, config, "no answer within " CONNECT_MS " ms");
	return fail_line(-EPROTO, config, text);
}

static int parse(const json_t *root, const struct vnft_workload_config *config,
		 struct vnft_workload_result *result)
{
	const json_t *end = json_object_get(root, "end"), *received, *sent, *first;
	const json_t *connected = json_object_get(json_object_get(root, "start"), "connected");

	received = json_object_get(end, "sum_received");
	sent = json_object_get(end, "sum_sent");
	/* Older ones have only "sum" of UDP, whose bytes are the sender's. */
	if (config->udp_payload_bytes && (!received || !sent))
		received = sent = json_object_get(end, "sum");
	if (!received || !sent)
		return fail_line(-EBADMSG, config, "its JSON has no sum of what was received");
	result->packets = count(received, "packets");
	result->lost_packets = count(received, "lost_packets");
	result->tool_bps = number(received, "bits_per_second");
	result->received_bytes = count(received, "bytes");
	result->seconds = number(received, "seconds");
	result->sent_bps = number(sent, "bits_per_second");
	result->retransmits_known = !isnan(number(sent, "retransmits"));
	result->retransmits = count(sent, "retransmits");
	first = json_array_get(connected, 0);
	result->local_port = (uint16_t)count(first, "local_port");
	if (!result->received_bytes)
		return fail_line(-EPROTO, config, "nothing was received");
	return 0;
}

/* The end of a word that stands for no number (nan, inf, infinity of either sign), or NULL. */
static char *no_number(char *text)
{
	static const char *const words[] = { "nan", "infinity", "inf" };
	size_t i;

	text += *text == '-' || *text == '+';
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strncasecmp(text, words[i], strlen(words[i])))
			return text + strlen(words[i]);
	return NULL;
}

/*
 * iperf3 prints the quotient of two zeros as its C library does, which is no JSON. In its place
 * stands an empty text from now on: no number either, and never longer than what was there.
 */
static void blank_no_numbers(char *text)
{
	bool quoted = false;
	char *end;

	for (; *text; text++) {
		if (quoted && *text == '\\' && text[1])
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (!quoted && (end = no_number(text))) {
			memset(text, ' ', (size_t)(end - text));
			text[0] = text[1] = '"';
			text = end - 1;
		}
	}
}

/* The object begins a line of its own; warnings may stand in front of it. */
static char *find_json(char *text)
{
	while (*text != '{') {
		text = strchr(text, '\n');
		if (!text)
			return NULL;
		text++;
	}
	return text;
}

static int parse_text(char *text, int status, const struct vnft_workload_config *config,
		      struct vnft_workload_result *result)
{
	char *json = find_json(text), why[JSON_ERROR_TEXT_LENGTH + 64];
	json_error_t error;
	json_t *root = NULL;
	int err;

	if (json) {
		blank_no_numbers(json);
		root = json_loads(json, JSON_DISABLE_EOF_CHECK, &error);
	}
	if (!root && !status && strlen(text) + 1 == OUTPUT_BYTES) {
		snprintf(why, sizeof(why), "it printed more than %d MiB", OUTPUT_MIB);
		return fail_line(-EBADMSG, config, why);
	}
	if (!root && json) {
		snprintf(why, sizeof(why), "its JSON cannot be read: line %d: %s", error.line,
			 error.text);
		return fail_line(status ? -EPROTO : -EBADMSG, config, why);
	}
	if (!root)
		return fail_line(status ? -EPROTO : -EBADMSG, config,
				 *text ? text : "printed nothing");
	err = check_error(root, config);
	if (!err && status)
		err = fail_line(-EPROTO, config, "failed without saying why");
	if (!err)
		err = parse(root, config, result);
	json_decref(root);
	return err;
}

static int run(const struct vnft_workload_config *config, struct vnft_workload_result *result)
{
	char port[8], seconds[16], length[16], *out = NULL;
	char *argv[24];
	int n = 0, err;

	memset(result, 0, sizeof(*result));
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
	argv[n++] = "-i";	/* no reports of intervals */
	argv[n++] = "0";
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

	err = vnft_workload_child("iperf3", argv, config, 1, &out, OUTPUT_BYTES);
	if (err >= 0)
		err = parse_text(out, err, config, result);
	free(out);
	return err;
}

const struct vnft_workload_client vnft_workload_iperf3 = {
	.program = "iperf3",
	.package = "iperf3",
	.datagrams = true,
	.run = run,
};
