/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent attachments as the files bpf_pin*.c share them.
 */
#ifndef VNFT_SOURCE_BPF_PIN_H
#define VNFT_SOURCE_BPF_PIN_H

#include "bpf.h"

#define VNFT_PIN_PATH		256
/* Sessions number their devices from 1, persistent attachments from here: a recorder may mix. */
#define VNFT_PIN_FIRST_ID	0x8000U

/* Directory of a device of the calling thread's namespace; -ENODEV after vnft_fail(). */
int vnft_pin_dir(const char *root, const char *ifname, char *dir, size_t bytes);
/* The attachment in a directory; NULL after vnft_fail() if it was never finished. */
struct vnft_bpf_device *vnft_pin_open(const char *dir);
/* vnft_bpf_pin() that says which hooks it took. */
int vnft_bpf_pin_hook(const char *spec, const struct vnft_source_config *config,
		      uint8_t hook[VNFT_DIR_NR]);
/* A device's, by "DEV" or "NETNS/DEV": -ENOENT after vnft_fail() if it has none. */
int vnft_bpf_open_device(const char *spec, struct vnft_bpf_device **d);
/* Stop what a killed recorder left running. */
void vnft_pin_settle(struct vnft_bpf_device *d);
/* Does somebody make or record it right now? */
bool vnft_pin_locked(const char *dir);
/* Unlink the pins and their directory. */
void vnft_pin_remove(const char *dir);
/* Remove what is beside the attachments when the last is gone. */
void vnft_pin_forget(const char *root);

#endif
