/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices, addresses and neighbours of one run, in the run's own namespace; in the host's where a
 * daemon that already runs insists on it, or where the stimulus comes in through a host device.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/net/addr.h"
#include "../lib/net/link.h"
#include "../lib/net/link_set.h"
#include "../lib/net/netns.h"
#include "../lib/net/offload.h"
#include "../lib/undo/journal.h"
#include "../lib/text/error.h"
#include "place.h"
#include "records.h"

/* 198.18.0.0/15 is set aside for benchmarking (RFC 2544, RFC 6890). */
#define POOL_IPV4	0xc6120000u
#define POOL_SUBNETS	(1u << (32 - 15 - 3))
/* Room for host, guest and, with an external stimulus, the other machine. */
#define PREFIX_POINT_TO_POINT	30
#define PREFIX_EXTERNAL		29

/* One instance lives at a time: its addresses need to differ from other benches' only. */
void vnft_bench_place_address(const struct vnft_bench *b, bool in_host, struct vnft_place *place)
{
	const uint32_t id = (uint32_t)strtoul(b->journal.id, NULL, 16);
	/* The private namespace has nobody to collide with; the host has other benches. */
	const uint32_t subnet = in_host ? id % POOL_SUBNETS : 0;
	/* Locally administered. */
	const uint8_t mac[5] = { 0x02, 0x76, (uint8_t)(id >> 16), (uint8_t)(id >> 8), (uint8_t)id };

	place->host_ipv4 = htonl(POOL_IPV4 + subnet * 8 + 1);
	place->guest_ipv4 = htonl(POOL_IPV4 + subnet * 8 + 2);
	place->prefix = b->config->stimulus == VNFT_STIMULUS_EXTERNAL ? PREFIX_EXTERNAL :
									PREFIX_POINT_TO_POINT;
	memcpy(place->host_mac, mac, sizeof(mac));
	memcpy(place->guest_mac, mac, sizeof(mac));
	place->host_mac[5] = 1;
	place->guest_mac[5] = 2;
}

/* Router solicitations and MLD reports of the device itself are not the guest's traffic. */
static void disable_ipv6(const char *name)
{
	char path[96];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, "1", 1) != 1)
		vnft_debug("%s: cannot disable IPv6: %s", name, strerror(errno));
	close(fd);
}

int vnft_bench_place_tune(const struct vnft_bench *b, const char *name)
{
	static const char *const offloads[] = { "tx-checksum", "tso", "gso", "gro" };
	size_t i;
	int err = 0;

	disable_ipv6(name);
	if (b->config->mtu_bytes)
		err = vnft_link_set_mtu(name, (uint32_t)b->config->mtu_bytes);
	for (i = 0; !err && b->config->no_offload && i < 4; i++)
		err = vnft_link_set_offload(name, offloads[i], false);
	return err;
}

/* The device that carries the host's address: permanent neighbour, or ARP's retry is the result. */
static int address_device(struct vnft_bench *b, struct vnft_bench_place *p, const char *name)
{
	int err;

	err = vnft_link_set_mac(name, p->place.host_mac);
	if (!err)
		err = vnft_link_set_up(name, true);
	if (!err)
		err = vnft_addr_add(name, AF_INET, &p->place.host_ipv4, p->place.prefix);
	if (!err)
		err = vnft_neigh_add(name, AF_INET, &p->place.guest_ipv4, p->place.guest_mac);
	return err;
}

static int note_device(struct vnft_bench *b, const struct vnft_bench_place *p, const char *name)
{
	return p->in_host ? vnft_journal_note(&b->journal, "link - %s", name) : 0;
}

static int make_bridge(struct vnft_bench *b, struct vnft_bench_place *p)
{
	struct vnft_link_info info;
	int err;

	err = note_device(b, p, p->place.bridge);
	if (!err)
		err = vnft_link_add_bridge(p->place.bridge);
	if (!err)
		err = vnft_bench_place_tune(b, p->place.bridge);
	if (!err)
		err = address_device(b, p, p->place.bridge);
	if (!err)
		err = vnft_link_get(p->place.bridge, &info);
	if (err)
		return err;
	p->bridge_ifindex = info.ifindex;
	if (b->config->stimulus != VNFT_STIMULUS_EXTERNAL)
		return 0;
	err = vnft_link_set_master(b->config->uplink, p->place.bridge);
	return err ? err : vnft_link_set_up(b->config->uplink, true);
}

