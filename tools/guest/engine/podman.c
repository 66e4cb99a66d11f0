/* SPDX-License-Identifier: GPL-2.0 */
/*
 * podman, with a storage of the instance's own. The container is created before t0, as Docker's is;
 * `start` returns when it runs, and conmon stays beside it. Its network is made by the hook of
 * driver oci's bundles (tools/vnftrace-oci-hook.c), which podman's runtime calls.
 */
#include "engine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../../lib/text/error.h"
#include "../../lib/text/json.h"
#include "../runtime/runtime.h"

#define HOOKS	"hooks"
#define CONSOLE	"console"

/* Everything of podman's own below the instance's directory. */
static void begin(const struct vnft_engine_place *at, struct vnft_engine_line *line)
{
	vnft_engine_word(line, "podman");
	vnft_engine_word(line, "--root=%s/root", at->dir);
	vnft_engine_word(line, "--runroot=%s/runroot", at->dir);
	vnft_engine_word(line, "--tmpdir=%s/tmp", at->dir);
	vnft_engine_word(line, "--hooks-dir=%s/" HOOKS, at->dir);
	vnft_engine_word(line, "--cgroup-manager=cgroupfs");
	vnft_engine_word(line, "--events-backend=none");
	vnft_engine_word(line, "--runtime=crun");
}

static int save_hook(const struct vnft_instance *in, const struct vnft_engine_place *at)
{
	char path[192];
	json_t *hook;
	int err;

	snprintf(path, sizeof(path), "%s/" HOOKS, at->dir);
	if (mkdir(path, 0700))
		return vnft_fail(-errno, "%s: %s", path, strerror(errno));
	hook = json_pack("{s:s, s:o, s:{s:b}, s:[s]}", "version", "1.0.0", "hook",
			 vnft_guest_hook(&in->place, NULL), "when", "always", 1, "stages",
			 "createRuntime");
	if (!hook)
		return vnft_fail(-ENOMEM, "out of memory");
	snprintf(path, sizeof(path), "%s/" HOOKS "/vnft.json", at->dir);
	err = vnft_json_save(hook, path);
	json_decref(hook);
	return err;
}

/* What is written goes to a layer above the image, which stays as it is. */
static void create(const struct vnft_instance *in, const struct vnft_engine_place *at,
		   struct vnft_engine_line *line)
{
	begin(at, line);
	vnft_engine_word(line, "create");
	vnft_engine_word(line, "--name=%s", in->place.name);
	vnft_engine_word(line, "--hostname=%s", in->place.name);
	vnft_engine_word(line, "--cgroup-parent=/%s", in->place.name);
	vnft_engine_word(line, "--pidfile=%s/pid", at->dir);
	vnft_engine_word(line, "--network=none");
	vnft_engine_word(line, "--env=VNFT_SESSION=%s", in->place.journal->id);
	vnft_engine_word(line, "--log-driver=k8s-file");
	vnft_engine_word(line, "--log-opt=path=%s/" CONSOLE, at->dir);
	/* A host may not let its root raise these, and podman would want a million. */
	vnft_engine_word(line, "--ulimit=nofile=1024:1024");
	vnft_engine_word(line, "--ulimit=nproc=4096:4096");
	if (in->type->memory_mib)
		vnft_engine_word(line, "--memory=%um", in->type->memory_mib);
	if (in->type->vcpus)
		vnft_engine_word(line, "--cpus=%u", in->type->vcpus);
	vnft_engine_word(line, "--rootfs");
	vnft_engine_word(line, "%s:O", at->image);
	vnft_engine_command(line, at);
}

static void start(const struct vnft_instance *in, const struct vnft_engine_place *at,
		  struct vnft_engine_line *line)
{
	begin(at, line);
	vnft_engine_word(line, "start");
	vnft_engine_word(line, "%s", in->place.name);
}

static void stop(const struct vnft_instance *in, const struct vnft_engine_place *at,
		 struct vnft_engine_line *line)
{
	begin(at, line);
	vnft_engine_word(line, "rm");
	vnft_engine_word(line, "--force");
	vnft_engine_word(line, "--time=0");
	vnft_engine_word(line, "%s", in->place.name);
}

const struct vnft_engine vnft_engine_podman = {
	.name = "podman",
	.program = "podman",
	.package = "podman crun",
	.ifname = "eth0",
	.needs = VNFT_MOUNTS_CGROUPS | VNFT_MOUNTS_STATE,
	.limits = true,
	.check = vnft_guest_check_hook,
	.prepare = save_hook,
	.create = create,
	.start = start,
	.pid_file = "pid",
	.console = CONSOLE,
	.stop = stop,
};
