/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who sends a probe: user.c or kernel.c, behind vnft_probe_*(); private to tools/load.
 */
#ifndef VNFT_LOAD_SENDER_H
#define VNFT_LOAD_SENDER_H

#include "../lib/net/link.h"
#include "load.h"

/**
 * struct vnft_load_sender - the calls of load.h for one sender
 * @start: @config was checked, its src_mac is filled in, its ifname is @link's and does not outlive
 * the call
 */
struct vnft_load_sender {
	int (*start)(struct vnft_load_probe **probe, const struct vnft_probe_config *config,
		     const struct vnft_link_info *link, vnft_record_fn sent_fn, void *arg);
	void (*drop_also_port)(struct vnft_load_probe *probe);
	bool (*done)(const struct vnft_load_probe *probe);
	int (*finish)(struct vnft_load_probe *probe, struct vnft_probe_result *result);
};
extern const struct vnft_load_sender vnft_load_user, vnft_load_kernel;

/* Each sender's own structure begins with it. */
struct vnft_load_probe {
	const struct vnft_load_sender *sender;
};

#endif
