// SPDX-License-Identifier: GPL-2.0
//
// iperf3's server around libiperf, for a static link without OpenSSL (see tinyx-tools).
#include <stdint.h>
#include <iperf_api.h>

int main(int argc, char **argv)
{
	struct iperf_test *test = iperf_new_test();

	if (!test || iperf_defaults(test) < 0 || iperf_parse_arguments(test, argc, argv) < 0)
		return 1;
	if (iperf_get_test_role(test) != 's')
		return 1;
	for (;;) {
		// A client that went away is no reason to stop serving; init starts us again if
		// the listening socket is what failed.
		if (iperf_run_server(test) < -1)
			return 1;
		iperf_reset_test(test);
		if (iperf_get_test_one_off(test))
			return 0;
	}
}
