/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ports that nobody uses: from files of /proc that this test writes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../tools/lib/net/spare_ports.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

static char root[] = "/tmp/vnft-ports-XXXXXX";

static void put(const char *path, const char *text)
{
	char at[512], *slash;
	FILE *f;

	snprintf(at, sizeof(at), "%s%s", root, path);
	for (slash = strchr(at + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(at, 0700);
		*slash = '/';
	}
	f = fopen(at, "w");
	fputs(text, f);
	fclose(f);
}

static void put_all(const char *range, const char *set_aside, const char *tcp, const char *tcp6)
{
	put("/proc/sys/net/ipv4/ip_local_port_range", range);
	put("/proc/sys/net/ipv4/ip_local_reserved_ports", set_aside);
	put("/proc/thread-self/net/tcp", tcp);
	put("/proc/thread-self/net/tcp6", tcp6);
}

static void check(const char *what, unsigned int first, unsigned int ports)
{
	uint16_t at = 0, n = 0;
	int err = vnft_spare_ports(root, &at, &n);

	if (!CHECK(!err && at == first && n == ports, "%s: %u to %u", what, first,
		   first + ports - 1))
		printf("#   %s: %u ports from %u on\n", err ? vnft_why() : "found", n, at);
}

#define HEAD "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
#define SOCKET(port) "   0: 0100007F:" port " 00000000:0000 0A 00000000:00000000 00:00000000\n"

int main(void)
{
	char command[64], many[4096] = "";
	unsigned int i;
	uint16_t at, n;

	if (!mkdtemp(root))
		return 1;
	check("nothing is known: as the kernel comes", 1024, 31744);
	put_all("32768\t60999\n", "\n", HEAD, HEAD);
	check("nothing is used", 1024, 31744);
	put_all("1024\t40000\n", "\n", HEAD, HEAD);
	check("the kernel hands out the lower ones", 40001, 25535);
	put_all("32768\t60999\n", "5000,10000-12000\n", HEAD, HEAD);
	check("some are set aside", 12001, 20767);
	put_all("32768\t60999\n", "\n", HEAD SOCKET("4E20") SOCKET("0016"), HEAD);
	check("a socket has one (20000)", 1024, 18976);
	put_all("32768\t60999\n", "\n", HEAD,
		HEAD "   1: 00000000000000000000000000000000:2710 00000000:0000 0A\n");
	check("a socket of IPv6 has one (10000)", 10001, 22767);
	put_all("1024\t65535\n", "\n", HEAD SOCKET("C350"), HEAD);
	check("the kernel hands out all: what is free of them (not 50000)", 1024, 48976);
	put_all("x 99999999999999999999\n", "-5-99999999999999999999,,7-,a,70000-80000\n",
		HEAD "0:\n x\n   0: 0100007F:ZZ\n", "");
	check("what cannot be read takes nothing", 1024, 31744);
	for (i = 0; i < 65; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many), "%u,", 1000 + 1000 * i);
	put_all("32768\t60999\n", many, HEAD, HEAD);
	CHECK(vnft_spare_ports(root, &at, &n) == -EADDRINUSE && strstr(vnft_why(), "--sport"),
	      "no range is wide enough: %s", vnft_why());
	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command) || unit_done();
}
