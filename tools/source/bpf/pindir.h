/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A persistent attachment on disk: a directory of pins under /sys/fs/bpf/vnftrace/, by namespace
 * and ifindex where it was attached; a device that took the place of one that moved has "-N" behind
 * that. Its lock is held while it is made and while somebody records.
 */
#ifndef VNFT_SOURCE_BPF_PINDIR_H
#define VNFT_SOURCE_BPF_PINDIR_H

#include "device.h"

#define VNFT_PIN_PATH		256
/* Sessions number their devices from 1, persistent attachments from here: both may be recorded. */
#define VNFT_PIN_FIRST_ID	0x8000U

/* Names of all directories; the caller frees *list. It is no error if there are none. */
int vnft_pin_names(const char *root, char (**list)[48], size_t *n);
/* Pin a descriptor, or get a pinned one: -errno if there is none. */
int vnft_pin_put(const char *dir, const char *name, int fd);
int vnft_pin_get(const char *dir, const char *name);
/* All that an attachment is. */
int vnft_pin_put_all(const char *dir, const struct vnft_bpf_device *d);
/* The attachment in a directory; NULL after vnft_fail() if it was never finished. */
struct vnft_bpf_device *vnft_pin_open(const char *dir);
/* Does somebody make or record it right now? */
bool vnft_pin_locked(const char *dir);
/* Unlink the pins and their directory. */
void vnft_pin_remove(const char *dir);
/* Remove what is beside the attachments when the last is gone. */
void vnft_pin_forget(const char *root);

#endif
