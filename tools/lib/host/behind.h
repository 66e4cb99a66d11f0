/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who is behind a device: the process that holds a tap, or lives in a network namespace, and the
 * domain or container that this process is.
 */
#ifndef VNFT_LIB_BEHIND_H
#define VNFT_LIB_BEHIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct vnft_behind - an instance
 * @kind: "libvirt", "qemu", "docker", "podman", "lxc", "nspawn", "containerd", "cri-o", "xen", or
 *	"process" where no more is known; "": nobody was found
 * @name: what its manager calls it (of a container's number the first 12 digits), or the process's
 *	name; as it was read, so that it has to be cleaned
 * @pid: of its process, 0: not known
 */
struct vnft_behind {
	char kind[16];
	char name[80];
	pid_t pid;
};

/* The processes of this host with their namespaces and taps, as far as we may look at them. */
struct vnft_behind_hosts;
struct vnft_behind_hosts *vnft_behind_read(void);	/* NULL: no memory */
void vnft_behind_free(struct vnft_behind_hosts *hosts);

/*
 * Who has opened the tap @ifname, whose namespace is @netns_inode, or the macvtap of @ifindex.
 * Where several namespaces have a tap of that name, a process of that namespace. False: nobody.
 */
bool vnft_behind_tap(const struct vnft_behind_hosts *hosts, uint64_t netns_inode,
		     const char *ifname, struct vnft_behind *behind);
bool vnft_behind_macvtap(const struct vnft_behind_hosts *hosts, unsigned int ifindex,
			 struct vnft_behind *behind);
/* The first process of a network namespace. */
bool vnft_behind_netns(const struct vnft_behind_hosts *hosts, uint64_t netns_inode,
		       struct vnft_behind *behind);
/* Call @fn for each network namespace that has a process, with that process; not 0 ends it. */
int vnft_behind_each_netns(const struct vnft_behind_hosts *hosts,
			   int (*fn)(uint64_t netns_inode, pid_t pid, void *arg), void *arg);
/* vifDOMID.HANDLE of a Xen host. */
bool vnft_behind_vif(const char *ifname, struct vnft_behind *behind);

/*
 * The parts that read what others wrote. @kind and @name of @behind are set where true is returned:
 * the lines of /proc/PID/cgroup, and the words of /proc/PID/cmdline, each ended by a zero byte.
 */
bool vnft_behind_of_cgroup(const char *lines, struct vnft_behind *behind);
bool vnft_behind_of_words(const char *words, size_t bytes, struct vnft_behind *behind);

#endif
