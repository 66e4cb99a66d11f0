/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Device, source address and next hop's MAC of a probe, from the kernel's own tables.
 */
#include "route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../lib/net/link.h"
#include "../lib/net/mnl.h"
#include "../lib/text/error.h"
#include "../lib/text/shell.h"

static const uint8_t zero[16];

int vnft_route_parse_addr(const char *text, int *family, uint8_t addr[16])
{
	memset(addr, 0, 16);
	*family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(*family, text, addr) == 1)
		return 0;
	return vnft_fail(-EINVAL, "%.64s: no IPv4 or IPv6 address", text);
}

int vnft_route_resolve(const char *text, int want, int *family, uint8_t addr[16], bool *looked_up)
{
	struct addrinfo hints = { .ai_family = want, .ai_socktype = SOCK_DGRAM }, *found;
	int err;

	*looked_up = false;
	/* A mistyped address is no name: nobody is to be asked for it. */
	if (strchr(text, ':') || !text[strspn(text, "0123456789.")])
		return vnft_route_parse_addr(text, family, addr);
	*looked_up = true;
	err = getaddrinfo(text, NULL, &hints, &found);
	if (err)
		return vnft_fail(-ENOENT, "%.255s: no address of that name: %s", text,
				 err == EAI_SYSTEM ? strerror(errno) : gai_strerror(err));
	memset(addr, 0, 16);
	*family = found->ai_family;
	if (found->ai_family == AF_INET6)
		memcpy(addr, &((struct sockaddr_in6 *)found->ai_addr)->sin6_addr, 16);
	else
		memcpy(addr, &((struct sockaddr_in *)found->ai_addr)->sin_addr, 4);
	freeaddrinfo(found);
	return 0;
}

int vnft_route_parse_mac(const char *text, uint8_t mac[6])
{
	int used = 0;

	if (sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2],
		   &mac[3], &mac[4], &mac[5], &used) != 6 || used != 17 || text[used])
		return vnft_fail(-EINVAL, "%.64s: no MAC address like 02:00:00:00:00:01", text);
	if (mac[0] & 1 || !memcmp(mac, zero, 6))
		return vnft_fail(-EINVAL, "%s: not the MAC of one machine", text);
	return 0;
}

static size_t addr_bytes(const struct vnft_route *route)
{
	return route->family == AF_INET6 ? 16 : 4;
}

static const char *text_of(const struct vnft_route *route, const uint8_t *addr, char *to)
{
	return inet_ntop(route->family, addr, to, INET6_ADDRSTRLEN) ? to : "?";
}

/* What a route or a neighbour message told. */
struct told {
	const struct vnft_route *route;
	uint8_t type;
	unsigned int ifindex;
	uint8_t src[16], hop[16], mac[6];
	bool has_hop, found;
};

static int on_route(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rt = vnft_nl_header(nlh, sizeof(*rt));
	struct told *told = arg;
	size_t bytes = addr_bytes(told->route);
	struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWROUTE || !rt)
		return MNL_CB_OK;
	told->found = true;
	told->type = rt->rtm_type;
	mnl_attr_for_each(attr, nlh, sizeof(*rt)) {
		size_t got = mnl_attr_get_payload_len(attr);

		switch (mnl_attr_get_type(attr)) {
		case RTA_OIF:
			if (got == 4)
				told->ifindex = mnl_attr_get_u32(attr);
			break;
		case RTA_PREFSRC:
			if (got == bytes)
				memcpy(told->src, mnl_attr_get_payload(attr), bytes);
			break;
		case RTA_GATEWAY:
			if (got == bytes) {
				memcpy(told->hop, mnl_attr_get_payload(attr), bytes);
				told->has_hop = true;
			}
			break;
		case RTA_VIA:	/* a router of the other family */
			told->has_hop = true;
			break;
		}
	}
	return MNL_CB_OK;
}

static int ask_route(struct vnft_route *route, struct told *told)
{
	char buf[VNFT_NL_REQUEST_BYTES], why[160], dst[INET6_ADDRSTRLEN], on[32] = "";
	struct nlmsghdr *nlh = vnft_nl_request(buf, RTM_GETROUTE, 0);
	struct rtmsg *rt = mnl_nlmsg_put_extra_header(nlh, sizeof(*rt));
	int err, ifindex;

	rt->rtm_family = route->family;
	rt->rtm_dst_len = addr_bytes(route) * 8;
	mnl_attr_put(nlh, RTA_DST, addr_bytes(route), route->dst);
	if (route->ifname[0]) {
		ifindex = vnft_link_index(route->ifname);
		if (ifindex < 0)
			return ifindex;
		mnl_attr_put_u32(nlh, RTA_OIF, ifindex);
		snprintf(on, sizeof(on), " on %s", route->ifname);
	}
	text_of(route, route->dst, dst);
	err = vnft_nl_talk(nlh, on_route, NULL, told, why, sizeof(why));
	if (err || !told->found)
		return vnft_fail(err && err != -EINVAL ? err : -ENETUNREACH,
				 "%s: no route%s: %s: add one with `ip route`, or give --dev, "
				 "--src and --mac",
				 dst, on, err ? why : "no answer");
	if (told->type != RTN_UNICAST)
		return vnft_fail(-EADDRNOTAVAIL, "%s: %s: probe an address behind a device", dst,
				 told->type == RTN_LOCAL ? "is this host's own"
							 : "is no single machine");
	return 0;
}

