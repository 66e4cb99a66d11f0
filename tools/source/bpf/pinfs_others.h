/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attachments in bpf file systems that other mount namespaces have.
 */
#ifndef VNFT_SOURCE_BPF_PINFS_OTHERS_H
#define VNFT_SOURCE_BPF_PINFS_OTHERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * May a program be pinned by an attachment in some bpf file system? True as well where not all of
 * them can be seen: in every PID namespace but the initial one, and behind a file system that could
 * keep us waiting.
 */
bool vnft_pinfs_may_hold(uint32_t prog_id);

/**
 * enum vnft_pinfs_answer - of one process
 */
enum vnft_pinfs_answer { VNFT_PINFS_NONE, VNFT_PINFS_HOLDS, VNFT_PINFS_UNSEEN };

#define VNFT_PINFS_SEEN_MAX	1024

/**
 * struct vnft_pinfs_seen - what needs no second look: file systems, and mount namespaces (of
 *	processes that have a root of their own, each is looked at)
 */
struct vnft_pinfs_seen {
	dev_t dev[VNFT_PINFS_SEEN_MAX];
	ino_t ns[VNFT_PINFS_SEEN_MAX];
	size_t devs, namespaces;
};

/*
 * Is the program pinned where process @pid has its bpf file system? It waits for nobody, whatever
 * that process has mounted. What is looked at is added to @seen; what is there already is not asked
 * again.
 */
enum vnft_pinfs_answer vnft_pinfs_ask(pid_t pid, uint32_t prog_id, struct vnft_pinfs_seen *seen);

#endif
