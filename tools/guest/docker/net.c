/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a container needs beforehand: its image, and a network of Docker's on the instance's bridge.
 * Docker takes a bridge that exists as it is, with the address it has, and leaves it alone when
 * the network is deleted.
 */
#include "docker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>

#include "../../lib/net/link.h"
#include "../../lib/undo/journal.h"
#include "../../lib/text/error.h"

#define IMPORT_MS	120000
#define CALL_MS		20000

int vnft_docker_image(struct vnft_docker *docker, const struct vnft_instance *in, char *ref,
		      size_t bytes)
{
	const struct vnft_type *type = in->type;
	struct vnft_journal *journal = in->place.journal;
	char path[512];
	int err;

	/* Named after the session: two benches at once do not delete each other's. */
	snprintf(ref, bytes, "%s:%s", journal->netns, type->name);
	snprintf(path, sizeof(path), "/images/%s/json", ref);
	err = vnft_docker_call(docker, "GET", path, NULL, 0, CALL_MS, NULL);
	if (err != -ENOENT)
		return err;
	if (!docker->private_daemon)
		err = vnft_journal_note(journal, "docker %s image %s", docker->socket, ref);
	else
		err = 0;
	snprintf(path, sizeof(path), "/images/create?fromSrc=-&repo=%s&tag=%s", journal->netns,
		 type->name);
	return err ? err : vnft_docker_upload(docker, path, type->image, IMPORT_MS);
}

static void subnet(const struct vnft_place *p, char *to, size_t bytes)
{
	unsigned int prefix = p->prefix ? p->prefix : 30;
	uint32_t net = p->host_ipv4 & htonl(~0u << (32 - prefix));
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &net, text, sizeof(text));
	snprintf(to, bytes, "%s/%u", text, prefix);
}

int vnft_docker_network(struct vnft_docker *docker, const struct vnft_instance *in)
{
	const struct vnft_place *p = &in->place;
	char net[32], gateway[INET_ADDRSTRLEN], mtu[16];
	struct vnft_link_info bridge;
	json_t *body;
	int err;

	err = vnft_link_get(p->bridge, &bridge);
	if (!err && !docker->private_daemon)
		err = vnft_journal_note(p->journal, "docker %s network %s", docker->socket,
					p->name);
	if (err)
		return err;
	subnet(p, net, sizeof(net));
	inet_ntop(AF_INET, &p->host_ipv4, gateway, sizeof(gateway));
	snprintf(mtu, sizeof(mtu), "%u", bridge.mtu_bytes);
	body = json_pack("{s:s, s:s, s:b, s:{s:s, s:[{s:s, s:s}]}, s:{s:s, s:s, s:s}, s:{s:s}}",
			 "Name", p->name, "Driver", "bridge", "CheckDuplicate", 1,
			 "IPAM", "Driver", "default", "Config", "Subnet", net, "Gateway", gateway,
			 "Options", "com.docker.network.bridge.name", p->bridge,
			 "com.docker.network.bridge.enable_ip_masquerade", "false",
			 "com.docker.network.driver.mtu", mtu,
			 "Labels", "vnftrace", p->journal->id);
	if (!body)
		return vnft_fail(-ENOMEM, "out of memory");
	err = vnft_docker_call(docker, "POST", "/networks/create", body, 0, CALL_MS, NULL);
	json_decref(body);
	return err;
}

int vnft_docker_network_remove(struct vnft_docker *docker, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "/networks/%s", name);
	return vnft_docker_call(docker, "DELETE", path, NULL, 404, CALL_MS, NULL);
}
