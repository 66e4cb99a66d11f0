/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is made of iperf 2's output: a program of that name, first on PATH, prints what iperf may.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/load/workload.h"
#include "fake_program.h"
#include "unit.h"

#define TIME	"20261127030405,"
/* Host to guest: the port that tells it is the server's. */
#define RX_ENDS	"198.18.0.1,40001,198.18.0.2,5001,"
#define RX	TIME RX_ENDS "1,0.0-5.0,3000000000,4800000000\n"

/* Guest to host: the port that tells it is the one behind -L, which the program is told. */
#define TX_ENDS	"198.18.0.1,$2,198.18.0.2,49153,"
#define PRINT_TX	"while [ $1 != -L ]; do shift; done\n"			\
			"echo " TIME TX_ENDS "2,0.0-5.0,2500000000,4000000000"

static int run(struct vnft_workload_result *result, bool reverse, const char *script,
	       const char *answer)
{
	const struct vnft_workload_config config = {
		.server = "198.18.0.2", .port = 5001, .seconds = 5, .reverse = reverse,
	};

	fake("iperf", script, answer);
	return vnft_workload_iperf2.run(&config, result);
}

static void good(void)
{
	struct vnft_workload_result r;

	CHECK(!run(&r, false, "cat answer", RX), "host to guest: %s", vnft_why());
	CHECK(r.tool_bps == 4.8e9 && r.received_bytes == 3000000000 && r.seconds == 5 &&
		      !r.retransmits_known, "is read");
	CHECK(fake_asked_for("-c 198.18.0.2 -p 5001 -t 5 -y C") && !fake_asked_for("-r"),
	      "is asked for");
	CHECK(!run(&r, true, "cat answer; " PRINT_TX, RX), "guest to host: %s", vnft_why());
	CHECK(r.tool_bps == 4e9 && r.received_bytes == 2500000000,
	      "is read, and not the stream before it");
	CHECK(fake_asked_for("-p 5001 -t 5 -y C -r -L ") && !fake_asked_for("-L 5001"),
	      "is asked for, to another port");
	CHECK(!run(&r, false, "cat answer; exit 1", "WARNING: odd\n\n,,,,,,,,\n" RX) &&
		      r.received_bytes == 3000000000, "among other lines, whatever the exit code");
}

/* No line of these is a report of the stream. */
static void no_reports(void)
{
	static const char *const all[] = {
		TIME "198.18.0.1,40001,198.18.0.3,5001,1,0.0-5.0,3000000000,4800000000",
		TIME "198.18.0.1,40001,198.18.0.2,5002,1,0.0-5.0,3000000000,4800000000",
		TIME RX_ENDS "1,0.0-5.0,3000000000",
		TIME RX_ENDS "1,0.0-5.0,3000000000,4800000000,",
		TIME RX_ENDS "1,0.0-5.0,-3000000000,4800000000",
		TIME RX_ENDS "1,0.0-5.0, 3000000000,4800000000",
		TIME RX_ENDS "1,0.0-5.0,3000000000,nan", TIME RX_ENDS "1,0.0-5.0,3000000000,4.8e9",
		TIME RX_ENDS "1,0.0-5.0,9999999999999999999,4800000000",
		TIME RX_ENDS "1,5.0-5.0,3000000000,4800000000",
		TIME RX_ENDS "1,5.0-0.0,3000000000,4800000000",
		TIME RX_ENDS "1,0.0-inf,3000000000,4800000000",
		TIME RX_ENDS "1,-1.0-5.0,3000000000,4800000000",
		TIME RX_ENDS "1,0.0-0x5,3000000000,4800000000",
		TIME RX_ENDS "1,-,3000000000,4800000000",
		TIME RX_ENDS "1,0.0,3000000000,4800000000",
		TIME "198.18.0.1,40001,198.18.0.2,+5001,1,0.0-5.0,3000000000,4800000000",
	};
	struct vnft_workload_result r;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		CHECK(run(&r, false, "cat answer", all[i]) == -EBADMSG, "no report: %s", all[i]);
}

static void bad(void)
{
	static const struct {
		const char *what, *script, *answer;
		bool reverse;
		int err;
		const char *says;
	} all[] = {
		{ "refused", "cat answer; exit 1", "tcp connect failed: Connection refused\n",
		  false, -ECONNREFUSED, "no iperf 2 server listens there" },
		{ "an answer that never came", "cat answer",
		  "connect failed: Connection timed out\n", false, -ETIMEDOUT, "no answer" },
		{ "other words", "cat answer; exit 1", "iperf: what?\nand more\n", false, -EPROTO,
		  "iperf2 to 198.18.0.2 port 5001: iperf: what?" },
		{ "no words", "exit 1", "", false, -EPROTO, "failed without saying why" },
		{ "nothing", "", "", false, -EBADMSG, "printed nothing" },
		{ "nothing sent", "cat answer", TIME RX_ENDS "1,0.0-5.0,0,0\n", false, -EPROTO,
		  "nothing was sent" },
		{ "a stream that was cut", "cat answer",
		  "write failed: Connection reset by peer\n" TIME RX_ENDS "1,0.0-0.3,1000,26666\n",
		  false, -EPROTO, "ended after 0.3 s of 5: write failed: Connection reset" },
		{ "a server that does not connect back", "cat answer", RX, true, -EPROTO,
		  "did not connect back" },
		{ "an old one without an option", "echo 'iperf: unrecognized option'; exit 1", "",
		  true, -EPROTO, "iperf: unrecognized option" },
		{ "a megabyte", "head -c 1M /dev/zero | tr '\\0' x", "", false, -EBADMSG, "xxx" },
	};
	struct vnft_workload_result r;
	size_t i;
	int err;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		err = run(&r, all[i].reverse, all[i].script, all[i].answer);
		CHECK(err == all[i].err && strstr(vnft_why(), all[i].says),
		      "%s: %d, %.200s", all[i].what, err, vnft_why());
	}
}

/* The one that hangs is ended, and the other is not there. */
static void missing(void)
{
	const struct vnft_workload_config config = {
		.server = "198.18.0.2", .port = 5001, .seconds = 1, .reverse = true,
		.margin_ms = 100,
	};
	struct vnft_workload_result r;

	fake("iperf", "cat answer; exec sleep 60", RX);
	CHECK(vnft_workload_iperf2.run(&config, &r) == -ETIMEDOUT &&
		      strstr(vnft_why(), "connect back"), "no end: %s", vnft_why());
	CHECK(!vnft_workload_check(&vnft_workload_iperf2) &&
		      !vnft_workload_check(vnft_workload_client(VNFT_WORKLOAD_NONE)) &&
		      !vnft_workload_check(vnft_workload_client(VNFT_WORKLOAD_TCP)),
	      "nothing is missing");
	setenv("PATH", "/nowhere", 1);
	CHECK(vnft_workload_check(vnft_workload_client(VNFT_WORKLOAD_IPERF2)) == -EOPNOTSUPP &&
		      strstr(vnft_why(), "apt install iperf"), "missing: %s", vnft_why());
	CHECK(vnft_workload_check(vnft_workload_client(VNFT_WORKLOAD_IPERF3)) == -EOPNOTSUPP &&
		      strstr(vnft_why(), "apt install iperf3"), "missing: %s", vnft_why());
	setenv("PATH", "/usr/bin:/bin", 1);
}

int main(void)
{
	fake_begin();
	good();
	no_reports();
	bad();
	missing();
	return unit_done() | fake_end();
}
