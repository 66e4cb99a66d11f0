/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Answers of netlink of any bytes, to everything that the tool asks: devices, filters, routes,
 * families, the module. The socket is a stand-in: the input is what it hands out, datagram by
 * datagram, each behind two bytes of length, addressed to whoever asked.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <sanitizer/asan_interface.h>

#include "../../tools/lib/net/genl.h"
#include "../../tools/lib/net/link.h"
#include "../../tools/load/route.h"
#include "../../tools/source/bpf/filters.h"
#include "../../tools/source/module/ctl.h"
#include "../../tools/source/module/generator.h"
#include "outside.h"

#define PORTID 7

static const uint8_t *input;
static size_t left;
static uint32_t asked_seq;

struct mnl_socket *mnl_socket_open2(int protocol, int flags)
{
	static int one;

	return (struct mnl_socket *)&one;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	return 0;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf, socklen_t bytes)
{
	return 0;
}

int mnl_socket_get_fd(const struct mnl_socket *nl)
{
	return -1;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	return PORTID;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	return 0;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *request, size_t bytes)
{
	must(bytes >= sizeof(struct nlmsghdr));
	asked_seq = ((const struct nlmsghdr *)request)->nlmsg_seq;
	return (ssize_t)bytes;
}

/*
 * Of another exchange it would not be read at all. Lengths are the kernel's own, and libmnl trusts
 * them: no message is longer than its datagram.
 */
static void address(uint8_t *datagram, size_t bytes)
{
	struct nlmsghdr nlh;
	size_t at;

	for (at = 0; at + sizeof(nlh) <= bytes; at += NLMSG_ALIGN(nlh.nlmsg_len)) {
		memcpy(&nlh, datagram + at, sizeof(nlh));
		if (nlh.nlmsg_len < sizeof(nlh) || nlh.nlmsg_len > bytes - at)
			nlh.nlmsg_len = (uint32_t)(bytes - at);
		nlh.nlmsg_seq = asked_seq;
		nlh.nlmsg_pid = PORTID;
		memcpy(datagram + at, &nlh, sizeof(nlh));
	}
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *to, size_t room)
{
	size_t n;

	if (left < 2) {
		errno = EAGAIN;
		return -1;
	}
	n = (size_t)input[0] | (size_t)input[1] << 8;
	input += 2;
	left -= 2;
	if (n > left)
		n = left;
	if (n > room)
		n = room;
	n -= n % NLMSG_ALIGNTO;		/* the kernel pads, and libmnl counts on it */
	/* What lies behind a datagram is not its own: reading it is an error. */
	ASAN_UNPOISON_MEMORY_REGION(to, room);
	memcpy(to, input, n);
	ASAN_POISON_MEMORY_REGION((char *)to + n, room - n);
	address(to, n);
	input += n;
	left -= n;
	return (ssize_t)n;
}

static void ended(const char *text, size_t room)
{
	must(memchr(text, 0, room));
}

static int see_link(const struct vnft_link_info *info, void *arg)
{
	ended(info->name, sizeof(info->name));
	ended(info->kind, sizeof(info->kind));
	return 0;
}

static int see_filter(const struct vnft_filter *filter, void *arg)
{
	ended(filter->name, sizeof(filter->name));
	return 0;
}

static int see_device(const struct vnft_module_device *device, void *arg)
{
	ended(device->ifname, sizeof(device->ifname));
	return 0;
}

static void ask_module(uint8_t what)
{
	static struct vnft_hist hist;
	struct vnft_module_info info;
	struct vnft_module_device device;
	struct vnft_module_stream stream;
	struct vnft_module_probe probe;

	switch (what % 6) {
	case 0:
		if (!vnft_module_info(&info))
			ended(info.module_version, sizeof(info.module_version));
		return;
	case 1:
		vnft_module_each(see_device, NULL);
		return;
	case 2:
		if (!vnft_module_get(1, &device))
			see_device(&device, NULL);
		return;
	case 3:
		vnft_module_hist(1, VNFT_PAIRING_SYN_RST, VNFT_DIR_IN, &hist);
		return;
	case 4:
		vnft_module_stream(1, VNFT_DIR_IN, &stream);
		return;
	default:
		vnft_module_probe_get(1, 1, &probe);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct vnft_link_info info;
	struct vnft_route route = { .family = AF_INET };
	char name[IFNAMSIZ], kind[16];
	uint16_t family;
	int err = 0;

	if (!bytes)
		return 0;
	input = data + 1;
	left = bytes - 1;
	switch (data[0] % 16) {
	case 0:
		err = vnft_link_get("tap0", &info);
		if (!err)
			see_link(&info, NULL);
		break;
	case 1:
		err = vnft_link_each(see_link, NULL);
		break;
	case 2:
		if (!vnft_link_by_altname("alt0", name))
			ended(name, sizeof(name));
		return 0;
	case 3:
		err = vnft_genl_family("vnftrace", &family);
		break;
	case 4:
		vnft_clsact_each(1, see_filter, NULL);
		return 0;
	case 5:
		vnft_xdp_each(1, see_filter, NULL);
		return 0;
	case 6:
		if (!vnft_clsact_kind(1, kind))
			ended(kind, sizeof(kind));
		return 0;
	case 7:
		err = vnft_route_find(&route);
		if (!err)
			ended(route.ifname, sizeof(route.ifname));
		break;
	case 8:
		route.family = AF_INET6;
		err = vnft_route_find(&route);
		break;
	default:
		ask_module(data[0] / 16);
		return 0;
	}
	if (err)
		must_be_clean(vnft_why(), false);
	return 0;
}
