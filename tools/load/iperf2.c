/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One call of the iperf 2 client as a child, and what its CSV says.
 *
 * Host to guest it is the plain client. For guest to host (-r) the header of a first stream asks
 * the server to connect back when that is over, and to send for as long. lwIP's server knows no
 * other way, and iperf 2's own has always known this one. Which stream a line of CSV is of, its
 * ports say: the client writes them, and not what is in the guest.
 */
#include "workload.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/net/spare_ports.h"
#include "../lib/text/error.h"

/* A line for each stream, and what it complains of. */
#define CSV_BYTES	((size_t)1 << 16)
#define CSV_LINE_BYTES	256
/* time, address, port, address, port, stream, "from-to" in seconds, bytes, bit/s */
#define CSV_FIELDS	9
/* A stream that ends earlier was not sent to its end. */
#define LEAST_SHARE	0.9

static int failed(int err, const struct vnft_workload_config *config, const char *text)
{
	return vnft_workload_fail(err, "iperf2", config, text);
}

/* Digits alone, no more than cannot overflow: strtoull() would take signs and blanks. */
static bool take_whole(const char *text, uint64_t *value)
{
	const size_t digits = strspn(text, "0123456789");

	if (!digits || digits > 18 || text[digits])
		return false;
	*value = strtoull(text, NULL, 10);
	return true;
}

/* "0.0-5.0": strtod() would take signs, hexadecimal digits, inf and nan. */
static bool take_interval(const char *text, double *seconds)
{
	double from, to;
	char *end;

	if (text[strspn(text, "0123456789.-")])
		return false;
	from = strtod(text, &end);
	if (end == text || *end != '-')
		return false;
	text = end + 1;
	to = strtod(text, &end);
	*seconds = to - from;
	return end != text && !*end && from >= 0 && to > from && to < 1e6;
}

/*
 * Is @line the report of the stream of @server to which @port belongs at one of its ends? Then its
 * numbers are in @result.
 */
static bool take_line(const char *line, const char *server, uint16_t port,
		      struct vnft_workload_result *result)
{
	char copy[CSV_LINE_BYTES], *rest = copy, *field[CSV_FIELDS];
	uint64_t from, to, bytes, bps;
	double seconds;
	int n;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", line) >= sizeof(copy))
		return false;
	for (n = 0; rest && n < CSV_FIELDS; n++)
		field[n] = strsep(&rest, ",");
	if (rest || n < CSV_FIELDS)
		return false;
	if (!take_whole(field[2], &from) || !take_whole(field[4], &to) ||
	    !take_interval(field[6], &seconds) || !take_whole(field[7], &bytes) ||
	    !take_whole(field[8], &bps))
		return false;
	if ((strcmp(field[1], server) && strcmp(field[3], server)) || (from != port && to != port))
		return false;
	result->received_bytes = bytes;
	result->tool_bps = (double)bps;
	result->seconds = seconds;
	return true;
}

/* What it says where a stream is missing. */
static int no_stream(const char *said, int status, const struct vnft_workload_config *config)
{
	if (strstr(said, "refused"))
		return failed(-ECONNREFUSED, config, "refused: no iperf 2 server listens there");
	if (strstr(said, "timed out"))
		return failed(-ETIMEDOUT, config, "no answer to its SYN");
	if (status)
		return failed(-EPROTO, config, said[0] ? said : "failed without saying why");
	return failed(-EBADMSG, config, said[0] ? said : "printed nothing");
}

/* @port: what tells the stream that was asked for from the one before it. */
static int parse_csv(char *text, int status, const struct vnft_workload_config *config,
		     uint16_t port, struct vnft_workload_result *result)
{
	struct vnft_workload_result other = { 0 };
	bool found = false, forward = false;
	const char *said = "";
	char *line, why[96];

	result->tool_bps = result->sent_bps = result->seconds = NAN;
	while ((line = strsep(&text, "\n"))) {
		if (take_line(line, config->server, port, result))
			found = true;
		else if (take_line(line, config->server, config->port, &other))
			forward = true;
		else if (!said[0])
			said = line;
	}
	if (!found && config->reverse && forward)
		return failed(-EPROTO, config, "the server did not connect back (iperf -r)");
	if (!found)
		return no_stream(said, status, config);
	if (!result->received_bytes)
		return failed(-EPROTO, config, "nothing was sent");
	if (result->seconds < LEAST_SHARE * config->seconds) {
		snprintf(why, sizeof(why), "ended after %.1f s of %u: %.60s", result->seconds,
			 config->seconds, said[0] ? said : "the server closed it");
		return failed(-EPROTO, config, why);
	}
	return 0;
}

static int run_iperf2(const struct vnft_workload_config *config,
		      struct vnft_workload_result *result)
{
	char port[8], back[8], seconds[16], *out = NULL, *argv[16];
	uint16_t tells = config->port, spare;
	int n = 0, err;

	memset(result, 0, sizeof(*result));
	if (config->reverse) {
		err = vnft_spare_ports("", &tells, &spare);
		if (err)
			return err;
		tells += tells == config->port;
	}
	snprintf(port, sizeof(port), "%u", config->port);
	snprintf(back, sizeof(back), "%u", tells);
	snprintf(seconds, sizeof(seconds), "%u", config->seconds);
	argv[n++] = "iperf";
	argv[n++] = "-c";
	argv[n++] = (char *)config->server;
	argv[n++] = "-p";
	argv[n++] = port;
	argv[n++] = "-t";
	argv[n++] = seconds;
	argv[n++] = "-y";
	argv[n++] = "C";
	if (config->reverse) {
		argv[n++] = "-r";
		argv[n++] = "-L";
		argv[n++] = back;
	}
	argv[n] = NULL;

	err = vnft_workload_child("iperf2", argv, config, config->reverse ? 2 : 1, &out, CSV_BYTES);
	if (err == -ETIMEDOUT && config->reverse)
		failed(err, config, "not finished in time: did the server connect back (-r)?");
	if (err >= 0)
		err = parse_csv(out, err, config, tells, result);
	free(out);
	return err;
}

const struct vnft_workload_client vnft_workload_iperf2 = {
	.program = "iperf",
	.package = "iperf",
	.rx_first = true,
	.run = run_iperf2,
};
