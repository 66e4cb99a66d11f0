/* SPDX-License-Identifier: GPL-2.0 */
/*
 * config.json of an OCI bundle. The image's root file system is used in place and read-only, with
 * tmpfs where programs write; the network is made by the createRuntime hook
 * (tools/vnftrace-oci-hook.c), after the container's namespace exists: one that existed before
 * would answer in its place.
 */
#include "oci.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/text/error.h"
#include "../../lib/text/json.h"
#include "../runtime/runtime.h"
#include "../type/words.h"

#define CPU_PERIOD_US 100000

/* What Docker gives to a container. */
static json_t *capabilities(void)
{
	static const char *const cap[] = {
		"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD",
		"CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP",
		"CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
	};
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < sizeof(cap) / sizeof(cap[0]); i++)
		json_array_append_new(list, json_string(cap[i]));
	return json_pack("{s:O, s:O, s:o}", "bounding", list, "permitted", list, "effective", list);
}

static json_t *process(const struct vnft_instance *in, const struct vnft_words *words)
{
	json_t *args = json_array();
	size_t i;

	for (i = 0; i < words->n; i++)
		json_array_append_new(args, json_string(words->argv[i]));
	/* VNFT_SESSION: a sweep knows by it that the process is ours. */
	return json_pack("{s:b, s:{s:i, s:i}, s:o, s:[s, s+], s:s, s:o, s:b}",
			 "terminal", 0, "user", "uid", 0, "gid", 0, "args", args,
			 "env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
			 "VNFT_SESSION=", in->place.journal->id,
			 "cwd", "/", "capabilities", capabilities(), "noNewPrivileges", 1);
}

static json_t *mount(const char *where, const char *type, const char *source, const char *options)
{
	json_t *list = json_array();
	const char *o = options;
	size_t n;

	for (; *o; o += n + (o[n] == ',')) {
		n = strcspn(o, ",");
		json_array_append_new(list, json_stringn(o, n));
	}
	return json_pack("{s:s, s:s, s:s, s:o}", "destination", where, "type", type, "source",
			 source,
			 "options", list);
}

static json_t *mounts(void)
{
	return json_pack("[o, o, o, o, o, o]",
		mount("/proc", "proc", "proc", "nosuid,noexec,nodev"),
		mount("/dev", "tmpfs", "tmpfs", "nosuid,strictatime,mode=755,size=65536k"),
		mount("/dev/pts", "devpts", "devpts",
		      "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620"),
		mount("/sys", "sysfs", "sysfs", "nosuid,noexec,nodev,ro"),
		mount("/tmp", "tmpfs", "tmpfs", "nosuid,nodev,mode=1777,size=65536k"),
		mount("/run", "tmpfs", "tmpfs", "nosuid,nodev,mode=755,size=65536k"));
}

static json_t *resources(const struct vnft_type *type)
{
	json_t *o = json_pack("{s:[{s:b, s:s}]}", "devices", "allow", 0, "access", "rwm");

	if (type->memory_mib)
		json_object_set_new(o, "memory", json_pack("{s:I}", "limit",
							   (json_int_t)type->memory_mib << 20));
	if (type->vcpus)
		json_object_set_new(o, "cpu", json_pack("{s:I, s:i}", "quota",
				    (json_int_t)type->vcpus * CPU_PERIOD_US, "period",
				    CPU_PERIOD_US));
	return o;
}

/* Made before the launch: all that the hook does there is to write a line. */
static int make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return vnft_fail(-errno, "%s: %s", path, strerror(errno));
	close(fd);
	return 0;
}

int vnft_oci_bundle(const struct vnft_instance *in, const char *dir)
{
	struct vnft_words words;
	char path[256], times[256], root[PATH_MAX], cgroup[40];
	json_t *config;
	int err;

	/* images/NAME is a link to the newest image, and runc refuses a root below a link. */
	if (!realpath(in->type->image, root))
		return vnft_fail(-errno, "%s: %s", in->type->image, strerror(errno));
	snprintf(times, sizeof(times), "%s/" VNFT_OCI_TIMES, dir);
	err = make_file(times);
	if (!err)
		err = vnft_words_split(&words, in->type->command, in);
	if (err)
		return err;
	/* An absolute path: runc puts a relative one below our own cgroup, crun does not. */
	snprintf(cgroup, sizeof(cgroup), "/%s", in->place.name);
	config = json_pack("{s:s, s:o, s:{s:s, s:b}, s:s, s:o, s:{s:o},"
			   " s:{s:s, s:o, s:[{s:s}, {s:s}, {s:s}, {s:s}, {s:s}]}}",
			   "ociVersion", "1.0.0", "process", process(in, &words),
			   "root", "path", root, "readonly", 1,
			   "hostname", in->place.name, "mounts", mounts(),
			   "hooks", "createRuntime",
			   json_pack("[o]", vnft_guest_hook(&in->place, times)),
			   "linux", "cgroupsPath", cgroup, "resources", resources(in->type),
			   "namespaces", "type", "pid", "type", "network", "type", "ipc",
			   "type", "uts", "type", "mount");
	vnft_words_free(&words);
	if (!config)
		return vnft_fail(-ENOMEM, "%s: cannot write config.json", in->place.name);
	snprintf(path, sizeof(path), "%s/config.json", dir);
	err = vnft_json_save(config, path);
	json_decref(config);
	return err;
}
