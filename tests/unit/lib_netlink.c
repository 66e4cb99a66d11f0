/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices, addresses, offloads, news and named namespaces, in a network and mount namespace of our
 * own.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../kmod/uapi/vnftrace.h"
#include "../../tools/lib/net/addr.h"
#include "../../tools/lib/net/link.h"
#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/net/netns.h"
#include "../../tools/lib/net/offload.h"
#include "../../tools/lib/run/watch.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

#define OK(call) CHECK(!(call), "%s", #call)
#define FAILS(call, number, words)                                                          \
	CHECK((call) == -(number) && strstr(vnft_why(), words), "%s is refused: %s", #call, \
	      vnft_why())

static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 7 };

static void devices(void)
{
	struct vnft_link_info info;

	OK(vnft_link_add_bridge("vnftbr"));
	OK(vnft_link_add_veth("vnfta", "vnftb", -1));
	OK(vnft_link_add_tap("vnftt", true, true));
	FAILS(vnft_link_add_tap("vnftt", true, true), EBUSY, "vnftt: cannot make the tap");
	FAILS(vnft_link_add_veth("vnfta", "vnftc", -1), EEXIST, "vnfta");
	FAILS(vnft_link_add_bridge("a/b"), EINVAL, "not a device name");
	FAILS(vnft_link_add_bridge("sixteen.letters."), EINVAL, "not a device name");
	OK(vnft_link_set_master("vnfta", "vnftbr"));
	OK(vnft_link_set_mac("vnfta", mac));
	OK(vnft_link_set_mtu("vnfta", 9000));
	FAILS(vnft_link_set_mtu("vnfta", 90000), EIO, "greater than device maximum");
	OK(vnft_link_set_up("vnfta", true));
	CHECK(!vnft_link_get("vnfta", &info) && info.link == VNFT_LINK_VETH && info.up &&
	      info.mtu_bytes == 9000 && !memcmp(info.mac, mac, 6) && info.arphrd == 1 &&
	      info.master_ifindex && info.peer_ifindex, "a veth is described");
	CHECK(!vnft_link_get_index(info.peer_ifindex, &info) && !strcmp(info.name, "vnftb"),
	      "and its peer");
	CHECK(!vnft_link_get("vnftt", &info) && info.link == VNFT_LINK_TAP, "a tap is a tap");
	CHECK(!vnft_link_get("vnftbr", &info) && info.link == VNFT_LINK_BRIDGE,
	      "a bridge is a bridge");
	OK(vnft_link_rename("vnftt", "vnftu"));
	FAILS(vnft_link_get("vnftt", &info), ENODEV, "vnftt: no such device");
	FAILS(vnft_link_get("", &info), ENODEV, "no such device");
	FAILS(vnft_link_get("a.name.of.forty.letters.that.cannot.exist", &info), ENODEV,
	      "no such device");
	FAILS(vnft_link_get_index(0, &info), ENODEV, "no such device");
	FAILS(vnft_link_set_up("nix", true), ENODEV, "nix: no such device");
	FAILS(vnft_link_set_master("vnftb", "nix"), ENODEV, "nix: no such device");
	OK(vnft_link_set_offload("vnfta", "tso", false));
	OK(vnft_link_set_offload("vnfta", "gso", false));
	OK(vnft_link_set_offload("vnfta", "tx-checksum", false));
	OK(vnft_link_set_offload("vnfta", "tx-checksum", true));
	FAILS(vnft_link_set_offload("vnfta", "warp", true), EINVAL, "unknown offload");
	FAILS(vnft_link_set_offload("lo", "rx-checksum", false), EOPNOTSUPP, "lo: cannot turn");
	OK(vnft_link_delete("vnftu"));
	OK(vnft_link_delete("vnftu"));
}

static void addresses(void)
{
	uint8_t a4[4] = { 198, 18, 0, 1 }, b4[4] = { 198, 18, 0, 2 }, a6[16];

	inet_pton(AF_INET6, "fd00::1", a6);
	OK(vnft_addr_add("vnftbr", AF_INET, a4, 30));
	OK(vnft_addr_add("vnftbr", AF_INET, a4, 30));
	OK(vnft_addr_add("vnftbr", AF_INET6, a6, 64));
	FAILS(vnft_addr_add("vnftbr", AF_INET, a4, 33), EIO, "198.18.0.1/33");
	OK(vnft_neigh_add("vnftbr", AF_INET, b4, mac));
	OK(vnft_neigh_add("vnftbr", AF_INET, b4, mac));
	OK(vnft_neigh_delete("vnftbr", AF_INET, b4));
	OK(vnft_neigh_delete("vnftbr", AF_INET, b4));
	OK(vnft_neigh_delete("nix", AF_INET, b4));
}

