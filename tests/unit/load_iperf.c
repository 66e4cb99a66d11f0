/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is made of iperf3's output: a program of that name, first on PATH, prints what iperf3 may.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/load/workload.h"
#include "fake_program.h"
#include "unit.h"

#define CONNECTED "\"start\":{\"connected\":[{\"local_port\":40001}]}"
#define SUM_SENT "\"sum_sent\":{\"bits_per_second\":9e9,\"retransmits\":7}"

static int run(struct vnft_workload_result *result, bool udp, const char *script,
	       const char *answer)
{
	const struct vnft_workload_config config = {
		.server = "198.18.0.2", .port = 5201, .seconds = 1,
		.udp_payload_bytes = udp ? 18 : 0,
	};

	fake("iperf3", script, answer);
	return vnft_workload_iperf3.run(&config, result);
}

static void good(void)
{
	struct vnft_workload_result r;

	CHECK(!run(&r, false, "cat answer", "{" CONNECTED ",\n\"end\":{" SUM_SENT
		   ",\"sum_received\":{\"bits_per_second\":8e9,\"bytes\":1000,\"seconds\":1.5}}}"),
	      "an answer");
	CHECK(r.tool_bps == 8e9 && r.sent_bps == 9e9 && r.received_bytes == 1000 &&
		      r.seconds == 1.5 && r.retransmits_known && r.retransmits == 7 &&
		      r.local_port == 40001,
	      "is read");
	CHECK(fake_asked_for(" -i 0 "), "reports of intervals are not asked for");
	CHECK(!run(&r, false, "echo 'warning: {odd}'; cat answer; echo done {",
		   "{\"end\":{" SUM_SENT ",\"sum_received\":{\"bytes\":1}}}"),
	      "with other lines before and behind");
	CHECK(isnan(r.tool_bps) && isnan(r.seconds), "what is not said is no number");
}

static void no_numbers(void)
{
	struct vnft_workload_result r;

	CHECK(!run(&r, false, "cat answer", "{\"title\":\"nan \\\" inf\",\"end\":{\"sum_sent\":"
		   "{\"bits_per_second\":-nan,\"retransmits\":nan},\"sum_received\":"
		   "{\"bits_per_second\":inf,\"bytes\":1000,\"seconds\":2,\"x\":-inf,"
		   "\"y\":[NaN,-Infinity]}}}"),
	      "nan and inf: %s", vnft_why());
	CHECK(isnan(r.tool_bps) && isnan(r.sent_bps) && !r.retransmits_known &&
		      r.received_bytes == 1000 && r.seconds == 2,
	      "are no numbers, and the others are read");
}

/* Of a reversed run: "sum" has what the sender counted; the receiver did not see the end of it. */
static void datagrams(void)
{
	struct vnft_workload_result r;

	CHECK(!run(&r, true, "cat answer", "{\"end\":{\"sum\":{\"packets\":312760,"
		   "\"lost_packets\":192982},\"sum_sent\":{\"packets\":312760},"
		   "\"sum_received\":{\"packets\":309734,\"lost_packets\":192982,"
		   "\"bytes\":2101536,\"seconds\":1}}}"),
	      "datagrams");
	CHECK_EQ(r.packets - r.lost_packets, 2101536 / 18, "those that arrived, no others");
	CHECK(!run(&r, true, "cat answer", "{\"end\":{\"sum\":{\"packets\":100,"
		   "\"lost_packets\":10,\"bytes\":1800,\"seconds\":1}}}") &&
		      r.packets - r.lost_packets == 90,
	      "of an iperf3 that has one sum");
}

static void bad(void)
{
	static const struct {
		const char *what, *script, *answer;
		int err;
		const char *says;
	} all[] = {
		{ "an error of iperf3's own", "cat answer; exit 1",
		  "{\"error\":\"unable to connect: No route to host\"}", -EPROTO,
		  "port 5201: unable to connect: No route to host" },
		{ "a server that changes", "cat answer; exit 1",
		  "{\"error\":\"unable to connect to server: Connection reset by peer\"}",
		  -EBUSY, "before it took it" },
		{ "refused", "cat answer; exit 1", "{\"error\":\"Connection refused\"}",
		  -ECONNREFUSED, "no iperf3 server listens there" },
		{ "an old one without an option", "echo 'iperf3: unrecognized option'; exit 1", "",
		  -EPROTO, "iperf3: unrecognized option" },
		{ "cut", "cat answer", "{\n\"end\":{", -EBADMSG,
		  "its JSON cannot be read: line 2:" },
		{ "cut, and failed", "cat answer; exit 1", "{\n\"end\":{", -EPROTO,
		  "its JSON cannot be read: line 2:" },
		{ "no JSON", "cat answer", "what?", -EBADMSG, "what?" },
		{ "nothing", "", "", -EBADMSG, "printed nothing" },
		{ "without the end", "cat answer", "{}", -EBADMSG,
		  "no sum of what was received" },
		{ "nothing received", "cat answer",
		  "{\"end\":{" SUM_SENT ",\"sum_received\":{\"bytes\":0}}}", -EPROTO,
		  "nothing was received" },
		{ "17 MiB", "cat answer; head -c 17M /dev/zero | tr '\\0' x", "{\"pad\":\"",
		  -EBADMSG, "it printed more than 16 MiB" },
		{ "17 MiB without JSON", "head -c 17M /dev/zero | tr '\\0' x", "",
		  -EBADMSG, "it printed more than 16 MiB" },
	};
	struct vnft_workload_result r;
	size_t i;
	int err;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		err = run(&r, false, all[i].script, all[i].answer);
		CHECK(err == all[i].err && strstr(vnft_why(), all[i].says) &&
			      strlen(vnft_why()) < 200,
		      "%s: %d, %.200s", all[i].what, err, vnft_why());
	}
	CHECK(!run(&r, false, "cat answer; head -c 5M /dev/zero | tr '\\0' x; echo '\"}'",
		   "{\"end\":{" SUM_SENT ",\"sum_received\":{\"bytes\":1000}},\"pad\":\"") &&
		      r.received_bytes == 1000,
	      "5 MiB are read");
}

int main(void)
{
	fake_begin();
	good();
	no_numbers();
	datagrams();
	bad();
	return unit_done() | fake_end();
}
