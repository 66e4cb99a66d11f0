/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Can a type run on this host, and with which versions of everything? Without Xen no program is
 * run to find that out; in dom0 `xl info` is, once.
 */
#include "xen.h"
#include "../virt/virt.h"
#include "../parts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xenstore.h>

#include "../../lib/text/error.h"

/* A hypervisor answers at once, but the machine that emulates one may be busy. */
#define INFO_MS 60000

static bool file_begins(const char *path, const char *text)
{
	char has[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, has, sizeof(has) - 1) : -1;

	if (fd >= 0)
		close(fd);
	return n > 0 && !strncmp(has, text, strlen(text));
}

/* The control domain says so in xenfs. */
static int check_dom0(const struct vnft_type *type)
{
	if (file_begins("/proc/xen/capabilities", "control_d"))
		return 0;
	if (file_begins("/sys/hypervisor/type", "xen") && access("/proc/xen/capabilities", F_OK))
		return vnft_fail(-EOPNOTSUPP, "%s: a guest of Xen, or a dom0 without xenfs: mount "
				 "-t xenfs xenfs /proc/xen", type->name);
	return vnft_fail(-EOPNOTSUPP, "%s: no Xen here: boot Xen's dom0, or try `make lab-xen`",
			 type->name);
}

static int check_netns(const struct vnft_type *type)
{
	struct stat ours, first;

	if (stat("/proc/self/ns/net", &ours) || stat("/proc/1/ns/net", &first) ||
	    (ours.st_ino == first.st_ino && ours.st_dev == first.st_dev))
		return 0;
	return vnft_fail(-EOPNOTSUPP, "%s: netback makes its devices in the host's first network "
			 "namespace: run vnftrace there", type->name);
}

/*
 * What `xl info` says, "" after vnft_fail(). Only the free memory changes while we run; it is what
 * @afresh is for.
 */
static const char *info(bool afresh)
{
	static char text[8192];
	char *const argv[] = { "xl", "info", NULL };
	char said[200];
	int got;

	if (text[0] && !afresh)
		return text;
	got = vnft_xen_xl(argv, INFO_MS, text, sizeof(text));
	if (got > 0) {
		vnft_xen_words(text, said, sizeof(said));
		vnft_fail(-EIO, "xl info: %s", said);
	}
	if (got)
		text[0] = 0;
	return text;
}

static int check_host(const struct vnft_type *type)
{
	struct xs_handle *xs;
	char path[512], caps[128];

	if (geteuid())
		return vnft_fail(-EOPNOTSUPP, "%s: only root makes domains: run as root",
				 type->name);
	if (!vnft_guest_find("xl", path, sizeof(path)))
		return vnft_fail(-EOPNOTSUPP, "%s: no program xl: apt-get install xen-utils-4.17 "
				 "xen-utils-common (or what this release calls them)", type->name);
	xs = vnft_xen_store_open();
	if (!xs)
		return vnft_fail(-EOPNOTSUPP, "%s: xenstored does not answer: systemctl start "
				 "xenstored, or /etc/init.d/xen start", type->name);
	xs_close(xs);
	if (!info(false)[0])
		return vnft_fail(-EOPNOTSUPP, "%s: %s", type->name, vnft_why());
	if (!vnft_xen_info_value(info(false), "virt_caps", caps, sizeof(caps)))
		caps[0] = 0;
	if (!strcmp(type->machine, "pvh") && !strstr(caps, "hvm"))
		return vnft_fail(-EOPNOTSUPP, "%s: pvh needs hardware virtualization, and Xen has "
				 "\"%s\" here: switch it on in the firmware, or machine = pv",
				 type->name, caps);
	return 0;
}

static int check_toolstack(const struct vnft_type *type)
{
	const char *from = getenv("VNFT_XEN_TOOLSTACK");
	virConnectPtr conn;
	int err;

	if (from && from[0] && strcmp(from, "xl") && strcmp(from, "libvirt"))
		return vnft_fail(-EOPNOTSUPP, "%s: VNFT_XEN_TOOLSTACK is \"%.32s\": xl or libvirt",
				 type->name, from);
	if (!vnft_xen_by_libvirt())
		return 0;
	err = vnft_xen_libvirt_check(type);
	if (err)
		return err;
	if (vnft_virt_connect(VNFT_XEN_URI, &conn))
		return vnft_fail(-EOPNOTSUPP, "%s: libvirt at " VNFT_XEN_URI ": %s: start it "
				 "(package libvirt-daemon-driver-xen), or set "
				 "VNFT_XEN_TOOLSTACK=xl", type->name, vnft_virt_error());
	vnft_virt_disconnect(conn);
	return 0;
}

int vnft_xen_check(const struct vnft_type *type)
{
	char script[256];
	int err;

	err = check_dom0(type);
	if (!err)
		err = check_netns(type);
	if (!err)
		err = check_host(type);
	if (!err)
		err = check_toolstack(type);
	if (!err)
		err = vnft_guest_check_images(type);
	if (!err)
		err = vnft_xen_script(type, script, sizeof(script));
	if (!err && script[0] && access(script, X_OK))
		err = vnft_fail(-EOPNOTSUPP, "%s: hotplug script %s cannot be run: %s", type->name,
				script, strerror(errno));
	return err == -EINVAL || err == -E2BIG ? vnft_fail(-EOPNOTSUPP, "%s", vnft_why()) : err;
}

json_t *vnft_xen_setup(const struct vnft_type *type)
{
	return json_pack("{s:s, s:s, s:s}", "toolstack", vnft_xen_by_libvirt() ? "libvirt" : "xl",
			 "machine", type->machine, "script", type->script);
}

json_t *vnft_xen_manifest(const struct vnft_type *type)
{
	static const struct { const char *key, *name; } want[] = {
		{ "xen_version", "xen" }, { "xen_caps", "xen_caps" }, { "virt_caps", "virt_caps" },
		{ "xen_scheduler", "scheduler" }, { "xen_commandline", "xen_commandline" },
	};
	json_t *o = vnft_xen_setup(type);
	json_t *version;
	char value[256];
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		bool known = vnft_xen_info_value(info(false), want[i].key, value, sizeof(value));

		json_object_set_new(o, want[i].name, known ? json_string(value) : json_null());
	}
	version = vnft_xen_by_libvirt() ? vnft_virt_version() : NULL;
	if (version)
		json_object_set_new(o, "libvirt", version);
	return o;
}

uint64_t vnft_xen_available_bytes(void)
{
	char value[32];
	uint64_t mib = 0;

	if (vnft_xen_info_value(info(true), "free_memory", value, sizeof(value)) &&
	    (sscanf(value, "%9" SCNu64, &mib) != 1))
		mib = 0;
	return mib << 20;
}
