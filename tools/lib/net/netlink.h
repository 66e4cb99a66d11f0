/* SPDX-License-Identifier: GPL-2.0 */
/* For branches that are under way: each file includes the headers it uses. */
#ifndef VNFT_LIB_NETLINK_H
#define VNFT_LIB_NETLINK_H
#include "../run/watch.h"
#include "addr.h"
#include "link.h"
#include "link_set.h"
#include "netns.h"
#include "offload.h"
#endif
