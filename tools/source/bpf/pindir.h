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
/*
 * Get a pinned map with keys of four bytes, values of @value_bytes and @entries. -EPROTO: it has
 * another shape, so that to read it would write beyond our own memory.
 */
int vnft_pin_get_map(const char *dir, const char *name, uint32_t value_bytes, uint32_t entries);
/* All that an attachment is. */
int vnft_pin_put_all(const char *dir, const struct vnft_bpf_device *d);
/* Was the attachment finished, by this version of vnftrace or by another? */
bool vnft_pin_finished(const char *dir);
/*
 * The attachment in a directory, or NULL after vnft_fail(): it was never finished, or another
 * version of vnftrace made it.
 */
struct vnft_bpf_device *vnft_pin_open(const char *dir);
/* Is there an attachment of another version? It can be removed, and not read. */
bool vnft_pin_is_other(const char *dir);
/* Does somebody make or record it right now? */
bool vnft_pin_locked(const char *dir);
/* Unlink the pins and their directory, whichever version made them. */
void vnft_pin_remove(const char *dir);
/* Remove what is beside the attachments when the last is gone. */
void vnft_pin_forget(const char *root);

#endif
