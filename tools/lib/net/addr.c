/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses and permanent neighbours.
 */
#include "addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "link.h"
#include "mnl.h"

static uint16_t addr_bytes(int family)
{
	return family == AF_INET6 ? 16 : 4;
}

static const char *addr_text(int family, const void *addr, char *to)
{
	return inet_ntop(family, addr, to, INET6_ADDRSTRLEN) ? to : "?";
}

static struct nlmsghdr *address(char *buf, uint16_t type, uint16_t flags, int ifindex, int family,
				const void *addr, int prefix)
{
	struct nlmsghdr *nlh = vnft_nl_request(buf, type, flags);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));

	ifa->ifa_family = (uint8_t)family;
	ifa->ifa_prefixlen = (uint8_t)prefix;
	ifa->ifa_index = (uint32_t)ifindex;
	/* An IPv6 address is unusable for a second or two while duplicates are looked for. */
	ifa->ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0;
	mnl_attr_put(nlh, IFA_LOCAL, addr_bytes(family), addr);
	mnl_attr_put(nlh, IFA_ADDRESS, addr_bytes(family), addr);
	return nlh;
}

int vnft_addr_add(const char *name, int family, const void *addr, int prefix)
{
	char buf[VNFT_NL_REQUEST_BYTES], text[INET6_ADDRSTRLEN];
	int ifindex = vnft_link_index(name);
	struct nlmsghdr *nlh;

	if (ifindex < 0)
		return ifindex;
	nlh = address(buf, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, ifindex, family, addr,
		      prefix);
	return vnft_nl_do(nlh, "%s: cannot add address %s/%d", name, addr_text(family, addr, text),
			  prefix);
}

int vnft_addr_delete(const char *name, int family, const void *addr, int prefix)
{
	char buf[VNFT_NL_REQUEST_BYTES], text[INET6_ADDRSTRLEN];
	int err, ifindex = vnft_link_index(name);
	struct nlmsghdr *nlh;

	if (ifindex < 0)
		return ifindex == -ENODEV ? 0 : ifindex;
	nlh = address(buf, RTM_DELADDR, 0, ifindex, family, addr, prefix);
	err = vnft_nl_do(nlh, "%s: cannot delete address %s/%d", name,
			 addr_text(family, addr, text), prefix);
	return err == -EADDRNOTAVAIL ? 0 : err;
}

static struct nlmsghdr *neighbour(char *buf, uint16_t type, uint16_t flags, int ifindex,
				  int family, const void *addr)
{
	struct nlmsghdr *nlh = vnft_nl_request(buf, type, flags);
	struct ndmsg *nd = mnl_nlmsg_put_extra_header(nlh, sizeof(*nd));

	nd->ndm_family = (uint8_t)family;
	nd->ndm_ifindex = ifindex;
	nd->ndm_state = NUD_PERMANENT;
	mnl_attr_put(nlh, NDA_DST, addr_bytes(family), addr);
	return nlh;
}

int vnft_neigh_add(const char *name, int family, const void *addr, const uint8_t mac[6])
{
	char buf[VNFT_NL_REQUEST_BYTES], text[INET6_ADDRSTRLEN];
	int ifindex = vnft_link_index(name);
	struct nlmsghdr *nlh;

	if (ifindex < 0)
		return ifindex;
	nlh = neighbour(buf, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, ifindex, family, addr);
	mnl_attr_put(nlh, NDA_LLADDR, 6, mac);
	return vnft_nl_do(nlh, "%s: cannot add neighbour %s", name, addr_text(family, addr, text));
}

int vnft_neigh_delete(const char *name, int family, const void *addr)
{
	char buf[VNFT_NL_REQUEST_BYTES], text[INET6_ADDRSTRLEN];
	int err, ifindex = vnft_link_index(name);
	struct nlmsghdr *nlh;

	if (ifindex < 0)
		return ifindex == -ENODEV ? 0 : ifindex;
	nlh = neighbour(buf, RTM_DELNEIGH, 0, ifindex, family, addr);
	err = vnft_nl_do(nlh, "%s: cannot delete neighbour %s", name,
			 addr_text(family, addr, text));
	return err == -ENOENT || err == -ENODEV ? 0 : err;
}
