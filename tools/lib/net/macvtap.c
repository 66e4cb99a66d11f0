/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A macvtap is a file /dev/tapINDEX, if anybody makes it: udev does, and a container's /dev has
 * none. Its number is in the sysfs of the device's own network namespace alone. So we look there,
 * and make the file, in a mount namespace that nobody else sees.
 */
#include "macvtap.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../text/error.h"
#include "link.h"

static int refused(const char *name, const char *what)
{
	return vnft_fail(-errno, "%s: %s: %s", name, what, strerror(errno));
}

/* What /sys of this network namespace says of it. */
static int number_of(const char *name, unsigned int ifindex, dev_t *number)
{
	unsigned int major_of, minor_of;
	char path[128];
	FILE *f;
	int n;

	if (mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return refused(name, "cannot mount /sys");
	snprintf(path, sizeof(path), "/sys/class/net/%.15s/macvtap/tap%u/dev", name, ifindex);
	f = fopen(path, "re");
	n = f ? fscanf(f, "%u:%u", &major_of, &minor_of) : 0;
	if (f)
		fclose(f);
	umount2("/sys", MNT_DETACH);
	if (n != 2)
		return vnft_fail(-ENODEV, "%s: no number of its file in %s", name, path);
	*number = makedev(major_of, minor_of);
	return 0;
}

/* On a file system that lets us have one, and is gone with its descriptor. */
static int open_number(const char *name, dev_t number)
{
	static const char path[] = "/sys/tap";
	int fd;

	if (mount("vnft-tap", "/sys", "tmpfs", MS_NOSUID | MS_NOEXEC, "size=64k,mode=700"))
		return refused(name, "cannot mount a file system for it");
	fd = mknod(path, S_IFCHR | 0600, number) ? -1 : open(path, O_RDWR | O_CLOEXEC);
	fd = fd < 0 ? refused(name, "cannot open its file") : fd;
	umount2("/sys", MNT_DETACH);
	return fd;
}

int vnft_macvtap_open(const char *name)
{
	struct vnft_link_info info;
	dev_t number = 0;
	int err;

	err = vnft_link_get(name, &info);
	if (err)
		return err;
	if (unshare(CLONE_NEWNS) || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return refused(name, "no mount namespace");
	err = number_of(name, info.ifindex, &number);
	return err ? err : open_number(name, number);
}
