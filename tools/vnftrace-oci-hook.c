/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace-oci-hook DEVICE BRIDGE ADDRESS PREFIX GATEWAY MAC
 *
 * The createRuntime hook of our bundles (tools/guest/oci/bundle.c). The runtime has just made the
 * container's namespaces and runs us in its own; the container's state comes as JSON on stdin. We
 * give it its network (lib/net/veth.h), and say when each step of that was done in the file that
 * $VNFT_VETH_TIMES names, if it does.
 *
 * A program of its own, because its start is part of every instantiation: vnftrace itself takes
 * longer to load its libraries than all the work here (tests/bench/oci_hook.c measures both).
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/net/netns.h"
#include "lib/net/veth.h"
#include "lib/text/error.h"

#define STATE_BYTES_MAX	(64 * 1024)

/* Above every value that /proc/sys/kernel/pid_max takes. */
#define PID_MAX		(1 << 22)

/* "pid" of the state, read to its end: a runtime may wait until we have. */
static int container_pid(void)
{
	static char text[STATE_BYTES_MAX];
	size_t n = fread(text, 1, sizeof(text), stdin);
	json_t *state = json_loadb(text, n, JSON_DISABLE_EOF_CHECK, NULL);
	json_int_t pid = json_integer_value(json_object_get(state, "pid"));

	json_decref(state);
	if (pid <= 1 || pid > PID_MAX)
		return vnft_fail(-EINVAL, "no container state with a pid on stdin");
	return (int)pid;
}

int main(int argc, char **argv)
{
	const char *times_file = getenv(VNFT_VETH_TIMES);
	struct vnft_veth_plan plan;
	struct vnft_veth_times times;
	char where[32];
	int err, pid, netns;

	err = vnft_veth_plan_read(argc, argv, "vnftrace-oci-hook " VNFT_VETH_ARGS
				  ", the container's state on stdin", &plan);
	pid = err ? err : container_pid();
	snprintf(where, sizeof(where), "pid:%d", pid);
	netns = pid < 0 ? pid : vnft_netns_open(where);
	err = netns < 0 ? netns : vnft_veth_connect(&plan, netns, times_file ? &times : NULL);
	if (!err && times_file)
		err = vnft_veth_times_write(&times, times_file);
	if (err)
		fprintf(stderr, "vnftrace-oci-hook: %s\n", vnft_why());
	return (int)vnft_exit_code(err);
}