static int on_neighbour(const struct nlmsghdr *nlh, void *arg)
{
	const struct ndmsg *nd = vnft_nl_header(nlh, sizeof(*nd));
	const uint8_t *dst = NULL, *mac = NULL;
	struct told *told = arg;
	struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWNEIGH || !nd ||
	    (unsigned int)nd->ndm_ifindex != told->ifindex ||
	    nd->ndm_state & (NUD_INCOMPLETE | NUD_FAILED))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*nd)) {
		if (mnl_attr_get_type(attr) == NDA_DST &&
		    mnl_attr_get_payload_len(attr) == addr_bytes(told->route))
			dst = mnl_attr_get_payload(attr);
		if (mnl_attr_get_type(attr) == NDA_LLADDR && mnl_attr_get_payload_len(attr) == 6)
			mac = mnl_attr_get_payload(attr);
	}
	if (!dst || !mac || memcmp(dst, told->hop, addr_bytes(told->route)) ||
	    !memcmp(mac, zero, 6))
		return MNL_CB_OK;
	memcpy(told->mac, mac, 6);
	told->found = true;
	return MNL_CB_OK;
}

static void forget_neighbour(void *arg)
{
	((struct told *)arg)->found = false;
}

static int ask_neighbour(struct vnft_route *route, struct told *told)
{
	char buf[VNFT_NL_REQUEST_BYTES], why[160], hop[INET6_ADDRSTRLEN];
	struct nlmsghdr *nlh = vnft_nl_request(buf, RTM_GETNEIGH, NLM_F_DUMP);
	struct ndmsg *nd = mnl_nlmsg_put_extra_header(nlh, sizeof(*nd));
	int err;

	nd->ndm_family = route->family;
	if (!told->has_hop)
		memcpy(told->hop, route->dst, addr_bytes(route));
	err = vnft_nl_talk(nlh, on_neighbour, forget_neighbour, told, why, sizeof(why));
	if (err)
		return vnft_fail(err == -EINVAL ? -EIO : err, "%s: cannot read its neighbours: %s",
				 route->ifname, why);
	if (told->found) {
		memcpy(route->mac, told->mac, 6);
		return 0;
	}
	return vnft_fail(-EHOSTUNREACH,
			 "%s: its MAC is not known on %s: `ip neigh replace %s lladdr MAC dev %s "
			 "nud permanent`, or give --mac",
			 text_of(route, told->hop, hop), route->ifname, hop,
			 vnft_shell(route->ifname));
}

void vnft_route_way(const struct vnft_route *route, char *to, size_t bytes)
{
	char hop[INET6_ADDRSTRLEN];

	if (!route->by_gateway)
		snprintf(to, bytes, "%s, directly connected", route->ifname);
	else if (memcmp(route->hop, zero, sizeof(zero)))
		snprintf(to, bytes, "%s, next hop %s", route->ifname,
			 text_of(route, route->hop, hop));
	else
		snprintf(to, bytes, "%s, next hop a router of the other family", route->ifname);
}

int vnft_route_find(struct vnft_route *route)
{
	bool want_src = !memcmp(route->src, zero, 16), want_mac = !memcmp(route->mac, zero, 6);
	struct told told = { .route = route };
	char dst[INET6_ADDRSTRLEN];
	struct vnft_link_info link;
	int err;

	if (!want_src && !want_mac && route->ifname[0])
		return vnft_link_get(route->ifname, &link);
	err = ask_route(route, &told);
	if (err)
		return err;
	err = vnft_link_get_index(told.ifindex, &link);
	if (err)
		return err;
	memcpy(route->ifname, link.name, sizeof(route->ifname));
	route->by_gateway = told.has_hop;
	memcpy(route->hop, told.hop, sizeof(route->hop));
	if (want_src && !memcmp(told.src, zero, 16))
		return vnft_fail(-EADDRNOTAVAIL, "%s: %s has no address to send from: give --src",
				 text_of(route, route->dst, dst), route->ifname);
	if (want_src)
		memcpy(route->src, told.src, 16);
	return want_mac ? ask_neighbour(route, &told) : 0;
}