static int count(const struct vnft_link_info *info, void *arg)
{
	++*(int *)arg;
	return 0;
}

static void many(void)
{
	int before = 0, after = 0;
	char a[16], b[16];

	vnft_link_each(count, &before);
	for (int i = 0; i < 150; i++) {
		snprintf(a, sizeof(a), "vnftx%d", i);
		snprintf(b, sizeof(b), "vnfty%d", i);
		QUIET(!vnft_link_add_veth(a, b, -1), "%s: %s", a, vnft_why());
	}
	CHECK(!vnft_link_each(count, &after) && after == before + 300,
	      "a listing of %d devices is complete", after);
	for (int i = 0; i < 150; i++) {
		snprintf(a, sizeof(a), "vnftx%d", i);
		vnft_link_delete(a);
	}
}

static int news(struct vnft_link_watch *w, struct vnft_link_event *e)
{
	struct pollfd pfd = { .fd = vnft_link_watch_fd(w), .events = POLLIN };
	int got = vnft_link_watch_next(w, e);

	return got || poll(&pfd, 1, 100) <= 0 ? got : vnft_link_watch_next(w, e);
}

static void watch(void)
{
	struct vnft_link_watch *w;
	struct vnft_link_event e;

	if (!CHECK(!vnft_link_watch_open(&w), "watch devices"))
		return;
	CHECK_EQ(vnft_link_watch_next(w, &e), 0, "no news at first");
	vnft_link_add_tap("vnftw", false, false);
	CHECK(news(w, &e) == 1 && !e.gone && !strcmp(e.info.name, "vnftw") &&
		      e.info.link == VNFT_LINK_TAP && e.time_ns,
	      "a birth");
	vnft_link_set_master("vnftw", "vnftbr");
	CHECK(news(w, &e) == 1 && !e.gone && e.info.master_ifindex, "joining a bridge");
	vnft_link_set_up("vnftw", true);
	CHECK_EQ(news(w, &e), 0, "going up is no news");
	vnft_link_set_master("vnftw", NULL);
	CHECK(news(w, &e) == 1 && !e.gone && !e.info.master_ifindex, "leaving a bridge");
	vnft_link_delete("vnftw");
	CHECK(news(w, &e) == 1 && e.gone && !strcmp(e.info.name, "vnftw"), "a death");
	CHECK_EQ(news(w, &e), 0, "and nothing else");
	vnft_link_watch_close(w);
}

static void namespaces(void)
{
	struct vnft_link_info info;
	struct stat st;
	int fd, back, self;

	OK(vnft_netns_create("vnft-unit"));
	FAILS(vnft_netns_create("vnft-unit"), EEXIST, "/run/netns/vnft-unit");
	FAILS(vnft_netns_create("../evil"), EINVAL, "not a name");
	fd = vnft_netns_open("vnft-unit");
	self = vnft_netns_open(NULL);
	CHECK(fd >= 0 && self >= 0 && vnft_netns_inode(fd) != vnft_netns_inode(self),
	      "it is another one");
	CHECK(!stat("/run/netns/vnft-unit", &st) && st.st_ino == vnft_netns_inode(fd),
	      "where ip netns looks");
	CHECK(system("ip netns exec vnft-unit ip link show lo up | grep -q LOOPBACK") == 0,
	      "ip netns exec works on it, and lo is up");
	OK(vnft_link_add_veth("vnftp", "vnftq", fd));
	OK(vnft_netns_enter(fd, &back));
	CHECK(!vnft_link_get("vnftq", &info), "the peer was born in it");
	vnft_netns_leave(back);
	CHECK(!vnft_link_get("vnftp", &info) && vnft_link_get("vnftq", &info) == -ENODEV,
	      "and we are back");
	OK(vnft_link_set_netns("vnftp", fd));
	close(fd);
	close(self);
	OK(vnft_netns_delete("vnft-unit"));
	OK(vnft_netns_delete("vnft-unit"));
	FAILS(vnft_netns_open("vnft-unit"), ENOENT, "no such network namespace");
	FAILS(vnft_netns_open("/etc/passwd"), ENOTTY, "not a network namespace");
	FAILS(vnft_netns_open("pid:x"), EINVAL, "not a process number");
	FAILS(vnft_netns_open("pid:4194999"), ENOENT, "pid:4194999: no such process");
	FAILS(vnft_netns_open("/proc/4194999/ns/net"), ENOENT, "no such process");
	FAILS(vnft_netns_open("/nowhere/net"), ENOENT, "/nowhere/net: no such file");
}

int main(void)
{
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) ||
	    mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "/run", "tmpfs", 0, NULL)) {
		SKIP("netlink", "needs CAP_SYS_ADMIN for namespaces of its own");
		return 0;
	}
	devices();
	addresses();
	many();
	watch();
	namespaces();
	return unit_done();
}
