/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When the steps of a veth were done, as one program tells another.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../tools/lib/net/veth.h"
#include "unit.h"

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t n = write(fd, text, strlen(text));

	return close(fd) || n != (ssize_t)strlen(text);
}

static void test_times(const char *path)
{
	static const char *const bad[] = {
		"", "\n", "namespace 1 veth 2 bridge 3 address 4", "namespace 1 veth 2 bridge 3\n",
		"namespace 1 veth 2 bridge 3 address x\n",
		"namespace 1 bridge 2 veth 3 address 4\n",
		"namespace 1 veth 2 bridge 3 address 4 more\n", "1 2 3 4\n",
	};
	const struct vnft_veth_times times = { 1, 20, UINT64_MAX, 4 };
	struct vnft_veth_times got;
	size_t i;

	CHECK(vnft_veth_times_write(&times, path) && access(path, F_OK),
	      "no file is made where the other side did not");
	CHECK(vnft_veth_times_read(path, &got) && !got.namespace_ns, "nor read");
	CHECK(!put(path, "") && !vnft_veth_times_write(&times, path), "they are written");
	CHECK(!vnft_veth_times_read(path, &got) && !memcmp(&got, &times, sizeof(got)), "and read");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		QUIET(!put(path, bad[i]) && vnft_veth_times_read(path, &got) && !got.namespace_ns &&
		      !got.address_ns, "taken for times: %s", bad[i]);
	CHECK(i, "what is no such line is nothing");
	unlink(path);
	CHECK(!symlink("/dev/null", path) && vnft_veth_times_write(&times, path),
	      "no link is followed");
	unlink(path);
}

int main(void)
{
	char dir[] = "/tmp/vnft-veth-XXXXXX", path[64];

	CHECK(mkdtemp(dir), "scratch directory");
	snprintf(path, sizeof(path), "%s/times", dir);
	test_times(path);
	rmdir(dir);
	return unit_done();
}
