/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attachments that last until detach, whoever observes: pinned BPF programs, or the module's own.
 */
#ifndef VNFT_SOURCE_ATTACHED_H
#define VNFT_SOURCE_ATTACHED_H

#include "attachment.h"

/*
 * Attach "DEV", "NETNS/DEV" or "/proc/PID/ns/net/DEV" until it is detached; -EEXIST if it is
 * attached already. @observer is BPF or MODULE. @made receives what it is like.
 */
int vnft_attached_add(const char *spec, enum vnft_observer observer,
		      const struct vnft_source_config *config, struct vnft_attached *made);

/* Those of one observer, or of both (AUTO, BOTH). With both, a missing module is no failure. */
int vnft_attached_each(enum vnft_observer observer, vnft_attachment_fn fn, void *arg);

/*
 * The same again and again, at little cost: attachments stay open from one look to the next. A name
 * and a namespace may be ten seconds old. Those of other versions are warned of by the first.
 */
struct vnft_follow;
int vnft_attached_follow(struct vnft_follow **follow, enum vnft_observer observer);
int vnft_attached_look(struct vnft_follow *follow, vnft_followed_fn fn, void *arg);
void vnft_attached_unfollow(struct vnft_follow *follow);

/* Open one of BPF or MODULE for state, hist, stream and device; -ENOENT if there is none. */
int vnft_attached_open(struct vnft_source **source, const char *spec, enum vnft_observer observer,
		       uint16_t *id);

/*
 * Take an attachment away, of one observer or of both. @spec NULL takes all of every namespace.
 * -ENOENT if @spec has none. @detached receives how many; it may be NULL.
 */
int vnft_attached_remove(const char *spec, enum vnft_observer observer, unsigned int *detached);

#endif