static int make_tap(struct vnft_bench *b, struct vnft_bench_place *p)
{
	int err;

	err = note_device(b, p, p->place.device);
	if (!err)
		err = vnft_link_add_tap(p->place.device, true, false);
	if (!err)
		err = vnft_bench_place_tune(b, p->place.device);
	if (err)
		return err;
	if (!p->place.bridge[0])
		return address_device(b, p, p->place.device);
	err = vnft_link_set_master(p->place.device, p->place.bridge);
	return err ? err : vnft_link_set_up(p->place.device, true);
}

/* The instance's device lies on another one, and the host has one of its own there. */
static bool is_shared(enum vnft_topology topology)
{
	return topology == VNFT_TOPOLOGY_MACVLAN || topology == VNFT_TOPOLOGY_MACVTAP;
}

/*
 * One end of a veth pair, in the place of a network card that has its link. A macvlan and the
 * device that it lies on do not see each other: the host has a macvlan of its own there.
 */
static int make_macvlan(struct vnft_bench *b, struct vnft_bench_place *p, unsigned int number)
{
	char far[16];
	int err;

	if (p->in_host)
		return vnft_fail(-EOPNOTSUPP, "a macvlan lies on a device of the session's own: "
				 "leave --stimulus external out");
	snprintf(far, sizeof(far), "vnft%.6sw%u", b->journal.id, number % 1000);
	err = vnft_link_add_veth(p->place.bridge, far, -1);
	if (!err)
		err = vnft_bench_place_tune(b, p->place.bridge);
	if (!err)
		err = vnft_bench_place_tune(b, far);
	if (!err)
		err = vnft_link_set_up(p->place.bridge, true);
	if (!err)
		err = vnft_link_set_up(far, true);
	if (!err)
		err = vnft_link_add_macvlan("macvlan", p->speaks, p->place.bridge, -1);
	if (!err)
		err = vnft_bench_place_tune(b, p->speaks);
	return err ? err : address_device(b, p, p->speaks);
}

/*
 * lo is there, and both ends of each frame's way are. What comes in with one of our own addresses
 * is taken for forged, unless we say that it may be.
 */
static int make_lo(struct vnft_bench *b, struct vnft_bench_place *p)
{
	static const char path[] = "/proc/sys/net/ipv4/conf/lo/accept_local";
	struct vnft_place *place = &p->place;
	int fd, err;

	if (p->in_host)
		return vnft_fail(-EOPNOTSUPP, "nobody reaches lo from outside: leave --stimulus "
				 "external out");
	fd = open(path, O_WRONLY | O_CLOEXEC);
	err = fd < 0 || write(fd, "1", 1) != 1 ? -errno : 0;
	if (fd >= 0)
		close(fd);
	if (err)
		return vnft_fail(err, "%s: %s", path, strerror(-err));
	memset(place->host_mac, 0, sizeof(place->host_mac));
	memset(place->guest_mac, 0, sizeof(place->guest_mac));
	err = vnft_bench_place_tune(b, place->device);
	return err ? err : vnft_addr_add(place->device, AF_INET, &place->host_ipv4,
					 VNFT_PREFIX_SINGLE);
}

int vnft_bench_place_attach(struct vnft_bench *b, const char *name, uint16_t *id)
{
	struct vnft_link_info info;
	int err, netns;

	err = vnft_link_get(name, &info);
	if (!err)
		err = b->source->ops->attach(b->source, name, id);
	if (err)
		return err;
	netns = vnft_netns_open(NULL);
	err = vnft_bench_records_device(b, *id, &info, netns >= 0 ? vnft_netns_inode(netns) : 0);
	if (netns >= 0)
		close(netns);
	return err ? err : b->source->ops->record(b->source, *id, VNFT_RECORD_DEFAULT);
}

/* What stands between the host and the instance before its launch. */
static int make_devices(struct vnft_bench *b, struct vnft_bench_place *p,
			enum vnft_topology topology, unsigned int number)
{
	int err;

	if (is_shared(topology))
		return make_macvlan(b, p, number);
	if (topology == VNFT_TOPOLOGY_LO)
		return make_lo(b, p);
	err = p->place.bridge[0] ? make_bridge(b, p) : 0;
	return err || topology != VNFT_TOPOLOGY_TAP ? err : make_tap(b, p);
}

