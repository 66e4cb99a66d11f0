/* SPDX-License-Identifier: GPL-2.0 */
/* Generators: start, change, read, end. */
#ifndef VNFT_KMOD_PROBER_H
#define VNFT_KMOD_PROBER_H

#include <linux/netdevice.h>
#include <linux/netlink.h>

#include "generator.h"

int vnft_prober_init(void);
/* None is left; no hook of one runs any more when it returns. */
void vnft_prober_exit(void);
/* With all but session and device. Without locks, as vnft_probe_free() of one that never ran. */
struct vnft_generator *vnft_probe_new(const struct vnft_probe_setup *how,
				      struct netlink_ext_ack *extack);
void vnft_probe_free(struct vnft_generator *p);
/* Under rtnl and vnft_lock. */
int vnft_probe_start(struct vnft_generator *p, const struct vnft_probe_setup *how, u64 *start_ns,
		     struct netlink_ext_ack *extack);
/* Under vnft_lock; -ENOENT: not there, or another session's. */
int vnft_probe_set(struct vnft_session *session, u32 id, u16 also_port);
int vnft_probe_get(struct vnft_session *session, u32 id, struct vnft_probe_state *state);
/*
 * Takes both locks, but waits for what departs without them, and for half a second at most: if then
 * @state is still running, its thread has not come to its end, and sends nothing more.
 */
int vnft_probe_stop(struct vnft_session *session, u32 id, struct vnft_probe_state *state);
/* Takes both locks, and waits for nobody. */
void vnft_probe_end_session(struct vnft_session *session);
/* Under rtnl and vnft_lock: its device is going away; ends its generators. */
void vnft_probe_end_device(struct net_device *dev);
/* Those that @realm may know of. */
u32 vnft_probe_count(u64 realm);

#endif
