/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network namespaces by name, kept where `ip netns` keeps them: a bind mount on /run/netns/NAME.
 */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/net_namespace.h>
#include <linux/nsfs.h>
#include <linux/rtnetlink.h>

#include "link_set.h"
#include "mnl.h"
#include "../text/error.h"

#define NETNS_DIR "/run/netns"
#define NETNS_SELF "/proc/thread-self/ns/net"
#define PATH_BYTES 320

static int name_path(const char *name, char *path)
{
	if (*name && *name != '.' && !strchr(name, '/') && strlen(name) < 256) {
		snprintf(path, PATH_BYTES, NETNS_DIR "/%s", name);
		return 0;
	}
	return vnft_fail(-EINVAL, "%.40s: not a name for a network namespace", name);
}

static int refused(int err, const char *what, const char *path)
{
	if (err == -EPERM || err == -EACCES)
		return vnft_fail(-EPERM, "%s: %s: CAP_SYS_ADMIN is needed: run as root", path,
				 what);
	return vnft_fail(err == -EINVAL ? -EIO : err, "%s: %s: %s", path, what, strerror(-err));
}

/*
 * Shared, as iproute2 does: a namespace mounted here shows up in every mount namespace, and so does
 * its unmounting; otherwise a copy in some container would keep it alive.
 */
static int make_netns_dir(void)
{
	bool tried = false;

	if (mkdir(NETNS_DIR, 0755) && errno != EEXIST)
		return refused(-errno, "cannot make it", NETNS_DIR);
	while (mount("", NETNS_DIR, "none", MS_SHARED | MS_REC, NULL)) {
		if (errno != EINVAL || tried)
			return refused(-errno, "cannot make it a shared mount", NETNS_DIR);
		if (mount(NETNS_DIR, NETNS_DIR, "none", MS_BIND | MS_REC, NULL))
			return refused(-errno, "cannot mount it", NETNS_DIR);
		tried = true;
	}
	return 0;
}

/* In the new namespace: give it its name, and a loopback device that works. */
static int name_and_start(const char *path)
{
	if (mount(NETNS_SELF, path, "none", MS_BIND, NULL))
		return refused(-errno, "cannot mount the namespace", path);
	return vnft_link_set_up("lo", true);
}

int vnft_netns_create(const char *name)
{
	char path[PATH_BYTES];
	int fd, back, err = name_path(name, path);

	err = err ? err : make_netns_dir();
	if (err)
		return err;
	fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
	if (fd < 0)
		return refused(-errno, "cannot make it", path);
	close(fd);
	back = vnft_netns_open(NULL);
	err = back < 0 ? back : 0;
	if (!err && unshare(CLONE_NEWNET))
		err = refused(-errno, "cannot make a network namespace", path);
	else if (!err)
		err = name_and_start(path);
	if (back >= 0)
		vnft_netns_leave(back);
	if (err) {
		umount2(path, MNT_DETACH);
		unlink(path);
	}
	return err;
}

int vnft_netns_delete(const char *name)
{
	char path[PATH_BYTES];
	int err = name_path(name, path);

	if (err)
		return err;
	/* EINVAL: a name without a mount, left by somebody who was killed in between. */
	if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) && errno != EINVAL && errno != ENOENT)
		return refused(-errno, "cannot unmount it", path);
	if (unlink(path) && errno != ENOENT)
		return refused(-errno, "cannot remove it", path);
	return 0;
}

/* What was named is not there: a process, a file, or a name of `ip netns`. */
static int nowhere(const char *name)
{
	if (!strncmp(name, "pid:", 4) || !strncmp(name, "/proc/", 6))
		return vnft_fail(-ENOENT, "%s: no such process", name);
	if (strchr(name, '/'))
		return vnft_fail(-ENOENT, "%s: no such file", name);
	return vnft_fail(-ENOENT, "%s: no such network namespace: `ip netns` lists them", name);
}

int vnft_netns_open(const char *name_or_path)
{
	char path[PATH_BYTES];
	int fd, err = 0;
	char *end;

	if (!name_or_path) {
		snprintf(path, sizeof(path), NETNS_SELF);
	} else if (!strncmp(name_or_path, "pid:", 4)) {
		long pid = strtol(name_or_path + 4, &end, 10);

		if (pid <= 0 || *end || end == name_or_path + 4)
			return vnft_fail(-EINVAL, "%.40s: not a process number", name_or_path);
		snprintf(path, sizeof(path), "/proc/%ld/ns/net", pid);
	} else if (strchr(name_or_path, '/')) {
		if (snprintf(path, sizeof(path), "%s", name_or_path) >= (int)sizeof(path))
			return vnft_fail(-ENAMETOOLONG, "%.40s…: path too long", name_or_path);
	} else {
		err = name_path(name_or_path, path);
	}
	if (err)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT && name_or_path ? nowhere(name_or_path) :
							 refused(-errno, "cannot open it", path);
	if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET) {
		close(fd);
		return vnft_fail(-ENOTTY, "%s: not a network namespace", path);
	}
	return fd;
}

uint64_t vnft_netns_inode(int netns_fd)
{
	struct stat st;

	return fstat(netns_fd, &st) ? 0 : st.st_ino;
}

static int take_id(const struct nlattr *attr, void *id)
{
	if (mnl_attr_get_type(attr) == NETNSA_NSID &&
	    mnl_attr_get_payload_len(attr) == sizeof(int32_t))
		*(int32_t *)id = (int32_t)mnl_attr_get_u32(attr);
	return MNL_CB_OK;
}

static int on_id(const struct nlmsghdr *nlh, void *id)
{
	if (nlh->nlmsg_type == RTM_NEWNSID)
		mnl_attr_parse(nlh, sizeof(struct rtgenmsg), take_id, id);
	return MNL_CB_OK;
}

int32_t vnft_netns_id(int netns_fd)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh = vnft_nl_request(buf, RTM_GETNSID, 0);
	int32_t id = -1;

	mnl_nlmsg_put_extra_header(nlh, sizeof(struct rtgenmsg));
	mnl_attr_put_u32(nlh, NETNSA_FD, (uint32_t)netns_fd);
	return vnft_nl_talk(nlh, on_id, NULL, &id, NULL, 0) ? -1 : id;
}

int vnft_netns_enter(int netns_fd, int *back)
{
	int err;

	*back = vnft_netns_open(NULL);
	if (*back < 0)
		return *back;
	if (setns(netns_fd, CLONE_NEWNET)) {
		err = refused(-errno, "cannot enter it", "network namespace");
		close(*back);
		*back = -1;
		return err;
	}
	return 0;
}

void vnft_netns_leave(int back)
{
	/* Going on in the wrong namespace would change the wrong devices. */
	if (setns(back, CLONE_NEWNET)) {
		fprintf(stderr, "vnftrace: cannot return to the old network namespace: %s\n",
			strerror(errno));
		abort();
	}
	close(back);
}
