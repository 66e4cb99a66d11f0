/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink: one request to a family by its name, and the answers.
 */
#ifndef VNFT_LIB_GENL_H
#define VNFT_LIB_GENL_H

#include <libmnl/libmnl.h>

/* Number of a family: -ENOENT after vnft_fail() if nobody in the kernel offers it. */
int vnft_genl_family(const char *name, uint16_t *id);

/*
 * Start a request in @buf (VNFT_NL_REQUEST_BYTES); attributes follow by mnl_attr_put_*(). @flags:
 * NLM_F_DUMP for a dump, else 0.
 */
struct nlmsghdr *vnft_genl_request(char *buf, uint16_t family, uint8_t cmd, uint8_t version,
				   uint16_t flags);

/* As vnft_nl_talk(); the attributes of an answer begin behind struct genlmsghdr. */
int vnft_genl_talk(struct nlmsghdr *request, mnl_cb_t cb, void (*restart)(void *arg), void *arg,
		   char *why, size_t why_bytes);

#endif