/* Their names. A vif has the one that its toolstack gives it. */
static void name_devices(struct vnft_bench *b, struct vnft_bench_place *p,
			 enum vnft_topology topology, unsigned int number)
{
	const bool external = b->config->stimulus == VNFT_STIMULUS_EXTERNAL;
	const bool tap = topology == VNFT_TOPOLOGY_TAP, lo = topology == VNFT_TOPOLOGY_LO;
	struct vnft_place *place = &p->place;

	if (lo)
		strcpy(place->device, "lo");
	else if (topology != VNFT_TOPOLOGY_VIF)
		snprintf(place->device, sizeof(place->device), "vnft%.6s%c%u", b->journal.id,
			 tap ? 't' : 'v', number % 1000);
	if (!lo && (!tap || external))
		snprintf(place->bridge, sizeof(place->bridge), "vnft%.6sb%u", b->journal.id,
			 number % 1000);
	if (is_shared(topology))
		snprintf(p->speaks, sizeof(p->speaks), "vnft%.6sh%u", b->journal.id,
			 number % 1000);
	else
		strcpy(p->speaks, place->bridge[0] ? place->bridge : place->device);
}

/* Those that are there before the launch, and that its frames pass. */
static int attach_devices(struct vnft_bench *b, struct vnft_bench_place *p,
			  enum vnft_topology topology)
{
	const bool external = b->config->stimulus == VNFT_STIMULUS_EXTERNAL;
	int err = 0;

	if (p->place.bridge[0] && !is_shared(topology))
		err = vnft_bench_place_attach(b, external ? b->config->uplink : p->place.bridge,
					      &p->bridge_id);
	if (err || (topology != VNFT_TOPOLOGY_TAP && topology != VNFT_TOPOLOGY_LO &&
		    !is_shared(topology)))
		return err;
	snprintf(p->device, sizeof(p->device), "%s", is_shared(topology) ? p->speaks :
		 p->place.device);
	return vnft_bench_place_attach(b, p->device, &p->device_id);
}

int vnft_bench_place_make(struct vnft_bench *b, const struct vnft_bench_row *row,
			  unsigned int number, struct vnft_bench_place *p)
{
	const enum vnft_topology topology = row->type.topology;
	struct vnft_place *place = &p->place;
	int err;

	memset(p, 0, sizeof(*p));
	p->back_fd = -1;
	p->in_host = b->config->stimulus == VNFT_STIMULUS_EXTERNAL ||
		     (row->ops->wants_host_netns && row->ops->wants_host_netns(&row->type));
	err = vnft_netns_enter(p->in_host ? b->home_fd : b->run_fd, &p->back_fd);
	if (err)
		return err;
	place->journal = &b->journal;
	place->vhost = row->vhost;
	place->cold = row->cold;
	snprintf(place->name, sizeof(place->name), "%.20s-%u", b->journal.netns, number);
	snprintf(place->netns, sizeof(place->netns), "%s", p->in_host ? "" : b->journal.netns);
	name_devices(b, p, topology, number);
	vnft_bench_place_address(b, p->in_host, place);
	err = make_devices(b, p, topology, number);
	return err ? err : attach_devices(b, p, topology);
}

void vnft_bench_place_empty(struct vnft_bench *b, struct vnft_bench_place *p)
{
	if (p->device_id)
		b->source->ops->detach(b->source, p->device_id);
	p->device_id = 0;
	p->device[0] = '\0';
	if (!strcmp(p->place.device, "lo"))
		vnft_addr_delete("lo", AF_INET, &p->place.host_ipv4, VNFT_PREFIX_SINGLE);
	else if (p->place.device[0])
		vnft_link_delete(p->place.device);
}

void vnft_bench_place_leave(struct vnft_bench *b, struct vnft_bench_place *p)
{
	if (p->back_fd < 0)
		return;
	if (p->device_id)
		b->source->ops->detach(b->source, p->device_id);
	if (p->bridge_id)
		b->source->ops->detach(b->source, p->bridge_id);
	p->device_id = p->bridge_id = 0;
	vnft_netns_leave(p->back_fd);
	p->back_fd = -1;
}

void vnft_bench_place_remove(struct vnft_bench *b, struct vnft_bench_place *p)
{
	if (p->back_fd < 0)
		return;
	vnft_bench_place_empty(b, p);
	if (p->bridge_id)
		b->source->ops->detach(b->source, p->bridge_id);
	p->bridge_id = 0;
	if (p->place.bridge[0])
		vnft_link_delete(p->place.bridge);
	vnft_bench_place_leave(b, p);
}
