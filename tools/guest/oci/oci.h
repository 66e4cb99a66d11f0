/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the files of the oci driver.
 */
#ifndef VNFT_GUEST_OCI_H
#define VNFT_GUEST_OCI_H

#include "../parts.h"

/* The program that gives a container its network: tools/vnftrace-oci-hook.c. */
#define VNFT_OCI_HOOK "vnftrace-oci-hook"

/* Write @dir/config.json for an instance. */
int vnft_oci_bundle(const struct vnft_instance *in, const char *dir);

/**
 * vnft_oci_mounts() - the mount namespace that a runtime needs on this host
 * @fd: receives it, or -1 if the host's own will do
 */
int vnft_oci_mounts(int *fd);
/* Move the calling thread into it; vnft_oci_mounts_leave() undoes it. @fd -1: nothing happens. */
struct vnft_oci_back {
	int mounts_fd, cwd_fd;
};
int vnft_oci_mounts_enter(int fd, struct vnft_oci_back *back);
void vnft_oci_mounts_leave(struct vnft_oci_back *back);

#endif
