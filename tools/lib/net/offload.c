/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Offloads of a device, as ethtool -K switches them.
 */
#include "offload.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>

#include "link.h"
#include "../text/error.h"

static const struct {
	const char *name;
	uint32_t get, set;
} features[] = {
	{ "rx-checksum", ETHTOOL_GRXCSUM, ETHTOOL_SRXCSUM },
	{ "tx-checksum", ETHTOOL_GTXCSUM, ETHTOOL_STXCSUM },
	{ "sg", ETHTOOL_GSG, ETHTOOL_SSG },
	{ "tso", ETHTOOL_GTSO, ETHTOOL_STSO },
	{ "gso", ETHTOOL_GGSO, ETHTOOL_SGSO },
	{ "gro", ETHTOOL_GGRO, ETHTOOL_SGRO },
};

static int ethtool(int fd, const char *name, uint32_t cmd, uint32_t *data)
{
	struct ethtool_value value = { .cmd = cmd, .data = *data };
	struct ifreq ifr = { 0 };

	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	ifr.ifr_data = (void *)&value;
	if (ioctl(fd, SIOCETHTOOL, &ifr))
		return -errno;
	*data = value.data;
	return 0;
}

int vnft_link_set_offload(const char *name, const char *feature, bool on)
{
	struct vnft_link_info info;
	uint32_t data = on;
	size_t i;
	int fd, err = vnft_link_get(name, &info);

	if (err)
		return err;
	for (i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		if (!strcmp(feature, features[i].name))
			break;
	if (i == sizeof(features) / sizeof(features[0]))
		return vnft_fail(-EINVAL,
				 "%.40s: unknown offload: rx-checksum, tx-checksum, sg, tso, "
				 "gso or gro",
				 feature);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return vnft_fail(-errno, "cannot make a socket: %s", strerror(errno));
	err = ethtool(fd, name, features[i].set, &data);
	/* A feature that depends on another one stays off without an error: look. */
	if (!err && !ethtool(fd, name, features[i].get, &data) && !!data != on)
		err = -EOPNOTSUPP;
	close(fd);
	return err ? vnft_fail(err == -EINVAL ? -EIO : err, "%s: cannot turn %s %s: %s", name,
			       feature, on ? "on" : "off", strerror(-err))
		   : 0;
}
