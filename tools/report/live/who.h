/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of devices and the instances behind them. Neither changes often and both are slow to find
 * out, so they are kept from one interval to the next and asked for again from time to time.
 */
#ifndef VNFT_REPORT_LIVE_WHO_H
#define VNFT_REPORT_LIVE_WHO_H

#include "../../lib/host/behind.h"
#include "../../source/spec.h"
#include "live.h"

/**
 * struct vnft_live_who - of one attachment
 * @spec: as `report --dev` and `detach` take it; @netns: what it begins with, "" for our own
 * @behind: its kind is "" where nobody was found, or where nobody asked yet
 * @named_ns, @asked_ns: when; 0: never
 */
struct vnft_live_who {
	enum vnft_observer observer;
	uint64_t life, netns_inode;
	char ifname[VNFT_IFNAME_LEN];
	char spec[VNFT_SPEC_BYTES], netns[VNFT_NETNS_NAME_BYTES];
	struct vnft_behind behind;
	uint64_t named_ns, asked_ns;
	bool used;
};

/* All of them; zero-initialised is empty. */
struct vnft_live_whos {
	struct vnft_live_who **at;
	size_t n, room;
	uint64_t read_ns;
};

/*
 * Set the @who of all rows. A look that would take long is spread over several calls: instances
 * then appear one after the other. Those of devices that have no row any more are forgotten.
 */
void vnft_live_who_is(struct vnft_live_whos *whos, struct vnft_live_row *rows, size_t n);
void vnft_live_whos_free(struct vnft_live_whos *whos);

#endif
